/* page.c: the scan as one HTML page that asks nothing of anywhere: a summary and tables that are there
 * without scripting, an index and packed details (details.h) for page.js, which does the rest. The page's
 * policy names the hashes of its one style and one script and forbids everything else. */
#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "reports/html/page_internal.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "reports/results/baseline.h"
#include "reports/html/assets.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

/* Text of a host's within its own direction. */
void page_foreign(FILE *out, const char *text)
{
    fputs("<bdi>", out);
    escape_markup(out, text);
    fputs("</bdi>", out);
}

char *page_host_name(const char *name)
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

void page_host_link(FILE *out, const char *name)
{
    char *cut = page_host_name(name);
    fputs("<a href=\"#/host/", out);
    fragment(out, cut);
    fputs("\">", out);
    page_foreign(out, cut);
    fputs("</a>", out);
    free(cut);
}

void page_percent(FILE *out, const size_t counts[STATUS_COUNT])
{
    char passing[16];
    fputs(scan_passing_text(counts, passing), out);
}

void page_bar(FILE *out, const size_t counts[STATUS_COUNT])
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
    char *name = page_host_name(host->name);
    fputs("<tr id=\"/host/", out);
    fragment(out, name);
    fputs("\"><th scope=\"row\">", out);
    page_foreign(out, name);
    fputs("</th>", out);
    free(name);
    if (host->scanned) {
        for (size_t s = STATUS_COUNT; s-- > 0;)
            fprintf(out, "<td class=\"num\">%zu</td>", host->counts[s]);
    } else {
        fprintf(out, "<td colspan=\"%d\"><span class=\"unscanned\">not scanned</span> ", STATUS_COUNT);
        page_foreign(out, json_text_at(host->error, "stage"));
        fputs(": ", out);
        page_foreign(out, json_text_at(host->error, "message"));
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

/* JSON within a script element: neither an end tag nor a comment can stand in it. */
void page_embedded(FILE *out, json_t *json)
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

static bool page_end(struct report *r)
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
    page_summary(out, scan, &totals);
    fputs("<div id=\"view\" hidden></div>\n", out);
    without_scripting(out, scan);
    fputs("</main>\n", out);
    page_index_element(out, scan);
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
                                          .end = page_end,
                                          .close = close_page};
