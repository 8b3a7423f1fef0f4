/* cmd_checks.c: muster checks and muster explain: the catalog, and one check of it. */
#include "base/json.h"
#include "base/text.h"
#include "fleet/command.h"
#include "fleet/outcome.h"

#include <stdio.h>
#include <string.h>

static json_t *row(const struct check *check, enum benchmark benchmark)
{
    json_t *json = json_object();
    json_put(json, "id", json_text(check->id[benchmark]));
    json_put(json, "section", json_text(section_name(check_section(check, benchmark))));
    json_put(json, "title", json_text(check->title));
    json_put(json, "level", json_integer(check->level));
    json_put(json, "assessment", json_text(check_assessment(check, benchmark)));
    json_put(json, "rationale", json_text(check->rationale));
    json_put(json, "evidence", json_text(check->evidence));
    json_put(json, "remedy", json_text(check->remedy));
    return json;
}

static int run_checks(const struct options *o)
{
    bool as_json = o->format && strcmp(o->format, "json") == 0;
    struct selection selection;
    struct error err;
    const struct check *check;
    int section = 0;
    outcome_selection(o, &selection);
    if (selection_check(&selection, &err))
        return complain(&err);
    json_t *list = json_array();
    for (size_t n = 0; (check = catalog_at(n)); n++) {
        if (!selection_has(&selection, check))
            continue;
        if (as_json) {
            json_array_append_new(list, row(check, o->benchmark));
            continue;
        }
        if (check_section(check, o->benchmark) != section) {
            section = check_section(check, o->benchmark);
            printf("%s%s  %s\n", n ? "\n" : "", section_name(section), section_title(section));
        }
        printf("  %-7s L%d %-9s %s\n", check->id[o->benchmark], check->level,
               check_assessment(check, o->benchmark), check->title);
    }
    if (as_json) {
        json_dumpf(list, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_decref(list);
    return EXIT_OK;
}

static void explain(const struct check *check, enum benchmark benchmark)
{
    printf("%s  %s\n", check->id[benchmark], check->title);
    printf("section %s, %s; level %d; the benchmark assesses it %s\n\n",
           section_name(check_section(check, benchmark)), section_title(check_section(check, benchmark)),
           check->level, check_assessment(check, benchmark));
    printf("Why       %s\nEvidence  %s\nRemedy    %s\nIds       ", check->rationale, check->evidence,
           check->remedy);
    for (size_t b = 0; b < BENCHMARK_COUNT; b++)
        printf("%s%s in %s", b ? ", " : "", check->id[b] ? check->id[b] : "none",
               benchmark_name((enum benchmark)b));
    putchar('\n');
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
        explain(check, o->benchmark);
    }
    return EXIT_OK;
}

const struct command COMMAND_CHECKS = {"checks", "[--benchmark VERSION] [--format json]",
                                       "list the catalog of checks", "-c and -e select as in a scan.\n",
                                       run_checks};
const struct command COMMAND_EXPLAIN = {
    "explain", "ID...", "tell what a check asks, why, from which evidence, and the remedy", "", run_explain};
