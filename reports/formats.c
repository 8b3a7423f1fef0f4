/* formats.c: the table of formats, and the reports of a run. See report.h */
#include "reports/formats.h"
#include "base/atomic_file.h"
#include "base/json_compact.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

extern const struct report_format FORMAT_JSON, FORMAT_JSON_LINES, FORMAT_TEXT, FORMAT_DOCKER_BENCH_JSON,
    FORMAT_DOCKER_BENCH_TEXT, FORMAT_HTML, FORMAT_CSV, FORMAT_MARKDOWN, FORMAT_JUNIT, FORMAT_SARIF,
    FORMAT_PROMETHEUS;

static const struct report_format *const FORMATS[] = {&FORMAT_HTML,
                                                      &FORMAT_JSON,
                                                      &FORMAT_JSON_LINES,
                                                      &FORMAT_SARIF,
                                                      &FORMAT_JUNIT,
                                                      &FORMAT_CSV,
                                                      &FORMAT_MARKDOWN,
                                                      &FORMAT_PROMETHEUS,
                                                      &FORMAT_TEXT,
                                                      &FORMAT_DOCKER_BENCH_JSON,
                                                      &FORMAT_DOCKER_BENCH_TEXT};
#define FORMAT_COUNT (sizeof FORMATS / sizeof *FORMATS)

const struct report_format *report_format_at(size_t n)
{
    return n < FORMAT_COUNT ? FORMATS[n] : NULL;
}

const struct report_format *report_format_named(const char *name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (strcmp(FORMATS[i]->name, name) == 0)
            return FORMATS[i];
    return NULL;
}

const struct report_format *report_format_of_file(const char *path)
{
    const struct report_format *found = NULL;
    size_t longest = 0;
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        char *words = xstrdup(FORMATS[i]->extensions), *rest = words;
        const char *extension;
        while ((extension = text_next(&rest, " "))) {
            size_t size = strlen(extension);
            if (size > longest && text_ends(path, extension)) {
                found = FORMATS[i];
                longest = size;
            }
        }
        free(words);
    }
    return found;
}

const char *report_format_name(size_t n)
{
    return n < FORMAT_COUNT ? FORMATS[n]->name : NULL;
}

struct output {
    const struct report_format *format;
    char *path;
    struct report report;
    struct atomic_file file;
    bool broken;
    struct error err; /* of what is broken */
};

struct report_set {
    const struct scan *scan;
    struct output *outputs;
    size_t count, capacity;
};

struct report_set *report_set_new(const struct scan *scan)
{
    struct report_set *set = xcalloc(1, sizeof *set);
    set->scan = scan;
    return set;
}

static bool is_stdout(const struct output *o)
{
    return strcmp(o->path, "-") == 0;
}

static void check(struct output *o, bool good)
{
    if (o->broken || (good && !(o->report.out && ferror(o->report.out))))
        return;
    o->broken = true;
    error_set(&o->err, "%s: cannot be written: %s", is_stdout(o) ? "standard output" : o->path,
              strerror(errno));
}

static void open_file(struct output *o)
{
    if (is_stdout(o))
        o->report.out = stdout;
    else if (atomic_file_open(&o->file, o->path, &o->err))
        o->broken = true;
    else
        o->report.out = o->file.stream;
}

void report_set_add(struct report_set *set, const struct report_format *format, const char *path,
                    const struct report_style *style)
{
    set->outputs = grow_array(set->outputs, set->count, &set->capacity, sizeof *set->outputs);
    struct output *o = &set->outputs[set->count++];
    *o = (struct output){.format = format,
                         .path = xstrdup(path),
                         .report = {.scan = set->scan, .style = style ? *style : (struct report_style){0}}};
    if (format->stream)
        open_file(o);
    if (!o->broken && format->open)
        check(o, format->open(&o->report));
}

static bool wants_records(const struct output *o)
{
    return !o->broken && o->format->host && !o->report.skip_hosts;
}

