/* policy.h: what is expected of a host: which checks, which containers and images, which users and registries
 * are trusted. One table of keys serves the inventory's variables, the policy file and the command line.
 * docs/policy.md describes it.
 *
 * A policy is a JSON object of such keys: lists as arrays of strings, expect_swarm as a boolean, level as a
 * number, min_engine as a string. */
#ifndef INVENTORY_POLICY_H
#define INVENTORY_POLICY_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"

/* Whether a variable of an inventory is one of the policy's keys. */
bool policy_has_key(const char *key);
/* Sets a key from text, as an inventory or the command line has it: lists by commas, yes or no. A list given
 * twice on the command line grows. Returns 0, or -1 with a message. */
int policy_set(json_t *policy, const char *key, const char *text, struct error *err);

/* Reads a policy file: {"all": {...}, "groups": {NAME: {...}}, "hosts": {NAME: {...}}}; unknown keys are
 * errors. NULL with a message; the caller owns the result. */
json_t *policy_load(const char *path, struct error *err);
/* Adds what the file says of a host: all, then its groups in the order of their names, then the host itself;
 * the later wins. `file` may be NULL. */
void policy_for_host(json_t *policy, const json_t *file, const char *host, const json_t *groups);

#endif
