/* swarm.h: the nodes that scanned swarm managers name (--swarm): which of them are hosts to be visited too,
 * and how they are reached. */
#ifndef FLEET_SWARM_H
#define FLEET_SWARM_H

#include "inventory/inventory.h"

struct swarm;

/* Borrows all it is given. */
struct swarm *swarm_new(const struct inventory *inventory, const struct target_defaults *defaults);
void swarm_free(struct swarm *swarm);
/* Notes what a scanned host's facts say: its own id as a node, and the nodes it names. */
void swarm_note(struct swarm *swarm, const struct target *target, const json_t *facts);
/* Adds each node that no target of the list is, once: as the inventory has a host of its name or address,
 * else as the manager that named it is reached. Returns how many were added. */
size_t swarm_add_targets(struct swarm *swarm, struct target_list *targets);

#endif
