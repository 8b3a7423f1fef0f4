/* json.c: the scan as JSON (muster.scan/1, docs/schema), one host a line within the array so that line
 * tools can read it too, and as JSON Lines (muster.host/1). Hosts are copied from the spool one at a time. */
#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "base/json.h"
#include "reports/results/baseline.h"
#include "reports/formats.h"

#include <stdlib.h>

#define TOP 10

static json_t *counts_json(const size_t counts[STATUS_COUNT])
{
    json_t *json = json_object();
    for (size_t s = STATUS_COUNT; s-- > 0;)
        json_put(json, status_name((enum status)s), json_integer((json_int_t)counts[s]));
    return json;
}

static json_t *percent_json(const size_t counts[STATUS_COUNT])
{
    int tenths = scan_compliance(counts);
    return tenths < 0 ? NULL : json_real(tenths / 10.0);
}

/* Percent of what was decided that passes: in all and by section. */
static json_t *compliance_json(const struct scan_totals *totals)
{
    json_t *json = json_object();
    json_t *sections = json_array();
    json_put(json, "percent", percent_json(totals->counts));
    for (int s = 1; s <= SECTION_BEYOND; s++) {
        json_t *one = json_object();
        json_put(one, "section", json_text(section_name(s)));
        json_put(one, "title", json_text(section_title(s)));
        json_put(one, "percent", percent_json(totals->sections[s]));
        json_put(one, "findings", counts_json(totals->sections[s]));
        json_array_append_new(sections, one);
    }
    json_put(json, "sections", sections);
    return json;
}

/* Since the baseline. */
static json_t *changes_json(const struct scan *scan)
{
    struct changes c = change_count(scan);
    char since[32];
    scan_time_text(scan->baseline->started, since);
    return json_pack("{s:s,s:I,s:I,s:I,s:I,s:I,s:I}", "since", since, "worse", (json_int_t)c.worse,
                     "worse_hosts", (json_int_t)c.worse_hosts, "better", (json_int_t)c.better, "new_hosts",
                     (json_int_t)c.new_hosts, "gone_hosts", (json_int_t)c.gone_hosts, "lost_hosts",
                     (json_int_t)c.lost_hosts);
}

static json_t *summary_json(const struct scan *scan)
{
    struct scan_totals totals = scan_totals(scan);
    size_t top[TOP];
    json_t *summary = json_object();
    json_t *hosts = json_object();
    json_t *worst = json_array();
    json_t *failing = json_array();
    json_put(hosts, "total", json_integer((json_int_t)totals.hosts));
    json_put(hosts, "scanned", json_integer((json_int_t)totals.scanned));
    json_put(hosts, "failed", json_integer((json_int_t)totals.failed));
    size_t count = scan_worst(scan, top, TOP);
    for (size_t i = 0; i < count; i++) {
        json_t *one = json_object();
        json_put(one, "name", json_text(scan->hosts[top[i]].name));
        json_put(one, "warnings", json_integer((json_int_t)scan->hosts[top[i]].counts[STATUS_WARN]));
        json_array_append_new(worst, one);
    }
    count = scan_most_failing(scan, top, TOP);
    for (size_t i = 0; i < count; i++) {
        json_t *one = json_object();
        json_put(one, "id", json_text(catalog_at(top[i])->id[scan->benchmark]));
        json_put(one, "title", json_text(catalog_at(top[i])->title));
        json_put(one, "hosts", json_integer((json_int_t)scan_hosts_with(scan, top[i], STATUS_WARN)));
        json_array_append_new(failing, one);
    }
    json_put(summary, "hosts", hosts);
    json_put(summary, "compliance", compliance_json(&totals));
    json_put(summary, "findings", counts_json(totals.counts));
    json_put(summary, "worst_hosts", worst);
    json_put(summary, "most_frequent_warnings", failing);
    if (scan->baseline)
        json_put(summary, "changes", changes_json(scan));
    return summary;
}

static bool write_value(FILE *out, const char *key, json_t *value)
{
    int result = fprintf(out, "\"%s\": ", key);
    result = result < 0
                 ? result
                 : json_dumpf(value, out,
                              JSON_COMPACT | JSON_ENCODE_ANY | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(6));
    json_decref(value);
    return result >= 0 && fputs(",\n", out) != EOF;
}

static bool json_report_begin(struct report *r)
{
    const struct scan *scan = r->scan;
    FILE *out = r->out;
    char started[32], finished[32];
    scan_time_text(scan->started, started);
    scan_time_text(scan->finished, finished);
    fputs("{", out);
    return write_value(out, "schema", json_text("muster.scan/1")) &&
           write_value(out, "muster", json_text(MUSTER_VERSION)) &&
           write_value(out, "benchmark", json_text(benchmark_name(scan->benchmark))) &&
           write_value(out, "started", json_text(started)) &&
           write_value(out, "finished", json_text(finished)) &&
           write_value(out, "complete", json_boolean(scan->complete)) &&
           write_value(out, "summary", summary_json(scan)) && fputs("\"hosts\": [", out) != EOF;
}

static bool json_line(struct report *r, size_t index, const char *text)
{
    return fputs(index ? ",\n" : "\n", r->out) != EOF && fputs(text, r->out) != EOF;
}

static bool json_report_end(struct report *r)
{
    return fputs("\n]}\n", r->out) != EOF;
}

const struct report_format FORMAT_JSON = {.name = "json",
                                          .extensions = ".json",
                                          .begin = json_report_begin,
                                          .line = json_line,
                                          .end = json_report_end};

/* --- JSON Lines: a host a line, as they finish --- */

static bool stream(struct report *r, const char *line)
{
    return fputs(line, r->out) != EOF && fputc('\n', r->out) != EOF && fflush(r->out) == 0;
}

const struct report_format FORMAT_JSON_LINES = {
    .name = "jsonl", .extensions = ".jsonl .ndjson", .stream = stream};
