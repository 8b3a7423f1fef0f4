/* engine_socket_connections.c: the local listener: each connection of the engine's client gets a channel of
 * its own; on a long round trip some are opened ahead of need. */
#include "agentless/transport/engine_socket_internal.h"
#include "agentless/transport/ssh/openssh_version.h"

#include <sys/socket.h>
#include <unistd.h>

struct chan *engine_socket_open_stream(struct engine_socket *t, struct chan_events events, void *ctx)
{
    return t->command ? chan_exec(session_channels(t->session), t->command, events, ctx)
                      : chan_forward(session_channels(t->session), t->remote_socket, events, ctx);
}

/* --- connections of the engine client --- */

/* The folder is private already; this refuses root's and our own other processes too. */
static bool peer_is_us(uv_pipe_t *pipe)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    uv_os_fd_t fd;
    return uv_fileno((uv_handle_t *)pipe, &fd) == 0 &&
           getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid() &&
           peer.pid == getpid();
}

/* An open stream that waits for its first use: the trial's own, or a spare one. */
static struct chan *engine_socket_take_waiting(struct engine_socket *t)
{
    struct chan *stream = t->command ? NULL : t->trial;
    if (stream) {
        t->trial = NULL;
        return stream;
    }
    for (size_t i = 0; i < SPARE_MAX; i++)
        if (t->spares[i].stream) {
            stream = t->spares[i].stream;
            t->spares[i].stream = NULL;
            return stream;
        }
    return NULL;
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct engine_socket *t = listener->data;
    if (status < 0)
        return;
    struct relay *b = relay_new(t->env->loop, &t->relays);
    if (uv_accept(listener, (uv_stream_t *)&b->pipe) || !peer_is_us(&b->pipe)) {
        relay_close(b);
        return;
    }
    struct chan *stream = engine_socket_take_waiting(t);
    if (stream)
        chan_redirect(stream, RELAY_EVENTS, b);
    else
        stream = engine_socket_open_stream(t, RELAY_EVENTS, b);
    relay_start(b, stream);
}

static void spare_gone(struct spare *spare)
{
    if (spare->stream)
        chan_close(spare->stream);
    spare->stream = NULL;
}

void engine_socket_drop_spares(struct engine_socket *t)
{
    for (size_t i = 0; i < SPARE_MAX; i++)
        spare_gone(&t->spares[i]);
}

static void spare_refused(void *ctx, const char *why)
{
    (void)why;
    spare_gone(ctx);
}

static void spare_closed(void *ctx, int exit_status)
{
    (void)exit_status;
    spare_gone(ctx);
}

bool engine_socket_is_long(const struct engine_socket *t)
{
    return session_distance_us(t->session) > LONG_WAY_US;
}

void engine_socket_open_spares(struct engine_socket *t)
{
    for (size_t i = 0;
         i < SPARE_MAX && i + 1 < t->env->parallel_max && t->env->eager && engine_socket_is_long(t); i++)
        if (!t->spares[i].stream) {
            t->spares[i].stream = engine_socket_open_stream(
                t, (struct chan_events){.refused = spare_refused, .closed = spare_closed}, &t->spares[i]);
        }
}

void engine_socket_start_listening(struct engine_socket *t)
{
    struct failure failure;
    uv_pipe_init(t->env->loop, &t->listener, 0);
    t->listener.data = t;
    t->listening = true;
    int status = uv_pipe_bind(&t->listener, t->path);
    if (!status)
        status = uv_listen((uv_stream_t *)&t->listener, 64, on_connection);
    if (status) {
        failure_set(&failure, STAGE_TUNNEL, false,
                    "check that the temporary folder can be written to (TMPDIR)", "cannot listen on %s: %s",
                    t->path, uv_strerror(status));
        t->events.failed(t->ctx, &failure);
        return;
    }
    t->events.ready(t->ctx);
}
