/* markdown.c: the scan's summary for a pull request or a CI job's page (GitHub's Markdown). Whatever
 * comes from a host stands in a code span. Kept below the sizes that such pages take (GitHub: 64 KiB a
 * comment, 1 MiB a job). */
#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "base/escape.h"
#include "base/json.h"
#include "reports/results/baseline.h"
#include "reports/formats.h"

#define HOSTS_SHOWN 20
#define UNSCANNED_SHOWN 100
#define CHECKS_SHOWN 15

static void counts_row(FILE *out, const size_t counts[STATUS_COUNT])
{
    char passing[16];
    fprintf(out, " | %zu | %zu | %zu | %zu | %zu | %s |\n", counts[STATUS_WARN], counts[STATUS_ERROR],
            counts[STATUS_INFO], counts[STATUS_NOTE], counts[STATUS_PASS],
            scan_passing_text(counts, passing));
}

static void markdown_table_head(FILE *out, const char *title)
{
    fprintf(out, "\n| %s | WARN | ERROR | INFO | NOTE | PASS | passing |\n", title);
    fputs("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n", out);
}

static void unscanned(FILE *out, const struct scan *scan, size_t failed)
{
    size_t shown = 0;
    if (!failed)
        return;
    fputs("\n### Hosts that could not be scanned\n\n| host | stage | reason | what to do |\n| --- | --- | "
          "--- | --- |\n",
          out);
    for (size_t i = 0; i < scan->host_count && shown < UNSCANNED_SHOWN; i++) {
        static const char *const KEYS[] = {"stage", "message", "hint"};
        if (scan->hosts[i].scanned)
            continue;
        shown++;
        fputs("| ", out);
        escape_markdown_code(out, scan->hosts[i].name);
        for (size_t k = 0; k < sizeof KEYS / sizeof *KEYS; k++) {
            fputs(" | ", out);
            escape_markdown_code(out, json_text_at(scan->hosts[i].error, KEYS[k]));
        }
        fputs(" |\n", out);
    }
    if (failed > shown)
        fprintf(out, "\n%zu more are in the JSON report.\n", failed - shown);
}

static void worst(FILE *out, const struct scan *scan)
{
    size_t hosts[HOSTS_SHOWN];
    size_t count = scan_worst(scan, hosts, HOSTS_SHOWN);
    if (!count)
        return;
    fputs("\n### Hosts with most warnings\n", out);
    markdown_table_head(out, "host");
    for (size_t i = 0; i < count; i++) {
        fputs("| ", out);
        escape_markdown_code(out, scan->hosts[hosts[i]].name);
        counts_row(out, scan->hosts[hosts[i]].counts);
    }
}

static void frequent(FILE *out, const struct scan *scan)
{
    size_t checks[CHECKS_SHOWN];
    size_t count = scan_most_failing(scan, checks, CHECKS_SHOWN);
    if (!count)
        return;
    fputs("\n### Most frequent warnings\n\n| check | title | hosts | what to do |\n| --- | --- | ---: | --- "
          "|\n",
          out);
    for (size_t i = 0; i < count; i++) {
        const struct check *check = catalog_at(checks[i]);
        fprintf(out, "| %s | %s | %zu | ", check->id[scan->benchmark], check->title,
                scan_hosts_with(scan, checks[i], STATUS_WARN));
        escape_markdown_code(out, check->remedy);
        fputs(" |\n", out);
    }
}

static void changed(FILE *out, const struct scan *scan)
{
    if (!scan->baseline)
        return;
    struct changes c = change_count(scan);
    char since[32];
    scan_time_text(scan->baseline->started, since);
    fprintf(out,
            "\n**Since the baseline of %s:** %zu findings became worse (on %zu hosts), %zu better; %zu new "
            "hosts, %zu "
            "gone, %zu no longer scanned.\n",
            since, c.worse, c.worse_hosts, c.better, c.new_hosts, c.gone_hosts, c.lost_hosts);
}

static bool markdown_end(struct report *r)
{
    FILE *out = r->out;
    const struct scan *scan = r->scan;
    struct scan_totals totals = scan_totals(scan);
    char finished[32];
    scan_time_text(scan->finished, finished);
    const char *verdict = totals.counts[STATUS_WARN] ? "there are warnings" : "no warnings";
    fprintf(out, "## Docker hosts: %s\n\n", totals.failed ? "not all could be scanned" : verdict);
    fprintf(out, "%zu hosts, %zu scanned, **%zu not scanned**; CIS Docker Benchmark %s; %s; muster %s%s\n",
            totals.hosts, totals.scanned, totals.failed, benchmark_name(scan->benchmark), finished,
            MUSTER_VERSION, scan->complete ? "" : "; **interrupted: this report is partial**");
    changed(out, scan);
    markdown_table_head(out, "section");
    for (int s = 1; s <= SECTION_BEYOND; s++) {
        fprintf(out, "| %s %s", section_name(s), section_title(s));
        counts_row(out, totals.sections[s]);
    }
    fputs("| **all**", out);
    counts_row(out, totals.counts);
    unscanned(out, scan, totals.failed);
    worst(out, scan);
    frequent(out, scan);
    return true;
}

const struct report_format FORMAT_MARKDOWN = {
    .name = "markdown", .extensions = ".md .markdown", .end = markdown_end};
