/* targets.c: from the command line's words and inventories to the list of targets. */
#include "base/mem.h"
#include "base/text.h"
#include "fleet/options.h"
#include "inventory/policy.h"

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
        return complain(&err);
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

#define MACHINE "docker-machine:"

/* Sources whose hosts are selected by names and patterns. */
static bool has_inventory(const struct options *o)
{
    return o->inventories.count || o->docker_machine || o->contexts;
}

/* A word is a target of its own; a plain word beside an inventory is a pattern there. */
static int add_words(const struct options *o, const struct inventory *inventory, struct target_list *targets)
{
    struct error err;
    json_t *named = json_object();
    bool any_named = false;
    int result = 0;
    for (size_t i = 0; i < o->words.count && !result; i++) {
        const char *word = o->words.items[i];
        bool machine = text_starts(word, MACHINE);
        if (machine || (has_inventory(o) && !strstr(word, "://") && *word != '/')) {
            result = choose(inventory, word + (machine ? strlen(MACHINE) : 0), named);
            any_named = true;
            continue;
        }
        struct target *target = target_from_word(word, &o->defaults, &err);
        if (target)
            add_named(targets, target);
        else
            result = complain(&err);
    }
    bool whole = has_inventory(o) && (!o->words.count || o->limit);
    if (!result && (any_named || whole))
        result = add_inventory(o, inventory, any_named ? named : NULL, targets);
    json_decref(named);
    return result;
}

/* docker-machine kept no host keys, so they are pinned on first contact unless the user says otherwise. */
static const char *machine_host_key(const struct options *o)
{
    return o->host_key_given ? o->host_key_given : "accept-new";
}

static int load_machines(const struct options *o, struct inventory *inventory, struct error *err)
{
    const char *host_key = machine_host_key(o);
    char *store = docker_machine_store();
    int result = o->docker_machine ? inventory_add_docker_machines(inventory, store, NULL, host_key, err) : 0;
    for (size_t i = 0; i < o->words.count && !result; i++)
        if (text_starts(o->words.items[i], MACHINE) && !o->docker_machine)
            result = inventory_add_docker_machines(inventory, store, o->words.items[i] + strlen(MACHINE),
                                                   host_key, err);
    free(store);
    return result;
}

static int load(const struct options *o, struct inventory *inventory)
{
    struct error err;
    for (size_t i = 0; i < o->inventories.count; i++)
        if (inventory_add(inventory, o->inventories.items[i], &err))
            return complain(&err);
    if (o->contexts && inventory_add_docker_contexts(inventory, o->contexts, &err))
        return complain(&err);
    return load_machines(o, inventory, &err) || inventory_check(inventory, &err) ? complain(&err) : 0;
}

/* The policy file's word, then the inventory's, then the command line's: the later wins. */
int options_give_policies(const struct options *o, struct target_list *targets, size_t from)
{
    struct error err;
    int result = 0;
    json_t *file = o->policy_file ? policy_load(o->policy_file, &err) : NULL;
    if (o->policy_file && !file)
        return complain(&err);
    for (size_t i = from; i < targets->count && !result; i++) {
        struct target *t = targets->items[i];
        json_t *policy = json_object();
        policy_for_host(policy, file, t->name, t->groups);
        json_object_update(policy, t->policy);
        json_object_update(policy, o->policy);
        json_decref(t->policy);
        t->policy = policy;
        if (selection_check_policy(policy, o->benchmark, &err))
            result = complain(&err);
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
    if (!inventory_add_docker_machines(&inventory, store, name, machine_host_key(o), &err))
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
    if (o->limit && !has_inventory(o)) {
        error_set(&err,
                  "--limit selects from an inventory; give one with -i FILE, --docker-machine or --contexts");
        return complain(&err);
    }
    inventory_init(&inventory);
    int result = load(o, &inventory);
    tell_warnings(o, &inventory);
    if (!result)
        result = add_words(o, &inventory, targets);
    bool local = !has_inventory(o) && !o->words.count;
    if (!result && (local || o->docker_host || o->context)) {
        struct target *target = machine_of_environment(o);
        if (!target)
            target = target_from_docker(o->docker_host, o->context, &o->defaults, &err);
        if (target)
            add_named(targets, target);
        else
            result = complain(&err);
    }
    if (!result && !targets->count) {
        error_set(&err, "no host is selected: the inventory is empty, or --limit leaves none");
        result = complain(&err);
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
