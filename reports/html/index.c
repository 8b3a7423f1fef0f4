/* index.c: what the page's script knows of every host and check: an index as JSON. */
#include "agentless/checks/catalog.h"
#include "reports/html/page_internal.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/mem.h"
#include "reports/results/baseline.h"
#include "reports/html/assets.h"

#include <stdlib.h>
#include <string.h>

#define CHANGES_MAX 5000

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
    char *name = page_host_name(host->name);
    char *engine = page_host_name(host->engine ? host->engine : "");
    char *letters = xcalloc(count + 1, 1);
    for (size_t i = 0; i < json_array_size(host->groups); i++) {
        const char *group = json_string_value(json_array_get(host->groups, i));
        char *cut = page_host_name(group ? group : "?");
        json_array_append_new(groups, number_in(lists->group_numbers, lists->groups, cut));
        free(cut);
    }
    for (size_t c = 0; c < count; c++)
        letters[c] = page_letter(host->verdicts[columns[c]]);
    json_array_append_new(row, json_text(name));
    json_array_append_new(row, groups);
    json_array_append_new(row, json_text(engine));
    if (host->version) {
        char *cut = page_host_name(host->version);
        json_array_append_new(row, number_in(lists->version_numbers, lists->versions, cut));
        free(cut);
    } else {
        json_array_append_new(row, json_integer(-1));
    }
    json_array_append_new(row, json_text(letters));
    if (!host->scanned)
        json_array_append_new(row, error_row(host));
    page_embedded(out, row);
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
        char *name = page_host_name(scan->baseline->hosts[i].name);
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
    page_embedded(out, value);
    fputs(",\n", out);
}

void page_index_element(FILE *out, const struct scan *scan)
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
    page_embedded(out, lists.versions);
    fputs("}</script>\n", out);
    json_decref(lists.group_numbers);
    json_decref(lists.version_numbers);
    free(columns);
}
