/* prometheus.c: the scan as metrics in the Prometheus text format, for node_exporter's textfile
 * collector: gauges only, a few series a host, none a finding, so that a fleet stays within what a Prometheus
 * holds. */
#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "base/escape.h"
#include "base/json.h"
#include "reports/formats.h"

#include <ctype.h>

static void family(FILE *out, const char *name, const char *help)
{
    fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void lower(const char *word, char *text, size_t size)
{
    size_t i = 0;
    for (; word[i] && i + 1 < size; i++)
        text[i] = (char)tolower((unsigned char)word[i]);
    text[i] = '\0';
}

static void each_host(FILE *out, const struct scan *scan, const char *name,
                      void (*series)(FILE *out, const char *name, const struct host_summary *host))
{
    for (size_t i = 0; i < scan->host_count; i++)
        series(out, name, &scan->hosts[i]);
}

static void host_label(FILE *out, const char *name, const struct host_summary *host)
{
    fprintf(out, "%s{host=", name);
    escape_prometheus(out, host->name);
}

static void scanned(FILE *out, const char *name, const struct host_summary *host)
{
    host_label(out, name, host);
    fprintf(out, "} %d\n", host->scanned);
}

static void unscanned_stage(FILE *out, const char *name, const struct host_summary *host)
{
    if (host->scanned)
        return;
    host_label(out, name, host);
    fputs(",stage=", out);
    escape_prometheus(out, json_text_at(host->error, "stage"));
    fputs("} 1\n", out);
}

static void findings(FILE *out, const char *name, const struct host_summary *host)
{
    for (size_t s = STATUS_COUNT; s-- > 0 && host->scanned;) {
        char status[16];
        lower(status_name((enum status)s), status, sizeof status);
        host_label(out, name, host);
        fprintf(out, ",status=\"%s\"} %zu\n", status, host->counts[s]);
    }
}

static void passing(FILE *out, const char *name, const struct host_summary *host)
{
    int tenths = scan_compliance(host->counts);
    if (!host->scanned || tenths < 0)
        return;
    host_label(out, name, host);
    fprintf(out, "} %d.%03d\n", tenths / 1000, tenths % 1000);
}

static bool prometheus_end(struct report *r)
{
    FILE *out = r->out;
    const struct scan *scan = r->scan;
    struct scan_totals totals = scan_totals(scan);
    family(out, "muster_scan_finished_timestamp_seconds", "When the scan ended.");
    fprintf(out, "muster_scan_finished_timestamp_seconds{benchmark=\"%s\",version=\"%s\"} %lld\n",
            benchmark_name(scan->benchmark), MUSTER_VERSION, (long long)scan->finished);
    family(out, "muster_scan_complete", "0 where the scan was interrupted.");
    fprintf(out, "muster_scan_complete %d\n", scan->complete);
    family(out, "muster_hosts", "Hosts of the scan, by whether they could be scanned.");
    fprintf(out, "muster_hosts{scanned=\"yes\"} %zu\nmuster_hosts{scanned=\"no\"} %zu\n", totals.scanned,
            totals.failed);
    family(out, "muster_check_hosts_warning", "Hosts on which a check warns.");
    for (size_t n = 0; catalog_at(n); n++)
        if (catalog_at(n)->id[scan->benchmark])
            fprintf(out, "muster_check_hosts_warning{check=\"%s\"} %zu\n", catalog_at(n)->id[scan->benchmark],
                    scan_hosts_with(scan, n, STATUS_WARN));
    family(out, "muster_host_scanned", "1 where the host could be scanned.");
    each_host(out, scan, "muster_host_scanned", scanned);
    family(out, "muster_host_failed", "A host that could not be scanned, with the stage it failed at.");
    each_host(out, scan, "muster_host_failed", unscanned_stage);
    family(out, "muster_host_findings", "Findings of a host, by status.");
    each_host(out, scan, "muster_host_findings", findings);
    family(out, "muster_host_passing_ratio", "PASS of what could be decided (PASS, WARN, ERROR).");
    each_host(out, scan, "muster_host_passing_ratio", passing);
    return true;
}

const struct report_format FORMAT_PROMETHEUS = {
    .name = "prometheus", .extensions = ".prom", .end = prometheus_end};
