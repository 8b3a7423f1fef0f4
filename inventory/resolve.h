/* resolve.h: from a host's merged variables, or a word of the command line, to a target. */
#ifndef INVENTORY_RESOLVE_H
#define INVENTORY_RESOLVE_H

#include "inventory/inventory.h"
#include "inventory/target.h"

/* One host's target, its variables merged: all < parent groups < child groups < host. Never NULL: what
 * cannot be scanned has `problem` set. */
struct target *inventory_resolve(const struct inventory *inventory, const char *host,
                                 const struct target_defaults *defaults);

/* A target from the command line: a URL, an absolute path (a socket), or a bare name (ssh). */
struct target *target_from_word(const char *word, const struct target_defaults *defaults, struct error *err);

#endif
