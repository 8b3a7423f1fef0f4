/* json_cursor.c: see json_cursor.h */
#include "base/json_cursor.h"

void json_skip_blanks(struct json_cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\r' || *c->at == '\n'))
        c->at++;
}

bool json_take(struct json_cursor *c, char wanted)
{
    json_skip_blanks(c);
    if (c->at == c->end || *c->at != wanted)
        return false;
    c->at++;
    return true;
}

/* From a quote to behind the one that ends the string. */
static const char *string_end(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\')
            at++;
    return at < end ? at + 1 : end;
}

size_t json_skip_value(struct json_cursor *c)
{
    size_t depth = 0, deepest = 0;
    const char *at, *end = c->end;
    if (c->abandoned && atomic_load_explicit(c->abandoned, memory_order_relaxed))
        c->at = end;
    json_skip_blanks(c);
    for (at = c->at; at < end;) {
        char byte = *at;
        if (byte == '"') {
            at = string_end(at, end);
            if (!depth)
                break;
        } else if (byte == '{' || byte == '[') {
            depth++;
            deepest = depth > deepest ? depth : deepest;
            at++;
        } else if (byte == '}' || byte == ']') {
            if (!depth)
                break;
            at++;
            if (!--depth)
                break;
        } else if (!depth && byte == ',') {
            break;
        } else {
            at++;
        }
    }
    c->at = at;
    return deepest;
}
