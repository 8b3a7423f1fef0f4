/* docker_bench.c: the shapes that docker-bench-security 1.6.0 writes, for programs that read those:
 * its JSON and its lines of text, with its ids, verdict words, suffixes and counts. Titles are our own. What
 * its four words cannot say is mapped: ERROR becomes NOTE (somebody has to look), 1.2.1 and 2.1 are INFO as
 * there. Keys of ours (host, benchmark, reasons) come after its own; readers of it ignore them. One host is
 * one object, several are an array. Checks that it does not have (2.7 of v1.8.0, section X) are left out. */
#include "agentless/checks/catalog.h"
#include "base/json.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "reports/formats.h"

#include <stdlib.h>
#include <string.h>

#define SCRIPT_VERSION "1.6.0"

static bool bench_among(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

/* Its labels are those of older benchmarks and part of the format: importers drop what is called Manual. */
static const char *suffix_of(const char *id)
{
    static const char *const MANUAL[] = {"1.2.1", "1.2.2", "2.1",  "2.8",  "2.17", "4.2",  "4.3",
                                         "4.4",   "4.7",   "4.8",  "4.9",  "4.10", "4.11", "4.12",
                                         "5.9",   "5.18",  "5.19", "5.24", "5.28", "5.30", "6.1",
                                         "6.2",   "7.4",   "7.6",  "7.7",  "7.8",  "7.9",  NULL};
    if (bench_among(id, MANUAL))
        return "Manual";
    return text_starts(id, "2.") ? "Scored" : "Automated";
}

/* Counted, but worth no point. */
static bool is_scored(const char *id)
{
    static const char *const COUNTED[] = {"1.1.2", "1.2.1", "1.2.2", "2.1",  "2.8",  "2.17", "4.2",  "4.3",
                                          "4.4",   "4.7",   "4.8",   "4.9",  "4.10", "4.11", "4.12", "5.18",
                                          "5.19",  "5.23",  "5.24",  "5.28", "5.30", "6.1",  "6.2",  "7.4",
                                          "7.6",   "7.7",   "7.8",   "7.9",  NULL};
    return !bench_among(id, COUNTED);
}

static const char *label_of(const char *id)
{
    static const struct {
        const char *id, *label;
    } LABELS[] = {{"1.1.2", "doubtfulusers"},
                  {"4.1", "running as root"},
                  {"4.6", "Images w/o HEALTHCHECK"},
                  {"4.7", "Update instructions found"},
                  {"4.9", "Images using ADD"}};
    for (size_t i = 0; i < sizeof LABELS / sizeof *LABELS; i++)
        if (strcmp(LABELS[i].id, id) == 0)
            return LABELS[i].label;
    return *id == '5' ? "Containers concerned" : "Items concerned";
}

/* The script's id of a finding; NULL where it has no such check. */
static const char *script_id(const struct scan *scan, const json_t *finding)
{
    const char *own = json_text_at(finding, "id");
    const struct check *check = own ? catalog_find(scan->benchmark, own) : NULL;
    if (!check || *own == 'X')
        return NULL;
    /* 1.1.9 is another object from 1.7.0 on; the script has one by that number. */
    if (check->id[BENCHMARK_1_6_0])
        return check->id[BENCHMARK_1_6_0];
    return strcmp(own, "2.7") ? own : NULL;
}

static const char *script_result(const char *id, const char *status)
{
    if (strcmp(id, "1.2.1") == 0 || strcmp(id, "2.1") == 0)
        return "INFO";
    return strcmp(status, "ERROR") == 0 ? "NOTE" : status;
}

static json_t *details_json(const char *id, const json_t *finding, json_t *items)
{
    struct buf text = {0};
    const char *reason = json_text_at(finding, "reason");
    if (json_array_size(items)) {
        /* The label, a colon, and each item with a blank before it: two blanks follow the colon. */
        buf_format(&text, "%s: ", label_of(id));
        for (size_t i = 0; i < json_array_size(items); i++)
            buf_format(&text, " %s", json_string_value(json_array_get(items, i)));
    } else if (reason) {
        buf_text(&text, reason);
    }
    json_t *json = text.length ? json_text(text.data) : NULL;
    buf_free(&text);
    return json;
}

/* Only what the verdict is about: items that pass are not part of it. */
static json_t *items_json(const json_t *finding)
{
    const json_t *all = json_at(finding, "items");
    json_t *items = json_array();
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *item = json_array_get(all, i);
        if (!text_same(json_text_at(item, "status"), "PASS"))
            json_array_append_new(items,
                                  json_text(json_text_at(item, "name") ? json_text_at(item, "name") : ""));
    }
    return items;
}

static json_t *bench_result_json(const char *id, const json_t *finding)
{
    json_t *json = json_object();
    json_t *items = items_json(finding);
    char desc[300];
    snprintf(desc, sizeof desc, "%.250s (%s)", json_text_at(finding, "title"), suffix_of(id));
    json_put(json, "id", json_text(id));
    json_put(json, "desc", json_text(desc));
    json_put(json, "result", json_text(script_result(id, json_text_at(finding, "status"))));
    json_t *details = details_json(id, finding, items);
    if (details)
        json_put(json, "details", details);
    if (json_array_size(items))
        json_put(json, "items", json_incref(items));
    if (json_text_at(finding, "remedy"))
        json_put(json, "remediation", json_text(json_text_at(finding, "remedy")));
    json_decref(items);
    return json;
}

