/* engine.h: a client of one Docker Engine API, whatever way leads there. GET only: it changes nothing. */
#ifndef AGENTLESS_COLLECT_ENGINE_H
#define AGENTLESS_COLLECT_ENGINE_H

#include <jansson.h>

#include "agentless/collect/http.h"
#include "agentless/reach/reach.h"

struct engine;

struct engine_limits {
    unsigned connect_timeout_ms;
    unsigned request_timeout_ms;
    size_t answer_max; /* bytes of one answer */
};

struct answer {
    long status;      /* HTTP status; 0: none came back */
    const char *body; /* NUL-terminated; valid during the callback */
    size_t length;
    const char *error;      /* NULL: an answer with status 200 came back; else why there is none */
    struct failure failure; /* filled when there was no HTTP answer at all */
};

typedef void engine_cb(void *ctx, const struct answer *answer);

struct engine *engine_new(struct http *http, const struct engine_route *route, const struct target *target,
                          const struct engine_limits *limits);
/* Stops all requests; no callback after this. Closes the connections. */
void engine_free(struct engine *engine);

/* Asks /_ping and agrees on an API version: the older of the engine's and ours, or DOCKER_API_VERSION. `body`
 * of the answer is the version agreed on. */
void engine_ping(struct engine *engine, engine_cb *done, void *ctx);
/* Asks a path below the version ("/info"); at most the route's number are under way at once, the rest wait.
 */
void engine_get(struct engine *engine, const char *path, engine_cb *done, void *ctx);
/* The version agreed on, "1.41"; NULL before. */
const char *engine_api(const struct engine *engine);

/* The certificate the server showed: {"not_before", "not_after", "key", "bits", "signature"}; NULL without
 * TLS or before an answer. Borrowed. */
const json_t *engine_certificate(const struct engine *engine);

#endif
