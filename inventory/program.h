/* program.h: inventory programs, and ansible-inventory for plugins. */
#ifndef INVENTORY_PROGRAM_H
#define INVENTORY_PROGRAM_H

#include "inventory/inventory.h"

#define PROGRAM_TIME_MS 60000

/* Runs an inventory program with --list, and --host where its answer has no _meta; within so many
 * milliseconds it has to have ended. Returns 0, or -1 with a message. */
int program_add(struct inventory *inventory, const char *path, long time_ms, struct error *err);
/* Has ansible-inventory, where it is on PATH, run the inventory plugin that a file configures. Returns 0, -1
 * with a message, or 1 where there is no such program. */
int program_add_plugin(struct inventory *inventory, const char *path, struct error *err);

#endif
