/* store.c: see store.h */
#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "reports/results/store.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/json_compact.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

bool scan_open(struct scan *scan, const char *folder, enum benchmark benchmark, size_t host_count)
{
    char stamp[32];
    struct tm utc;
    time_t now = time(NULL);
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));
    *scan = (struct scan){.benchmark = benchmark,
                          .host_count = host_count,
                          .started = now,
                          .complete = true,
                          .hosts = xcalloc(host_count, sizeof *scan->hosts)};
    if (!folder)
        return true;
    scan->folder = xstrdup(folder);
    scan->path = xasprintf("%s/scan-%s-XXXXXX.jsonl", folder, stamp);
    int fd = mkostemps(scan->path, (int)strlen(".jsonl"), O_CLOEXEC);
    scan->spool = fd >= 0 ? fdopen(fd, "w+") : NULL;
    /* Others see by it that the scan has not been left. */
    if (fd >= 0)
        flock(fd, LOCK_EX | LOCK_NB);
    return scan->spool != NULL;
}

static void clear_host(struct host_summary *host)
{
    free(host->verdicts);
    json_decref(host->groups);
    json_decref(host->error);
    *host = (struct host_summary){0};
}

void scan_drop_spool(struct scan *scan)
{
    if (scan->spool) {
        unlink(scan->path);
        fclose(scan->spool);
    }
    scan->spool = NULL;
}

void scan_grow(struct scan *scan, size_t host_count)
{
    scan->hosts = xrealloc(scan->hosts, host_count * sizeof *scan->hosts);
    for (size_t i = scan->host_count; i < host_count; i++)
        scan->hosts[i] = (struct host_summary){0};
    scan->host_count = host_count;
}

void scan_close(struct scan *scan, bool keep_spool)
{
    for (size_t i = 0; i < scan->host_count; i++)
        clear_host(&scan->hosts[i]);
    free(scan->hosts);
    if (!keep_spool)
        scan_drop_spool(scan);
    else if (scan->spool)
        fclose(scan->spool);
    if (scan->baseline)
        scan_close(scan->baseline, false);
    free(scan->baseline);
    free(scan->folder);
    free(scan->path);
    *scan = (struct scan){0};
}

FILE *scan_temporary(const struct scan *scan)
{
    char *path = xasprintf("%s/report-XXXXXX", scan->folder);
    int fd = mkostemp(path, O_CLOEXEC);
    FILE *file = fd >= 0 ? fdopen(fd, "w+") : NULL;
    if (fd >= 0)
        unlink(path);
    free(path);
    return file;
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

json_t *scan_record(const struct scan *scan, const json_t *document, const struct selection *selection)
{
    struct facts facts;
    struct error why;
    size_t counts[STATUS_COUNT] = {0};
    json_t *record = json_object();
    const json_t *of = json_at(document, "host");
    json_put(record, "schema", json_text("muster.host/1"));
    json_put(record, "benchmark", json_text(benchmark_name(scan->benchmark)));
    json_put(record, "number", NULL);
    json_put(record, "of", NULL);
    json_put(record, "name", json_text(json_text_at(of, "name") ? json_text_at(of, "name") : "?"));
    json_put(record, "groups", json_incref(json_at(of, "groups")));
    json_put(record, "target", json_incref(json_at(of, "target")));
    json_put(record, "status", json_incref(json_at(of, "status")));
    json_put(record, "error", json_incref(json_at(of, "error")));
    bool readable = facts_open(&facts, document, &why);
    json_put(record, "engine", readable ? engine_json(&facts) : NULL);
    json_put(record, "session", json_incref(json_at(document, "session")));
    json_put(record, "collected", json_incref(json_at(document, "collected")));
    json_put(record, "findings",
             readable && (facts.info || facts.shell) ? judge_all(&facts, selection, counts) : json_array());
    if (readable)
        facts_close(&facts);
    return record;
}

size_t scan_check_number(const struct scan *scan, const char *id, size_t from)
{
    size_t count = catalog_count();
    for (size_t i = 0; id && i < count; i++) {
        size_t n = (from + i) % count;
        if (text_same(catalog_at(n)->id[scan->benchmark], id))
            return n;
    }
    return count;
}

/* What the catalog knows is taken from it, so that writers can rely on it also where a file was made
 * elsewhere. */
static void complete_finding(enum benchmark benchmark, json_t *finding, const struct check *check)
{
    json_put(finding, "section", json_text(section_name(check_section(check, benchmark))));
    json_put(finding, "assessment", json_text(check_assessment(check, benchmark)));
    json_put(finding, "level", json_integer(check->level));
    json_put(finding, "title", json_text(check->title));
}

static int index_findings(const struct scan *scan, struct host_summary *host, const json_t *findings,
                          struct error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(findings); i++) {
        json_t *finding = json_array_get(findings, i);
        const char *id = json_text_at(finding, "id");
        const char *word = json_text_at(finding, "status");
        enum status status;
        n = scan_check_number(scan, id, i ? n + 1 : 0);
        if (n == catalog_count())
            return error_set(err,
                             "host %.100s: check %.20s is not in this muster's catalog of %s; use the muster "
                             "that wrote it",
                             host->name, id ? id : "without an id", benchmark_name(scan->benchmark));
        if (!word || !status_parse(word, &status) || host->verdicts[n] != NOT_JUDGED)
            return error_set(err, "host %.100s: check %s has two verdicts or none", host->name, id);
        host->verdicts[n] = (unsigned char)status;
        host->counts[status]++;
        complete_finding(scan->benchmark, finding, catalog_at(n));
    }
    return 0;
}

