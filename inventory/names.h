/* names.h: which names of hosts and groups are taken. */
#ifndef INVENTORY_NAMES_H
#define INVENTORY_NAMES_H

#include <stdbool.h>

bool name_is_group(const char *name);
/* Nothing that a shell or a pattern would take apart. */
bool name_is_host(const char *name);

#endif
