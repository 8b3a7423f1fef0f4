/* swarm.c: see swarm.h. A node is known by its id, which the engine itself tells, so that a host that was
 * scanned under whatever name is not scanned again; before that by its host name and address. */
#include "inventory/resolve.h"
#include "fleet/swarm.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "inventory/pattern.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct swarm {
    const struct inventory *inventory;
    const struct target_defaults *defaults;
    size_t most, added;
    json_t *excluded; /* names of hosts that --limit takes out */
    json_t *visited;  /* ids of nodes that are targets already: id -> true */
    json_t *named;    /* id -> {"name", "address", "like"}: the number of the manager in `managers` */
    struct target_list managers;
    struct target_list known; /* all hosts of the inventory, once nodes are looked up there */
};

struct swarm *swarm_new(const struct inventory *inventory, const struct target_defaults *defaults,
                        const char *limit, size_t most)
{
    struct swarm *swarm = xcalloc(1, sizeof *swarm);
    swarm->inventory = inventory;
    swarm->defaults = defaults;
    swarm->most = most;
    swarm->excluded = inventory_excluded(inventory, limit);
    swarm->visited = json_object();
    swarm->named = json_object();
    return swarm;
}

void swarm_free(struct swarm *swarm)
{
    json_decref(swarm->excluded);
    json_decref(swarm->visited);
    json_decref(swarm->named);
    target_list_clear(&swarm->managers);
    target_list_clear(&swarm->known);
    free(swarm);
}

/* What a manager says is foreign: only what could be a host's name is used as one. */
static bool swarm_is_name(const char *text)
{
    return text && *text && *text != '-' && strlen(text) < 256 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-_") == strlen(text);
}

/* Loopback, link-local (where clouds keep their metadata), multicast and unspecified addresses are no node's.
 * RFC 6890. */
static bool is_special_v4(uint32_t address)
{
    unsigned first = address >> 24;
    return first == 0 || first == 127 || first >= 224 || address >> 16 == 0xa9fe;
}

static bool is_special_v6(const struct in6_addr *address)
{
    const unsigned char *b = address->s6_addr;
    uint32_t last = (uint32_t)b[12] << 24 | (uint32_t)b[13] << 16 | (uint32_t)b[14] << 8 | b[15];
    return IN6_IS_ADDR_UNSPECIFIED(address) || IN6_IS_ADDR_LOOPBACK(address) ||
           IN6_IS_ADDR_LINKLOCAL(address) || IN6_IS_ADDR_MULTICAST(address) ||
           ((IN6_IS_ADDR_V4MAPPED(address) || IN6_IS_ADDR_V4COMPAT(address)) && is_special_v4(last));
}

static bool is_node_address(const char *text)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (!text)
        return false;
    if (inet_pton(AF_INET, text, &v4) == 1)
        return !is_special_v4(ntohl(v4.s_addr));
    return inet_pton(AF_INET6, text, &v6) == 1 && !is_special_v6(&v6);
}

/* The address the swarm has of a node; a manager's own may be said with the swarm's port. */
static char *swarm_address_of(const json_t *node)
{
    const char *address = json_text_at(node, "Status.Addr");
    const char *manager = json_text_at(node, "ManagerStatus.Addr");
    if (is_node_address(address))
        return xstrdup(address);
    const char *colon = manager ? strrchr(manager, ':') : NULL;
    bool v6 = colon && *manager == '[' && colon[-1] == ']';
    size_t brackets = v6 ? 1 : 0;
    char *host = colon ? xstrndup(manager + brackets, (size_t)(colon - manager) - 2 * brackets) : NULL;
    if (is_node_address(host))
        return host;
    free(host);
    return NULL;
}

