/* targets.c: from the command line's words and inventories to the list of targets. */
#include "base/mem.h"
#include "base/text.h"
#include "fleet/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage_error(const struct error *err)
{
    fputs("muster: ", stderr);
    text_print_safe(stderr, err->text);
    fputc('\n', stderr);
    return EXIT_USAGE;
}

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

static int add_inventory(const struct options *o, const struct inventory *inventory, const char *pattern,
                         struct target_list *targets)
{
    struct error err;
    json_t *selected = inventory_select(inventory, pattern, &err);
    const char *host;
    json_t *unused;
    if (!selected)
        return usage_error(&err);
    json_object_foreach(selected, host, unused)
    {
        target_list_add(targets, inventory_resolve(inventory, host, &o->defaults));
    }
    json_decref(selected);
    return 0;
}

/* A word is a target of its own; a plain word that the inventory knows selects there. */
static int add_words(const struct options *o, const struct inventory *inventory, struct target_list *targets,
                     bool *selected_any)
{
    struct error err;
    for (size_t i = 0; i < o->words.count; i++) {
        const char *word = o->words.items[i];
        if (o->inventories.count && !strstr(word, "://") && *word != '/') {
            int result = add_inventory(o, inventory, word, targets);
            if (result)
                return result;
            *selected_any = true;
            continue;
        }
        struct target *target = target_from_word(word, &o->defaults, &err);
        if (!target)
            return usage_error(&err);
        add_named(targets, target);
    }
    return 0;
}

static int load(const struct options *o, struct inventory *inventory)
{
    struct error err;
    for (size_t i = 0; i < o->inventories.count; i++)
        if (inventory_add_hosts_file(inventory, o->inventories.items[i], &err))
            return usage_error(&err);
    return inventory_check(inventory, &err) ? usage_error(&err) : 0;
}

int options_targets(const struct options *o, struct target_list *targets)
{
    struct inventory inventory;
    struct error err;
    bool selected = false;
    *targets = (struct target_list){0};
    if (o->limit && !o->inventories.count) {
        error_set(&err, "--limit selects from an inventory; give one with -i FILE");
        return usage_error(&err);
    }
    inventory_init(&inventory);
    int result = load(o, &inventory);
    if (!result)
        result = add_words(o, &inventory, targets, &selected);
    if (!result && o->inventories.count && !selected && (!o->words.count || o->limit))
        result = add_inventory(o, &inventory, o->limit, targets);
    bool local = !o->inventories.count && !o->words.count;
    if (!result && (local || o->docker_host || o->context)) {
        struct target *target = target_from_docker(o->docker_host, o->context, &o->defaults, &err);
        if (target)
            add_named(targets, target);
        else
            result = usage_error(&err);
    }
    if (!result && !targets->count) {
        error_set(&err, "no host is selected: the inventory is empty, or --limit leaves none");
        result = usage_error(&err);
    }
    inventory_clear(&inventory);
    if (result)
        target_list_clear(targets);
    return result;
}
