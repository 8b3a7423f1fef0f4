/* ini.h: hosts files in Ansible's INI form. */
#ifndef INVENTORY_INI_H
#define INVENTORY_INI_H

#include "inventory/inventory.h"

/* A hosts file in Ansible's INI form from memory; `path` is for messages and for relative
 * paths only. */
int ini_add(struct inventory *inventory, const char *path, const char *text, size_t length,
            struct error *err);

#endif
