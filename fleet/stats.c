/* stats.c: see stats.h */
#include "fleet/stats.h"
#include "base/atomic_file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define SLOWEST 5
/* A host asks at most 32 things at once; the lanes of a trace beyond that would only hide a mistake. */
#define LANES_MAX 64

struct slow {
    char *host, *stage;
    uint64_t us, stage_us;
};

struct stats {
    struct timespec begin;
    size_t visits;
    uint64_t received, sent, requests;
    struct slow slowest[SLOWEST]; /* the slowest first */
};

struct stats *stats_new(void)
{
    struct stats *stats = xcalloc(1, sizeof *stats);
    clock_gettime(CLOCK_MONOTONIC, &stats->begin);
    return stats;
}

static void clear(struct slow *slow)
{
    free(slow->host);
    free(slow->stage);
    *slow = (struct slow){0};
}

void stats_free(struct stats *stats)
{
    for (size_t i = 0; i < SLOWEST; i++)
        clear(&stats->slowest[i]);
    free(stats);
}

static uint64_t length_of(const struct span *span, uint64_t now_us)
{
    return (span->end_us ? span->end_us : now_us) - span->begin_us;
}

void stats_note(struct stats *stats, const char *host, const struct timeline *timeline)
{
    uint64_t now_us = timeline_now(timeline);
    const struct span *longest = NULL;
    size_t at = SLOWEST;
    stats->visits++;
    stats->received += timeline->received;
    stats->sent += timeline->sent;
    stats->requests += timeline->requests;
    while (at && stats->slowest[at - 1].us < now_us)
        at--;
    if (at == SLOWEST)
        return;
    for (size_t i = 0; i < timeline->count; i++)
        if (!longest || length_of(&timeline->spans[i], now_us) > length_of(longest, now_us))
            longest = &timeline->spans[i];
    clear(&stats->slowest[SLOWEST - 1]);
    memmove(&stats->slowest[at + 1], &stats->slowest[at], (SLOWEST - 1 - at) * sizeof *stats->slowest);
    stats->slowest[at] =
        (struct slow){.host = xstrdup(host), .stage = xstrdup(longest ? longest->name : "-"), .us = now_us};
    if (longest)
        stats->slowest[at].stage_us = length_of(longest, now_us);
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

void stats_print(const struct stats *stats, FILE *out)
{
    struct timespec now;
    struct rusage own, children;
    double visits = stats->visits ? (double)stats->visits : 1;
    clock_gettime(CLOCK_MONOTONIC, &now);
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    double wall =
        (double)(now.tv_sec - stats->begin.tv_sec) + (double)(now.tv_nsec - stats->begin.tv_nsec) / 1e9;
    double cpu = seconds(own.ru_utime) + seconds(own.ru_stime);
    fprintf(out,
            "Stats: %zu visits in %.2f s, %.1f a second; %.2f s of CPU (%.2f ms a visit), %.2f s in programs "
            "it ran\n",
            stats->visits, wall, (double)stats->visits / (wall > 0 ? wall : 1), cpu, cpu * 1000 / visits,
            seconds(children.ru_utime) + seconds(children.ru_stime));
    fprintf(out, "       peak memory %.1f MB; a visit: %.1f requests, %.1f kB received, %.1f kB sent\n",
            (double)own.ru_maxrss / 1024, (double)stats->requests / visits,
            (double)stats->received / visits / 1000, (double)stats->sent / visits / 1000);
    for (size_t i = 0; i < SLOWEST && stats->slowest[i].host; i++) {
        fputs(i ? "                " : "       slowest: ", out);
        text_print_safe(out, stats->slowest[i].host);
        fprintf(out, "  %.3f s, of which %.3f s ", (double)stats->slowest[i].us / 1e6,
                (double)stats->slowest[i].stage_us / 1e6);
        text_print_safe(out, stats->slowest[i].stage);
        fputc('\n', out);
    }
}

/* --- the trace --- */

/* The first lane that is free again when the span begins: spans of one lane never overlap, as the format
 * wants. */
static size_t lane_of(uint64_t *busy_until, const struct span *span, uint64_t end_us)
{
    size_t lane = 0;
    while (lane < LANES_MAX - 1 && busy_until[lane] > span->begin_us)
        lane++;
    busy_until[lane] = end_us;
    return lane;
}

static json_t *event(const struct span *span, uint64_t end_us, size_t lane)
{
    json_t *json = json_object();
    json_put(json, "name", json_text(span->name));
    json_put(json, "cat", json_text(span->kind));
    json_put(json, "ph", json_text("X"));
    json_put(json, "ts", json_integer((json_int_t)span->begin_us));
    json_put(json, "dur", json_integer((json_int_t)(end_us - span->begin_us)));
    json_put(json, "pid", json_integer(1));
    json_put(json, "tid", json_integer((json_int_t)lane));
    return json;
}

int trace_write(const char *path, const char *host, const struct timeline *timeline, struct error *err)
{
    struct atomic_file file;
    uint64_t busy_until[LANES_MAX] = {0}, now_us = timeline_now(timeline);
    json_t *events = json_array(), *name = json_object(), *trace = json_object(), *arguments = json_object();
    json_put(arguments, "name", json_text(host));
    json_put(name, "name", json_text("process_name"));
    json_put(name, "ph", json_text("M"));
    json_put(name, "pid", json_integer(1));
    json_put(name, "args", arguments);
    json_array_append_new(events, name);
    for (size_t i = 0; i < timeline->count; i++) {
        const struct span *span = &timeline->spans[i];
        uint64_t end_us = span->end_us ? span->end_us : now_us;
        json_array_append_new(events, event(span, end_us, lane_of(busy_until, span, end_us)));
    }
    json_put(trace, "displayTimeUnit", json_text("ms"));
    json_put(trace, "traceEvents", events);
    int result = atomic_file_open(&file, path, err);
    if (!result)
        result = atomic_file_finish(&file, json_dumpf(trace, file.stream, JSON_INDENT(1)) == 0, err);
    json_decref(trace);
    return result;
}
