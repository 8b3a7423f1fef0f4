/* scan.c: see scan.h */
#include "reports/scan.h"
#include "base/json.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool scan_open(struct scan *scan, const char *folder, enum benchmark benchmark, size_t host_count)
{
    char *path = xasprintf("%s/results.jsonl", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    *scan = (struct scan){
        .benchmark = benchmark, .host_count = host_count, .started = time(NULL), .complete = true};
    if (fd >= 0) {
        unlink(path);
        scan->spool = fdopen(fd, "w+");
    }
    free(path);
    scan->failing = xcalloc(catalog_count(), sizeof *scan->failing);
    scan->hosts = xcalloc(host_count, sizeof *scan->hosts);
    return scan->spool != NULL;
}

void scan_close(struct scan *scan)
{
    for (size_t i = 0; i < scan->host_count; i++)
        free(scan->hosts[i].name);
    free(scan->hosts);
    free(scan->failing);
    if (scan->spool)
        fclose(scan->spool);
    *scan = (struct scan){0};
}

static json_t *engine_json(const struct facts *f)
{
    if (!f->info)
        return NULL;
    json_t *engine = json_object();
    json_put(engine, "name", json_incref(json_at(f->info, "Name")));
    json_put(engine, "version", json_incref(json_at(f->info, "ServerVersion")));
    json_put(engine, "api", json_incref(json_at(f->root, "engine.api")));
    return engine;
}

/* Counts the host's findings, and notes which checks WARN. */
static void count_findings(struct scan *scan, struct host_summary *host, const json_t *findings)
{
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *finding = json_array_get(findings, i);
        enum status status;
        if (!status_parse(json_text_at(finding, "status"), &status))
            continue;
        host->counts[status]++;
        const struct check *check =
            status == STATUS_WARN ? catalog_find(scan->benchmark, json_text_at(finding, "id")) : NULL;
        for (size_t n = 0; check && catalog_at(n); n++)
            if (catalog_at(n) == check)
                scan->failing[n]++;
    }
}

static bool spool(struct scan *scan, struct host_summary *host, const json_t *record)
{
    char *text = json_dumps(record, JSON_COMPACT);
    size_t length = strlen(text);
    bool written = fseek(scan->spool, 0, SEEK_END) == 0;
    host->offset = ftell(scan->spool);
    host->length = length;
    written = written && fwrite(text, 1, length, scan->spool) == length && fputc('\n', scan->spool) != EOF &&
              fflush(scan->spool) == 0;
    free(text);
    return written;
}

bool scan_add(struct scan *scan, size_t index, const json_t *document, const struct selection *selection)
{
    struct host_summary *host = &scan->hosts[index];
    struct facts facts;
    char why[128];
    size_t counts[STATUS_COUNT] = {0};
    json_t *record = json_object();
    const json_t *of = json_at(document, "host");
    const char *name = json_text_at(of, "name");
    free(host->name);
    *host = (struct host_summary){.name = xstrdup(name ? name : "?"), .present = true};
    json_put(record, "name", json_text(host->name));
    json_put(record, "groups", json_incref(json_at(of, "groups")));
    json_put(record, "target", json_incref(json_at(of, "target")));
    json_put(record, "status", json_incref(json_at(of, "status")));
    json_put(record, "error", json_incref(json_at(of, "error")));
    host->scanned = json_text_at(of, "status") && strcmp(json_text_at(of, "status"), "scanned") == 0;
    json_t *findings = json_array();
    bool readable = facts_open(&facts, document, why, sizeof why);
    json_put(record, "engine", readable ? engine_json(&facts) : NULL);
    json_put(record, "session", json_incref(json_at(document, "session")));
    json_put(record, "collected", json_incref(json_at(document, "collected")));
    if (readable && (facts.info || facts.shell)) {
        json_decref(findings);
        findings = judge_all(&facts, selection, counts);
        count_findings(scan, host, findings);
    }
    json_put(record, "findings", findings);
    bool written = spool(scan, host, record);
    json_decref(record);
    return written;
}

json_t *scan_host(const struct scan *scan, size_t index)
{
    const struct host_summary *host = &scan->hosts[index];
    json_t *record = NULL;
    char *text = xcalloc(host->length + 1, 1);
    if (host->present && fseek(scan->spool, host->offset, SEEK_SET) == 0 &&
        fread(text, 1, host->length, scan->spool) == host->length)
        record = json_loadb(text, host->length, JSON_ALLOW_NUL, NULL);
    free(text);
    return record;
}

struct scan_totals scan_totals(const struct scan *scan)
{
    struct scan_totals totals = {.hosts = scan->host_count};
    for (size_t i = 0; i < scan->host_count; i++) {
        totals.scanned += scan->hosts[i].scanned;
        for (size_t s = 0; s < STATUS_COUNT; s++)
            totals.counts[s] += scan->hosts[i].counts[s];
    }
    totals.failed = totals.hosts - totals.scanned;
    return totals;
}

/* The `size` indices of [0, count) with the largest non-zero weight, largest first, equal ones in order. */
static size_t top(size_t count, size_t (*weight)(const struct scan *, size_t), const struct scan *scan,
                  size_t *indices, size_t size)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        size_t w = weight(scan, i);
        size_t at = found < size ? found : size;
        if (!w)
            continue;
        while (at && weight(scan, indices[at - 1]) < w)
            at--;
        if (at == size)
            continue;
        size_t last = found < size ? found : size - 1;
        memmove(indices + at + 1, indices + at, (last - at) * sizeof *indices);
        indices[at] = i;
        found += found < size;
    }
    return found;
}

static size_t warnings_of(const struct scan *scan, size_t host)
{
    return scan->hosts[host].counts[STATUS_WARN];
}

static size_t hosts_failing(const struct scan *scan, size_t check)
{
    return scan->failing[check];
}

size_t scan_worst(const struct scan *scan, size_t *indices, size_t size)
{
    return top(scan->host_count, warnings_of, scan, indices, size);
}

size_t scan_most_failing(const struct scan *scan, size_t *checks, size_t size)
{
    return top(catalog_count(), hosts_failing, scan, checks, size);
}

void scan_time_text(time_t when, char text[32])
{
    struct tm utc;
    strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&when, &utc));
}
