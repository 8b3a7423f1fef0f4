/* page.c: the scan as one HTML page that asks nothing of anywhere: a summary and tables that are there
 * without scripting, an index and packed details (page_details.h) for page/page.js, which does the rest. The
 * page's policy names the hashes of its one style and one script and forbids everything else. */
#include "base/escape.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "reports/results/baseline.h"
#include "reports/html/assets.h"
#include "reports/html/details.h"
#include "reports/formats.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define TOP 5
#define UNSCANNED_SHOWN 6
#define NAME_BYTES_MAX 300
#define CHANGES_MAX 5000

/* --- small parts --- */

/* Text of a host's within its own direction. */
static void foreign(FILE *out, const char *text)
{
    fputs("<bdi>", out);
    escape_markup(out, text);
    fputs("</bdi>", out);
}

/* The name as it stands in the page; cut like those of the index, so that links meet. */
static char *page_name(const char *name)
{
    return xstrndup(name, text_cut(name, NAME_BYTES_MAX));
}

/* As JavaScript's encodeURIComponent: the letters that are safe in a fragment and in an attribute. */
static void fragment(FILE *out, const char *text)
{
    for (; *text; text++)
        if (isalnum((unsigned char)*text) || strchr("-_.~", *text))
            fputc(*text, out);
        else
            fprintf(out, "%%%02X", (unsigned char)*text);
}

static void host_link(FILE *out, const char *name)
{
    char *cut = page_name(name);
    fputs("<a href=\"#/host/", out);
    fragment(out, cut);
    fputs("\">", out);
    foreign(out, cut);
    fputs("</a>", out);
    free(cut);
}

static void percent(FILE *out, const size_t counts[STATUS_COUNT])
{
    char passing[16];
    fputs(scan_passing_text(counts, passing), out);
}

static void bar(FILE *out, const size_t counts[STATUS_COUNT])
{
    int tenths = scan_compliance(counts);
    fputs("<svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">", out);
    if (tenths >= 0)
        fprintf(out,
                "<rect width=\"%d.%d\" height=\"8\"/><rect class=\"w\" x=\"%d.%d\" width=\"%d.%d\" "
                "height=\"8\"/>",
                tenths / 10, tenths % 10, tenths / 10, tenths % 10, (1000 - tenths) / 10,
                (1000 - tenths) % 10);
    fputs("</svg>", out);
}

/* --- the policy --- */

static void digest(const char *data, size_t length, char base64[64])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(data, length, bytes, &size, EVP_sha256(), NULL);
    EVP_EncodeBlock((unsigned char *)base64, bytes, (int)size);
}

static void head(FILE *out, const char *title)
{
    char style[64], script[64];
    digest(page_css, page_css_length, style);
    digest(page_js, page_js_length, script);
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n", out);
    fprintf(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-%s'; "
        "style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
        "trusted-types 'none'\">\n",
        script, style);
    fputs("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" "
          "content=\"no-referrer\">\n"
          "<meta name=\"robots\" content=\"noindex\">\n<title>",
          out);
    escape_markup(out, title);
    fputs("</title>\n<style>", out);
    fwrite(page_css, 1, page_css_length, out);
    fputs("</style>\n</head>\n", out);
}

/* --- the summary, which a manager reads --- */

static void tile(FILE *out, const char *tone, const char *name, const char *value, const char *remark)
{
    fprintf(out, "<dl class=\"tile %s\"><dt>%s</dt><dd>%s<small>%s</small></dd></dl>\n", tone, name, value,
            remark);
}

