/* json_report.c: the scan as JSON, muster.scan/1, one host a line within the array so that line tools can
 * read it too. Hosts are copied from the spool one at a time. */
#include "base/json.h"
#include "reports/report.h"

#include <stdlib.h>

#define TOP 10

static json_t *counts_json(const size_t counts[STATUS_COUNT])
{
    json_t *json = json_object();
    for (size_t s = STATUS_COUNT; s-- > 0;)
        json_put(json, status_name((enum status)s), json_integer((json_int_t)counts[s]));
    return json;
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
        json_put(one, "hosts", json_integer((json_int_t)scan->failing[top[i]]));
        json_array_append_new(failing, one);
    }
    json_put(summary, "hosts", hosts);
    json_put(summary, "findings", counts_json(totals.counts));
    json_put(summary, "worst_hosts", worst);
    json_put(summary, "most_frequent_warnings", failing);
    return summary;
}

static bool write_value(FILE *out, const char *key, json_t *value)
{
    int result = fprintf(out, "\"%s\": ", key);
    result = result < 0 ? result : json_dumpf(value, out, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(value);
    return result >= 0 && fputs(",\n", out) != EOF;
}

bool report_write_json(const struct scan *scan, FILE *out, const struct report_style *style)
{
    char started[32], finished[32];
    (void)style;
    scan_time_text(scan->started, started);
    scan_time_text(scan->finished, finished);
    bool good = fputs("{", out) != EOF;
    good = good && write_value(out, "schema", json_text("muster.scan/1"));
    good = good && write_value(out, "muster", json_text(MUSTER_VERSION));
    good = good && write_value(out, "benchmark", json_text(benchmark_name(scan->benchmark)));
    good = good && write_value(out, "started", json_text(started));
    good = good && write_value(out, "finished", json_text(finished));
    good = good && write_value(out, "complete", json_boolean(scan->complete));
    good = good && write_value(out, "summary", summary_json(scan));
    good = good && fputs("\"hosts\": [", out) != EOF;
    for (size_t i = 0; i < scan->host_count && good; i++) {
        json_t *host = scan_host(scan, i);
        good = host && fputs(i ? ",\n" : "\n", out) != EOF && json_dumpf(host, out, JSON_COMPACT) == 0;
        json_decref(host);
    }
    return good && fputs("\n]}\n", out) != EOF && !ferror(out);
}
