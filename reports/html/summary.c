/* summary.c: the summary of the page: tiles, what changed, sections, the checks and hosts with most warnings.
 */
#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "reports/html/page_internal.h"
#include "base/escape.h"
#include "base/json.h"
#include "reports/results/baseline.h"
#include "reports/html/assets.h"

#define UNSCANNED_SHOWN 6

/* --- the page_summary, which a manager reads --- */

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
    const char *note = t->failed ? "nothing is known about them" : "none was missed";
    tile(out, t->failed ? "bad" : "good", "Not scanned", value, note);
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
        page_foreign(out, json_text_at(host->error, "stage"));
        fputs("</span> ", out);
        page_host_link(out, host->name);
        fputs(": ", out);
        page_foreign(out, json_text_at(host->error, "message"));
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
        page_percent(out, t->sections[s]);
        fputs("</td><td class=\"optional\">", out);
        page_bar(out, t->sections[s]);
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
        page_host_link(out, scan->hosts[top[i]].name);
        fprintf(out, " <span class=\"count\">%zu WARN</span>, <span class=\"soft\">",
                scan->hosts[top[i]].counts[STATUS_WARN]);
        page_percent(out, scan->hosts[top[i]].counts);
        fputs(" passing</span></li>\n", out);
    }
    fputs("</ol></div>\n", out);
}

void page_summary(FILE *out, const struct scan *scan, const struct scan_totals *totals)
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
