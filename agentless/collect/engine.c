/* engine.c: see engine.h. Requests over libcurl: a bounded number at once, the more the farther the engine
 * is. */
#include "agentless/collect/engine_internal.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/timeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void engine_start_waiting(struct engine *engine);
static void engine_ask(struct engine *engine, char *url, unsigned timeout_ms, engine_cb *done, void *ctx);

#define PARALLEL_FIRST 1

#define PARALLEL_SHORT 2

/* No connection with a short round trip, tunnelled or not, gets more. */
#define FAR_PARALLEL 8

/* TLS connections cost handshakes; this many and those below are open in time for the containers. */
#define PARALLEL_TLS 32

/* Opened ahead of need on a long round trip, for the questions that follow from the first answers. */
#define WARM_CONNECTIONS 24

/* --- requests --- */

static void free_request(struct request *r)
{
    /* Who takes the text of a long answer says when it is gone. */
    if (r->is_long && r->body.data)
        engine_hold(r->engine, -(ptrdiff_t)r->body.length);
    if (r->engine->long_answer == r)
        r->engine->long_answer = NULL;
    if (r->transfer)
        http_stop(r->transfer);
    if (r->easy)
        curl_easy_cleanup(r->easy);
    curl_slist_free_all(r->resolve);
    curl_slist_free_all(r->headers);
    free(r->sent);
    buf_free(&r->body);
    free(r->url);
    free(r);
}

/* Docker's errors are {"message": "..."}. */
static void http_error(const struct request *r, long status, char *text, size_t size)
{
    struct error why;
    json_t *body = r->body.length ? json_parse(r->body.data, r->body.length, &why) : NULL;
    const char *message = json_text_at(body, "message");
    snprintf(text, size, "HTTP %ld%s%.300s", status, text_if(message, ": "), text_or(message, ""));
    json_decref(body);
}

static void engine_finish(struct request *r, CURLcode code)
{
    struct engine *engine = r->engine;
    struct request **at = &engine->started;
    struct answer answer = {
        .body = r->body.data ? r->body.data : "", .length = r->body.length, .text = &r->body};
    char text[1024];
    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    r->transfer = NULL;
    engine->running--;
    curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &answer.status);
    long sent = 0;
    curl_easy_getinfo(r->easy, CURLINFO_REQUEST_SIZE, &sent);
    timeline_sent(engine->timeline, (size_t)sent);
    engine_note_certificate(r);
    snprintf(answer.path_stat, sizeof answer.path_stat, "%s", r->path_stat);
    if (r->has_enough && answer.status == 200)
        code = CURLE_OK;
    if (r->refused) {
        answer.error = r->refused;
        failure_set(&answer.failure, STAGE_ENGINE, false, "this is not what an engine answers", "%s",
                    r->refused);
    } else if (code) {
        engine_explain(r, code, &answer.failure);
        answer.error = answer.failure.message;
        answer.status = 0;
    } else if (answer.status < 200 || answer.status > 299) {
        http_error(r, answer.status, text, sizeof text);
        answer.error = text;
        failure_set(&answer.failure, STAGE_ENGINE, answer.status == 503,
                    "is it a Docker engine, and may this client use it?", "the engine answered %s", text);
    }
    if (!answer.error && r->unversioned && !engine_negotiate(engine, &answer.failure))
        answer.error = answer.failure.message;
    timeline_end(engine->timeline, r->span);
    if (answer.error || !engine_ask_again(r)) {
        engine_start_waiting(engine);
        r->done(r->ctx, &answer);
    }
    free_request(r);
}

static void on_done(void *ctx, CURL *easy, CURLcode code)
{
    (void)easy;
    engine_finish(ctx, code);
}

static void on_warm(void *ctx, const struct answer *answer)
{
    (void)ctx, (void)answer;
}

static uint64_t idle_us(const struct engine *engine)
{
    return uv_metrics_idle_time(http_loop(http_of(engine->pool))) / 1000;
}

/* From the loop: the first connection is there, and has shown how far the engine is. */
static void on_measured(void *ctx)
{
    struct engine *engine = ctx;
    bool more = engine->waiting || (engine->started && engine->started->next);
    engine_start_waiting(engine);
    for (int i = 0; i < WARM_CONNECTIONS && engine->parallel > PARALLEL_SHORT && more; i++)
        engine_ask(engine, xasprintf("%s/_ping", engine->route->base_url), engine->limits.connect_timeout_ms,
                   on_warm, engine);
}

static int engine_on_connected(void *ctx, char *primary, char *local, int primary_port, int local_port)
{
    struct request *r = ctx;
    struct engine *engine = r->engine;
    (void)primary, (void)local, (void)primary_port, (void)local_port;
    if (!engine->measured) {
        engine->measured = true;
        bool is_long = idle_us(engine) - engine->idle_before_us > LONG_WAY_US;
        unsigned most =
            engine->limits.parallel_max < PARALLEL_TLS ? engine->limits.parallel_max : PARALLEL_TLS;
        engine->parallel = is_long ? most : PARALLEL_SHORT;
        http_soon(engine->pool, on_measured, engine);
    }
    return CURL_PREREQFUNC_OK;
}

