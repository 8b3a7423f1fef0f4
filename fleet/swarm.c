/* swarm.c: see swarm.h. A node is known by its id, which the engine itself tells, so that a host that was
 * scanned under whatever name is not scanned again; before that by its host name and address. */
#include "inventory/resolve.h"
#include "fleet/swarm.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct swarm {
    const struct inventory *inventory;
    const struct target_defaults *defaults;
    json_t *visited; /* ids of nodes that are targets already: id -> true */
    json_t *named;   /* id -> {"name", "address", "like"}: the number of the manager in `managers` */
    struct target_list managers;
};

struct swarm *swarm_new(const struct inventory *inventory, const struct target_defaults *defaults)
{
    struct swarm *swarm = xcalloc(1, sizeof *swarm);
    swarm->inventory = inventory;
    swarm->defaults = defaults;
    swarm->visited = json_object();
    swarm->named = json_object();
    return swarm;
}

void swarm_free(struct swarm *swarm)
{
    json_decref(swarm->visited);
    json_decref(swarm->named);
    target_list_clear(&swarm->managers);
    free(swarm);
}

/* What a manager says is foreign: only what could be a name or an address is used. */
static bool swarm_is_address(const char *text)
{
    return text && *text && *text != '-' && strlen(text) < 256 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-_") == strlen(text);
}

/* The address the swarm has of a node; a manager's own may be said with the swarm's port. */
static char *swarm_address_of(const json_t *node)
{
    const char *address = json_text_at(node, "Status.Addr");
    const char *manager = json_text_at(node, "ManagerStatus.Addr");
    bool useless =
        !swarm_is_address(address) || strcmp(address, "0.0.0.0") == 0 || text_starts(address, "127.");
    if (!useless)
        return xstrdup(address);
    const char *colon = manager ? strrchr(manager, ':') : NULL;
    char *host = colon ? xstrndup(manager, (size_t)(colon - manager)) : NULL;
    if (host && swarm_is_address(host))
        return host;
    free(host);
    return NULL;
}

void swarm_note(struct swarm *swarm, const struct target *target, const json_t *facts)
{
    const char *own = json_text_at(facts, "engine.info.Swarm.NodeID");
    const json_t *nodes = json_at(facts, "engine.nodes");
    size_t like = swarm->managers.count;
    if (own && *own)
        json_put(swarm->visited, own, json_true());
    for (size_t i = 0; i < json_array_size(nodes); i++) {
        const json_t *node = json_array_get(nodes, i);
        const char *id = json_text_at(node, "ID"), *name = json_text_at(node, "Description.Hostname");
        char *address = swarm_address_of(node);
        if (id && address && !json_object_get(swarm->named, id)) {
            json_t *row = json_object();
            json_put(row, "name", json_text(swarm_is_address(name) ? name : address));
            json_put(row, "address", json_text(address));
            json_put(row, "like", json_integer((json_int_t)like));
            json_put(swarm->named, id, row);
        }
        free(address);
    }
    if (json_array_size(nodes))
        target_list_add(
            &swarm->managers,
            target_for_host(target, target->name, target->engine.host ? target->engine.host : "localhost"));
}

static bool leads_to(const struct target *t, const char *name, const char *address)
{
    return text_same(t->name, name) || text_same(t->engine.host, address) ||
           text_same(t->engine.host, name) || text_same(t->shell.host, address);
}

static bool is_target(const struct target_list *targets, const char *name, const char *address)
{
    for (size_t i = 0; i < targets->count; i++)
        if (leads_to(targets->items[i], name, address))
            return true;
    return false;
}

/* As the inventory has it, though it was not selected; NULL where it has no such host. */
static struct target *from_inventory(const struct swarm *swarm, const char *name, const char *address)
{
    const char *host;
    json_t *vars;
    json_object_foreach(swarm->inventory->hosts, host, vars)
    {
        struct target *target = inventory_resolve(swarm->inventory, host, swarm->defaults);
        if (!target->problem && leads_to(target, name, address))
            return target;
        target_free(target);
    }
    return NULL;
}

static void swarm_add_group(struct target *target)
{
    static const char GROUP[] = "swarm-node";
    size_t at = 0;
    while (at < json_array_size(target->groups) &&
           strcmp(json_string_value(json_array_get(target->groups, at)), GROUP) < 0)
        at++;
    json_array_insert_new(target->groups, at, json_text(GROUP));
}

size_t swarm_add_targets(struct swarm *swarm, struct target_list *targets)
{
    size_t before = targets->count;
    const char *id;
    json_t *row;
    json_object_foreach(swarm->named, id, row)
    {
        const char *name = json_text_at(row, "name"), *address = json_text_at(row, "address");
        json_int_t like = 0;
        json_integer_at(row, "like", &like);
        if (json_object_get(swarm->visited, id))
            continue;
        json_put(swarm->visited, id, json_true());
        if (is_target(targets, name, address))
            continue;
        struct target *target = from_inventory(swarm, name, address);
        if (!target)
            target = target_for_host(swarm->managers.items[like], name, address);
        swarm_add_group(target);
        target_list_add(targets, target);
    }
    return targets->count - before;
}
