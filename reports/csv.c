/* csv.c: the scan for spreadsheets (RFC 4180): a row for each finding's item, a row for a finding
 * without items, a row for a host that could not be scanned. Cells that a spreadsheet would run are disarmed.
 */
#include "agentless/checks/finding.h"
#include "base/escape.h"
#include "base/text.h"
#include "base/json.h"
#include "reports/formats.h"

static const char *const COLUMNS[] = {"host",  "groups",      "engine",     "section", "check",
                                      "title", "level",       "assessment", "status",  "item_kind",
                                      "item",  "item_status", "reason",     "remedy"};
#define COLUMN_COUNT (sizeof COLUMNS / sizeof *COLUMNS)

static void csv_row(FILE *out, const char *const cells[COLUMN_COUNT])
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (i)
            fputc(',', out);
        escape_csv(out, cells[i]);
    }
    fputs("\r\n", out);
}

static bool csv_begin(struct report *r)
{
    csv_row(r->out, COLUMNS);
    return true;
}

static void groups_text(const json_t *groups, char *text, size_t size)
{
    size_t at = 0;
    *text = '\0';
    for (size_t i = 0; i < json_array_size(groups) && at < size; i++) {
        const char *group = json_string_value(json_array_get(groups, i));
        at += (size_t)snprintf(text + at, size - at, "%s%.200s", text_if(i, " "), text_or(group, "?"));
    }
}

static void finding_rows(FILE *out, const struct host_summary *of, const char *groups, const json_t *finding)
{
    const json_t *items = json_at(finding, "items");
    char level[8];
    json_int_t number = 0;
    json_integer_at(finding, "level", &number);
    snprintf(level, sizeof level, "%d", (int)number);
    for (size_t i = 0; i == 0 || i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        const char *cells[COLUMN_COUNT] = {of->name,
                                           groups,
                                           of->engine,
                                           json_text_at(finding, "section"),
                                           json_text_at(finding, "id"),
                                           json_text_at(finding, "title"),
                                           level,
                                           json_text_at(finding, "assessment"),
                                           json_text_at(finding, "status"),
                                           json_text_at(item, "kind"),
                                           json_text_at(item, "name"),
                                           json_text_at(item, "status"),
                                           json_text_at(item ? item : finding, "reason"),
                                           json_text_at(finding, "remedy")};
        csv_row(out, cells);
    }
}

static bool csv_host(struct report *r, size_t index, const json_t *record)
{
    const struct host_summary *of = &r->scan->hosts[index];
    const json_t *findings = json_at(record, "findings");
    char groups[1024];
    groups_text(of->groups, groups, sizeof groups);
    if (!of->scanned) {
        const char *cells[COLUMN_COUNT] = {of->name,
                                           groups,
                                           of->engine,
                                           "",
                                           "",
                                           "The host could not be scanned",
                                           "",
                                           "",
                                           "ERROR",
                                           "host",
                                           of->name,
                                           "ERROR",
                                           json_text_at(of->error, "message"),
                                           json_text_at(of->error, "hint")};
        csv_row(r->out, cells);
    }
    for (size_t i = 0; i < json_array_size(findings); i++)
        finding_rows(r->out, of, groups, json_array_get(findings, i));
    return true;
}

const struct report_format FORMAT_CSV = {
    .name = "csv", .extensions = ".csv", .begin = csv_begin, .host = csv_host};
