/* http.c: see http.h. libcurl says which sockets it waits for and when; libuv waits. */
#include "agentless/collect/http.h"
#include "base/loop.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

struct http {
    unsigned holds;
    bool freed; /* by its owner, while it was held */
    uv_loop_t *loop;
    struct tls_identities *identities;
    size_t held_bytes, kept_bytes;
};

struct http_pool {
    struct http *http;
    CURLM *multi;
    CURLSH *share; /* TLS sessions: a further connection to the same engine costs no further certificate */
    struct watched_socket *watches; /* of its connections */
    struct later act;               /* when libcurl wants it */
    struct later soon, resume;
    bool resuming;
    void (*on_resume)(void *ctx);
    void *resume_ctx;
    struct handles handles;
};

struct http_transfer {
    struct http_pool *pool;
    CURL *easy;
    http_done_cb *done;
    void *ctx;
};

/* A socket that libcurl wants watched. It wants that for each request and no longer; taking a socket out of
 * the loop and putting it in again costs four system calls, so one that has brought an answer stays in until
 * something comes that nobody waits for, or libcurl closes it. */
struct watched_socket {
    struct watched_socket *next;
    uv_poll_t poll;
    struct http_pool *pool;
    curl_socket_t socket;
    int wanted, watched; /* uv_poll_event */
};

static void report_finished(struct http_pool *pool)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(pool->multi, &left))) {
        struct http_transfer *transfer = NULL;
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&transfer);
        curl_multi_remove_handle(pool->multi, easy);
        http_done_cb *done = transfer->done;
        void *ctx = transfer->ctx;
        free(transfer);
        done(ctx, easy, code);
    }
}

static void on_readiness(uv_poll_t *poll, int status, int events)
{
    struct watched_socket *watch = poll->data;
    struct http_pool *pool = watch->pool;
    if (status < 0) /* libuv watches no longer */
        watch->watched = 0;
    if (!watch->wanted) {
        uv_poll_stop(poll);
        watch->watched = 0;
        return;
    }
    int running;
    int flags = status < 0 ? CURL_CSELECT_ERR : 0;
    flags |= events & UV_READABLE ? CURL_CSELECT_IN : 0;
    flags |= events & UV_WRITABLE ? CURL_CSELECT_OUT : 0;
    curl_multi_socket_action(pool->multi, watch->socket, flags, &running);
    report_finished(pool);
}

static void on_act(void *ctx)
{
    struct http_pool *pool = ctx;
    int running;
    curl_multi_socket_action(pool->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    report_finished(pool);
}

static int timer_function(CURLM *multi, long timeout_ms, void *ctx)
{
    struct http_pool *pool = ctx;
    (void)multi;
    if (timeout_ms < 0)
        later_drop(&pool->act);
    else
        later_call_in(&pool->act, (uint64_t)timeout_ms);
    return 0;
}

static struct watched_socket **find_watch(struct http_pool *pool, curl_socket_t socket)
{
    struct watched_socket **at = &pool->watches;
    while (*at && (*at)->socket != socket)
        at = &(*at)->next;
    return at;
}

static void on_watch_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static struct watched_socket *add_watch(struct http_pool *pool, curl_socket_t socket)
{
    struct watched_socket *watch = xcalloc(1, sizeof *watch);
    *watch = (struct watched_socket){.next = pool->watches, .pool = pool, .socket = socket};
    if (uv_poll_init_socket(pool->http->loop, &watch->poll, socket)) {
        free(watch);
        return NULL;
    }
    watch->poll.data = watch;
    pool->watches = watch;
    return watch;
}

static void forget(struct watched_socket **at)
{
    struct watched_socket *watch = *at;
    if (!watch)
        return;
    *at = watch->next;
    uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
}

/* The number may be another file's at once, so the loop forgets it first. */
static int close_watched(void *ctx, curl_socket_t socket)
{
    forget(find_watch(ctx, socket));
    return close(socket);
}

/* libcurl tells of the end (CLOSESOCKETFUNCTION) of connections only, not of a socket that never became one.
 */
static bool brought_an_answer(CURL *easy)
{
    long status = 0;
    return !curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status) && status;
}