static bool wants_lines(const struct output *o)
{
    return !o->broken && o->format->line;
}

static bool any(const struct report_set *set, bool (*wants)(const struct output *))
{
    for (size_t i = 0; i < set->count; i++)
        if (wants(&set->outputs[i]))
            return true;
    return false;
}

bool report_set_reads_back(const struct report_set *set)
{
    return any(set, wants_records) || any(set, wants_lines);
}

static bool wants_arrivals(const struct output *o)
{
    return !o->broken && o->format->arrive;
}

static bool wants_stream(const struct output *o)
{
    return !o->broken && o->format->stream;
}

bool report_set_sees_arrivals(const struct report_set *set)
{
    return any(set, wants_arrivals);
}

void report_set_arrive(struct report_set *set, size_t index, const json_t *record, const char *line)
{
    struct buf made = {0};
    if (!line && any(set, wants_stream))
        json_compact(record, &made);
    for (size_t i = 0; i < set->count; i++) {
        struct output *o = &set->outputs[i];
        if (wants_arrivals(o))
            check(o, o->format->arrive(&o->report, index, record));
        if (wants_stream(o))
            check(o, o->format->stream(&o->report, line ? line : made.data));
    }
    buf_free(&made);
}

static void formats_begin(struct report_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        struct output *o = &set->outputs[i];
        if (!o->broken && !o->format->stream)
            open_file(o);
        if (!o->broken && o->format->begin)
            check(o, o->format->begin(&o->report));
    }
}

/* One reading of each record serves all reports. */
static void hosts(struct report_set *set)
{
    bool parsed = any(set, wants_records);
    if (!parsed && !any(set, wants_lines))
        return;
    for (size_t h = 0; h < set->scan->host_count; h++) {
        char *line = scan_line(set->scan, h);
        json_t *record = line && parsed ? json_loads(line, JSON_ALLOW_NUL, NULL) : NULL;
        for (size_t i = 0; i < set->count; i++) {
            struct output *o = &set->outputs[i];
            if (wants_lines(o))
                check(o, line && o->format->line(&o->report, h, line));
            if (wants_records(o))
                check(o, record && o->format->host(&o->report, h, record));
        }
        json_decref(record);
        free(line);
    }
}

static void formats_finish(struct output *o)
{
    if (!o->broken && o->format->end)
        check(o, o->format->end(&o->report));
    if (o->format->close)
        o->format->close(&o->report);
    if (is_stdout(o)) {
        errno = 0;
        check(o, fflush(stdout) == 0);
    } else if (o->report.out) {
        struct error err;
        if (atomic_file_finish(&o->file, !o->broken, &err) && !o->broken) {
            o->broken = true;
            o->err = err;
        }
    }
}

void report_set_abandon(struct report_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        set->outputs[i].broken = true;
        formats_finish(&set->outputs[i]);
        free(set->outputs[i].path);
    }
    free(set->outputs);
    free(set);
}

/* A report that lacks a host's results, since the disk is full, would look like a whole one. */
static void refuse_gaps(struct report_set *set)
{
    size_t lost = 0;
    for (size_t h = 0; h < set->scan->host_count; h++)
        lost += !set->scan->hosts[h].present;
    for (size_t i = 0; lost && i < set->count; i++) {
        struct output *o = &set->outputs[i];
        if (!o->broken)
            error_set(&o->err, "%s: not written: the results of %zu host%s could not be kept",
                      is_stdout(o) ? "standard output" : o->path, lost, text_if(lost > 1, "s"));
        o->broken = true;
    }
}

bool report_set_finish(struct report_set *set, void (*on_error)(const struct error *err))
{
    bool good = true;
    refuse_gaps(set);
    formats_begin(set);
    hosts(set);
    for (size_t i = 0; i < set->count; i++) {
        struct output *o = &set->outputs[i];
        formats_finish(o);
        if (o->broken)
            on_error(&o->err);
        good = good && !o->broken;
        free(o->path);
    }
    free(set->outputs);
    free(set);
    return good;
}
