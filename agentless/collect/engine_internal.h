/* engine_internal.h: an engine's client and its requests. */
#ifndef AGENTLESS_COLLECT_ENGINE_INTERNAL_H
#define AGENTLESS_COLLECT_ENGINE_INTERNAL_H

#include "agentless/collect/engine.h"
#include "agentless/collect/http.h"
#include "agentless/collect/tls_identity.h"
#include "base/buf.h"
#include <curl/curl.h>

struct request {
    struct request *next;
    struct engine *engine;
    CURL *easy;
    struct http_transfer *transfer; /* NULL: waiting its turn */
    struct curl_slist *resolve;
    char *url;
    char error[CURL_ERROR_SIZE];
    const char *method; /* a literal */
    char *sent;         /* its body; NULL: none */
    struct curl_slist *headers;
    char path_stat[2048];
    size_t enough;
    struct buf body;
    bool too_large, has_enough, unversioned;
    size_t span;
    unsigned timeout_ms;
    engine_cb *done;
    void *ctx;
};

struct engine {
    struct http_pool *pool;
    struct timeline *timeline;
    const struct engine_route *route;
    const struct target *target;
    struct engine_limits limits;
    char api[32];
    char offered_api[16];
    json_t *certificate;
    engine_cb *pinged;
    void *pinged_ctx;
    struct request *requests; /* in the order of asking */
    unsigned running, parallel;
    uint64_t idle_before_us;
    bool measured; /* the round trip is known, and so how many requests at once it wants */
};

/* Of each transfer's own buffer, in bytes: an answer is a few of these. */
#define ANSWER_CHUNK 8192L

/* Tells what kind of failure a transfer without an answer was. */
void engine_explain(struct request *r, CURLcode code, struct failure *f);
/* Agrees on a version by what an answer offered. False with the failure. */
bool engine_negotiate(struct engine *engine, struct failure *failure);
/* The engine's newest version was asked, but another one is agreed on: the same again. */
bool engine_ask_again(struct request *r);
/* Podman's own API beside Docker's has versions of its own; 4 is spoken by Podman 4 and 5. */
char *engine_versioned(const struct engine *engine, const char *path);

#endif
