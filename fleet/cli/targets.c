/* targets.c: see targets.h */
#include "base/mem.h"
#include "base/text.h"
#include "fleet/cli/targets.h"
#include "inventory/docker_context.h"
#include "inventory/docker_machine.h"
#include "inventory/pattern.h"
#include "inventory/policy.h"
#include "inventory/resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two entries of one name would be one row in a report: the later one is named by its whole address. */
static void add_named(struct target_list *list, struct target *target)
{
    for (size_t i = 0; i < list->count; i++) {
        char *url = endpoint_url(&target->engine);
        char *other = endpoint_url(&list->items[i]->engine);
        bool same_name = strcmp(list->items[i]->name, target->name) == 0;
        bool same = same_name && strcmp(url, other) == 0;
        free(other);
        if (same) {
            free(url);
            target_free(target);
            return;
        }
        if (same_name) {
            free(target->name);
            target->name = url;
        } else {
            free(url);
        }
    }
    target_list_add(list, target);
}

/* Adds what a pattern selects to `chosen` {name: true}. */
static int choose(const struct inventory *inventory, const char *pattern, json_t *chosen)
{
    struct error err;
    json_t *selected = inventory_select(inventory, pattern, &err);
    if (!selected)
        return fail_with(&err);
    json_object_update(chosen, selected);
    json_decref(selected);
    return 0;
}

/* The inventory's hosts that are both named by the words (none: all) and within --limit, in the inventory's
 * order. */
static int add_inventory(const struct options *o, const struct inventory *inventory, json_t *named,
                         struct target_list *targets)
{
    json_t *limited = json_object();
    const char *host;
    json_t *vars;
    int result = choose(inventory, o->limit, limited);
    json_object_foreach(inventory->hosts, host, vars)
    {
        bool wanted = json_object_get(limited, host) && (!named || json_object_get(named, host));
        if (!result && wanted)
            target_list_add(targets, inventory_resolve(inventory, host, &o->defaults));
    }
    json_decref(limited);
    return result;
}

/* What a word names of a source that has words of its own (docker-machine:NAME); NULL: it is not such a word.
 */
static const char *source_word(const char *word, const struct inventory_source **source)
{
    for (size_t i = 0; (*source = inventory_source_at(i)); i++)
        if ((*source)->prefix && text_starts(word, (*source)->prefix))
            return word + strlen((*source)->prefix);
    return NULL;
}

/* A word is a target of its own; a plain word beside an inventory is a pattern there. */
static int targets_add_words(const struct options *o, const struct inventory *inventory,
                             struct target_list *targets)
{
    struct error err;
    json_t *named = json_object();
    bool any_named = false;
    int result = 0;
    for (size_t i = 0; i < o->words.count && !result; i++) {
        const char *word = o->words.items[i];
        const struct inventory_source *source;
        bool is_target = strstr(word, "://") || *word == '/';
        const char *of_source = source_word(word, &source);
        if (of_source || (o->source_count && !is_target)) {
            result = choose(inventory, of_source ? of_source : word, named);
            any_named = true;
            continue;
        }
        struct target *target = target_from_word(word, &o->defaults, &err);
        if (target)
            add_named(targets, target);
        else
            result = fail_with(&err);
    }
    bool whole = o->source_count && (!o->words.count || o->limit);
    if (!result && (any_named || whole))
        result = add_inventory(o, inventory, any_named ? named : NULL, targets);
    json_decref(named);
    return result;
}

static struct source_settings settings_of(const struct options *o)
{
    return (struct source_settings){.host_key = o->host_key_given};
}

/* All that the options name of a source; or, where they name nothing, what words name of it. */
static int load_source(const struct options *o, const struct inventory_source *source,
                       struct inventory *inventory, struct error *err)
{
    const struct source_settings settings = settings_of(o);
    bool given = false;
    int result = 0;
    for (size_t i = 0; i < o->source_count && !result; i++)
        if (o->sources[i].source == source) {
            given = true;
            result = source->add(inventory, o->sources[i].value, &settings, err);
        }
    for (size_t i = 0; i < o->words.count && !given && !result; i++) {
        const struct inventory_source *of;
        const char *value = source_word(o->words.items[i], &of);
        if (value && of == source)
            result = source->add(inventory, value, &settings, err);
    }
    return result;
}