struct tally {
    json_int_t checks, score;
};

static void bench_count(struct tally *tally, const char *id, const char *result)
{
    tally->checks++;
    if (is_scored(id))
        tally->score += (strcmp(result, "PASS") == 0) - (strcmp(result, "WARN") == 0);
}

static json_t *section_json(const char *name)
{
    json_t *section = json_object();
    json_put(section, "id", json_text(name));
    json_put(section, "desc", json_text(section_title(section_number(name))));
    json_put(section, "results", json_array());
    return section;
}

static json_t *bench_host_json(const struct scan *scan, const json_t *host)
{
    const json_t *findings = json_at(host, "findings");
    json_t *json = json_object();
    json_t *tests = json_array();
    json_t *section = NULL;
    struct tally tally = {0};
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *finding = json_array_get(findings, i);
        const char *id = script_id(scan, finding);
        const char *name = json_text_at(finding, "section");
        if (!id)
            continue;
        if (!section || !text_same(json_text_at(section, "id"), name)) {
            section = section_json(name);
            json_array_append_new(tests, section);
        }
        json_t *result = bench_result_json(id, finding);
        bench_count(&tally, id, json_text_at(result, "result"));
        json_array_append_new(json_object_get(section, "results"), result);
    }
    json_put(json, "dockerbenchsecurity", json_text(SCRIPT_VERSION));
    json_put(json, "start", json_integer((json_int_t)scan->started));
    json_put(json, "tests", tests);
    json_put(json, "checks", json_integer(tally.checks));
    json_put(json, "score", json_integer(tally.score));
    json_put(json, "end", json_integer((json_int_t)scan->finished));
    json_put(json, "host", json_incref(json_at(host, "name")));
    json_put(json, "benchmark", json_text(benchmark_name(scan->benchmark)));
    json_put(json, "error", json_incref(json_at(host, "error")));
    return json;
}

static bool json_begin(struct report *r)
{
    return r->scan->host_count == 1 || fputs("[\n", r->out) != EOF;
}

static bool json_host(struct report *r, size_t index, const json_t *record)
{
    json_t *json = bench_host_json(r->scan, record);
    bool good = (!index || fputs(",\n", r->out) != EOF) &&
                json_dumpf(json, r->out, JSON_INDENT(2) | JSON_ENSURE_ASCII) == 0;
    json_decref(json);
    return good;
}

static bool json_end(struct report *r)
{
    return fputs(r->scan->host_count == 1 ? "\n" : "\n]\n", r->out) != EOF;
}

const struct report_format FORMAT_DOCKER_BENCH_JSON = {
    .name = "docker-bench-json", .extensions = "", .begin = json_begin, .host = json_host, .end = json_end};

/* --- its text --- */

static void bench_line(FILE *out, const char *result, const char *text)
{
    fprintf(out, "[%s] ", result);
    text_print_safe(out, text);
    fputc('\n', out);
}

static void result_lines(FILE *out, const json_t *result, const json_t *finding)
{
    char text[600];
    const char *word = json_text_at(result, "result");
    const json_t *items = json_at(finding, "items");
    snprintf(text, sizeof text, "%s - %s", json_text_at(result, "id"), json_text_at(result, "desc"));
    bench_line(out, word, text);
    if (json_text_at(finding, "reason")) {
        snprintf(text, sizeof text, "     * %s", json_text_at(finding, "reason"));
        bench_line(out, word, text);
    }
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        if (text_same(json_text_at(item, "status"), "PASS"))
            continue;
        snprintf(text, sizeof text, "     * %s: %.200s", json_text_at(item, "reason"),
                 json_text_at(item, "name"));
        bench_line(out, word, text);
    }
}

static void host_lines(const struct scan *scan, const json_t *host, FILE *out)
{
    const json_t *findings = json_at(host, "findings");
    const char *section = "";
    char text[200];
    struct tally tally = {0};
    if (scan->host_count != 1) {
        fputs("# ", out);
        text_print_safe(out, json_text_at(host, "name"));
        fputs("\n", out);
    }
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *finding = json_array_get(findings, i);
        const char *id = script_id(scan, finding);
        const char *name = json_text_at(finding, "section");
        if (!id)
            continue;
        if (strcmp(section, name) != 0) {
            section = name;
            snprintf(text, sizeof text, "%s - %s", name, section_title(section_number(name)));
            fputs("\n", out);
            bench_line(out, "INFO", text);
        }
        json_t *result = bench_result_json(id, finding);
        bench_count(&tally, id, json_text_at(result, "result"));
        result_lines(out, result, finding);
        json_decref(result);
    }
    fprintf(out, "\n\nSection C - Score\n\n[INFO] Checks: %lld\n[INFO] Score: %lld\n",
            (long long)tally.checks, (long long)tally.score);
}

static bool text_host(struct report *r, size_t index, const json_t *record)
{
    const struct host_summary *of = &r->scan->hosts[index];
    if (!of->scanned) {
        const char *stage = json_text_at(of->error, "stage"), *why = json_text_at(of->error, "message");
        char *text =
            xasprintf("%s could not be scanned: %s: %s", of->name, text_or(stage, "?"), text_or(why, "?"));
        bench_line(r->out, "NOTE", text);
        free(text);
    }
    host_lines(r->scan, record, r->out);
    return true;
}

const struct report_format FORMAT_DOCKER_BENCH_TEXT = {
    .name = "docker-bench-text", .extensions = "", .host = text_host};
