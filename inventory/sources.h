/* sources.h: where hosts can come from: one row each, in its own file. An option of the command line is made
 * from every row.
 */
#ifndef INVENTORY_SOURCES_H
#define INVENTORY_SOURCES_H

#include "inventory/inventory.h"

/* What the command line says of all hosts and a source may have to know. */
struct source_settings {
    const char *host_key; /* the word of --host-key; NULL: not given */
};

struct inventory_source {
    const char *option;  /* the option's name */
    char letter;         /* '\0': none */
    const char *metavar; /* NULL: takes no value */
    const char *help;    /* one line, for --help */
    const char *detail;  /* further sentences, for the manual; NULL: none */
    const char *prefix;  /* a word PREFIXvalue names one host of it; NULL: there is no such word */
    /* Adds the hosts that `value` names (NULL: all). Returns 0, or -1 with a message. */
    int (*add)(struct inventory *inventory, const char *value, const struct source_settings *settings,
               struct error *err);
};

/* The n-th; NULL past the end. */
const struct inventory_source *inventory_source_at(size_t n);

#endif
