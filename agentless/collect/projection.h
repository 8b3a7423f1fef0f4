/* projection.h: what of an engine's answer may enter the facts. An allow-list, so that a field nobody thought
 * of (a token in a label, a password in an argument) stays outside. docs/facts.md lists what is kept. */
#ifndef AGENTLESS_COLLECT_PROJECTION_H
#define AGENTLESS_COLLECT_PROJECTION_H

#include <jansson.h>

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
};

/* A new value with only the allowed parts, secrets reduced to names; owned by the caller. */
json_t *project(enum document document, const json_t *answer);

/* The masks are parsed once and kept; frees them. */
void projection_release(void);

#endif
