/* ssh_tunnel.c: see ssh_tunnel.h */
#include "agentless/reach/ssh_tunnel.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* 30 streamlocal channels in one session were tried and worked; 16 is where more stopped helping. */
#define FORWARD_PARALLEL 16
/* MaxSessions is 10 by default, and the shell probe needs one of them. */
#define EXEC_PARALLEL 6
/* What a client may send unread before it is cut off: our requests have no bodies. */
#define CHUNK 32768

static const char TRIAL[] = "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n";

struct bridge {
    struct bridge *next;
    struct ssh_tunnel *tunnel; /* NULL: the tunnel is gone */
    uv_pipe_t pipe;
    struct ssh_stream *stream;
    bool closing;
};

struct ssh_tunnel {
    struct reach_env *env;
    struct ssh_link *link;
    struct ssh_tunnel_events events;
    void *ctx;
    char *remote_socket;
    char *path;
    const char *command; /* NULL: streamlocal */
    bool become;
    uv_pipe_t listener;
    bool listening;
    struct bridge *bridges;
    struct ssh_stream *trial;
    struct buf answer, complaint; /* of a trial over exec */
    char *refusal;                /* why the forward was refused */
};

/* --- bridges: one local connection, one stream --- */

struct write {
    uv_write_t request;
    char bytes[];
};

static void on_written(uv_write_t *request, int status)
{
    (void)status;
    free(request->data);
}

static void on_bridge_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void bridge_close(struct bridge *b)
{
    if (b->closing)
        return;
    b->closing = true;
    if (b->tunnel) {
        struct bridge **at = &b->tunnel->bridges;
        while (*at != b)
            at = &(*at)->next;
        *at = b->next;
    }
    if (b->stream)
        ssh_stream_close(b->stream);
    b->stream = NULL;
    uv_close((uv_handle_t *)&b->pipe, on_bridge_closed);
}

static void stream_data(void *ctx, const char *bytes, size_t length, bool is_error)
{
    struct bridge *b = ctx;
    if (is_error || b->closing)
        return;
    struct write *w = xcalloc(1, sizeof *w + length);
    uv_buf_t buf = uv_buf_init(w->bytes, (unsigned)length);
    memcpy(w->bytes, bytes, length);
    w->request.data = w;
    if (uv_write(&w->request, (uv_stream_t *)&b->pipe, &buf, 1, on_written)) {
        free(w);
        bridge_close(b);
    }
}

static void on_shutdown(uv_shutdown_t *request, int status)
{
    (void)status;
    bridge_close(request->data);
    free(request);
}

/* What was received is still on its way to the reader: close behind it. */
static void finish_bridge(struct bridge *b)
{
    uv_shutdown_t *request = xcalloc(1, sizeof *request);
    if (b->stream)
        ssh_stream_close(b->stream);
    b->stream = NULL;
    request->data = b;
    if (uv_shutdown(request, (uv_stream_t *)&b->pipe, on_shutdown)) {
        free(request);
        bridge_close(b);
    }
}

static void stream_closed(void *ctx, int exit_status)
{
    struct bridge *b = ctx;
    (void)exit_status;
    if (!b->closing)
        finish_bridge(b);
}

static void stream_refused(void *ctx, const char *why)
{
    (void)why;
    stream_closed(ctx, -1);
}

static const struct ssh_stream_events BRIDGE_EVENTS = {
    .refused = stream_refused, .data = stream_data, .closed = stream_closed};

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)handle, (void)suggested;
    *buf = uv_buf_init(xcalloc(1, CHUNK), CHUNK);
}

static void on_local_data(uv_stream_t *pipe, ssize_t got, const uv_buf_t *buf)
{
    struct bridge *b = pipe->data;
    if (got > 0 && b->stream)
        ssh_stream_write(b->stream, buf->base, (size_t)got);
    free(buf->base);
    if (got < 0)
        bridge_close(b);
}

static struct ssh_stream *open_stream(struct ssh_tunnel *t, struct ssh_stream_events events, void *ctx)
{
    return t->command ? ssh_stream_exec(t->link, t->command, events, ctx)
                      : ssh_stream_forward(t->link, t->remote_socket, events, ctx);
}

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

static void on_connection(uv_stream_t *listener, int status)
{
    struct ssh_tunnel *t = listener->data;
    if (status < 0)
        return;
    struct bridge *b = xcalloc(1, sizeof *b);
    uv_pipe_init(t->env->loop, &b->pipe, 0);
    b->pipe.data = b;
    b->tunnel = t;
    b->next = t->bridges;
    t->bridges = b;
    if (uv_accept(listener, (uv_stream_t *)&b->pipe) || !peer_is_us(&b->pipe)) {
        bridge_close(b);
        return;
    }
    /* The stream of the trial is already open: the first connection takes it and saves a round trip. */
    if (t->trial && !t->command) {
        b->stream = t->trial;
        t->trial = NULL;
        ssh_stream_redirect(b->stream, BRIDGE_EVENTS, b);
    } else {
        b->stream = open_stream(t, BRIDGE_EVENTS, b);
    }
    uv_read_start((uv_stream_t *)&b->pipe, on_alloc, on_local_data);
}

