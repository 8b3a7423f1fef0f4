/* redact.c: see redact.h */
#include "agentless/collect/reduce/redact.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ENDS " \t\r\n\"'<>,;"

/* Where user and password of an address in [from, to) end: at the sign before the host; NULL: there are none.
 * A password may hold a sign, and even a slash where the address has "//". */
static const char *sign_of(const char *from, const char *to)
{
    const char *sign = memrchr(from, '@', (size_t)(to - from));
    bool digest = sign && (text_starts(sign, "@sha256:") || text_starts(sign, "@sha512:"));
    const char *colon = sign ? memchr(from, ':', (size_t)(sign - from)) : NULL;
    return colon && colon > from && !digest ? sign : NULL;
}

/* Copies one word, up to a blank or a quote. */
static bool redact_word(struct buf *out, const char *word, const char *end)
{
    const char *slashes = memmem(word, (size_t)(end - word), "//", 2);
    const char *from = slashes ? slashes + 2 : word;
    const char *sign = sign_of(from, end);
    if (!slashes && sign) {
        /* Without "//" an address ends at its first slash, and --option=ADDRESS begins behind the sign. */
        const char *slash = memchr(word, '/', (size_t)(end - word));
        const char *equals = memrchr(word, '=', (size_t)(sign - word));
        const char *to = slash ? slash : end;
        from = equals ? equals + 1 : word;
        sign = from < to ? sign_of(from, to) : NULL;
    }
    if (!sign) {
        buf_add(out, word, (size_t)(end - word));
        return false;
    }
    buf_add(out, word, (size_t)(from - word));
    buf_text(out, "***");
    buf_add(out, sign, (size_t)(end - sign));
    return true;
}

char *redact_text(const char *text)
{
    struct buf out = {0};
    bool changed = false;
    if (!strchr(text, '@'))
        return NULL;
    while (*text) {
        size_t length = strcspn(text, ENDS), ends = strspn(text + length, ENDS);
        changed = redact_word(&out, text, text + length) || changed;
        buf_add(&out, text + length, ends);
        text += length + ends;
    }
    if (changed)
        return buf_take(&out);
    buf_free(&out);
    return NULL;
}

static json_t *redacted(json_t *value)
{
    char *text = json_is_string(value) ? redact_text(json_string_value(value)) : NULL;
    json_t *other = text ? json_text(text) : NULL;
    free(text);
    return other;
}

void redact_document(json_t *document)
{
    const char *key;
    json_t *value;
    void *next;
    size_t i;
    json_array_foreach(document, i, value)
    {
        json_t *other = redacted(value);
        if (other)
            json_array_set_new(document, i, other);
        else
            redact_document(value);
    }
    json_object_foreach_safe(document, next, key, value)
    {
        json_t *other = redacted(value);
        char *name = redact_text(key);
        redact_document(value);
        if (other)
            json_put(document, key, other);
        if (name) {
            json_put(document, name, json_incref(json_object_get(document, key)));
            json_object_del(document, key);
        }
        free(name);
    }
}
