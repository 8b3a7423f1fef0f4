/* secret_shape.h: does a variable look like it holds a secret? By its name and by the shape of its value. The
 * value is looked at here and never leaves: facts keep the name only. */
#ifndef AGENTLESS_COLLECT_REDUCE_SECRET_SHAPE_H
#define AGENTLESS_COLLECT_REDUCE_SECRET_SHAPE_H

#include <jansson.h>
#include <stdbool.h>

/* By name alone: DB_PASSWORD, apiToken, AWS_SECRET_ACCESS_KEY; not GPG_KEY (a fingerprint, in many official
 * images), PUBLIC_KEY, TOKEN_FILE (a path), PWD. */
bool secret_name(const char *name);
/* By shape: known tokens (AWS, GitHub, GitLab, Slack, Stripe, Google), JSON web tokens, private keys, and
 * addresses with a password. Looks anywhere in the text. */
bool secret_value(const char *text);
/* Both, on "NAME=value". An empty value, a path, a number or a switch is not a secret whatever its name. */
bool secret_pair(const char *pair);
/* The names of those pairs of an array of "NAME=value" that look like secrets; owned by the caller. */
json_t *secret_names(const json_t *pairs);

#endif
