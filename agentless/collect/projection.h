/* projection.h: what of an engine's answer may enter the facts. An allow-list, so that a field nobody thought
 * of (a token in a label, a password in an argument) stays outside. docs/facts.md lists what is kept. */
#ifndef AGENTLESS_COLLECT_PROJECTION_H
#define AGENTLESS_COLLECT_PROJECTION_H

#include <jansson.h>

/* Marks the container that --host-files makes; no check ever looks at one. */
#define HELPER_LABEL "muster.helper"

enum document {
    DOCUMENT_VERSION,
    DOCUMENT_INFO,
    DOCUMENT_CONTAINER_LIST,
    DOCUMENT_CONTAINER,
    DOCUMENT_EXEC,
    DOCUMENT_TOP,
    DOCUMENT_NETWORKS,
    DOCUMENT_VOLUMES,
    DOCUMENT_IMAGES,
    DOCUMENT_SERVICES,
    DOCUMENT_NODES,
    DOCUMENT_IMAGE,
    DOCUMENT_HISTORY, /* each step reduced to what the checks ask of it; see build_step.h */
    DOCUMENT_CHANGES, /* the collection counts it; see drift.h */
    DOCUMENT_PODMAN_CONTAINER,
    DOCUMENT_PODMAN_IMAGE,
};

/* The allowed parts of an answer, secrets reduced to names; owned by the caller. NULL, with a message in
 * `why`, where the answer is no JSON. Of labels only those of orchestrators are kept, and those the policy
 * (may be NULL) selects by. May be called from any thread. */
json_t *project(enum document document, const char *text, size_t length, const json_t *policy, char *why,
                size_t why_size);

#endif
