/* text.c: the scan for a terminal: the lines that docker-bench-security made known, host by host where
 * they are few or asked for, then the fleet on one screen. Every text of a host's is made harmless before it
 * is printed; colours are never the only sign. In a pipe nothing is cut, and every host that was not scanned
 * has its line. */
#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "reports/results/baseline.h"
#include "reports/formats.h"

#include <stdlib.h>
#include <string.h>

/* Up to here the hosts' details come by themselves; beyond, --verbose asks for them. */
#define DETAILED_HOSTS 5
#define WORST_HOSTS 5
#define FREQUENT_CHECKS 5
#define NARROWEST 40
#define BAR 20

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
        if (text_same(COLOURS[i].status, status))
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

/* Columns of harmless text: its characters. */
static size_t columns_of(const char *safe)
{
    size_t columns = 0;
    for (; *safe; safe++)
        columns += ((unsigned char)*safe & 0xc0) != 0x80;
    return columns;
}

/* The byte behind the first `columns` characters. */
static size_t bytes_of(const char *safe, size_t columns)
{
    const char *p = safe;
    while (*p && (columns || ((unsigned char)*p & 0xc0) == 0x80)) {
        columns -= ((unsigned char)*p & 0xc0) != 0x80;
        p++;
    }
    return (size_t)(p - safe);
}

/* Text in exactly or, as the last of a line, at most `width` columns: cut on a terminal, never in a pipe. */
static void cell(const struct page *p, const char *text, size_t width, bool last)
{
    char *safe = text_safe(text ? text : "?");
    size_t columns = columns_of(safe);
    if (width && columns > width && p->style->columns) {
        fwrite(safe, 1, bytes_of(safe, width - 1), p->out);
        fputs("\xe2\x80\xa6", p->out);
        columns = width;
    } else {
        fputs(safe, p->out);
    }
    for (; !last && columns < width; columns++)
        fputc(' ', p->out);
    free(safe);
}

/* What is left of a line for its last column; 0: no end. */
static size_t layer(const struct page *p, size_t used)
{
    if (!p->style->columns)
        return 0;
    return p->style->columns > used + 10 ? p->style->columns - used : 10;
}

/* Prints text behind `indent` columns that are printed already, broken at blanks on a terminal. */
static void paragraph(const struct page *p, size_t indent, const char *text)
{
    char *safe = text_safe(text ? text : "?");
    size_t width = p->style->columns >= NARROWEST ? p->style->columns - indent : 0;
    const char *rest = safe;
    while (width && columns_of(rest) > width) {
        size_t end = bytes_of(rest, width);
        size_t at = end;
        while (at && rest[at] != ' ')
            at--;
        at = at ? at : end;
        fprintf(p->out, "%.*s\n%*s", (int)at, rest, (int)indent, "");
        rest += at;
        rest += strspn(rest, " ");
    }
    fprintf(p->out, "%s\n", rest);
    free(safe);
}

/* "[WARN]      * web: runs with --privileged" */
static void point(const struct page *p, const char *status, const char *text)
{
    tag(p, status);
    fputs("     * ", p->out);
    paragraph(p, strlen(status) + 3 + 7, text);
}

static void item_line(const struct page *p, const json_t *item)
{
    const char *state = json_text_at(item, "state");
    const char *name = json_text_at(item, "name");
    const char *reason = json_text_at(item, "reason");
    const char *status = json_text_at(item, "status");
    bool stopped = state && *state && strcmp(state, "running") != 0;
    char *text = xasprintf("%s%s%s%s: %s", text_or(name, "?"), text_if(stopped, " ("), stopped ? state : "",
                           text_if(stopped, ")"), text_or(reason, ""));
    point(p, status ? status : "?", text);
    free(text);
}

static void detail(const struct page *p, const char *label, const char *text)
{
    fprintf(p->out, "            %s: ", label);
    paragraph(p, 12 + strlen(label) + 2, text);
}

static void detail_lines(const struct page *p, const json_t *finding)
{
    const json_t *evidence = json_at(finding, "evidence");
    for (size_t i = 0; i < json_array_size(evidence); i++) {
        const json_t *one = json_array_get(evidence, i);
        const char *source = json_text_at(one, "source");
        const char *fact = json_text_at(one, "fact");
        char *value = json_dumps(json_at(one, "value"), JSON_COMPACT | JSON_ENCODE_ANY);
        char *text = xasprintf("%s: %s = %s", text_or(source, "?"), text_or(fact, "?"), text_or(value, "?"));
        detail(p, "evidence", text);
        free(text);
        free(value);
    }
    if (json_text_at(finding, "remedy"))
        detail(p, "remedy", json_text_at(finding, "remedy"));
}

