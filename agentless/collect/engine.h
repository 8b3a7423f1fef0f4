/* engine.h: a client of one Docker Engine API, over any transport. It reads (GET, HEAD); only
 * host_files.c, which users have to ask for, makes and removes a container through it. */
#ifndef AGENTLESS_COLLECT_ENGINE_H
#define AGENTLESS_COLLECT_ENGINE_H

#include <jansson.h>

#include "agentless/collect/http.h"
#include "agentless/transport/transport.h"
#include "base/buf.h"

struct engine;

struct engine_limits {
    unsigned connect_timeout_ms;
    unsigned request_timeout_ms;
    size_t answer_max;     /* bytes of one answer */
    unsigned parallel_max; /* requests at once, on a long round trip */
};

struct answer {
    long status;      /* HTTP status; 0: none came back */
    const char *body; /* NUL-terminated; valid during the callback */
    size_t length;
    struct buf *text;       /* that holds the body: a receiver may take it (buf_take) to keep it */
    const char *error;      /* NULL: an answer with status 200 came back; else why there is none */
    char path_stat[2048];   /* the header that the archive endpoint answers HEAD with; "" for none */
    struct failure failure; /* filled when there was no HTTP answer at all */
};

typedef void engine_cb(void *ctx, const struct answer *answer);

/* To be called once the text of an answer that was taken is gone: a long one keeps the engine's next long one
 * waiting. */
void engine_text_gone(struct engine *engine, size_t length);

/* The timeline (may be NULL) gets a span for each request. */
struct engine *engine_new(struct http *http, const struct engine_route *route, const struct target *target,
                          const struct engine_limits *limits, struct timeline *timeline);
/* Stops all requests; no callback of them after this. */
void engine_cancel(struct engine *engine);
/* Stops all requests; no callback after this. Closes the connections. */
void engine_free(struct engine *engine);

/* Asks /_ping and agrees on an API version: the older of the engine's and ours, or DOCKER_API_VERSION. `body`
 * of the answer is the version agreed on. */
void engine_ping(struct engine *engine, engine_cb *done, void *ctx);
/* Asks a path below the version ("/info"); at most the route's number are under way at once, the rest wait.
 * Before a version is agreed on it is asked without one, which means the engine's newest: that saves waiting
 * for
 * /_ping. Every answer names that version; where it is newer than what we know, or DOCKER_API_VERSION says
 * otherwise, the question is asked again with the version agreed on. */
void engine_get(struct engine *engine, const char *path, engine_cb *done, void *ctx);
struct engine_call {
    const char *method; /* GET, HEAD, POST, DELETE */
    const char *path;   /* below the version */
    const char *body;   /* JSON; NULL: none */
    size_t answer_max;  /* 0: the engine's limit */
    size_t enough;      /* not 0: after so many bytes the answer is good, and the connection is dropped */
};
/* As engine_get, for any call; every status from 200 to 299 is an answer. What is called goes into copies. */
void engine_request(struct engine *engine, struct engine_call call, engine_cb *done, void *ctx);
/* A DELETE that outlives the engine client, for what a host job that is cut short must not leave behind;
 * bounded to 10 s, and http lives on until it has ended. */
void engine_remove_later(struct engine *engine, const char *path);
/* Makes a path fit to stand in a query; the caller frees it. */
char *engine_escape(const char *path);
/* Whether a round trip to it takes so long that much should be asked at once. */
bool engine_is_far(const struct engine *engine);
/* The version agreed on, "1.41"; NULL before. */
const char *engine_api(const struct engine *engine);

/* The certificate the server showed: {"not_before", "not_after", "key", "bits", "signature"}; NULL without
 * TLS or before an answer. Borrowed. */
const json_t *engine_certificate(const struct engine *engine);

#endif