static const char *place(char **at, const char *text)
{
    char *placed = *at;
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    memcpy(placed, text, size);
    *at = placed + size;
    return placed;
}

/* One piece of memory for all that a host keeps until the end: small ones, strewn among what is soon freed,
 * hold four times as much. */
static void keep_texts(struct host_summary *host, const char *name, const char *engine, const char *version)
{
    size_t checks = catalog_count();
    size_t length = strlen(name) + strlen(text_or(engine, "")) + strlen(text_or(version, "")) + 3;
    host->verdicts = xmalloc(checks + length);
    memset(host->verdicts, NOT_JUDGED, checks);
    char *at = (char *)host->verdicts + checks;
    host->name = place(&at, name);
    host->engine = place(&at, engine);
    host->version = place(&at, version);
}

static int index_record(const struct scan *scan, struct host_summary *host, const json_t *record,
                        struct error *err)
{
    const char *name = json_text_at(record, "name");
    const char *status = json_text_at(record, "status");
    const char *of = json_text_at(record, "benchmark");
    if (!name || !status || !json_is_array(json_at(record, "findings")))
        return error_set(err, "a host's record lacks its name, status or findings");
    *host = (struct host_summary){.scanned = text_same(status, "scanned")};
    keep_texts(host, name, json_text_at(record, "target.engine"), json_text_at(record, "engine.version"));
    json_t *groups = json_at(record, "groups");
    host->groups = json_is_array(groups) ? json_incref(groups) : json_array();
    json_t *error = json_at(record, "error");
    if (!host->scanned)
        host->error = json_is_object(error) ? json_incref(error) : json_object();
    if (of && !text_same(of, benchmark_name(scan->benchmark)))
        return error_set(err, "host %.100s was judged by benchmark %.20s, not %s", name, of,
                         benchmark_name(scan->benchmark));
    return index_findings(scan, host, json_at(record, "findings"), err);
}

void scan_entry_make(const struct scan *scan, size_t index, json_t *record, struct scan_entry *entry)
{
    *entry = (struct scan_entry){.index = index, .record = record};
    entry->good = index_record(scan, &entry->summary, record, &entry->err) == 0;
    json_put(record, "number", json_integer((json_int_t)index + 1));
    json_put(record, "of", json_integer((json_int_t)scan->host_count));
    if (!entry->good || !scan->spool)
        return;
    struct buf line = {0};
    json_compact(record, &line);
    entry->length = line.length;
    entry->line = buf_take(&line);
}