static void finding_lines(const struct page *p, const json_t *finding)
{
    const json_t *items = json_at(finding, "items");
    const char *status = json_text_at(finding, "status");
    tag(p, status);
    char *title = xasprintf("%s - %s (%s)", json_text_at(finding, "id"), json_text_at(finding, "title"),
                            json_text_at(finding, "assessment"));
    paragraph(p, strlen(status) + 3, title);
    free(title);
    if (json_text_at(finding, "reason"))
        point(p, status, json_text_at(finding, "reason"));
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
    text_print_safe(p->out, json_text_at(host, "name"));
    if (json_text_at(host, "target.engine")) {
        fputs("  ", p->out);
        text_print_safe(p->out, json_text_at(host, "target.engine"));
    }
    if (json_text_at(host, "engine.version")) {
        fputs("  engine ", p->out);
        text_print_safe(p->out, json_text_at(host, "engine.version"));
    }
    for (size_t i = 0; i < json_array_size(groups); i++) {
        const char *group = json_string_value(json_array_get(groups, i));
        fputs(i ? ", " : "  groups: ", p->out);
        text_print_safe(p->out, group ? group : "?");
    }
    fputs("\n", p->out);
}

static const char *error_text(const struct host_summary *host, const char *key)
{
    const char *text = json_text_at(host->error, key);
    return text ? text : "";
}

static void error_line(const struct page *p, const struct host_summary *host)
{
    const char *hint = error_text(host, "hint");
    char *text = xasprintf("%s: %s: %s%s%s%s", host->name, error_text(host, "stage"),
                           error_text(host, "message"), text_if(*hint, " ("), hint, text_if(*hint, ")"));
    tag(p, "ERROR");
    paragraph(p, strlen("[ERROR] "), text);
    free(text);
}

static bool is_detailed(const struct report *r)
{
    return r->style.verbosity > 0 || (r->style.verbosity == 0 && r->scan->host_count <= DETAILED_HOSTS);
}

static bool text_open_text(struct report *r)
{
    r->skip_hosts = !is_detailed(r);
    return true;
}

static bool text_report_host(struct report *r, size_t index, const json_t *record)
{
    const struct page page = {.out = r->out, .style = &r->style};
    const struct host_summary *of = &r->scan->hosts[index];
    host_title(&page, record);
    if (!of->scanned)
        error_line(&page, of);
    if (of->scanned || r->style.verbosity > 0)
        sections(&page, json_at(record, "findings"));
    return true;
}

/* --- the fleet --- */

static void percent(const struct page *p, const size_t counts[STATUS_COUNT])
{
    char passing[16];
    fprintf(p->out, "%8s", scan_passing_text(counts, passing));
}

#define COUNTS_WIDTH 35 /* of count_columns */

/* The first column of a table of counts. */
static size_t name_width(const struct page *p)
{
    size_t wide = 38;
    size_t fitting = p->style->columns > COUNTS_WIDTH + 12 ? p->style->columns - COUNTS_WIDTH - 12 : 12;
    return p->style->columns && fitting < wide ? fitting : wide;
}

static void bar(const struct page *p, const size_t counts[STATUS_COUNT])
{
    int tenths = scan_compliance(counts);
    int full = tenths < 0 ? 0 : tenths * BAR / 1000;
    if (p->style->columns && p->style->columns < name_width(p) + COUNTS_WIDTH + 12 + BAR + 2)
        return;
    fputs("  ", p->out);
    for (int i = 0; i < BAR; i++)
        fputc(i < full ? '#' : '.', p->out);
}

static void count_columns(const struct page *p, const size_t counts[STATUS_COUNT])
{
    fprintf(p->out, "%6zu %6zu %6zu %6zu %6zu", counts[STATUS_WARN], counts[STATUS_ERROR],
            counts[STATUS_INFO], counts[STATUS_NOTE], counts[STATUS_PASS]);
}

static void text_table_head(const struct page *p, const char *title)
{
    fputc('\n', p->out);
    if (p->style->colour)
        fputs("\033[1m", p->out);
    cell(p, title, name_width(p) + 2, false);
    if (p->style->colour)
        fputs("\033[0m", p->out);
    fprintf(p->out, " %6s %6s %6s %6s %6s  passing\n", "WARN", "ERROR", "INFO", "NOTE", "PASS");
}

static void table_row(const struct page *p, const char *name, const size_t counts[STATUS_COUNT])
{
    fputs("  ", p->out);
    cell(p, name, name_width(p), false);
    fputc(' ', p->out);
    count_columns(p, counts);
    fputc(' ', p->out);
    percent(p, counts);
    bar(p, counts);
    fputc('\n', p->out);
}

static void section_table(const struct page *p, const struct scan_totals *totals)
{
    text_table_head(p, "Sections");
    for (int s = 1; s <= SECTION_BEYOND; s++) {
        char name[64];
        snprintf(name, sizeof name, "%s %s", section_name(s), section_title(s));
        if (scan_compliance(totals->sections[s]) >= 0)
            table_row(p, name, totals->sections[s]);
    }
}

