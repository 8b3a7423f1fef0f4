/* json_cursor.h: where values begin and end in a JSON text, found by counting brackets outside of strings.
 * What they are, and whether they are JSON at all, is jansson's to say (json.h). */
#ifndef BASE_JSON_CURSOR_H
#define BASE_JSON_CURSOR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* Docker's own answers nest about 12 deep; anything far beyond that is an attack on recursive readers. */
#define JSON_DEPTH_MAX 128

struct json_cursor {
    const char *at, *end; /* end: behind the last byte; nothing is read there */
    /* Once it is true nobody wants the values any more, and the next one is skipped to the end of the text.
     * NULL: they are wanted whatever happens. */
    const atomic_bool *abandoned;
};

void json_skip_blanks(struct json_cursor *cursor);
/* Skips blanks, then `wanted` if it is next. */
bool json_take(struct json_cursor *cursor, char wanted);
/* Skips blanks, then one value, or up to a bracket or comma that is none of its own. Returns how deep it
 * nests. */
size_t json_skip_value(struct json_cursor *cursor);

#endif
