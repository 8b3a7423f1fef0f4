/* http.h: one libcurl multi handle for all hosts, driven by the libuv loop. */
#ifndef AGENTLESS_COLLECT_HTTP_H
#define AGENTLESS_COLLECT_HTTP_H

#include <curl/curl.h>
#include <uv.h>

struct http;

/* `connections` bounds the idle connections kept over all hosts. Call curl_global_init() before. */
struct http *http_new(uv_loop_t *loop, long connections);
/* Frees it, or has the last http_release() do so. */
void http_free(struct http *http);
/* Keeps it alive for transfers that outlive its owner. */
void http_hold(struct http *http);
void http_release(struct http *http);
uv_loop_t *http_loop(struct http *http);
/* Calls back once, from the loop and outside of libcurl, which lets nothing be started from within itself. */
void http_soon(struct http *http, void (*call)(void *ctx), void *ctx);
/* Takes back what was to be called with this ctx. */
void http_not_soon(struct http *http, const void *ctx);

/* Called from the loop when a transfer has ended; the easy handle has left the multi handle already. */
typedef void http_done_cb(void *ctx, CURL *easy, CURLcode code);

/* Starts a transfer; CURLOPT_PRIVATE is http's own. */
struct http_transfer *http_start(struct http *http, CURL *easy, http_done_cb *done, void *ctx);
/* No callback after this; the easy handle is the caller's again. */
void http_stop(struct http_transfer *transfer);

#endif