void swarm_note(struct swarm *swarm, const struct target *target, const json_t *facts)
{
    const char *own = json_text_at(facts, "engine.info.Swarm.NodeID");
    const json_t *nodes = json_at(facts, "engine.nodes");
    size_t like = swarm->managers.count;
    json_int_t count = 0;
    json_integer_at(facts, "engine.info.Swarm.Nodes", &count);
    size_t nodes_max = count > 0 ? (size_t)count : 0; /* it cannot have more than it says it has */
    if (own && *own)
        json_put(swarm->visited, own, json_true());
    for (size_t i = 0; i < json_array_size(nodes) && i < nodes_max; i++) {
        const json_t *node = json_array_get(nodes, i);
        const char *id = json_text_at(node, "ID"), *name = json_text_at(node, "Description.Hostname");
        char *address = swarm_address_of(node);
        if (id && address && !json_object_get(swarm->named, id)) {
            json_t *row = json_object();
            json_put(row, "name", json_text(swarm_is_name(name) ? name : address));
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

/* As the inventory has it, though it was not selected; NULL where it has no such host. Borrowed. */
static struct target *from_inventory(struct swarm *swarm, const char *name, const char *address)
{
    const char *host;
    json_t *vars;
    if (!swarm->known.count)
        json_object_foreach(swarm->inventory->hosts, host, vars)
        {
            target_list_add(&swarm->known, inventory_resolve(swarm->inventory, host, swarm->defaults));
        }
    for (size_t i = 0; i < swarm->known.count; i++)
        if (!swarm->known.items[i]->problem && leads_to(swarm->known.items[i], name, address))
            return swarm->known.items[i];
    return NULL;
}

/* Any host that --limit takes out and that the node's name or address leads to. */
static bool swarm_is_excluded(struct swarm *swarm, const char *name, const char *address)
{
    bool excluded = false;
    for (size_t i = 0; json_object_size(swarm->excluded) && i < swarm->known.count && !excluded; i++)
        excluded = leads_to(swarm->known.items[i], name, address) &&
                   json_object_get(swarm->excluded, swarm->known.items[i]->name);
    return excluded;
}

/* No password goes to an address that a host has named. */
static struct target *from_manager(const struct swarm *swarm, const json_t *row, const char *name,
                                   const char *address)
{
    json_int_t like = 0;
    json_integer_at(row, "like", &like);
    struct target *target = target_for_host(swarm->managers.items[like], name, address);
    if (target->password)
        explicit_bzero(target->password, strlen(target->password));
    free(target->password);
    target->password = NULL;
    return target;
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

static void tell_left_out(const struct swarm *swarm, size_t excluded, size_t too_many)
{
    if (excluded)
        fprintf(stderr, "muster: %zu node%s that a swarm names stay%s out, as --limit says\n", excluded,
                text_if(excluded > 1, "s"), text_if(excluded == 1, "s"));
    if (too_many)
        fprintf(stderr, "muster: %zu node%s that a swarm names are not looked at: --swarm-max is %zu\n",
                too_many, text_if(too_many > 1, "s"), swarm->most);
}

size_t swarm_add_targets(struct swarm *swarm, struct target_list *targets)
{
    size_t before = targets->count, excluded = 0, too_many = 0;
    const char *id;
    json_t *row;
    json_object_foreach(swarm->named, id, row)
    {
        const char *name = json_text_at(row, "name"), *address = json_text_at(row, "address");
        if (json_object_get(swarm->visited, id))
            continue;
        json_put(swarm->visited, id, json_true());
        if (swarm->added == swarm->most) {
            too_many++;
            continue;
        }
        if (is_target(targets, name, address))
            continue;
        struct target *known = from_inventory(swarm, name, address);
        if (swarm_is_excluded(swarm, name, address)) {
            excluded++;
        } else {
            struct target *target = known ? inventory_resolve(swarm->inventory, known->name, swarm->defaults)
                                          : from_manager(swarm, row, name, address);
            swarm->added++;
            swarm_add_group(target);
            target_list_add(targets, target);
        }
    }
    tell_left_out(swarm, excluded, too_many);
    return targets->count - before;
}
