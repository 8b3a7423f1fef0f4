/* swarm.h: the nodes that scanned swarm managers name (--swarm): which of them are hosts to be visited too,
 * and how they are reached. */
#ifndef FLEET_SWARM_H
#define FLEET_SWARM_H

#include "inventory/inventory.h"

struct swarm;

/* Borrows all it is given. `limit` is the pattern of --limit (NULL: none): whom it takes out stays out. At
 * most `most` nodes are added in all. */
struct swarm *swarm_new(const struct inventory *inventory, const struct target_defaults *defaults,
                        const char *limit, size_t most);
void swarm_free(struct swarm *swarm);
/* Notes what a scanned host's facts say: its own id as a node, and the nodes it names. */
void swarm_note(struct swarm *swarm, const struct target *target, const json_t *facts);
/* Adds each node that no target of the list is, once: as the inventory has a host of its name or address,
 * else as the manager that named it is reached, but with no password. Says how many are left out and why.
 * Returns how many were added. */
size_t swarm_add_targets(struct swarm *swarm, struct target_list *targets);

#endif
