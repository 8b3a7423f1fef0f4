/* buf.c: see buf.h */
#include "base/buf.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The capacity with which `length` more bytes fit. */
static size_t buf_wanted(const struct buf *b, size_t length)
{
    size_t least = b->length + length + 1;
    size_t twice = b->capacity ? b->capacity * 2 : 256;
    if (least <= b->capacity)
        return b->capacity;
    return twice > least ? twice : least;
}

char *buf_room(struct buf *b, size_t length)
{
    size_t wanted = buf_wanted(b, length);
    if (wanted > b->capacity) {
        b->data = xrealloc(b->data, wanted);
        b->capacity = wanted;
    }
    return b->data + b->length;
}

/* Foreign bytes for which there is no memory are no reason to end. */
static bool has_foreign_room(struct buf *b, size_t length)
{
    size_t wanted = buf_wanted(b, length);
    if (wanted <= b->capacity || wanted <= MEM_FOREIGN)
        return true;
    char *data = realloc(b->data, wanted);
    if (!data)
        return false;
    b->data = data;
    b->capacity = wanted;
    return true;
}

bool buf_add(struct buf *b, const void *bytes, size_t length)
{
    if (b->limit && (length > b->limit || b->length > b->limit - length || !has_foreign_room(b, length)))
        return false;
    char *end = buf_room(b, length);
    if (length)
        memcpy(end, bytes, length);
    b->length += length;
    b->data[b->length] = '\0';
    return true;
}

bool buf_text(struct buf *b, const char *text)
{
    return buf_add(b, text, strlen(text));
}

bool buf_format(struct buf *b, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    bool added = length >= 0 && buf_add(b, text, (size_t)length);
    free(text);
    return added;
}

char *buf_take(struct buf *b)
{
    char *text = b->data ? b->data : xstrdup("");
    size_t limit = b->limit;
    *b = (struct buf){.limit = limit};
    return text;
}

void buf_free(struct buf *b)
{
    free(b->data);
    *b = (struct buf){0};
}
