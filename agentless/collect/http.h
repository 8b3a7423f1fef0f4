/* http.h: libcurl driven by the libuv loop. Each engine client has a pool of its own: its connections, and
 * what TLS remembers of the engine, go with it, so that nothing of a host that is done stays in memory, and
 * no request has to look through the connections of a thousand others. */
#ifndef AGENTLESS_COLLECT_HTTP_H
#define AGENTLESS_COLLECT_HTTP_H

#include <curl/curl.h>
#include <uv.h>

#include "agentless/collect/tls_identity.h"

/* What the pools of a run share. */
struct http;

/* Call curl_global_init() before. */
struct http *http_new(uv_loop_t *loop);
/* Frees it, or has the last http_release() do so. */
void http_free(struct http *http);
/* Keeps it alive for transfers that outlive its owner. */
void http_hold(struct http *http);
void http_release(struct http *http);
uv_loop_t *http_loop(struct http *http);
struct tls_identities *http_identities(struct http *http);

struct http_pool;

struct http_pool *http_pool_new(struct http *http);
/* Closes its connections; all its transfers have been stopped or are done. Never from inside a callback of
 * them. */
void http_pool_free(struct http_pool *pool);
struct http *http_of(struct http_pool *pool);
/* Calls back once, from the loop and outside of libcurl, which lets nothing be started from within itself. A
 * further call before that changes nothing. */
void http_soon(struct http_pool *pool, void (*call)(void *ctx), void *ctx);
void http_not_soon(struct http_pool *pool);
/* The same after some time, for transfers that were paused. A further call before that changes nothing. */
void http_resume_in(struct http_pool *pool, unsigned ms, void (*call)(void *ctx), void *ctx);
void http_not_resume(struct http_pool *pool);
/* Counts what the pools of the run hold of long answers: adds, and returns the sum. */
size_t http_hold_bytes(struct http *http, ptrdiff_t more);
/* The same for what their hosts' facts hold. */
size_t http_keep_bytes(struct http *http, ptrdiff_t more);

/* Called from the loop when a transfer has ended; the easy handle has left the multi handle already. */
typedef void http_done_cb(void *ctx, CURL *easy, CURLcode code);

/* Starts a transfer; CURLOPT_PRIVATE is http's own. */
struct http_transfer *http_start(struct http_pool *pool, CURL *easy, http_done_cb *done, void *ctx);
/* No callback after this; the easy handle is the caller's again. */
void http_stop(struct http_transfer *transfer);

#endif
