/* json_compact.c: see json_compact.h */
#include "base/json_compact.h"
#include "base/json.h"

#include <stdio.h>
#include <stdlib.h>

static void add_escaped(unsigned char byte, struct buf *out)
{
    static const char SHORT[] = {
        ['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    char text[8];
    int length = byte < sizeof SHORT && SHORT[byte] ? snprintf(text, sizeof text, "\\%c", SHORT[byte])
                                                    : snprintf(text, sizeof text, "\\u%04X", byte);
    buf_add(out, text, (size_t)length);
}

/* What jansson holds is UTF-8, and stands as it is. */
static void add_string(const char *text, size_t length, struct buf *out)
{
    size_t from = 0;
    buf_add(out, "\"", 1);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte >= ' ' && byte != '"' && byte != '\\')
            continue;
        buf_add(out, text + from, i - from);
        add_escaped(byte, out);
        from = i + 1;
    }
    buf_add(out, text + from, length - from);
    buf_add(out, "\"", 1);
}

static void add_object(const json_t *object, struct buf *out)
{
    json_t *all = json_at(object, "");
    char before = '{';
    for (void *at = json_object_iter(all); at; at = json_object_iter_next(all, at)) {
        buf_add(out, &before, 1);
        add_string(json_object_iter_key(at), json_object_iter_key_len(at), out);
        buf_add(out, ":", 1);
        json_compact(json_object_iter_value(at), out);
        before = ',';
    }
    buf_add(out, before == '{' ? "{}" : "}", before == '{' ? 2 : 1);
}

static void add_array(const json_t *array, struct buf *out)
{
    size_t size = json_array_size(array);
    buf_add(out, "[", 1);
    for (size_t i = 0; i < size; i++) {
        if (i)
            buf_add(out, ",", 1);
        json_compact(json_array_get(array, i), out);
    }
    buf_add(out, "]", 1);
}

/* The shortest spelling that reads back as the same number is jansson's to know. */
static void add_real(const json_t *real, struct buf *out)
{
    char text[64];
    buf_add(out, text, json_dumpb(real, text, sizeof text, JSON_ENCODE_ANY));
}

void json_compact(const json_t *value, struct buf *out)
{
    char text[32];
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
        buf_add(out, text,
                (size_t)snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(value)));
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
