/* document.c: see document.h */
#include "agentless/facts/document.h"
#include "base/json.h"

#include <string.h>

json_t *document_new(const char *collected)
{
    json_t *document = json_object();
    json_put(document, "schema", json_text(FACTS_SCHEMA));
    if (collected) {
        json_put(document, "collected", json_text(collected));
        json_put(document, "session", json_object());
    }
    json_put(document, PART_ENGINE, json_object());
    json_put(document, "missing", json_object());
    return document;
}

bool document_is_facts(const json_t *document)
{
    const char *schema = json_text_at(document, "schema");
    return schema && strcmp(schema, FACTS_SCHEMA) == 0;
}

void document_miss(json_t *document, const char *part, const char *why)
{
    json_put(json_object_get(document, "missing"), part, json_text(why));
}

const char *document_missing(const json_t *document, const char *part)
{
    return json_string_value(json_object_get(json_at(document, "missing"), part));
}

const char *document_why_missing(const json_t *document, const char *part)
{
    static const char *const CAUSES[] = {PART_CONTAINER_LIST, PART_ENGINE};
    const char *why = document_missing(document, part);
    for (size_t i = 0; !why && strcmp(part, PART_SHELL) != 0 && i < sizeof CAUSES / sizeof *CAUSES; i++)
        why = document_missing(document, CAUSES[i]);
    return why ? why : "it was not collected";
}

void document_each_missing(const json_t *document, const char *prefix,
                           void (*visit)(void *ctx, const char *part, const char *why), void *ctx)
{
    json_t *missing = json_at(document, "missing");
    const char *part;
    json_t *why;
    size_t length = strlen(prefix);
    json_object_foreach(missing, part, why)
    {
        if (strncmp(part, prefix, length) == 0 && (!part[length] || part[length] == '/'))
            visit(ctx, part, json_string_value(why) ? json_string_value(why) : "");
    }
}
