/* cmd_checks.c: muster checks and muster explain: the catalog, and one check of it. */
#include "agentless/checks/catalog.h"
#include "base/json.h"
#include "base/text.h"
#include "fleet/cli/options_internal.h"
#include "fleet/cli/outcome.h"

#include <stdio.h>
#include <string.h>

static json_t *checks_row(const struct check *check, enum benchmark benchmark)
{
    json_t *json = json_object();
    json_t *ids = json_object();
    json_put(json, "id", json_text(check->id[benchmark]));
    json_put(json, "section", json_text(section_name(check_section(check, benchmark))));
    json_put(json, "title", json_text(check->title));
    json_put(json, "level", json_integer(check->level));
    json_put(json, "assessment", json_text(check_assessment(check, benchmark)));
    json_put(json, "rationale", json_text(check->rationale));
    json_put(json, "judgement", json_text(check->judged));
    json_put(json, "evidence", json_text(check->evidence));
    json_put(json, "remedy", json_text(check->remedy));
    for (size_t b = 0; b < BENCHMARK_COUNT; b++)
        json_put(ids, benchmark_name((enum benchmark)b),
                 check->id[b] ? json_text(check->id[b]) : json_null());
    json_put(json, "ids", ids);
    return json;
}

static void print_ids(const struct check *check)
{
    for (size_t b = 0; b < BENCHMARK_COUNT; b++)
        printf("%s%s in %s", text_if(b, ", "), text_or(check->id[b], "none"),
               benchmark_name((enum benchmark)b));
    putchar('\n');
}

/* One writer a form: called before the first check, for each section's first check, for each check, at the
 * end. */
struct form {
    const char *name;
    void (*begin)(enum benchmark benchmark);
    void (*section)(int section);
    void (*check)(const struct check *check, enum benchmark benchmark);
};

static void table_begin(enum benchmark benchmark)
{
    printf("CIS Docker Benchmark %s; L: level\n", benchmark_name(benchmark));
}

static void table_section(int section)
{
    printf("\n%s  %s\n", section_name(section), section_title(section));
}

static void table_check(const struct check *check, enum benchmark benchmark)
{
    printf("  %-7s L%d %-9s %s\n", check->id[benchmark], check->level, check_assessment(check, benchmark),
           check->title);
}

static void markdown_begin(enum benchmark benchmark)
{
    printf("# The checks\n\nIds are those of the CIS Docker Benchmark %s; section X goes beyond it. This "
           "page is written by\n"
           "`muster checks --format markdown`; tests fail when it is stale.\n",
           benchmark_name(benchmark));
}

static void markdown_section(int section)
{
    printf("\n## %s %s\n", section_name(section), section_title(section));
}

#define PAGE_COLUMNS 120

/* "- **NAME:** TEXT", in lines that a person can read. */
static void print_item(const char *name, const char *text)
{
    int column = printf("- **%s:**", name);
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column + 1 + (int)length > PAGE_COLUMNS)
            column = printf("\n ") - 1;
        column += printf(" %.*s", (int)length, text);
        text += length + (text[length] == ' ');
    }
    putchar('\n');
}

static void markdown_check(const struct check *check, enum benchmark benchmark)
{
    printf("\n### %s %s\n\nLevel %d, %s.\n\n", check->id[benchmark], check->title, check->level,
           check_assessment(check, benchmark));
    print_item("Why", check->rationale);
    print_item("Judged", check->judged);
    print_item("Evidence", check->evidence);
    print_item("Remedy", check->remedy);
    fputs("- **Ids:** ", stdout);
    print_ids(check);
}

static const struct form FORMS[] = {
    {"table", table_begin, table_section, table_check},
    {"json", NULL, NULL, NULL}, /* one array, by print_json */
    {"markdown", markdown_begin, markdown_section, markdown_check},
};
#define FORM_COUNT (sizeof FORMS / sizeof *FORMS)

static const char *checks_format_name(size_t n)
{
    return n < FORM_COUNT ? FORMS[n].name : NULL;
}

static int checks_print_json(const struct selection *selection)
{
    const struct check *check;
    json_t *list = json_array();
    for (size_t n = 0; (check = catalog_at(n)); n++)
        if (selection_has(selection, check))
            json_array_append_new(list, checks_row(check, selection->benchmark));
    json_dumpf(list, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
    putchar('\n');
    json_decref(list);
    return EXIT_OK;
}

static int print_form(const struct selection *selection, const struct form *form)
{
    const struct check *check;
    int section = 0;
    form->begin(selection->benchmark);
    for (size_t n = 0; (check = catalog_at(n)); n++) {
        if (!selection_has(selection, check))
            continue;
        if (check_section(check, selection->benchmark) != section)
            form->section(section = check_section(check, selection->benchmark));
        form->check(check, selection->benchmark);
    }
    return EXIT_OK;
}

static int run_checks(const struct options *o)
{
    struct selection selection;
    struct error err;
    outcome_selection(o, &selection);
    if (selection_check(&selection, &err) || selection_check_policy(o->policy, o->benchmark, &err))
        return fail_with(&err);
    const char *wanted = text_or(o->format, FORMS[0].name);
    for (size_t i = 0; i < FORM_COUNT; i++)
        if (strcmp(FORMS[i].name, wanted) == 0)
            return FORMS[i].begin ? print_form(&selection, &FORMS[i]) : checks_print_json(&selection);
    return EXIT_USAGE;
}

static void checks_explain(const struct check *check, enum benchmark benchmark)
{
    printf("%s  %s\n", check->id[benchmark], check->title);
    printf("section %s, %s; level %d; the benchmark assesses it %s\n\n",
           section_name(check_section(check, benchmark)), section_title(check_section(check, benchmark)),
           check->level, check_assessment(check, benchmark));
    printf("Why       %s\nJudged    %s\nEvidence  %s\nRemedy    %s\nIds       ", check->rationale,
           check->judged, check->evidence, check->remedy);
    print_ids(check);
}

static int run_explain(const struct options *o)
{
    if (!o->words.count) {
        fputs("muster: explain needs a check's id, such as 5.5; muster checks lists them\n", stderr);
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < o->words.count; i++) {
        const struct check *check = catalog_find(o->benchmark, o->words.items[i]);
        if (!check) {
            fputs("muster: benchmark ", stderr);
            fprintf(stderr, "%s has no check ", benchmark_name(o->benchmark));
            text_print_safe(stderr, o->words.items[i]);
            fputs("; muster checks lists them\n", stderr);
            return EXIT_USAGE;
        }
        fputs(i ? "\n" : "", stdout);
        checks_explain(check, o->benchmark);
    }
    return EXIT_OK;
}

const struct command COMMAND_CHECKS = {
    .name = "checks",
    .arguments = "[--benchmark VERSION] [--format table|json|markdown]",
    .summary = "list the catalog of checks",
    .help = "-c, -e, --level and --section select as in a scan.\n",
    .takes = TAKES_SELECTION | TAKES_FORMAT,
    .formats = checks_format_name,
    .run = run_checks,
};
const struct command COMMAND_EXPLAIN = {
    .name = "explain",
    .arguments = "ID...",
    .summary = "tell what a check asks, why, how it is judged, and the remedy",
    .help = "",
    .takes = TAKES_BENCHMARK,
    .run = run_explain,
    .operands = choice_of_check,
};
