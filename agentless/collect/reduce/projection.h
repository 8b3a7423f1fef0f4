/* projection.h: what of an engine's answer may enter the facts. An allow-list, so that a field nobody thought
 * of (a token in a label, a password in an argument) stays outside. docs/facts.md lists what is kept. */
#ifndef AGENTLESS_COLLECT_REDUCE_PROJECTION_H
#define AGENTLESS_COLLECT_REDUCE_PROJECTION_H

#include <jansson.h>
#include <stdatomic.h>

#include "base/error.h"

enum answer_kind {
    ANSWER_VERSION,
    ANSWER_INFO,
    ANSWER_CONTAINER_LIST,
    ANSWER_CONTAINER,
    ANSWER_EXEC,
    ANSWER_TOP,
    ANSWER_NETWORKS,
    ANSWER_VOLUMES,
    ANSWER_IMAGES,
    ANSWER_SERVICES,
    ANSWER_NODES,
    ANSWER_IMAGE,
    ANSWER_HISTORY, /* each step reduced to what the checks ask of it; see build_step.h */
    ANSWER_CHANGES, /* counted; see drift.h */
    ANSWER_PODMAN_CONTAINER,
    ANSWER_PODMAN_IMAGE,
};

/* The allowed parts of an answer, secrets reduced to names; owned by the caller. NULL, with a message in
 * `why`, where the answer is not JSON or would take more memory than budget.h grants it. `about` (may be
 * NULL): the policy, for of labels only those of orchestrators are kept and those it selects by; for
 * ANSWER_CHANGES the container. `abandoned`: see json_cursor.h. May be called from any thread; linear in
 * `length`. */
json_t *project(enum answer_kind document, const char *text, size_t length, const json_t *about,
                const atomic_bool *abandoned, struct error *why);

#endif
