/* json_compact.h: a value as one line of JSON. json_dumps(JSON_COMPACT) gives the same bytes for five times
 * the instructions (it keeps a table of all parents against cycles, which a tree made from JSON or from new
 * values has not); this is for what is written for every host. */
#ifndef BASE_JSON_COMPACT_H
#define BASE_JSON_COMPACT_H

#include <jansson.h>

#include "base/buf.h"

/* Appends the value, of any kind, to a buffer without a ceiling. The value must not contain itself. */
void json_compact(const json_t *value, struct buf *out);

#endif
