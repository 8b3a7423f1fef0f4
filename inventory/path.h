/* path.h: what -i names: a list, a folder, a program, a file in YAML, JSON or the INI form; and the variables
 * beside it. */
#ifndef INVENTORY_PATH_H
#define INVENTORY_PATH_H

#include "inventory/inventory.h"

/* Adds what -i names: "a,b,", a folder of inventories, an inventory program, YAML or JSON, the INI form; and
 * group_vars and host_vars beside it. Returns 0, or -1 with file, line and column. */
int inventory_add(struct inventory *inventory, const char *source, struct error *err);

#endif
