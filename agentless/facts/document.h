/* document.h: the facts document, as collect writes it and checks read it: its schema, the names of its
 * parts, and why a part is missing. docs/facts.md describes it. */
#ifndef AGENTLESS_FACTS_DOCUMENT_H
#define AGENTLESS_FACTS_DOCUMENT_H

#include <jansson.h>
#include <stdbool.h>

#define FACTS_SCHEMA "muster.facts/1"

/* Marks the container that --host-files makes; no check ever looks at one. */
#define HELPER_LABEL "muster.helper"

/* Parts that more than one module names. A part of one container is "PART/ID". */
#define PART_ENGINE "engine"
#define PART_SHELL "shell"
#define PART_HOST_FILES "host_files"
#define PART_HOST_FILES_REMOVAL "host_files_removal"
#define PART_CONTAINER_LIST "container_list"
#define PART_CONTAINERS "containers"
#define PART_CHANGES "changes"
#define PART_EXECS "execs"
#define PART_IMAGE_INSPECTS "image_inspects"
#define PART_PODMAN_CONTAINERS "podman_containers"
#define PART_PODMAN_IMAGES "podman_images"

/* An empty document. `collected`: the time as docs/facts.md has it; NULL: nothing was asked. The caller owns
 * it. */
json_t *document_new(const char *collected);
bool document_is_facts(const json_t *document);

/* Says why a part is missing. */
void document_miss(json_t *document, const char *part, const char *why);
/* What was said of that very part; NULL: nothing. */
const char *document_missing(const json_t *document, const char *part);
/* The same, or why what it would have come from is missing; never NULL. */
const char *document_why_missing(const json_t *document, const char *part);
/* Calls with each missing part that is `prefix` or below it ("containers", "containers/ID"). */
void document_each_missing(const json_t *document, const char *prefix,
                           void (*visit)(void *ctx, const char *part, const char *why), void *ctx);

#endif