static int socket_function(CURL *easy, curl_socket_t socket, int what, void *ctx, void *of_socket)
{
    struct watched_socket **at = find_watch(ctx, socket);
    (void)of_socket;
    if (what == CURL_POLL_REMOVE) {
        if (*at && brought_an_answer(easy))
            (*at)->wanted = 0;
        else
            forget(at);
        return 0;
    }
    struct watched_socket *watch = *at ? *at : add_watch(ctx, socket);
    if (!watch)
        return -1;
    watch->wanted = what & CURL_POLL_IN ? UV_READABLE : 0;
    watch->wanted |= what & CURL_POLL_OUT ? UV_WRITABLE : 0;
    if (watch->wanted != watch->watched)
        uv_poll_start(&watch->poll, watch->wanted, on_readiness);
    watch->watched = watch->wanted;
    return 0;
}

struct http *http_new(uv_loop_t *loop)
{
    struct http *http = xcalloc(1, sizeof *http);
    http->loop = loop;
    http->identities = tls_identities_new();
    return http;
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
    tls_identities_free(http->identities);
    free(http);
}

uv_loop_t *http_loop(struct http *http)
{
    return http->loop;
}

struct tls_identities *http_identities(struct http *http)
{
    return http->identities;
}

/* --- pools --- */

void http_soon(struct http_pool *pool, void (*call)(void *ctx), void *ctx)
{
    pool->soon.call = call;
    pool->soon.ctx = ctx;
    later_call(&pool->soon);
}

void http_not_soon(struct http_pool *pool)
{
    later_drop(&pool->soon);
}

void http_resume_in(struct http_pool *pool, unsigned ms, void (*call)(void *ctx), void *ctx)
{
    if (pool->resuming)
        return;
    pool->resuming = true;
    pool->on_resume = call;
    pool->resume_ctx = ctx;
    later_call_in(&pool->resume, ms);
}

void http_not_resume(struct http_pool *pool)
{
    pool->resuming = false;
    later_drop(&pool->resume);
}

static void on_resume(void *ctx)
{
    struct http_pool *pool = ctx;
    pool->resuming = false;
    pool->on_resume(pool->resume_ctx);
    report_finished(pool);
}

size_t http_hold_bytes(struct http *http, ptrdiff_t more)
{
    http->held_bytes += (size_t)more;
    return http->held_bytes;
}

size_t http_keep_bytes(struct http *http, ptrdiff_t more)
{
    http->kept_bytes += (size_t)more;
    return http->kept_bytes;
}

struct http *http_of(struct http_pool *pool)
{
    return pool->http;
}

static void pool_release(void *owner)
{
    struct http_pool *pool = owner;
    http_release(pool->http);
    free(pool);
}

struct http_pool *http_pool_new(struct http *http)
{
    struct http_pool *pool = xcalloc(1, sizeof *pool);
    pool->http = http;
    http_hold(http);
    pool->multi = curl_multi_init();
    pool->share = curl_share_init();
    curl_share_setopt(pool->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    handles_init(&pool->handles, pool_release, pool);
    later_init(&pool->act, http->loop, on_act, pool);
    later_init(&pool->soon, http->loop, NULL, NULL); /* http_soon() says what */
    later_init(&pool->resume, http->loop, on_resume, pool);
    curl_multi_setopt(pool->multi, CURLMOPT_SOCKETFUNCTION, socket_function);
    curl_multi_setopt(pool->multi, CURLMOPT_SOCKETDATA, pool);
    curl_multi_setopt(pool->multi, CURLMOPT_TIMERFUNCTION, timer_function);
    curl_multi_setopt(pool->multi, CURLMOPT_TIMERDATA, pool);
    return pool;
}

void http_pool_free(struct http_pool *pool)
{
    curl_multi_cleanup(pool->multi);
    curl_share_cleanup(pool->share);
    while (pool->watches)
        forget(&pool->watches);
    later_close(&pool->act, &pool->handles);
    later_close(&pool->soon, &pool->handles);
    later_close(&pool->resume, &pool->handles);
    handles_end(&pool->handles);
}

struct http_transfer *http_start(struct http_pool *pool, CURL *easy, http_done_cb *done, void *ctx)
{
    struct http_transfer *transfer = xcalloc(1, sizeof *transfer);
    *transfer = (struct http_transfer){.pool = pool, .easy = easy, .done = done, .ctx = ctx};
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_SHARE, pool->share);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close_watched);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, pool);
    curl_multi_add_handle(pool->multi, easy);
    return transfer;
}

void http_stop(struct http_transfer *transfer)
{
    curl_multi_remove_handle(transfer->pool->multi, transfer->easy);
    free(transfer);
}
