/* cmd_report.c: muster report: saved scans into any format, several into one. */
#include "agentless/checks/catalog.h"
#include "base/json.h"
#include "base/mem.h"
#include "fleet/cli/command.h"
#include "fleet/cli/confine.h"
#include "fleet/cli/options.h"
#include "fleet/cli/outcome.h"
#include "reports/results/saved.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct merge {
    struct saved_scan *scans;
    size_t count, hosts;
    json_t *owners; /* {host's name: number of the file} */
};

static int open_all(const struct options *o, struct merge *m)
{
    struct error err;
    m->scans = xcalloc(o->words.count, sizeof *m->scans);
    for (size_t i = 0; i < o->words.count; i++) {
        struct saved_scan *saved = &m->scans[i];
        if (saved_scan_open(saved, o->words.items[i], &err))
            return fail_with(&err);
        m->count++;
        m->hosts += saved->host_count;
        if (saved->benchmark != m->scans[0].benchmark) {
            error_set(&err,
                      "%s was judged by benchmark %s, %s by %s: they cannot be one report; judge the saved "
                      "facts again (muster judge --benchmark)",
                      m->scans[0].path, benchmark_name(m->scans[0].benchmark), saved->path,
                      benchmark_name(saved->benchmark));
            return fail_with(&err);
        }
    }
    return 0;
}

/* One host, one row: of two, muster cannot know which is right. */
static int claim(struct merge *m, size_t file, const char *name)
{
    struct error err;
    const json_t *owner = json_object_get(m->owners, name);
    if (!owner) {
        json_put(m->owners, name, json_integer((json_int_t)file));
        return 0;
    }
    size_t other = (size_t)json_integer_value(owner);
    if (other == file)
        error_set(&err, "host %.100s is twice in %s", name, m->scans[file].path);
    else
        error_set(&err,
                  "host %.100s is both in %s and in %s; leave one of them out, or scan it under another name",
                  name, m->scans[other].path, m->scans[file].path);
    return fail_with(&err);
}

/* JSON Lines say when each host was scanned, not when the scan was. */
static void widen(struct scan *scan, const json_t *record)
{
    struct tm utc = {0};
    const char *text = json_text_at(record, "collected");
    if (!text || !strptime(text, "%Y-%m-%dT%H:%M:%SZ", &utc))
        return;
    time_t at = timegm(&utc);
    if (!scan->started || at < scan->started)
        scan->started = at;
    if (at > scan->finished)
        scan->finished = at;
}

static int merge_add_file(struct outcome *out, struct merge *m, size_t file, size_t *next)
{
    const struct saved_scan *saved = &m->scans[file];
    struct error err;
    for (size_t i = 0; i < saved->host_count; i++) {
        json_t *record = saved_scan_host(saved, i, &err);
        if (!record)
            return fail_with(&err);
        const char *name = json_text_at(record, "name");
        int result = claim(m, file, name ? name : "");
        if (!saved->started)
            widen(&out->scan, record);
        if (result)
            json_decref(record);
        else if (!outcome_add_record(out, (*next)++, record))
            result = EXIT_USAGE;
        if (result)
            return result;
    }
    return 0;
}

static void set_times(struct scan *scan, const struct merge *m)
{
    scan->started = scan->finished = 0;
    for (size_t i = 0; i < m->count; i++) {
        const struct saved_scan *saved = &m->scans[i];
        scan->complete = scan->complete && saved->complete;
        if (saved->started && (!scan->started || saved->started < scan->started))
            scan->started = saved->started;
        if (saved->finished > scan->finished)
            scan->finished = saved->finished;
    }
}

static int merge(const struct options *o, struct merge *m)
{
    struct outcome outcome;
    size_t next = 0;
    int result = outcome_open(&outcome, o, m->scans[0].benchmark, m->hosts);
    if (result)
        return result;
    confine_reports(&outcome);
    outcome.converting = true;
    /* What these reports read once is in the files already. */
    if (!report_set_reads_back(outcome.reports))
        scan_drop_spool(&outcome.scan);
    set_times(&outcome.scan, m);
    for (size_t i = 0; i < m->count && !result; i++)
        result = merge_add_file(&outcome, m, i, &next);
    if (result) {
        outcome_abandon(&outcome);
        return result;
    }
    if (!outcome.scan.complete)
        fputs("muster: a scan among these was interrupted; the report says so\n", stderr);
    outcome_write(&outcome);
    return outcome_close(&outcome, RUN_COMPLETE, false);
}

static int run_report(const struct options *o)
{
    struct merge m = {.owners = json_object()};
    int result = outcome_check(o);
    if (!result && !o->words.count) {
        fputs("muster: report needs saved scans (scan -o FILE.json or FILE.jsonl)\n", stderr);
        result = EXIT_USAGE;
    }
    if (!result)
        result = open_all(o, &m);
    if (!result)
        result = merge(o, &m);
    for (size_t i = 0; i < m.count; i++)
        saved_scan_close(&m.scans[i]);
    free(m.scans);
    json_decref(m.owners);
    return result;
}

const struct command COMMAND_REPORT = {
    .name = "report",
    .arguments = "[OPTIONS] SCAN...",
    .summary = "turn saved scans into any format, several into one",
    .help = "A SCAN is what scan or judge wrote as .json or .jsonl. Hosts that are in two of them and scans "
            "by different\nbenchmarks are refused. The exit code is 0 once all is written, unless\n--fail-on "
            "is given and applies.\n",
    .takes = TAKES_REPORT,
    .formats = report_format_name,
    .run = run_report,
};
