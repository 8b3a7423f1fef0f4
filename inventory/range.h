/* range.h: host ranges in names. */
#ifndef INVENTORY_RANGE_H
#define INVENTORY_RANGE_H

#include "base/error.h"

#include <jansson.h>

/* Expands web-[01:20], db-[a:c] and several ranges in a name, as Ansible does, to a JSON array of names;
 * NULL with a message for a bad range or one beyond 100,000 names. */
json_t *inventory_expand(const char *name, struct error *err);

#endif
