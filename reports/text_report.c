/* text_report.c: the scan for a terminal: the lines that docker-bench-security made known, host by host, then
 * the fleet. Every text of a host's is made harmless before it is printed; colours are never the only sign.
 */
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "reports/report.h"

#include <stdlib.h>
#include <string.h>

/* Up to here the hosts' details come first; beyond, the fleet's summary leads and details are asked for by
 * -v. */
#define DETAILED_HOSTS 5
#define SUMMARY_HOSTS 25
#define TOP 10

struct page {
    FILE *out;
    const struct report_style *style;
};

static const char *colour_of(const char *status)
{
    static const struct {
        const char *status, *colour;
    } COLOURS[] = {{"PASS", "32"}, {"WARN", "31"}, {"INFO", "34"}, {"NOTE", "33"}, {"ERROR", "35"}};
    for (size_t i = 0; i < sizeof COLOURS / sizeof *COLOURS; i++)
        if (strcmp(COLOURS[i].status, status) == 0)
            return COLOURS[i].colour;
    return "0";
}

static void tag(const struct page *p, const char *status)
{
    if (p->style->colour)
        fprintf(p->out, "\033[1;%sm[%s]\033[0m ", colour_of(status), status);
    else
        fprintf(p->out, "[%s] ", status);
}

static void heading(const struct page *p, const char *text)
{
    fprintf(p->out, p->style->colour ? "\033[1m%s\033[0m" : "%s", text);
}

static void safe(const struct page *p, const char *text)
{
    text_print_safe(p->out, text ? text : "?");
}

static void item_line(const struct page *p, const json_t *item)
{
    tag(p, json_text_at(item, "status"));
    fputs("     * ", p->out);
    safe(p, json_text_at(item, "name"));
    const char *state = json_text_at(item, "state");
    if (state && strcmp(state, "running") != 0 && *state) {
        fputs(" (", p->out);
        safe(p, state);
        fputs(")", p->out);
    }
    fputs(": ", p->out);
    safe(p, json_text_at(item, "reason"));
    fputs("\n", p->out);
}

static void detail_lines(const struct page *p, const json_t *finding)
{
    const json_t *evidence = json_at(finding, "evidence");
    for (size_t i = 0; i < json_array_size(evidence); i++) {
        const json_t *one = json_array_get(evidence, i);
        char *value = json_dumps(json_at(one, "value"), JSON_COMPACT | JSON_ENCODE_ANY);
        fputs("            evidence: ", p->out);
        safe(p, json_text_at(one, "source"));
        fputs(": ", p->out);
        safe(p, json_text_at(one, "fact"));
        fputs(" = ", p->out);
        safe(p, value);
        fputs("\n", p->out);
        free(value);
    }
    if (json_text_at(finding, "remedy")) {
        fputs("            remedy: ", p->out);
        safe(p, json_text_at(finding, "remedy"));
        fputs("\n", p->out);
    }
}

static void finding_lines(const struct page *p, const json_t *finding)
{
    const json_t *items = json_at(finding, "items");
    tag(p, json_text_at(finding, "status"));
    fprintf(p->out, "%s - %s (%s)\n", json_text_at(finding, "id"), json_text_at(finding, "title"),
            json_text_at(finding, "assessment"));
    if (json_text_at(finding, "reason")) {
        tag(p, json_text_at(finding, "status"));
        fputs("     * ", p->out);
        safe(p, json_text_at(finding, "reason"));
        fputs("\n", p->out);
    }
    for (size_t i = 0; i < json_array_size(items); i++)
        item_line(p, json_array_get(items, i));
    if (p->style->verbosity > 0)
        detail_lines(p, finding);
}

static void sections(const struct page *p, const json_t *findings)
{
    const char *section = "";
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *finding = json_array_get(findings, i);
        const char *at = json_text_at(finding, "section");
        if (at && strcmp(at, section) != 0) {
            section = at;
            fputs("\n", p->out);
            tag(p, "INFO");
            fprintf(p->out, "%s - %s\n", section, section_title(section_number(section)));
        }
        finding_lines(p, finding);
    }
}

static void host_title(const struct page *p, const json_t *host)
{
    const json_t *groups = json_at(host, "groups");
    fputs("\n", p->out);
    heading(p, "# ");
    safe(p, json_text_at(host, "name"));
    fputs("  ", p->out);
    safe(p, json_text_at(host, "target.engine"));
    if (json_text_at(host, "engine.version")) {
        fputs("  engine ", p->out);
        safe(p, json_text_at(host, "engine.version"));
    }
    for (size_t i = 0; i < json_array_size(groups); i++) {
        fputs(i ? ", " : "  groups: ", p->out);
        safe(p, json_string_value(json_array_get(groups, i)));
    }
    fputs("\n", p->out);
}

