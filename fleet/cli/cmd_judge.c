/* cmd_judge.c: muster judge: judge saved facts again, offline. */
#include "base/json.h"
#include "base/mem.h"
#include "fleet/cli/command.h"
#include "fleet/cli/confine.h"
#include "fleet/cli/options.h"
#include "fleet/facts_store.h"
#include "fleet/cli/outcome.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct entry {
    char *path;
    json_int_t order; /* as it was in the scan */
    size_t place;     /* as it was found here */
};

static int by_order(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* Every file is opened once to see that it is usable and where it stood, before anything is judged. */
static int list_entries(const struct options *o, struct entry **entries, size_t *count)
{
    struct error err;
    size_t capacity = 0;
    for (size_t w = 0; w < o->words.count; w++) {
        size_t found;
        char **paths = facts_store_list(o->words.items[w], &found, &err);
        if (!paths)
            return fail_with(&err);
        for (size_t i = 0; i < found; i++) {
            json_t *facts = facts_store_load(paths[i], &err);
            json_int_t order = 0;
            if (!facts) {
                facts_store_free(paths);
                return fail_with(&err);
            }
            json_integer_at(facts, "host.order", &order);
            json_decref(facts);
            *entries = grow_array(*entries, *count, &capacity, sizeof **entries);
            (*entries)[*count] = (struct entry){.path = xstrdup(paths[i]), .order = order, .place = *count};
            (*count)++;
        }
        facts_store_free(paths);
    }
    if (*count)
        qsort(*entries, *count, sizeof **entries, by_order);
    return 0;
}

/* What the command line expects takes precedence over what was expected when the facts were saved. */
static void add_policy(json_t *facts, json_t *policy)
{
    json_t *host = json_object_get(facts, "host");
    json_t *merged = json_object();
    json_object_update(merged, json_object_get(host, "policy"));
    json_object_update(merged, policy);
    json_put(host, "policy", merged);
}

static bool add_facts(struct outcome *outcome, size_t index, const json_t *facts)
{
    struct scan_entry entry;
    outcome_judge(outcome, index, facts, &entry);
    return outcome_add(outcome, &entry);
}

static int judge_entries(const struct options *o, const struct entry *entries, size_t count)
{
    struct outcome outcome;
    struct error err;
    int result = outcome_open(&outcome, o, o->benchmark, count);
    bool good = !result;
    if (good)
        confine_reports(&outcome);
    for (size_t i = 0; i < count && good; i++) {
        json_t *facts = facts_store_load(entries[i].path, &err);
        if (facts && o->policy)
            add_policy(facts, o->policy);
        if (!facts)
            fail_with(&err);
        good = facts && add_facts(&outcome, i, facts);
        json_decref(facts);
    }
    if (result)
        return result;
    if (!good) {
        outcome_abandon(&outcome);
        return EXIT_NOTHING;
    }
    outcome.scan.finished = time(NULL);
    outcome_write(&outcome);
    return outcome_close(&outcome, RUN_COMPLETE, false);
}

static int run_judge(const struct options *o)
{
    struct entry *entries = NULL;
    size_t count = 0;
    int result = outcome_check(o);
    if (!result && !o->words.count) {
        fputs("muster: judge needs a folder that scan --save-facts filled, or facts files\n", stderr);
        result = EXIT_USAGE;
    }
    if (!result)
        result = list_entries(o, &entries, &count);
    if (!result)
        result = judge_entries(o, entries, count);
    for (size_t i = 0; i < count; i++)
        free(entries[i].path);
    free(entries);
    return result;
}

const struct command COMMAND_JUDGE = {
    .name = "judge",
    .arguments = "[OPTIONS] DIR|FILE...",
    .summary = "judge saved facts again, offline",
    .help = "Facts are saved by scan --save-facts DIR. The findings are the same, byte for byte, unless the "
            "benchmark\nor the selection differs.\n",
    .takes = TAKES_REPORT | TAKES_SELECTION | TAKES_POLICY,
    .formats = report_format_name,
    .run = run_judge,
};
