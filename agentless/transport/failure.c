/* failure.c: see failure.h */
#include "agentless/transport/failure.h"
#include "base/json.h"

#include <stdarg.h>
#include <stdio.h>

const char *stage_name(enum stage stage)
{
    static const char *const NAMES[] = {
        [STAGE_NONE] = "none",
        [STAGE_INVENTORY] = "inventory",
        [STAGE_RESOLVE] = "resolve",
        [STAGE_CONNECT] = "connect",
        [STAGE_HOST_KEY] = "host key",
        [STAGE_CERTIFICATE] = "certificate",
        [STAGE_AUTHENTICATE] = "authenticate",
        [STAGE_TUNNEL] = "tunnel",
        [STAGE_ENGINE] = "engine",
        [STAGE_COLLECT] = "collect",
        [STAGE_INTERRUPTED] = "interrupted",
        [STAGE_DEFERRED] = "deferred",
    };
    return NAMES[stage];
}

void failure_set(struct failure *f, enum stage stage, bool transient, const char *hint, const char *format,
                 ...)
{
    va_list args;
    f->stage = stage;
    f->transient = transient;
    va_start(args, format);
    vsnprintf(f->message, sizeof f->message, format, args);
    va_end(args);
    snprintf(f->hint, sizeof f->hint, "%s", hint ? hint : "");
}

json_t *failure_json(const struct failure *f)
{
    json_t *json = json_object();
    json_put(json, "stage", json_text(stage_name(f->stage)));
    json_put(json, "message", json_text(f->message));
    json_put(json, "hint", json_text(f->hint));
    return json;
}
