/* redact.h: secrets in addresses, which no field's definition excludes: scheme://user:password@host,
 * //user:password@share, user:password@registry. */
#ifndef AGENTLESS_COLLECT_REDUCE_REDACT_H
#define AGENTLESS_COLLECT_REDUCE_REDACT_H

#include <jansson.h>

/* The text with "***" in the place of user and password of each address in it; the caller frees it. NULL
 * where there is none. An image's digest (name:tag@sha256:...) is none. */
char *redact_text(const char *text);
/* All texts and all keys of a document. */
void redact_document(json_t *document);

#endif
