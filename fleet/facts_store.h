/* facts_store.h: facts in a folder, one file a host, to be judged again later or elsewhere. */
#ifndef FLEET_FACTS_STORE_H
#define FLEET_FACTS_STORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Makes the folder (0700) when it is new. Returns 0, or -1 with a message. */
int facts_store_open(const char *folder, struct error *err);
/* Writes NAME.facts.json, mode 0600. Returns 0, or -1 with a message. */
int facts_store_save(const char *folder, const json_t *facts, struct error *err);

/* The facts files of a folder, or the one file itself; NULL-terminated, owned by the caller
 * (facts_store_free). */
char **facts_store_list(const char *path, size_t *count, struct error *err);
void facts_store_free(char **paths);
/* NULL with a message. The caller owns it. */
json_t *facts_store_load(const char *path, struct error *err);

#endif
