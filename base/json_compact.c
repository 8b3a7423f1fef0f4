/* json_compact.c: see json_compact.h */
#include "base/json_compact.h"
#include "base/json.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>

/* One byte, or one character that would change what a terminal shows; returns its length. */
static size_t add_escaped(const char *text, struct buf *out)
{
    static const char SHORT[] = {
        ['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    unsigned char byte = (unsigned char)*text;
    uint32_t code = byte;
    size_t length = byte < 0x7f ? 1 : text_unsafe_character(text, &code);
    if (byte < sizeof SHORT && SHORT[byte])
        buf_format(out, "\\%c", SHORT[byte]);
    else if (code < 0x10000)
        buf_format(out, "\\u%04X", (unsigned)code);
    else
        buf_format(out, "\\u%04X\\u%04X", (unsigned)(0xd7c0 + (code >> 10)),
                   (unsigned)(0xdc00 + (code & 0x3ff)));
    return length;
}

static void add_byte(char byte, struct buf *out)
{
    *buf_room(out, 1) = byte;
    out->length++;
}

/* How much of it stands as it is: what jansson holds is UTF-8. It needs JSON's own escapes, and those of
 * characters that a terminal would obey. */
static size_t plain_length(const char *text, size_t length)
{
    size_t i = 0;
    uint32_t code;
    while (i < length && (unsigned char)text[i] >= ' ' && text[i] != '"' && text[i] != '\\' &&
           ((unsigned char)text[i] < 0x7f || !text_unsafe_character(text + i, &code)))
        i++;
    return i;
}

static void add_string(const char *text, size_t length, struct buf *out)
{
    size_t done = plain_length(text, length);
    char *at = buf_room(out, done + 1);
    *at = '"';
    memcpy(at + 1, text, done);
    out->length += done + 1;
    while (done < length) {
        done += add_escaped(text + done, out);
        size_t plain = plain_length(text + done, length - done);
        buf_add(out, text + done, plain);
        done += plain;
    }
    add_byte('"', out);
}

static void json_compact_add_value(const json_t *value, struct buf *out);

static void add_object(const json_t *object, struct buf *out)
{
    json_t *all = json_at(object, "");
    void *first = json_object_iter(all);
    add_byte('{', out);
    for (void *at = first; at; at = json_object_iter_next(all, at)) {
        if (at != first)
            add_byte(',', out);
        add_string(json_object_iter_key(at), json_object_iter_key_len(at), out);
        add_byte(':', out);
        json_compact_add_value(json_object_iter_value(at), out);
    }
    add_byte('}', out);
}

static void add_array(const json_t *array, struct buf *out)
{
    size_t size = json_array_size(array);
    add_byte('[', out);
    for (size_t i = 0; i < size; i++) {
        if (i)
            add_byte(',', out);
        json_compact_add_value(json_array_get(array, i), out);
    }
    add_byte(']', out);
}

/* The shortest spelling that reads back as the same number is jansson's to know. */
static void add_real(const json_t *real, struct buf *out)
{
    char text[64];
    size_t length = json_dumpb(real, text, sizeof text, JSON_ENCODE_ANY);
    buf_add(out, text, length);
}

static void json_compact_add_value(const json_t *value, struct buf *out)
{
    char text[32];
    int length;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        add_object(value, out);
        break;
    case JSON_ARRAY:
        add_array(value, out);
        break;
    case JSON_STRING:
        add_string(json_string_value(value), json_string_length(value), out);
        break;
    case JSON_INTEGER:
        length = snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        buf_add(out, text, (size_t)length);
        break;
    case JSON_REAL:
        add_real(value, out);
        break;
    case JSON_TRUE:
        buf_add(out, "true", 4);
        break;
    case JSON_FALSE:
        buf_add(out, "false", 5);
        break;
    case JSON_NULL:
        buf_add(out, "null", 4);
        break;
    }
}

void json_compact(const json_t *value, struct buf *out)
{
    json_compact_add_value(value, out);
    *buf_room(out, 0) = '\0';
}
