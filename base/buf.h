/* buf.h: a growable byte buffer with a ceiling, for everything whose size a foreign host decides. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data; /* always NUL-terminated once something was added; NULL before */
    size_t length;
    size_t capacity;
    size_t limit; /* bytes at most; 0: no ceiling (own text only) */
};

/* False, and nothing added, when the ceiling would be passed, or where there is no memory for that much below
 * a ceiling.
 */
bool buf_add(struct buf *b, const void *bytes, size_t length);
bool buf_text(struct buf *b, const char *text);
bool buf_format(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Where `length` more bytes may be written; the caller then adds what it wrote to `length`, and a NUL behind
 * it. For a buffer without a ceiling. */
char *buf_room(struct buf *b, size_t length);
/* Gives the text away (never NULL) and empties the buffer; the caller frees it. */
char *buf_take(struct buf *b);
void buf_free(struct buf *b);

#endif