static void error_line(const struct page *p, const json_t *host)
{
    tag(p, "ERROR");
    safe(p, json_text_at(host, "name"));
    fputs(": ", p->out);
    safe(p, json_text_at(host, "error.stage"));
    fputs(": ", p->out);
    safe(p, json_text_at(host, "error.message"));
    const char *hint = json_text_at(host, "error.hint");
    if (hint && *hint) {
        fputs(" (", p->out);
        safe(p, hint);
        fputs(")", p->out);
    }
    fputs("\n", p->out);
}

static void hosts(const struct page *p, const struct scan *scan)
{
    for (size_t i = 0; i < scan->host_count; i++) {
        json_t *host = scan_host(scan, i);
        host_title(p, host);
        if (!scan->hosts[i].scanned)
            error_line(p, host);
        if (scan->hosts[i].scanned || p->style->verbosity > 0)
            sections(p, json_at(host, "findings"));
        json_decref(host);
    }
}

/* --- the fleet --- */

static void count_columns(const struct page *p, const size_t counts[STATUS_COUNT])
{
    fprintf(p->out, "%6zu %6zu %6zu %6zu %6zu", counts[STATUS_WARN], counts[STATUS_ERROR],
            counts[STATUS_INFO], counts[STATUS_NOTE], counts[STATUS_PASS]);
}

static void padded(const struct page *p, const char *text, size_t width)
{
    size_t columns = text_print_safe(p->out, text);
    for (; columns < width; columns++)
        fputc(' ', p->out);
}

static void host_table(const struct page *p, const struct scan *scan)
{
    size_t worst[SUMMARY_HOSTS];
    size_t count = scan_worst(scan, worst, SUMMARY_HOSTS);
    if (!count)
        return;
    heading(p, scan->host_count > count ? "\nHosts with most warnings" : "\nHosts");
    fprintf(p->out, "\n%-28s %6s %6s %6s %6s %6s\n", "  host", "WARN", "ERROR", "INFO", "NOTE", "PASS");
    for (size_t i = 0; i < count; i++) {
        fputs("  ", p->out);
        padded(p, scan->hosts[worst[i]].name, 26);
        fputc(' ', p->out);
        count_columns(p, scan->hosts[worst[i]].counts);
        fputc('\n', p->out);
    }
}

static void failing_table(const struct page *p, const struct scan *scan)
{
    size_t checks[TOP];
    size_t count = scan_most_failing(scan, checks, TOP);
    if (!count)
        return;
    heading(p, "\nMost frequent warnings\n");
    for (size_t i = 0; i < count; i++) {
        const struct check *check = catalog_at(checks[i]);
        fprintf(p->out, "  %-7s %5zu of %zu hosts  %s\n", check->id[scan->benchmark],
                scan->failing[checks[i]], scan->host_count, check->title);
    }
}

static void unscanned_list(const struct page *p, const struct scan *scan, size_t failed)
{
    if (!failed)
        return;
    heading(p, "\nHosts that could not be scanned\n");
    for (size_t i = 0; i < scan->host_count; i++) {
        if (scan->hosts[i].scanned)
            continue;
        json_t *host = scan_host(scan, i);
        error_line(p, host);
        json_decref(host);
    }
}

/* `told`: the hosts' own parts have said already why they could not be scanned. */
static void fleet(const struct page *p, const struct scan *scan, bool told)
{
    struct scan_totals totals = scan_totals(scan);
    host_table(p, scan);
    failing_table(p, scan);
    unscanned_list(p, scan, told ? 0 : totals.failed);
    fputs("\n", p->out);
    heading(p, "Fleet: ");
    fprintf(p->out, "%zu host%s, %zu scanned, %zu not scanned; CIS Docker Benchmark %s%s\n", totals.hosts,
            totals.hosts == 1 ? "" : "s", totals.scanned, totals.failed, benchmark_name(scan->benchmark),
            scan->complete ? "" : "; INTERRUPTED: this report is partial");
    fprintf(p->out, "Findings: %zu WARN, %zu ERROR, %zu INFO, %zu NOTE, %zu PASS\n",
            totals.counts[STATUS_WARN], totals.counts[STATUS_ERROR], totals.counts[STATUS_INFO],
            totals.counts[STATUS_NOTE], totals.counts[STATUS_PASS]);
}

bool report_write_text(const struct scan *scan, FILE *out, const struct report_style *style)
{
    struct page page = {.out = out, .style = style};
    bool few = scan->host_count <= DETAILED_HOSTS;
    if (style->verbosity >= 0 && few)
        hosts(&page, scan);
    fleet(&page, scan, style->verbosity >= 0 && few);
    if (style->verbosity > 0 && !few)
        hosts(&page, scan);
    else if (!few && style->verbosity == 0)
        fputs("Details of each host: --verbose, or -o FILE.json\n", out);
    return !ferror(out);
}
