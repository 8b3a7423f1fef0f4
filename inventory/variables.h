/* variables.h: the inventory variables that muster understands, one row each, and which value of a variable
 * counts. For the files of this module. */
#ifndef INVENTORY_VARIABLES_H
#define INVENTORY_VARIABLES_H

#include "inventory/inventory.h"
#include "inventory/target.h"

struct variable_reading {
    struct target *target;
    const struct target_defaults *defaults;
};

/* Rows are applied in the table's order, after the engine is known: muster's own keys come last and so win.
 */
struct variable {
    const char *key;
    /* NULL: read elsewhere (the engine's address, become, groups); it is in the table since a template in it
     * matters. */
    void (*set)(struct variable_reading *r, const struct variable *variable, const char *value);
    size_t field;  /* offset within struct target */
    bool relative; /* a path that is relative to the file that says it */
    bool secret;   /* never shown */
};

/* Sets a variable that line `line` of the file `path` says. A relative path among muster's own keys becomes
 * relative to that file, so that an inventory and its certificates can be moved together. */
void variable_set(json_t *variables, const char *key, const char *value, const char *path, size_t line);
/* Also of variables that muster does not know, by their names. */
bool variable_is_secret(const char *key);
/* NULL: not set, or not text. */
const char *variable_value(const json_t *variables, const char *key);
/* "KEY=VALUE: EXPECTED is expected", as the target's problem. */
void variable_bad(struct variable_reading *r, const char *key, const char *value, const char *expected);

/* A host's variables: those of its groups, {group: depth}, the weakest first, then its own. The caller owns
 * them. */
json_t *variables_merged(const struct inventory *inventory, const char *host, json_t *groups);
/* Makes a target that cannot be scanned of one with a template or a vaulted value in a variable that muster
 * needs. */
void variables_refuse_templates(struct variable_reading *r, json_t *variables);
/* Sets the target's fields. */
void variables_set(struct variable_reading *r, const json_t *variables);

/* What a host's variables say after merging, each with its place: [{"variable", "value", "from", "of"}], `of`
 * being "host" or "group NAME"; secrets are masked. The caller owns it. */
json_t *inventory_explain(const struct inventory *inventory, const char *host);

#endif
