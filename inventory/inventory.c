/* inventory.c: the tables of hosts and groups, and the questions asked of them. See inventory.h */
#include "inventory/inventory.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void inventory_init(struct inventory *inventory)
{
    inventory->hosts = json_object();
    inventory->groups = json_object();
    inventory->warnings = json_array();
}

void inventory_clear(struct inventory *inventory)
{
    json_decref(inventory->hosts);
    json_decref(inventory->groups);
    json_decref(inventory->warnings);
    *inventory = (struct inventory){0};
}

json_t *variable_text(const char *value, const char *from)
{
    char *clean = text_repair_utf8(value);
    struct buf both = {0};
    buf_text(&both, clean);
    free(clean);
    clean = text_repair_utf8(from ? from : "");
    if (*clean) {
        buf_add(&both, "", 1);
        buf_text(&both, clean);
    }
    free(clean);
    json_t *text = json_stringn_nocheck(both.data ? both.data : "", both.length);
    buf_free(&both);
    return text;
}

const char *variable_from(const json_t *variable)
{
    const char *value = json_string_value(variable);
    size_t length = value ? strlen(value) : 0;
    return value && json_string_length(variable) > length ? value + length + 1 : NULL;
}

json_t *inventory_group(struct inventory *inventory, const char *name)
{
    json_t *group = json_object_get(inventory->groups, name);
    if (group)
        return group;
    group = json_object();
    json_put(group, "hosts", json_object());
    json_put(group, "children", json_object());
    json_put(group, "vars", json_object());
    json_put(inventory->groups, name, group);
    return group;
}

json_t *inventory_host(struct inventory *inventory, const char *name, const char *group)
{
    json_t *vars = json_object_get(inventory->hosts, name);
    if (!vars) {
        vars = json_object();
        json_put(inventory->hosts, name, vars);
    }
    if (group)
        json_put(json_object_get(inventory_group(inventory, group), "hosts"), name, json_true());
    return vars;
}

void inventory_warn(struct inventory *inventory, const char *format, ...)
{
    va_list args;
    struct error text;
    va_start(args, format);
    vsnprintf(text.text, sizeof text.text, format, args);
    va_end(args);
    json_array_append_new(inventory->warnings, json_text(text.text));
}

/* Nobody nests groups deeper; the bound also ends the walk in a cycle. */
#define GROUP_DEPTH_MAX 32

/* Depth of a group below "all": one more than its deepest parent; 0 for "all" itself, -1 when a cycle is met.
 * `known`: name -> depth, of those that were asked for: groups may lead to one by very many paths. */
static int depth_below_all(const struct inventory *inventory, const char *name, int budget, json_t *known)
{
    int depth = 0;
    const char *parent;
    json_t *record, *before = json_object_get(known, name);
    if (strcmp(name, "all") == 0)
        return 0;
    if (before)
        return (int)json_integer_value(before);
    if (budget == 0)
        return -1;
    json_object_foreach(inventory->groups, parent, record)
    {
        if (!json_object_get(json_object_get(record, "children"), name))
            continue;
        int above = depth_below_all(inventory, parent, budget - 1, known);
        if (above < 0)
            return -1;
        if (above > depth)
            depth = above;
    }
    json_put(known, name, json_integer(depth + 1));
    return depth + 1;
}

static int group_depth(const struct inventory *inventory, const char *name, json_t *known)
{
    int depth = depth_below_all(inventory, name, GROUP_DEPTH_MAX, known);
    return depth > GROUP_DEPTH_MAX ? -1 : depth;
}

int inventory_check(const struct inventory *inventory, struct error *err)
{
    const char *name;
    json_t *record, *known = json_object();
    int result = 0;
    json_object_foreach(inventory->groups, name, record)
    {
        if (!result && group_depth(inventory, name, known) < 0)
            result = error_set(err, "group \"%s\" contains itself, or groups nest deeper than %d", name,
                               GROUP_DEPTH_MAX);
    }
    json_decref(known);
    return result;
}

static void add_ancestors(const struct inventory *inventory, const char *name, json_t *found, json_t *known)
{
    const char *parent;
    json_t *record;
    if (json_object_get(found, name))
        return;
    json_put(found, name, json_integer(group_depth(inventory, name, known)));
    json_object_foreach(inventory->groups, parent, record)
    {
        if (json_object_get(json_object_get(record, "children"), name))
            add_ancestors(inventory, parent, found, known);
    }
}

json_t *inventory_groups_of(const struct inventory *inventory, const char *host)
{
    json_t *found = json_object(), *known = json_object();
    const char *name;
    json_t *record;
    json_object_foreach(inventory->groups, name, record)
    {
        if (json_object_get(json_object_get(record, "hosts"), host))
            add_ancestors(inventory, name, found, known);
    }
    json_decref(known);
    json_put(found, "all", json_integer(0));
    return found;
}