static int targets_load(const struct options *o, struct inventory *inventory)
{
    struct error err;
    for (size_t i = 0; inventory_source_at(i); i++)
        if (load_source(o, inventory_source_at(i), inventory, &err))
            return fail_with(&err);
    return inventory_check(inventory, &err) ? fail_with(&err) : 0;
}

/* The policy file's word, then the inventory's, then the command line's: the later wins. */
int options_give_policies(const struct options *o, struct target_list *targets, size_t from)
{
    struct error err;
    int result = 0;
    json_t *file = o->policy_file ? policy_load(o->policy_file, &err) : NULL;
    if (o->policy_file && !file)
        return fail_with(&err);
    for (size_t i = from; i < targets->count && !result; i++) {
        struct target *t = targets->items[i];
        json_t *policy = json_object();
        policy_for_host(policy, file, t->name, t->groups);
        json_object_update(policy, t->policy);
        json_object_update(policy, o->policy);
        json_decref(t->policy);
        t->policy = policy;
        if (selection_check_policy(policy, o->benchmark, &err))
            result = fail_with(&err);
    }
    json_decref(file);
    return result;
}

/* After `eval $(docker-machine env NAME)` the engine is that machine's, and its store says how to reach its
 * shell. NULL where the environment is not docker-machine's, or speaks of another address than the store
 * does. */
static struct target *machine_of_environment(const struct options *o)
{
    const char *name = getenv("DOCKER_MACHINE_NAME"), *folder = getenv("DOCKER_CERT_PATH");
    const char *engine = getenv("DOCKER_HOST");
    struct inventory inventory;
    struct error err;
    struct target *target = NULL;
    if (o->docker_host || o->context || !name || !*name || !folder || !engine)
        return NULL;
    /* It is STORE/machines/NAME. */
    char *store = xasprintf("%s/../..", folder);
    inventory_init(&inventory);
    if (!inventory_add_docker_machines(&inventory, store, name,
                                       o->host_key_given ? o->host_key_given : "accept-new", &err))
        target = inventory_resolve(&inventory, name, &o->defaults);
    char *url = target ? endpoint_url(&target->engine) : NULL;
    if (target && (target->problem || strcmp(url, engine) != 0)) {
        target_free(target);
        target = NULL;
    }
    inventory_clear(&inventory);
    free(store);
    free(url);
    return target;
}

static void tell_warnings(const struct options *o, const struct inventory *inventory)
{
    size_t i;
    json_t *warning;
    json_array_foreach(inventory->warnings, i, warning)
    {
        if (o->verbosity < 0)
            break;
        fputs("muster: ", stderr);
        text_print_safe(stderr, json_string_value(warning));
        fputc('\n', stderr);
    }
}

int options_targets(const struct options *o, struct target_list *targets, struct inventory *kept)
{
    struct inventory inventory;
    struct error err;
    *targets = (struct target_list){0};
    if (o->limit && !o->source_count) {
        error_set(&err,
                  "--limit selects from an inventory; give one with -i FILE, --docker-machine or --contexts");
        return fail_with(&err);
    }
    inventory_init(&inventory);
    int result = targets_load(o, &inventory);
    tell_warnings(o, &inventory);
    if (!result)
        result = targets_add_words(o, &inventory, targets);
    bool local = !o->source_count && !o->words.count;
    if (!result && (local || o->docker_host || o->context)) {
        struct target *target = machine_of_environment(o);
        if (!target)
            target = target_from_docker(o->docker_host, o->context, &o->defaults, &err);
        if (target)
            add_named(targets, target);
        else
            result = fail_with(&err);
    }
    if (!result && !targets->count) {
        error_set(&err, "no host is selected: the inventory is empty, or --limit leaves none");
        result = fail_with(&err);
    }
    if (!result)
        result = options_give_policies(o, targets, 0);
    if (kept && !result)
        *kept = inventory;
    else
        inventory_clear(&inventory);
    if (result)
        target_list_clear(targets);
    return result;
}