/* --- which means works: tried once, before anything is promised --- */

static void trial_over_exec(struct ssh_tunnel *t);

static void give_up(struct ssh_tunnel *t, const char *why)
{
    struct failure failure;
    const char *user = ssh_link_user(t->link);
    bool password = strstr(why, "password is required") != NULL;
    char hint[256];
    snprintf(
        hint, sizeof hint,
        password
            ? "allow %s to run docker by sudo without a password, or put the user into the socket's group"
            : "put %s into the group that owns the socket, or use become=yes; check the socket's path",
        user);
    failure_set(&failure, STAGE_TUNNEL, false, hint,
                "the engine's socket %s cannot be reached as %s: forward: %s; %s: %s", t->remote_socket, user,
                t->refusal ? t->refusal : "not tried", t->command, *why ? why : "no answer");
    t->events.failed(t->ctx, &failure);
}

static void start_listening(struct ssh_tunnel *t)
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

static void trial_forwarded(void *ctx)
{
    start_listening(ctx);
}

static void drop_trial(struct ssh_tunnel *t)
{
    if (t->trial)
        ssh_stream_close(t->trial);
    t->trial = NULL;
}

static void trial_refused(void *ctx, const char *why)
{
    struct ssh_tunnel *t = ctx;
    drop_trial(t);
    if (t->command) {
        give_up(t, why);
        return;
    }
    t->refusal = xstrdup(why);
    trial_over_exec(t);
}

/* An engine that hangs up on an idle forward before its first use is no failure of the tunnel. */
static void trial_forward_closed(void *ctx, int exit_status)
{
    struct ssh_tunnel *t = ctx;
    (void)exit_status;
    drop_trial(t);
}

static void trial_opened(void *ctx)
{
    struct ssh_tunnel *t = ctx;
    ssh_stream_write(t->trial, TRIAL, sizeof TRIAL - 1);
}

static void trial_data(void *ctx, const char *bytes, size_t length, bool is_error)
{
    struct ssh_tunnel *t = ctx;
    buf_add(is_error ? &t->complaint : &t->answer, bytes, length);
    if (!is_error && t->trial && t->answer.length >= 9 && strncmp(t->answer.data, "HTTP/1.1 ", 9) == 0) {
        drop_trial(t);
        start_listening(t);
    }
}

static void trial_closed(void *ctx, int exit_status)
{
    struct ssh_tunnel *t = ctx;
    char why[256];
    if (!t->trial)
        return;
    drop_trial(t);
    char said[200];
    text_last_line(t->complaint.length ? t->complaint.data : "", said, sizeof said);
    snprintf(why, sizeof why, "%s (exit %d)", said, exit_status);
    give_up(t, why);
}

static void trial_over_exec(struct ssh_tunnel *t)
{
    t->command = t->become ? "sudo -n docker system dial-stdio" : "docker system dial-stdio";
    t->trial = open_stream(
        t,
        (struct ssh_stream_events){
            .opened = trial_opened, .refused = trial_refused, .data = trial_data, .closed = trial_closed},
        t);
}

struct ssh_tunnel *ssh_tunnel_open(struct reach_env *env, struct ssh_link *link, const char *remote_socket,
                                   bool become, struct ssh_tunnel_events events, void *ctx)
{
    struct ssh_tunnel *t = xcalloc(1, sizeof *t);
    t->env = env;
    t->link = link;
    t->become = become;
    t->events = events;
    t->ctx = ctx;
    t->answer.limit = t->complaint.limit = 4096;
    t->remote_socket = xstrdup(remote_socket);
    t->path = xasprintf("%s/%lu.sock", env->run_dir, env->next_socket++);
    t->trial =
        open_stream(t,
                    (struct ssh_stream_events){
                        .opened = trial_forwarded, .refused = trial_refused, .closed = trial_forward_closed},
                    t);
    return t;
}

static void on_listener_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void ssh_tunnel_close(struct ssh_tunnel *t)
{
    drop_trial(t);
    while (t->bridges)
        bridge_close(t->bridges);
    if (t->listening)
        unlink(t->path);
    free(t->path);
    free(t->remote_socket);
    free(t->refusal);
    buf_free(&t->answer);
    buf_free(&t->complaint);
    if (t->listening)
        uv_close((uv_handle_t *)&t->listener, on_listener_closed);
    else
        free(t);
}

const char *ssh_tunnel_path(const struct ssh_tunnel *t)
{
    return t->path;
}

unsigned ssh_tunnel_parallel(const struct ssh_tunnel *t)
{
    return t->command ? EXEC_PARALLEL : FORWARD_PARALLEL;
}

const char *ssh_tunnel_means(const struct ssh_tunnel *t)
{
    return t->command ? t->command : "streamlocal";
}
