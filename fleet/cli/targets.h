/* targets.h: from the command line's words and inventories to the list of targets. */
#ifndef FLEET_CLI_TARGETS_H
#define FLEET_CLI_TARGETS_H

#include "fleet/cli/options.h"
#include "inventory/inventory.h"

/* The targets that words, inventories and --limit name, and the inventory itself (NULL: not wanted; the
 * caller clears it). Returns 0, or EXIT_USAGE after a message. */
int options_targets(const struct options *options, struct target_list *targets, struct inventory *inventory);
/* What is expected of the targets from number `from` on: policy file, inventory, command line. As above. */
int options_give_policies(const struct options *options, struct target_list *targets, size_t from);

#endif
