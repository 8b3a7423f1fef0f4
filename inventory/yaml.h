/* yaml.h: inventories and variables in YAML, and so in JSON. */
#ifndef INVENTORY_YAML_H
#define INVENTORY_YAML_H

#include "inventory/inventory.h"

/* Adds an inventory as Ansible reads it, or as inventory programs print it. `has_meta` tells whether a
 * program printed _meta; NULL: this is a file. Returns 0, -1 with a message, or YAML_PLUGIN for the
 * configuration of an inventory plugin, which only Ansible can run: nothing was added, and `err` says where
 * it stands. */
int yaml_add(struct inventory *inventory, const char *path, const char *text, size_t length, bool *has_meta,
             struct error *err);
enum { YAML_PLUGIN = 1 };

/* Adds a mapping of variables, as in group_vars, host_vars and a program's answer to --host. A file that is
 * vaulted as a whole is passed over with a warning about `owner`, whose variables it would be. */
int yaml_add_variables(struct inventory *inventory, const char *owner, json_t *vars, const char *path,
                       const char *text, size_t length, struct error *err);

#endif