void scan_entry_clear(struct scan_entry *entry)
{
    clear_host(&entry->summary);
    json_decref(entry->record);
    free(entry->line);
    *entry = (struct scan_entry){0};
}

static bool spool(struct scan *scan, struct scan_entry *entry)
{
    if (fseek(scan->spool, 0, SEEK_END))
        return false;
    entry->summary.offset = ftell(scan->spool);
    entry->summary.length = entry->length;
    return fwrite(entry->line, 1, entry->length, scan->spool) == entry->length &&
           fputc('\n', scan->spool) != EOF && fflush(scan->spool) == 0;
}

int scan_keep(struct scan *scan, struct scan_entry *entry, struct error *err)
{
    struct host_summary *host = &scan->hosts[entry->index];
    if (!entry->good) {
        *err = entry->err;
        return -1;
    }
    if (scan->spool && !spool(scan, entry))
        return error_set(err, "%s: cannot be written: %s", scan->path, strerror(errno));
    clear_host(host);
    *host = entry->summary;
    host->present = true;
    entry->summary = (struct host_summary){0};
    return 0;
}

int scan_put(struct scan *scan, size_t index, json_t *record, struct error *err)
{
    struct scan_entry entry;
    scan_entry_make(scan, index, json_incref(record), &entry);
    int result = scan_keep(scan, &entry, err);
    scan_entry_clear(&entry);
    return result;
}

char *scan_line(const struct scan *scan, size_t index)
{
    const struct host_summary *host = &scan->hosts[index];
    char *text = xcalloc(host->length + 1, 1);
    if (host->present && fseek(scan->spool, host->offset, SEEK_SET) == 0 &&
        fread(text, 1, host->length, scan->spool) == host->length)
        return text;
    free(text);
    return NULL;
}

json_t *scan_host(const struct scan *scan, size_t index)
{
    char *text = scan_line(scan, index);
    json_t *record = text ? json_loads(text, JSON_ALLOW_NUL, NULL) : NULL;
    free(text);
    return record;
}

struct scan_totals scan_totals(const struct scan *scan)
{
    struct scan_totals totals = {.hosts = scan->host_count};
    for (size_t i = 0; i < scan->host_count; i++) {
        totals.scanned += scan->hosts[i].scanned;
        for (size_t n = 0; scan->hosts[i].present && n < catalog_count(); n++)
            if (scan->hosts[i].verdicts[n] != NOT_JUDGED) {
                totals.counts[scan->hosts[i].verdicts[n]]++;
                totals.sections[check_section(catalog_at(n), scan->benchmark)][scan->hosts[i].verdicts[n]]++;
            }
    }
    totals.failed = totals.hosts - totals.scanned;
    return totals;
}

int scan_compliance(const size_t counts[STATUS_COUNT])
{
    size_t decided = counts[STATUS_PASS] + counts[STATUS_WARN] + counts[STATUS_ERROR];
    return decided ? (int)(counts[STATUS_PASS] * 1000 / decided) : -1;
}

const char *scan_passing_text(const size_t counts[STATUS_COUNT], char text[16])
{
    int tenths = scan_compliance(counts);
    if (tenths < 0)
        snprintf(text, 16, "-");
    else
        snprintf(text, 16, "%d.%d %%", tenths / 10, tenths % 10);
    return text;
}

size_t scan_hosts_with(const struct scan *scan, size_t check, enum status status)
{
    size_t count = 0;
    for (size_t i = 0; i < scan->host_count; i++)
        count += scan->hosts[i].present && scan->hosts[i].verdicts[check] == status;
    return count;
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
    return scan_hosts_with(scan, check, STATUS_WARN);
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
