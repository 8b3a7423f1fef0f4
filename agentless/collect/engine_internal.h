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
    const struct tls_identity *identity; /* borrowed; NULL: libcurl reads the files itself */
    const char *refused;                 /* a literal: why the rest of the answer is not read; NULL: it is */
    size_t header_bytes;
    bool is_long, paused, has_enough, unversioned;
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
    struct request *started;         /* a few */
    struct request *waiting, **last; /* thousands, in the order of asking */
    unsigned running, parallel;
    uint64_t idle_before_us;
    size_t received;             /* of all answers */
    size_t turn_cost;            /* of what came in this turn of the loop */
    uint64_t turn_ms;            /* when that began, on the loop's clock */
    struct request *long_answer; /* that is being received; NULL: none */
    size_t long_bytes;           /* of it, and of one that is being read elsewhere */
    bool measured;               /* the round trip is known, and so how many requests at once it wants */
};

/* Of each transfer's own buffer, in bytes: an answer is a few of these. */
#define ANSWER_CHUNK 8192L

/* libcurl's, of a request: they take what comes within the budgets, or hold the transfer up, or refuse it. */
size_t engine_on_body(char *bytes, size_t size, size_t count, void *ctx);
size_t engine_on_header(char *line, size_t size, size_t count, void *ctx);
/* Counts the bytes of a long answer, or takes them back. */
void engine_hold(struct engine *engine, ptrdiff_t more);

/* Why the client's key is refused although it may be readable; NULL: it is not. Borrowed. */
const char *engine_key_problem(const struct request *r);
/* What a request over TLS needs. */
void engine_set_tls(struct request *r);
/* Notes what the engine's certificate says of itself, once. */
void engine_note_certificate(struct request *r);

/* Tells what kind of failure a transfer without an answer was. */
void engine_explain(struct request *r, CURLcode code, struct failure *f);
/* Agrees on a version by what an answer offered. False with the failure. */
bool engine_negotiate(struct engine *engine, struct failure *failure);
/* The engine's newest version was asked, but another one is agreed on: the same again. */
bool engine_ask_again(struct request *r);
/* Podman's own API beside Docker's has versions of its own; 4 is spoken by Podman 4 and 5. */
char *engine_versioned(const struct engine *engine, const char *path);

#endif
