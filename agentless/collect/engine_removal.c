/* engine_removal.c: a container's removal that outlives the client that asked for it. */
#include "agentless/collect/engine_internal.h"
#include "agentless/transport/tls_certificate.h"
#include "base/loop.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* --- what outlives a host job --- */

#define REMOVAL_TIMEOUT_MS 10000

/* An engine client of its own, with copies of what it needs of the route. */
struct removal {
    struct engine_route route;
    struct target target; /* only its scheme, for messages nobody reads */
    struct engine *engine;
    char *strings[6];
    struct later over; /* the request is still in its own callback then: the client goes from the loop */
    struct handles handles;
};

static void removal_release(void *owner)
{
    struct removal *r = owner;
    engine_free(r->engine);
    for (size_t i = 0; i < sizeof r->strings / sizeof *r->strings; i++)
        free(r->strings[i]);
    free(r);
}

static void on_removal_over(void *ctx)
{
    struct removal *r = ctx;
    later_close(&r->over, &r->handles);
    handles_end(&r->handles);
}

static void on_removal_done(void *ctx, const struct answer *answer)
{
    struct removal *r = ctx;
    (void)answer;
    later_call(&r->over);
}

void engine_remove_later(struct engine *engine, const char *path)
{
    struct removal *r = xcalloc(1, sizeof *r);
    const struct engine_route *route = engine->route;
    const char **copies[] = {&r->route.socket_path, &r->route.base_url, &r->route.resolve,
                             &r->route.ca,          &r->route.cert,     &r->route.key};
    const char *from[] = {route->socket_path, route->base_url, route->resolve,
                          route->ca,          route->cert,     route->key};
    r->route = *route;
    for (size_t i = 0; i < sizeof r->strings / sizeof *r->strings; i++) {
        r->strings[i] = xstrdup(from[i]);
        *copies[i] = r->strings[i];
    }
    r->target.engine.scheme = engine->target->engine.scheme;
    struct engine_limits limits = engine->limits;
    limits.request_timeout_ms = REMOVAL_TIMEOUT_MS;
    r->engine = engine_new(http_of(engine->pool), &r->route, &r->target, &limits, NULL);
    snprintf(r->engine->api, sizeof r->engine->api, "%s", engine->api);
    handles_init(&r->handles, removal_release, r);
    later_init(&r->over, http_loop(http_of(engine->pool)), on_removal_over, r);
    engine_request(r->engine, (struct engine_call){.method = "DELETE", .path = path}, on_removal_done, r);
}