static void host_table(const struct page *p, const struct scan *scan)
{
    size_t worst[WORST_HOSTS];
    size_t count = scan_worst(scan, worst, WORST_HOSTS);
    if (!count)
        return;
    text_table_head(p, scan->host_count > count ? "Hosts with most warnings" : "Hosts");
    for (size_t i = 0; i < count; i++)
        table_row(p, scan->hosts[worst[i]].name, scan->hosts[worst[i]].counts);
}

static void failing_table(const struct page *p, const struct scan *scan)
{
    size_t checks[FREQUENT_CHECKS];
    size_t count = scan_most_failing(scan, checks, FREQUENT_CHECKS);
    if (!count)
        return;
    heading(p, "\nMost frequent warnings\n");
    for (size_t i = 0; i < count; i++) {
        const struct check *check = catalog_at(checks[i]);
        int used = fprintf(p->out, "  %-7s %5zu of %zu hosts  ", check->id[scan->benchmark],
                           scan_hosts_with(scan, checks[i], STATUS_WARN), scan->host_count);
        cell(p, check->title, layer(p, used > 0 ? (size_t)used : 0), true);
        fputc('\n', p->out);
    }
}

/* On a terminal: a line for each stage that hosts failed at, with their number and the first names. */
static void unscanned_stages(const struct page *p, const struct scan *scan)
{
    char *reported = xcalloc(scan->host_count, 1);
    for (size_t i = 0; i < scan->host_count; i++) {
        const char *stage = error_text(&scan->hosts[i], "stage");
        char *names = NULL;
        size_t count = 0;
        if (scan->hosts[i].scanned || reported[i])
            continue;
        for (size_t k = i; k < scan->host_count; k++)
            if (!scan->hosts[k].scanned && strcmp(error_text(&scan->hosts[k], "stage"), stage) == 0) {
                reported[k] = 1;
                if (count++ < 20) {
                    char *longer = names ? xasprintf("%s, %s", names, scan->hosts[k].name)
                                         : xstrdup(scan->hosts[k].name);
                    free(names);
                    names = longer;
                }
            }
        fputs("  ", p->out);
        tag(p, "ERROR");
        cell(p, stage, 10, false);
        fprintf(p->out, " %5zu  ", count);
        cell(p, names, layer(p, 2 + 8 + 10 + 8), true);
        fputc('\n', p->out);
        free(names);
    }
    free(reported);
}

/* `reported`: the hosts' own sections have said already why they could not be scanned. */
static void unscanned_list(const struct page *p, const struct scan *scan, size_t failed, bool reported)
{
    if (!failed || reported)
        return;
    heading(p, "\nHosts that could not be scanned\n");
    if (p->style->columns && failed > DETAILED_HOSTS) {
        unscanned_stages(p, scan);
        return;
    }
    for (size_t i = 0; i < scan->host_count; i++)
        if (!scan->hosts[i].scanned)
            error_line(p, &scan->hosts[i]);
}

static void changes_line(struct report *r)
{
    struct changes c = change_count(r->scan);
    char since[32];
    scan_time_text(r->scan->baseline->started, since);
    fprintf(r->out,
            "Since %s: %zu findings worse (on %zu hosts), %zu better; %zu new hosts, %zu gone, %zu no longer "
            "scanned\n",
            since, c.worse, c.worse_hosts, c.better, c.new_hosts, c.gone_hosts, c.lost_hosts);
}

static bool text_end(struct report *r)
{
    const struct page page = {.out = r->out, .style = &r->style};
    const struct scan *scan = r->scan;
    struct scan_totals totals = scan_totals(scan);
    if (totals.scanned)
        section_table(&page, &totals);
    host_table(&page, scan);
    failing_table(&page, scan);
    unscanned_list(&page, scan, totals.failed, is_detailed(r));
    fputs("\n", r->out);
    heading(&page, "Fleet: ");
    fprintf(r->out, "%zu host%s, %zu scanned, %zu not scanned; CIS Docker Benchmark %s%s\n", totals.hosts,
            text_if(!(totals.hosts == 1), "s"), totals.scanned, totals.failed,
            benchmark_name(scan->benchmark),
            text_if(!scan->complete, "; INTERRUPTED: this report is partial"));
    fprintf(r->out, "Findings: %zu WARN, %zu ERROR, %zu INFO, %zu NOTE, %zu PASS", totals.counts[STATUS_WARN],
            totals.counts[STATUS_ERROR], totals.counts[STATUS_INFO], totals.counts[STATUS_NOTE],
            totals.counts[STATUS_PASS]);
    fputs("\n", r->out);
    if (scan_compliance(totals.counts) >= 0) {
        fputs("Passing:", r->out);
        percent(&page, totals.counts);
        fputs(" of what could be decided (PASS, WARN, ERROR)\n", r->out);
    }
    if (scan->baseline)
        changes_line(r);
    if (!is_detailed(r) && r->style.verbosity == 0)
        fputs("Details of each host: --verbose, or -o FILE.html\n", r->out);
    return true;
}

const struct report_format FORMAT_TEXT = {
    .name = "text", .extensions = ".txt", .open = text_open_text, .host = text_report_host, .end = text_end};