/* 178071 as "178,071". */
static const char *grouped(size_t n, char *text, size_t size)
{
    char digits[32];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%zu", n), at = 0;
    for (size_t i = 0; i < length && at + 2 < size; i++) {
        if (i && (length - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}

static void tiles(FILE *out, const struct scan_totals *t)
{
    char value[64], remark[96], number[32];
    fputs("<div class=\"tiles\">\n", out);
    grouped(t->scanned, value, sizeof value);
    snprintf(remark, sizeof remark, "of %s", grouped(t->hosts, number, sizeof number));
    tile(out, "", "Hosts scanned", value, remark);
    grouped(t->failed, value, sizeof value);
    tile(out, t->failed ? "bad" : "good", "Not scanned", value,
         t->failed ? "nothing is known about them" : "none was missed");
    tile(out, "", "Passing", scan_passing_text(t->counts, value), "of what could be decided");
    grouped(t->counts[STATUS_WARN], value, sizeof value);
    tile(out, t->counts[STATUS_WARN] ? "bad" : "good", "Warnings", value, "evidence seen, check violated");
    grouped(t->counts[STATUS_ERROR], value, sizeof value);
    tile(out, t->counts[STATUS_ERROR] ? "bad" : "good", "Errors", value, "evidence could not be had");
    fputs("</div>\n", out);
}

static void unscanned_card(FILE *out, const struct scan *scan, size_t failed)
{
    size_t shown = 0;
    if (!failed)
        return;
    fputs("<div class=\"card\"><h2>Hosts that could not be scanned</h2><ul class=\"plain\">\n", out);
    for (size_t i = 0; i < scan->host_count && shown < UNSCANNED_SHOWN; i++) {
        const struct host_summary *host = &scan->hosts[i];
        if (host->scanned)
            continue;
        shown++;
        fputs("<li><span class=\"unscanned\">", out);
        foreign(out, json_text_at(host->error, "stage"));
        fputs("</span> ", out);
        host_link(out, host->name);
        fputs(": ", out);
        foreign(out, json_text_at(host->error, "message"));
        fputs("</li>\n", out);
    }
    fputs("</ul>", out);
    if (failed > shown)
        fprintf(out, "<p><a href=\"#/hosts?status=unscanned\">All %zu</a></p>", failed);
    fputs("</div>\n", out);
}

static void changes_card(FILE *out, const struct scan *scan)
{
    char since[32];
    if (!scan->baseline)
        return;
    struct changes c = change_count(scan);
    scan_time_text(scan->baseline->started, since);
    fprintf(out,
            "<div class=\"card\"><h2>Since the baseline of %s</h2><ul class=\"plain\">\n"
            "<li><span class=\"count worse\">%zu</span> findings became worse, on %zu hosts</li>\n"
            "<li><span class=\"count better\">%zu</span> became better</li>\n"
            "<li><span class=\"count\">%zu</span> new hosts, <span class=\"count\">%zu</span> gone, "
            "<span class=\"count\">%zu</span> no longer scanned</li></ul>"
            "<p class=\"scripted\" hidden><a href=\"#/changes\">Which ones</a></p></div>\n",
            since, c.worse, c.worse_hosts, c.better, c.new_hosts, c.gone_hosts, c.lost_hosts);
}

static void sections_card(FILE *out, const struct scan_totals *t)
{
    fputs("<div class=\"card\"><h2 id=\"by-section\">Compliance by section</h2><table "
          "aria-labelledby=\"by-section\"><thead><tr>"
          "<th scope=\"col\">Section</th><th scope=\"col\" class=\"num\">Warnings</th><th scope=\"col\" "
          "class=\"num optional\">Errors</th>"
          "<th scope=\"col\" class=\"num\">Passing</th><th scope=\"col\" "
          "class=\"optional\">Share</th></tr></thead><tbody>\n",
          out);
    for (int s = 1; s <= SECTION_BEYOND; s++) {
        fprintf(
            out,
            "<tr><th scope=\"row\"><a href=\"#/checks?section=%s\">%s %s</a></th><td class=\"num\">%zu</td>"
            "<td class=\"num optional\">%zu</td><td class=\"num\">",
            section_name(s), section_name(s), section_title(s), t->sections[s][STATUS_WARN],
            t->sections[s][STATUS_ERROR]);
        percent(out, t->sections[s]);
        fputs("</td><td class=\"optional\">", out);
        bar(out, t->sections[s]);
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
}

static void checks_card(FILE *out, const struct scan *scan)
{
    size_t top[TOP];
    size_t count = scan_most_failing(scan, top, TOP);
    if (!count)
        return;
    fputs("<div class=\"card\"><h2>Controls that fail on most hosts</h2><ol class=\"top\">\n", out);
    for (size_t i = 0; i < count; i++) {
        const char *id = catalog_at(top[i])->id[scan->benchmark];
        fprintf(out, "<li><a href=\"#/check/%s\">%s ", id, id);
        escape_markup(out, catalog_at(top[i])->title);
        fprintf(out, "</a> <span class=\"count\">on %zu</span></li>\n",
                scan_hosts_with(scan, top[i], STATUS_WARN));
    }
    fputs("</ol></div>\n", out);
}

static void hosts_card(FILE *out, const struct scan *scan)
{
    size_t top[TOP];
    size_t count = scan_worst(scan, top, TOP);
    if (!count)
        return;
    fputs("<div class=\"card\"><h2>Hosts with most warnings</h2><ol class=\"top\">\n", out);
    for (size_t i = 0; i < count; i++) {
        fputs("<li>", out);
        host_link(out, scan->hosts[top[i]].name);
        fprintf(out, " <span class=\"count\">%zu WARN</span>, <span class=\"soft\">",
                scan->hosts[top[i]].counts[STATUS_WARN]);
        percent(out, scan->hosts[top[i]].counts);
        fputs(" passing</span></li>\n", out);
    }
    fputs("</ol></div>\n", out);
}

static void summary(FILE *out, const struct scan *scan, const struct scan_totals *totals)
{
    fputs("<div id=\"summary\">\n<h2>Overview</h2>\n", out);
    if (!scan->complete)
        fputs("<p class=\"partial\"><strong>This scan was interrupted: the report is partial.</strong></p>\n",
              out);
    tiles(out, totals);
    fputs("<div class=\"cards\">\n", out);
    sections_card(out, totals);
    unscanned_card(out, scan, totals->failed);
    changes_card(out, scan);
    checks_card(out, scan);
    hosts_card(out, scan);
    fputs("<div class=\"card\"><h2>How to read this</h2><ul class=\"plain\">"
          "<li><span class=\"badge P\">PASS</span> evidence was seen, and it satisfies the check</li>"
          "<li><span class=\"badge W\">WARN</span> evidence was seen, and it violates the check</li>"
          "<li><span class=\"badge E\">ERROR</span> the evidence could not be had; the reason is told</li>"
          "<li><span class=\"badge I\">INFO</span> does not apply, or worth a review but no violation</li>"
          "<li><span class=\"badge N\">NOTE</span> only a person can judge it</li></ul>"
          "<p class=\"soft\">Passing is PASS of PASS, WARN and ERROR.</p></div>\n</div>\n</div>\n",
          out);
}

/* --- tables where scripting is off; browsers that run scripts do not even parse them --- */

static void plain_checks(FILE *out, const struct scan *scan)
{
    fputs("<div class=\"card\"><table><caption>Checks</caption><thead><tr><th scope=\"col\">Check</th><th "
          "scope=\"col\">Title</th>",
          out);
    for (size_t s = STATUS_COUNT; s-- > 0;)
        fprintf(out, "<th scope=\"col\" class=\"num\">%s</th>", status_name((enum status)s));
    fputs("<th scope=\"col\">Remedy</th></tr></thead><tbody>\n", out);
    for (size_t n = 0; catalog_at(n); n++) {
        const struct check *check = catalog_at(n);
        const char *id = check->id[scan->benchmark];
        if (!id)
            continue;
        fprintf(out, "<tr id=\"/check/%s\"><th scope=\"row\">%s</th><td>", id, id);
        escape_markup(out, check->title);
        for (size_t s = STATUS_COUNT; s-- > 0;)
            fprintf(out, "</td><td class=\"num\">%zu", scan_hosts_with(scan, n, (enum status)s));
        fputs("</td><td>", out);
        escape_markup(out, check->remedy);
        fputs("</td></tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
}

static void plain_host(FILE *out, const struct host_summary *host)
{
    char *name = page_name(host->name);
    fputs("<tr id=\"/host/", out);
    fragment(out, name);
    fputs("\"><th scope=\"row\">", out);
    foreign(out, name);
    fputs("</th>", out);
    free(name);
    if (host->scanned) {
        for (size_t s = STATUS_COUNT; s-- > 0;)
            fprintf(out, "<td class=\"num\">%zu</td>", host->counts[s]);
    } else {
        fprintf(out, "<td colspan=\"%d\"><span class=\"unscanned\">not scanned</span> ", STATUS_COUNT);
        foreign(out, json_text_at(host->error, "stage"));
        fputs(": ", out);
        foreign(out, json_text_at(host->error, "message"));
        fputs("</td>", out);
    }
    fputs("</tr>\n", out);
}

static void without_scripting(FILE *out, const struct scan *scan)
{
    fputs("<noscript>\n<p class=\"soft\">Scripting is off: items, evidence, search and the map need it. "
          "Nothing is loaded from anywhere in "
          "either case.</p>\n",
          out);
    plain_checks(out, scan);
    fputs("<div class=\"card\"><table><caption>Hosts</caption><thead><tr><th scope=\"col\">Host</th>", out);
    for (size_t s = STATUS_COUNT; s-- > 0;)
        fprintf(out, "<th scope=\"col\" class=\"num\">%s</th>", status_name((enum status)s));
    fputs("</tr></thead><tbody>\n", out);
    for (size_t i = 0; i < scan->host_count; i++)
        plain_host(out, &scan->hosts[i]);
    fputs("</tbody></table></div>\n</noscript>\n", out);
}

/* --- the index for page.js --- */

/* JSON within a script element: neither an end tag nor a comment can stand in it. */
static void embedded(FILE *out, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY);
    for (const char *p = text; *p; p++) {
        size_t plain = strcspn(p, "<>&");
        fwrite(p, 1, plain, out);
        p += plain;
        if (!*p)
            break;
        fprintf(out, "\\u%04x", (unsigned char)*p);
    }
    free(text);
    json_decref(json);
}

/* The number of a text among those of the page's lists. */
static json_t *number_in(json_t *numbers, json_t *list, const char *text)
{
    json_t *number = json_object_get(numbers, text);
    if (!number) {
        json_put(numbers, text, json_integer((json_int_t)json_array_size(list)));
        json_array_append_new(list, json_text(text));
        number = json_object_get(numbers, text);
    }
    return json_incref(number);
}

struct lists {
    json_t *groups, *group_numbers, *versions, *version_numbers;
};

static json_t *error_row(const struct host_summary *host)
{
    static const char *const KEYS[] = {"stage", "message", "hint"};
    json_t *row = json_array();
    for (size_t k = 0; k < sizeof KEYS / sizeof *KEYS; k++) {
        char *text = escape_plain(json_text_at(host->error, KEYS[k]), 1000);
        json_array_append_new(row, json_text(text));
        free(text);
    }
    return row;
}

static void host_row(FILE *out, const struct host_summary *host, const size_t *columns, size_t count,
                     struct lists *lists)
{
    json_t *row = json_array();
    json_t *groups = json_array();
    char *name = page_name(host->name);
    char *engine = page_name(host->engine ? host->engine : "");
    char *letters = xcalloc(count + 1, 1);
    for (size_t i = 0; i < json_array_size(host->groups); i++) {
        const char *group = json_string_value(json_array_get(host->groups, i));
        char *cut = page_name(group ? group : "?");
        json_array_append_new(groups, number_in(lists->group_numbers, lists->groups, cut));
        free(cut);
    }
    for (size_t c = 0; c < count; c++)
        letters[c] = page_letter(host->verdicts[columns[c]]);
    json_array_append_new(row, json_text(name));
    json_array_append_new(row, groups);
    json_array_append_new(row, json_text(engine));
    if (host->version) {
        char *cut = page_name(host->version);
        json_array_append_new(row, number_in(lists->version_numbers, lists->versions, cut));
        free(cut);
    } else {
        json_array_append_new(row, json_integer(-1));
    }
    json_array_append_new(row, json_text(letters));
    if (!host->scanned)
        json_array_append_new(row, error_row(host));
    embedded(out, row);
    free(letters);
    free(engine);
    free(name);
}

static json_t *check_row(const struct check *check, enum benchmark benchmark)
{
    const char *const texts[] = {check->title, check->rationale, check->judged, check->evidence,
                                 check->remedy};
    const char assessment[2] = {*check_assessment(check, benchmark), '\0'};
    json_t *row = json_array();
    json_array_append_new(row, json_text(check->id[benchmark]));
    json_array_append_new(row, json_text(section_name(check_section(check, benchmark))));
    json_array_append_new(row, json_integer(check->level));
    json_array_append_new(row, json_text(assessment));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        json_array_append_new(row, json_text(texts[i]));
    return row;
}

static void add_changes(json_t *rows, const struct scan *scan, size_t index, size_t before,
                        const size_t *columns, size_t count, json_int_t *more)
{
    const struct host_summary *now = &scan->hosts[index], *then = &scan->baseline->hosts[before];
    for (size_t c = 0; c < count; c++) {
        const char letter[2] = {page_letter(then->verdicts[columns[c]]), '\0'};
        if (!change_of(then->verdicts[columns[c]], now->verdicts[columns[c]]))
            continue;
        if (json_array_size(rows) >= CHANGES_MAX) {
            (*more)++;
            continue;
        }
        json_array_append_new(rows, json_pack("[I,I,s]", (json_int_t)index, (json_int_t)c, letter));
    }
}

static json_t *baseline_json(const struct scan *scan, const size_t *columns, size_t count)
{
    if (!scan->baseline)
        return json_null();
    size_t *match = change_match(scan);
    char *still = xcalloc(scan->baseline->host_count + 1, 1);
    char since[32];
    json_t *json = json_object();
    json_t *rows = json_array();
    json_t *gone = json_array();
    json_int_t more = 0;
    for (size_t i = 0; i < scan->host_count; i++)
        if (match[i] != NO_HOST) {
            still[match[i]] = 1;
            add_changes(rows, scan, i, match[i], columns, count, &more);
        }
    for (size_t i = 0; i < scan->baseline->host_count; i++) {
        char *name = page_name(scan->baseline->hosts[i].name);
        if (!still[i])
            json_array_append_new(gone, json_text(name));
        free(name);
    }
    scan_time_text(scan->baseline->started, since);
    json_put(json, "started", json_text(since));
    json_put(json, "changes", rows);
    json_put(json, "more", json_integer(more));
    json_put(json, "gone", gone);
    free(still);
    free(match);
    return json;
}

static void member(FILE *out, const char *key, json_t *value)
{
    fprintf(out, "\"%s\":", key);
    embedded(out, value);
    fputs(",\n", out);
}

static void index_element(FILE *out, const struct scan *scan)
{
    struct lists lists = {json_array(), json_object(), json_array(), json_object()};
    size_t *columns = xcalloc(catalog_count(), sizeof *columns);
    size_t count = page_columns(scan->benchmark, columns);
    json_t *checks = json_array();
    json_t *sections = json_array();
    for (size_t c = 0; c < count; c++)
        json_array_append_new(checks, check_row(catalog_at(columns[c]), scan->benchmark));
    for (int s = 1; s <= SECTION_BEYOND; s++)
        json_array_append_new(sections, json_pack("[s,s]", section_name(s), section_title(s)));
    fputs("<script type=\"application/json\" id=\"index\">{", out);
    member(out, "schema", json_text("muster.page/1"));
    member(out, "benchmark", json_text(benchmark_name(scan->benchmark)));
    member(out, "sections", sections);
    member(out, "checks", checks);
    member(out, "baseline", baseline_json(scan, columns, count));
    fputs("\"hosts\":[\n", out);
    for (size_t i = 0; i < scan->host_count; i++) {
        fputs(i ? ",\n" : "", out);
        host_row(out, &scan->hosts[i], columns, count, &lists);
    }
    fputs("],\n", out);
    member(out, "groups", lists.groups);
    fputs("\"versions\":", out);
    embedded(out, lists.versions);
    fputs("}</script>\n", out);
    json_decref(lists.group_numbers);
    json_decref(lists.version_numbers);
    free(columns);
}

/* --- the page --- */

static bool open_page(struct report *r)
{
    r->state = page_details_new(r->scan);
    return r->state != NULL;
}

static bool arrive(struct report *r, size_t index, const json_t *record)
{
    return page_details_add(r->state, index, record);
}

static void body_head(FILE *out, const struct scan *scan, const char *title)
{
    char started[32], finished[32];
    scan_time_text(scan->started, started);
    scan_time_text(scan->finished, finished);
    fputs("<body data-title=\"", out);
    escape_markup(out, title);
    fputs("\">\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n<header><div><h1>Docker hosts: "
          "security report</h1>\n",
          out);
    fprintf(out, "<p>CIS Docker Benchmark %s; scanned %s to %s; muster %s</p></div></header>\n",
            benchmark_name(scan->benchmark), started, finished, MUSTER_VERSION);
    fputs("<nav class=\"scripted\" aria-label=\"Views\" hidden>"
          "<a href=\"#/\" data-view=\"\">Overview</a><a href=\"#/map\" data-view=\"map\">Map</a>"
          "<a href=\"#/hosts\" data-view=\"hosts\">Hosts</a><a href=\"#/checks\" "
          "data-view=\"checks\">Checks</a>",
          out);
    if (scan->baseline)
        fputs("<a href=\"#/changes\" data-view=\"changes\">Changes</a>", out);
    fputs("<button id=\"theme\" class=\"end\" type=\"button\">Light or dark</button></nav>\n<main "
          "id=\"main\" tabindex=\"-1\">\n",
          out);
}

static bool end(struct report *r)
{
    const struct scan *scan = r->scan;
    struct scan_totals totals = scan_totals(scan);
    FILE *out = r->out;
    char title[128];
    char passing[16];
    snprintf(title, sizeof title, "muster: %zu Docker host%s, %s passing", totals.hosts,
             totals.hosts == 1 ? "" : "s", scan_passing_text(totals.counts, passing));
    head(out, title);
    body_head(out, scan, title);
    summary(out, scan, &totals);
    fputs("<div id=\"view\" hidden></div>\n", out);
    without_scripting(out, scan);
    fputs("</main>\n", out);
    index_element(out, scan);
    if (!page_details_write(r->state, out))
        return false;
    fputs("<script>", out);
    fwrite(page_js, 1, page_js_length, out);
    return fputs("</script>\n</body>\n</html>\n", out) != EOF;
}

static void close_page(struct report *r)
{
    page_details_free(r->state);
}

const struct report_format FORMAT_HTML = {.name = "html",
                                          .extensions = ".html .htm",
                                          .open = open_page,
                                          .arrive = arrive,
                                          .end = end,
                                          .close = close_page};
