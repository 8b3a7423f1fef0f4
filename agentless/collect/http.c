/* http.c: see http.h. libcurl says which sockets it waits for and when; libuv waits. */
#include "agentless/collect/http.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>

struct http {
    unsigned holds;
    bool freed; /* by its owner, while it was held */
    uv_loop_t *loop;
    CURLM *multi;
    CURLSH *share; /* TLS sessions: a further connection to the same engine costs no further certificate */
    uv_timer_t timer;
    uv_timer_t soon;
    struct later *later;
    int open_handles;
};

struct later {
    struct later *next;
    void (*call)(void *ctx);
    void *ctx;
};

struct http_transfer {
    struct http *http;
    CURL *easy;
    http_done_cb *done;
    void *ctx;
};

/* A socket that libcurl wants watched. */
struct watch {
    uv_poll_t poll;
    struct http *http;
    curl_socket_t socket;
};

static void report_finished(struct http *http)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(http->multi, &left))) {
        struct http_transfer *transfer = NULL;
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
        curl_multi_remove_handle(http->multi, easy);
        http_done_cb *done = transfer->done;
        void *ctx = transfer->ctx;
        free(transfer);
        done(ctx, easy, code);
    }
}

static void on_readiness(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    struct http *http = watch->http;
    int running;
    int flags = status < 0 ? CURL_CSELECT_ERR : 0;
    flags |= events & UV_READABLE ? CURL_CSELECT_IN : 0;
    flags |= events & UV_WRITABLE ? CURL_CSELECT_OUT : 0;
    curl_multi_socket_action(http->multi, watch->socket, flags, &running);
    report_finished(http);
}

static void on_timer(uv_timer_t *timer)
{
    struct http *http = timer->data;
    int running;
    curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    report_finished(http);
}

static int timer_function(CURLM *multi, long timeout_ms, void *ctx)
{
    struct http *http = ctx;
    (void)multi;
    if (timeout_ms < 0)
        uv_timer_stop(&http->timer);
    else
        uv_timer_start(&http->timer, on_timer, (uint64_t)timeout_ms, 0);
    return 0;
}

static void on_watch_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static int socket_function(CURL *easy, curl_socket_t socket, int what, void *ctx, void *of_socket)
{
    struct http *http = ctx;
    struct watch *watch = of_socket;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (watch) {
            uv_poll_stop(&watch->poll);
            curl_multi_assign(http->multi, socket, NULL);
            uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
        }
        return 0;
    }
    if (!watch) {
        watch = xcalloc(1, sizeof *watch);
        watch->http = http;
        watch->socket = socket;
        uv_poll_init_socket(http->loop, &watch->poll, socket);
        watch->poll.data = watch;
        curl_multi_assign(http->multi, socket, watch);
    }
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    uv_poll_start(&watch->poll, events, on_readiness);
    return 0;
}

static void on_soon(uv_timer_t *timer)
{
    struct http *http = timer->data;
    while (http->later) {
        struct later *one = http->later;
        http->later = one->next;
        one->call(one->ctx);
        free(one);
    }
}

void http_soon(struct http *http, void (*call)(void *ctx), void *ctx)
{
    struct later *one = xcalloc(1, sizeof *one);
    *one = (struct later){.next = http->later, .call = call, .ctx = ctx};
    http->later = one;
    uv_timer_start(&http->soon, on_soon, 0, 0);
}

void http_not_soon(struct http *http, const void *ctx)
{
    struct later **at = &http->later;
    while (*at) {
        struct later *one = *at;
        if (one->ctx == ctx) {
            *at = one->next;
            free(one);
        } else {
            at = &one->next;
        }
    }
}

struct http *http_new(uv_loop_t *loop, long connections)
{
    struct http *http = xcalloc(1, sizeof *http);
    http->loop = loop;
    http->multi = curl_multi_init();
    uv_timer_init(loop, &http->timer);
    uv_timer_init(loop, &http->soon);
    http->timer.data = http->soon.data = http;
    http->open_handles = 2;
    http->share = curl_share_init();
    curl_share_setopt(http->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, socket_function);
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, timer_function);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, connections);
    return http;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct http *http = handle->data;
    if (--http->open_handles == 0)
        free(http);
}

void http_hold(struct http *http)
{
    http->holds++;
}

void http_release(struct http *http)
{
    if (--http->holds == 0 && http->freed)
        http_free(http);
}

void http_free(struct http *http)
{
    http->freed = true;
    if (http->holds)
        return;
    curl_multi_cleanup(http->multi);
    curl_share_cleanup(http->share);
    uv_close((uv_handle_t *)&http->timer, on_timer_closed);
    uv_close((uv_handle_t *)&http->soon, on_timer_closed);
}

struct http_transfer *http_start(struct http *http, CURL *easy, http_done_cb *done, void *ctx)
{
    struct http_transfer *transfer = xcalloc(1, sizeof *transfer);
    *transfer = (struct http_transfer){.http = http, .easy = easy, .done = done, .ctx = ctx};
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_SHARE, http->share);
    curl_multi_add_handle(http->multi, easy);
    return transfer;
}

void http_stop(struct http_transfer *transfer)
{
    curl_multi_remove_handle(transfer->http->multi, transfer->easy);
    free(transfer);
}

uv_loop_t *http_loop(struct http *http)
{
    return http->loop;
}
