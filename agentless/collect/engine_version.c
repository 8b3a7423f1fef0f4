/* engine_version.c: which version of its API an engine is spoken to in. */
#include "agentless/collect/engine_internal.h"
#include "agentless/transport/tls_certificate.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The newest API whose answers the checks know (Engine 29.6; checks-reference gives the table). */
#define API_MINOR_MAX 55

/* Oldest that still has every field needed, and the oldest any engine since 20.10 speaks at least. */
#define API_MINOR_MIN 24

/* --- the API's version --- */

static bool minor_of(const char *version, long *minor)
{
    return text_starts(version, "1.") && text_number(version + 2, 0, 9999, minor);
}

bool engine_negotiate(struct engine *engine, struct failure *failure)
{
    const char *pinned = getenv("DOCKER_API_VERSION");
    long minor = 0;
    if (*engine->api)
        return true;
    if (pinned && *pinned) {
        snprintf(engine->api, sizeof engine->api, "%s", pinned);
    } else if (!minor_of(engine->offered_api, &minor)) {
        failure_set(failure, STAGE_ENGINE, false, "is it a Docker engine?",
                    "%s answered without an Api-Version", engine->route->base_url);
        return false;
    } else if (minor < API_MINOR_MIN) {
        failure_set(failure, STAGE_ENGINE, false, "update the engine: it is past the end of its life",
                    "the engine speaks API 1.%ld; muster needs 1.%d at least", minor, API_MINOR_MIN);
        return false;
    } else {
        snprintf(engine->api, sizeof engine->api, "1.%ld", minor > API_MINOR_MAX ? API_MINOR_MAX : minor);
    }
    return true;
}

bool engine_ask_again(struct request *r)
{
    struct engine *engine = r->engine;
    if (!r->unversioned || !*engine->api || strcmp(engine->api, engine->offered_api) == 0)
        return false;
    const char *path = r->url + strlen(engine->route->base_url);
    engine_get(engine, path, r->done, r->ctx);
    return true;
}

char *engine_versioned(const struct engine *engine, const char *path)
{
    if (text_starts(path, "/libpod/"))
        return xasprintf("%s/v4.0.0%s", engine->route->base_url, path);
    return *engine->api ? xasprintf("%s/v%s%s", engine->route->base_url, engine->api, path)
                        : xasprintf("%s%s", engine->route->base_url, path);
}
