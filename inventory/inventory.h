/* inventory.h: the inventory as its sources give it: hosts, groups and variables, not yet resolved to
 * targets.
 *
 * Every source (sources.h) fills the same tables, so that selection and resolution exist once. Variables are
 * kept as text. */
#ifndef INVENTORY_INVENTORY_H
#define INVENTORY_INVENTORY_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"

struct inventory {
    json_t *hosts;  /* name -> {variable: text}, in the order of the sources */
    json_t *groups; /* name -> {"hosts": {name: true}, "children": {name: true}, "vars": {variable: text}} */
    json_t *warnings; /* sentences: what was passed over, and for which hosts */
};

/* A variable's text remembers its place behind its end: json_string_value() is the value, variable_from() the
 * place ("hosts:12"), NULL where none is known. */
json_t *variable_text(const char *value, const char *from);
const char *variable_from(const json_t *variable);

void inventory_init(struct inventory *inventory);
void inventory_clear(struct inventory *inventory);
/* A sentence for the user about what was passed over. */
void inventory_warn(struct inventory *inventory, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The group's record, made when it is new. Borrowed. */
json_t *inventory_group(struct inventory *inventory, const char *name);
/* The host's variables, made when it is new, and the host a member of `group` (NULL: of none). Borrowed. */
json_t *inventory_host(struct inventory *inventory, const char *name, const char *group);

/* All groups of a host, itself included through its ancestors, as {group: depth}; "all" has depth 0. */
json_t *inventory_groups_of(const struct inventory *inventory, const char *host);

/* Refuses groups that contain themselves. */
int inventory_check(const struct inventory *inventory, struct error *err);

#endif
