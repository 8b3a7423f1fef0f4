/* docker_context.h: docker's contexts and environment, as the docker CLI reads them. */
#ifndef INVENTORY_DOCKER_CONTEXT_H
#define INVENTORY_DOCKER_CONTEXT_H

#include "inventory/resolve.h"

/* Adds the docker contexts whose names match a glob, as members of the group
 * docker-context; of those that lead to the same engine the first only. Returns 0, or -1 with a message when
 * none matches. */
int inventory_add_docker_contexts(struct inventory *inventory, const char *pattern, struct error *err);

/* This machine's Docker as the docker CLI would choose it: `host` (-H) and `context` may
 * be NULL; then DOCKER_HOST, DOCKER_CONTEXT, currentContext, the local socket. NULL with a message. */
struct target *target_from_docker(const char *host, const char *context,
                                  const struct target_defaults *defaults, struct error *err);

/* Fills tls_* of the defaults that are NULL from DOCKER_CERT_PATH, else the docker configuration folder where
 * the files exist. The strings stay valid until the process ends or storage is freed by the caller. */
void defaults_from_environment(struct target_defaults *defaults, char *storage[3]);

#endif
