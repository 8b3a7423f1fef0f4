/* source.h: what the sources of the inventory share: reading a file, names, variables. For the files of this
 * room. */
#ifndef INVENTORY_SOURCE_H
#define INVENTORY_SOURCE_H

#include "base/buf.h"
#include "inventory/inventory.h"

/* Reads a whole file, 64 MB at most. Returns 0, or -1 with a message. */
int source_read_file(const char *path, struct buf *content, struct error *err);
/* Sets a variable; relative paths among muster's own keys are relative to the file that says them, so that an
 * inventory and its certificates can be moved together. */
void source_variable(const char *path, size_t line, json_t *vars, const char *key, const char *value);
/* A sentence for the user about what was passed over. */
void source_warn(struct inventory *inventory, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool source_is_group_name(const char *name);
/* Nothing that a shell or a pattern would take apart. */
bool source_is_host_name(const char *name);

/* YAML, and so JSON, as Ansible reads it, and what inventory programs print (yaml_inventory.c): `has_meta`
 * tells whether a program printed _meta; NULL: this is a file. */
int source_add_yaml(struct inventory *inventory, const char *path, const char *text, size_t length,
                    bool *has_meta, struct error *err);
/* A mapping of variables, as in group_vars, host_vars and a program's answer to --host. A file that is
 * vaulted as a whole is passed over with a warning about `owner`, whose variables it would be. */
int source_add_yaml_variables(struct inventory *inventory, const char *owner, json_t *vars, const char *path,
                              const char *text, size_t length, struct error *err);
/* Runs an inventory program with --list, and --host where that lacks _meta (program.c). */
int source_add_program(struct inventory *inventory, const char *path, struct error *err);
/* Has ansible-inventory, where it is on PATH, run the inventory plugin that a file configures (program.c).
 * Returns 0, -1 with a message, or 1 where there is no such program. */
int source_add_plugin(struct inventory *inventory, const char *path, struct error *err);

#endif
