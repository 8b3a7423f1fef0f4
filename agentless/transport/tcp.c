/* tcp.c: see tcp.h. libuv makes the connection; a duplicate of its descriptor is handed on,
 * because libssh and libuv each want to own theirs. */
#include "agentless/transport/tcp.h"
#include "base/loop.h"
#include "base/mem.h"

#include <fcntl.h>
#include <stdlib.h>

struct tcp_connect {
    uv_loop_t *loop;
    struct addresses addresses;
    size_t next;
    unsigned timeout_ms;
    tcp_connected_cb *done;
    void *ctx;
    struct attempt *current;
    struct later next_try; /* and the time of the one under way */
    struct handles handles;
    int last_error;
};

/* One address; outlives the whole until libuv has closed it. */
struct attempt {
    struct handles handles;
    uv_tcp_t tcp;
    uv_connect_t request;
    struct tcp_connect *owner; /* NULL: abandoned */
};

static void tcp_try_next(struct tcp_connect *c);

static void drop_attempt(struct tcp_connect *c)
{
    if (!c->current)
        return;
    c->current->owner = NULL;
    handles_close(&c->current->handles, &c->current->tcp);
    handles_end(&c->current->handles);
    c->current = NULL;
}

static void tcp_finish(struct tcp_connect *c, int fd)
{
    tcp_connected_cb *done = c->done;
    void *ctx = c->ctx;
    int error = c->last_error;
    drop_attempt(c);
    later_close(&c->next_try, &c->handles);
    handles_end(&c->handles);
    done(ctx, fd, error);
}

static void tcp_on_connected(uv_connect_t *request, int status)
{
    struct attempt *attempt = request->data;
    struct tcp_connect *c = attempt->owner;
    uv_os_fd_t fd;
    if (!c)
        return;
    if (status == 0 && uv_fileno((uv_handle_t *)&attempt->tcp, &fd) == 0) {
        uv_tcp_nodelay(&attempt->tcp, 1);
        int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        if (own >= 0) {
            tcp_finish(c, own);
            return;
        }
        status = UV_EMFILE;
    }
    c->last_error = status;
    drop_attempt(c);
    tcp_try_next(c);
}

static void on_next_try(void *ctx)
{
    struct tcp_connect *c = ctx;
    if (c->current)
        c->last_error = UV_ETIMEDOUT;
    drop_attempt(c);
    tcp_try_next(c);
}

static void tcp_try_next(struct tcp_connect *c)
{
    while (c->next < c->addresses.count) {
        struct attempt *attempt = xcalloc(1, sizeof *attempt);
        const struct sockaddr *address = (const struct sockaddr *)&c->addresses.items[c->next++];
        uv_tcp_init(c->loop, &attempt->tcp);
        handles_init(&attempt->handles, free, attempt);
        attempt->request.data = attempt;
        attempt->owner = c;
        c->current = attempt;
        later_call_in(&c->next_try, c->timeout_ms);
        int status = 0;
        if (c->addresses.source.ss_family)
            status = uv_tcp_bind(&attempt->tcp, (const struct sockaddr *)&c->addresses.source, 0);
        if (status == 0)
            status = uv_tcp_connect(&attempt->request, &attempt->tcp, address, tcp_on_connected);
        if (status == 0)
            return;
        c->last_error = status;
        drop_attempt(c);
    }
    tcp_finish(c, -1);
}

struct tcp_connect *tcp_connect_start(uv_loop_t *loop, const struct addresses *addresses, unsigned timeout_ms,
                                      tcp_connected_cb *done, void *ctx)
{
    struct tcp_connect *c = xcalloc(1, sizeof *c);
    c->loop = loop;
    c->addresses = *addresses;
    c->timeout_ms = timeout_ms;
    c->done = done;
    c->ctx = ctx;
    handles_init(&c->handles, free, c);
    later_init(&c->next_try, loop, on_next_try, c);
    /* The first try is made from the loop too, so that even an instant failure never calls back from inside.
     */
    later_call(&c->next_try);
    return c;
}

void tcp_connect_cancel(struct tcp_connect *c)
{
    drop_attempt(c);
    later_close(&c->next_try, &c->handles);
    handles_end(&c->handles);
}
