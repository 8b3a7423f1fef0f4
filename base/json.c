/* json.c: see json.h */
#include "base/json.h"
#include "base/json_cursor.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *json_at(const json_t *root, const char *path)
{
    const json_t *at = root;
    while (at && *path) {
        const char *dot = strchrnul(path, '.');
        size_t length = (size_t)(dot - path);
        at = json_object_getn(at, path, length);
        path = *dot ? dot + 1 : dot;
    }
    union {
        const json_t *in;
        json_t *out;
    } same = {.in = at};
    return same.out;
}

const char *json_text_at(const json_t *root, const char *path)
{
    return json_string_value(json_at(root, path));
}

bool json_true_at(const json_t *root, const char *path)
{
    return json_is_true(json_at(root, path));
}

bool json_integer_at(const json_t *root, const char *path, json_int_t *value)
{
    const json_t *at = json_at(root, path);
    if (!json_is_integer(at))
        return false;
    *value = json_integer_value(at);
    return true;
}

json_t *json_parse(const char *text, size_t length, struct error *why)
{
    if (!length) {
        error_set(why, "empty");
        return NULL;
    }
    if (json_skip_value(&(struct json_cursor){.at = text, .end = text + length}) > JSON_DEPTH_MAX) {
        error_set(why, "nested more than %d deep", JSON_DEPTH_MAX);
        return NULL;
    }
    json_error_t error;
    json_t *value = json_loadb(text, length, JSON_ALLOW_NUL, &error);
    if (!value)
        json_error_text(why, &error);
    return value;
}

void json_error_text(struct error *why, const json_error_t *error)
{
    const char *quoted = strstr(error->text, " near ");
    int length = quoted ? (int)(quoted - error->text) : (int)strlen(error->text);
    error_set(why, "line %d, column %d: %.*s", error->line, error->column, length, error->text);
}

/* Of one value beside its texts, in jansson's trees. */
#define VALUE_BYTES 64

size_t json_weight(const json_t *value, size_t limit)
{
    size_t weight = VALUE_BYTES + (json_is_string(value) ? json_string_length(value) : 0);
    void *at = json_object_iter((json_t *)(uintptr_t)value);
    for (; at && weight <= limit; at = json_object_iter_next((json_t *)(uintptr_t)value, at))
        weight += json_object_iter_key_len(at) + json_weight(json_object_iter_value(at), limit - weight);
    for (size_t i = 0; i < json_array_size(value) && weight <= limit; i++)
        weight += json_weight(json_array_get(value, i), limit - weight);
    return weight;
}

static bool is_ascii(const char *text)
{
    while ((unsigned char)(*text - 1) < 0x7f)
        text++;
    return !*text;
}

void json_put(json_t *object, const char *key, json_t *value)
{
    json_t *one = value ? value : json_null();
    /* Nearly all keys are our own: jansson's own check of them costs a tenth of judging. */
    if (is_ascii(key)) {
        json_object_set_new_nocheck(object, key, one);
        return;
    }
    if (json_object_set(object, key, one)) {
        /* Each byte that is not UTF-8 keeps its value, so that two names stay two. */
        char *safe = text_safe(key);
        json_object_set_new_nocheck(object, safe, json_incref(one));
        free(safe);
    }
    json_decref(one);
}

json_t *json_text(const char *text)
{
    json_t *value = json_string(text);
    if (value || !text)
        return value ? value : json_null();
    char *repaired = text_repair_utf8(text);
    value = json_string(repaired);
    free(repaired);
    return value ? value : json_string("");
}
