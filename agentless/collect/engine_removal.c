/* engine_removal.c: a container's removal that outlives the client that asked for it. */
#include "agentless/collect/engine_internal.h"
#include "agentless/transport/tls_certificate.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* --- what outlives a visit --- */

#define REMOVAL_TIMEOUT_MS 10000

/* An engine client of its own, with copies of what it needs of the route. */
struct removal {
    struct engine_route route;
    struct target target; /* only its scheme, for messages nobody reads */
    struct engine *engine;
    char *strings[6];
    uv_timer_t over;
};

static void on_removal_closed(uv_handle_t *handle)
{
    struct removal *r = handle->data;
    engine_free(r->engine);
    for (size_t i = 0; i < sizeof r->strings / sizeof *r->strings; i++)
        free(r->strings[i]);
    free(r);
}

static void on_removal_over(uv_timer_t *timer)
{
    uv_close((uv_handle_t *)timer, on_removal_closed);
}

/* The request is still in its own callback: the client goes from the loop. */
static void on_removal_done(void *ctx, const struct answer *answer)
{
    struct removal *r = ctx;
    (void)answer;
    uv_timer_start(&r->over, on_removal_over, 0, 0);
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
    uv_timer_init(http_loop(http_of(engine->pool)), &r->over);
    r->over.data = r;
    engine_request(r->engine, (struct engine_call){.method = "DELETE", .path = path}, on_removal_done, r);
}
