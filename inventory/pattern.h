/* pattern.h: --limit. */
#ifndef INVENTORY_PATTERN_H
#define INVENTORY_PATTERN_H

#include "inventory/inventory.h"

/* The names of the hosts that a --limit pattern selects, in inventory order, as a JSON object name -> true.
 * NULL with a message when a term names nothing. A NULL pattern selects all. */
json_t *inventory_select(const struct inventory *inventory, const char *pattern, struct error *err);

/* The names of the hosts that a pattern takes out in as many words, by !term or by &term, as an object. The
 * caller owns it; never NULL. */
json_t *inventory_excluded(const struct inventory *inventory, const char *pattern);

#endif