static void start(struct request *r)
{
    struct engine *engine = r->engine;
    const struct engine_route *route = engine->route;
    CURL *easy = r->easy = curl_easy_init();
    if (!r->body.limit)
        r->body.limit = engine->limits.answer_max;
    if (r->method)
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, r->method);
    if (r->method && strcmp(r->method, "HEAD") == 0)
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (r->sent) {
        r->headers = curl_slist_append(NULL, "Content-Type: application/json");
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, r->headers);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, r->sent);
    }
    curl_easy_setopt(easy, CURLOPT_URL, r->url);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, r->error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, engine_on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, engine_on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, r);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)engine->limits.connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)r->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "muster/" MUSTER_VERSION);
    if (route->socket_path)
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, route->socket_path);
    if (route->resolve) {
        r->resolve = curl_slist_append(NULL, route->resolve);
        curl_easy_setopt(easy, CURLOPT_RESOLVE, r->resolve);
    }
    if (text_starts(route->base_url, "https"))
        engine_set_tls(r);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, ANSWER_CHUNK);
    if (!engine->measured) {
        curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, engine_on_connected);
        curl_easy_setopt(easy, CURLOPT_PREREQDATA, r);
    }
    if (!engine->certificate && text_starts(route->base_url, "https"))
        curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
    engine->running++;
    r->span = timeline_begin(engine->timeline, "request", r->url + strlen(route->base_url));
    r->transfer = http_start(engine->pool, easy, on_done, r);
}

static void engine_start_waiting(struct engine *engine)
{
    while (engine->waiting && engine->running < engine->parallel) {
        struct request *r = engine->waiting;
        engine->waiting = r->next;
        if (!engine->waiting)
            engine->last = &engine->waiting;
        r->next = engine->started;
        engine->started = r;
        start(r);
    }
}

static struct request *queue(struct engine *engine, char *url, unsigned timeout_ms, engine_cb *done,
                             void *ctx)
{
    struct request *r = xcalloc(1, sizeof *r);
    *r = (struct request){.engine = engine, .url = url, .timeout_ms = timeout_ms, .done = done, .ctx = ctx};
    *engine->last = r;
    engine->last = &r->next;
    return r;
}

static void engine_ask(struct engine *engine, char *url, unsigned timeout_ms, engine_cb *done, void *ctx)
{
    queue(engine, url, timeout_ms, done, ctx);
    engine_start_waiting(engine);
}

struct engine *engine_new(struct http *http, const struct engine_route *route, const struct target *target,
                          const struct engine_limits *limits, struct timeline *timeline)
{
    struct engine *engine = xcalloc(1, sizeof *engine);
    engine->last = &engine->waiting;
    engine->pool = http_pool_new(http);
    engine->route = route;
    engine->target = target;
    engine->limits = *limits;
    engine->timeline = timeline;
    engine->idle_before_us = idle_us(engine);
    engine->measured = route->socket_path != NULL;
    engine->parallel = engine->measured ? route->parallel : PARALLEL_FIRST;
    return engine;
}

static void free_requests(struct request *r)
{
    while (r) {
        struct request *next = r->next;
        free_request(r);
        r = next;
    }
}

void engine_cancel(struct engine *engine)
{
    http_not_soon(engine->pool);
    http_not_resume(engine->pool);
    engine->running = 0;
    free_requests(engine->started);
    free_requests(engine->waiting);
    engine->started = engine->waiting = NULL;
    engine->last = &engine->waiting;
}

void engine_free(struct engine *engine)
{
    engine_cancel(engine);
    engine_hold(engine, -(ptrdiff_t)engine->long_bytes);
    http_pool_free(engine->pool);
    json_decref(engine->certificate);
    free(engine);
}

void engine_get(struct engine *engine, const char *path, engine_cb *done, void *ctx)
{
    struct request *r =
        queue(engine, engine_versioned(engine, path), engine->limits.request_timeout_ms, done, ctx);
    r->unversioned = !*engine->api;
    engine_start_waiting(engine);
}

void engine_request(struct engine *engine, struct engine_call call, engine_cb *done, void *ctx)
{
    static const char *const METHODS[] = {"HEAD", "POST", "DELETE"};
    struct request *r = queue(engine, xasprintf("%s/v%s%s", engine->route->base_url, engine->api, call.path),
                              engine->limits.request_timeout_ms, done, ctx);
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++)
        if (strcmp(call.method, METHODS[i]) == 0)
            r->method = METHODS[i];
    r->sent = xstrdup(call.body);
    r->body.limit = call.answer_max;
    r->enough = call.enough;
    engine_start_waiting(engine);
}

char *engine_escape(const char *path)
{
    struct buf out = {0};
    static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-~";
    buf_text(&out, "");
    for (; *path; path++)
        if (strchr(PLAIN, *path))
            buf_add(&out, path, 1);
        else
            buf_format(&out, "%%%02X", (unsigned char)*path);
    char *text = buf_take(&out);
    return text ? text : xstrdup("");
}

const json_t *engine_certificate(const struct engine *engine)
{
    return engine->certificate;
}

bool engine_is_far(const struct engine *engine)
{
    return engine->parallel > FAR_PARALLEL;
}

const char *engine_api(const struct engine *engine)
{
    return *engine->api ? engine->api : NULL;
}

/* --- ping --- */

static void engine_on_ping(void *ctx, const struct answer *answer)
{
    struct answer result = *answer;
    struct engine *engine = ctx;
    if (!answer->error && !engine_negotiate(engine, &result.failure))
        result.error = result.failure.message;
    result.body = engine->api;
    engine->pinged(engine->pinged_ctx, &result);
}

void engine_ping(struct engine *engine, engine_cb *done, void *ctx)
{
    engine->pinged = done;
    engine->pinged_ctx = ctx;
    /* A healthy engine answers a ping at once: connecting and answering have the time of connecting, twice.
     */
    engine_ask(engine, xasprintf("%s/_ping", engine->route->base_url), 2 * engine->limits.connect_timeout_ms,
               engine_on_ping, engine);
}
