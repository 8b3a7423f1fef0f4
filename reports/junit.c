/* junit.c: the scan as JUnit XML, as CI systems read it: one suite a host, one case a check. WARN is a
 * failure, ERROR an error, what does not apply or is for a person (INFO, NOTE) is skipped; a host that could
 * not be scanned is a suite with one error. */
#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/text.h"
#include "reports/formats.h"

#include <stdlib.h>

static void attribute(FILE *out, const char *name, const char *value)
{
    fprintf(out, " %s=\"", name);
    escape_markup(out, value);
    fputc('"', out);
}

static bool junit_begin(struct report *r)
{
    struct scan_totals t = scan_totals(r->scan);
    size_t tests = t.failed;
    for (size_t s = 0; s < STATUS_COUNT; s++)
        tests += t.counts[s];
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", r->out);
    fprintf(r->out,
            "<testsuites name=\"muster, CIS Docker Benchmark %s\" tests=\"%zu\" failures=\"%zu\" "
            "errors=\"%zu\" skipped=\"%zu\">\n",
            benchmark_name(r->scan->benchmark), tests, t.counts[STATUS_WARN],
            t.counts[STATUS_ERROR] + t.failed, t.counts[STATUS_INFO] + t.counts[STATUS_NOTE]);
    return true;
}

/* What a person needs to see why: the sentence, the items, the remedy. */
static void body(FILE *out, const json_t *finding)
{
    const json_t *items = json_at(finding, "items");
    if (json_text_at(finding, "reason")) {
        escape_markup(out, json_text_at(finding, "reason"));
        fputc('\n', out);
    }
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        fputs("- ", out);
        escape_markup(out, json_text_at(item, "name"));
        fputs(": ", out);
        escape_markup(out, json_text_at(item, "reason"));
        fputc('\n', out);
    }
    if (json_text_at(finding, "remedy")) {
        fputs("Remedy: ", out);
        escape_markup(out, json_text_at(finding, "remedy"));
        fputc('\n', out);
    }
}

/* Its reason, or its first item's. */
static const char *message_of(const json_t *finding)
{
    const char *reason = json_text_at(finding, "reason");
    return reason ? reason : json_text_at(json_array_get(json_at(finding, "items"), 0), "reason");
}

static void outcome_element(FILE *out, const char *status, const json_t *finding)
{
    static const struct {
        const char *status, *element;
    } ELEMENTS[] = {{"WARN", "failure"}, {"ERROR", "error"}, {"INFO", "skipped"}, {"NOTE", "skipped"}};
    for (size_t i = 0; i < sizeof ELEMENTS / sizeof *ELEMENTS; i++) {
        if (!text_same(ELEMENTS[i].status, status))
            continue;
        bool bad = i < 2;
        fprintf(out, "<%s", ELEMENTS[i].element);
        attribute(out, "message", message_of(finding));
        if (bad)
            attribute(out, "type", status);
        fputs(bad ? ">" : "/>", out);
        if (bad) {
            body(out, finding);
            fprintf(out, "</%s>", ELEMENTS[i].element);
        }
    }
}

static void unscanned_case(FILE *out, const struct host_summary *of)
{
    fputs("<testcase name=\"the host can be scanned\" time=\"0\"", out);
    attribute(out, "classname", of->name);
    fputs("><error", out);
    attribute(out, "message", json_text_at(of->error, "message"));
    attribute(out, "type", json_text_at(of->error, "stage"));
    fputc('>', out);
    escape_markup(out, json_text_at(of->error, "hint"));
    fputs("</error></testcase>\n", out);
}

static bool junit_host(struct report *r, size_t index, const json_t *record)
{
    const struct host_summary *of = &r->scan->hosts[index];
    const json_t *findings = json_at(record, "findings");
    const char *collected = json_text_at(record, "collected");
    fputs("<testsuite", r->out);
    attribute(r->out, "name", of->name);
    fprintf(r->out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"0\"",
            json_array_size(findings) + !of->scanned, of->counts[STATUS_WARN],
            of->counts[STATUS_ERROR] + !of->scanned, of->counts[STATUS_INFO] + of->counts[STATUS_NOTE]);
    if (collected)
        attribute(r->out, "timestamp", collected);
    fputs(">\n", r->out);
    if (!of->scanned)
        unscanned_case(r->out, of);
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *finding = json_array_get(findings, i);
        fprintf(r->out, "<testcase name=\"%s ", json_text_at(finding, "id"));
        escape_markup(r->out, json_text_at(finding, "title"));
        fputs("\" time=\"0\"", r->out);
        attribute(r->out, "classname", of->name);
        fputc('>', r->out);
        outcome_element(r->out, json_text_at(finding, "status"), finding);
        fputs("</testcase>\n", r->out);
    }
    fputs("</testsuite>\n", r->out);
    return true;
}

static bool junit_end(struct report *r)
{
    return fputs("</testsuites>\n", r->out) != EOF;
}

const struct report_format FORMAT_JUNIT = {
    .name = "junit", .extensions = ".xml", .begin = junit_begin, .host = junit_host, .end = junit_end};
