/* channel.c: a channel as a byte stream. Callbacks of libssh only note and pass on; opening, flushing and
 * freeing happen in chan_advance(), never inside libssh's own packet handling. */
#include "agentless/transport/ssh/channel.h"
#include "base/buf.h"
#include "base/mem.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <stdlib.h>
#include <string.h>

/* Requests to an engine are a few hundred bytes and the probe a few kilobytes; more waiting is a fault. */
#define PENDING_MAX (1u << 20)
/* libssh's windows are of 1.3 MB, and it takes what is beyond them all the same. */
#define HELD_MAX (4u << 20)

enum chan_state {
    CHAN_OPENING,
    CHAN_REQUESTING, /* the command, on a channel that is open */
    CHAN_OPEN,
    CHAN_DONE,     /* refused, closed by the other end, or lost; the owner knows */
    CHAN_ABANDONED /* closed by its owner, who hears no more of it */
};

struct chan {
    struct chan_host *host;
    struct chan *next;
    ssh_channel channel;
    struct ssh_channel_callbacks_struct callbacks;
    struct chan_events events;
    void *ctx;
    char *socket_path; /* forward to a socket */
    char *tcp_host;    /* forward to a port */
    unsigned tcp_port;
    char *command; /* exec */
    enum chan_state state;
    struct buf early;   /* received before the opening was reported */
    struct buf pending; /* accepted for writing, not yet taken by the channel's window */
    bool remote_closed;
    bool held; /* libssh holds what came while there was no room: its window closes, so that it is bounded */
    int exit_status;
};

static bool has_room(const struct chan *s)
{
    return !s->events.has_room || s->events.has_room(s->ctx);
}

static int on_data(ssh_session session, ssh_channel channel, void *data, uint32_t length, int is_stderr,
                   void *ctx)
{
    struct chan *s = ctx;
    (void)session, (void)channel;
    /* A server that speaks first (sshd behind a jump host) may do so in the packet behind the channel's
     * opening. */
    if (s->state == CHAN_OPEN && !is_stderr && (s->held || !has_room(s))) {
        s->held = true;
        s->host->overrun = s->host->overrun || length > HELD_MAX; /* all that is held */
        return 0;
    }
    if (!is_stderr && s->state <= CHAN_OPEN)
        s->host->delivered += length;
    if (s->state < CHAN_OPEN && !is_stderr)
        buf_add(&s->early, data, length);
    else if (s->state <= CHAN_OPEN && s->events.data)
        s->events.data(s->ctx, data, length, is_stderr != 0);
    return (int)length;
}

static void on_remote_close(ssh_session session, ssh_channel channel, void *ctx)
{
    struct chan *s = ctx;
    (void)session, (void)channel;
    s->remote_closed = true;
    s->host->wake(s->host->ctx);
}

static void on_eof(ssh_session session, ssh_channel channel, void *ctx)
{
    struct chan *s = ctx;
    (void)session, (void)channel;
    /* A forwarded socket has no half-open life that HTTP would use; a command's exit status is yet to come.
     */
    if (!s->command)
        s->remote_closed = true;
    s->host->wake(s->host->ctx);
}

static void on_exit_status(ssh_session session, ssh_channel channel, int status, void *ctx)
{
    struct chan *s = ctx;
    (void)session, (void)channel;
    s->exit_status = status;
}

static struct chan *stream_new(struct chan_host *host, struct chan_events events, void *ctx)
{
    struct chan *s = xcalloc(1, sizeof *s);
    s->host = host;
    s->events = events;
    s->ctx = ctx;
    s->exit_status = -1;
    s->pending.limit = s->early.limit = PENDING_MAX;
    s->callbacks.userdata = s;
    s->callbacks.channel_data_function = on_data;
    s->callbacks.channel_eof_function = on_eof;
    s->callbacks.channel_close_function = on_remote_close;
    s->callbacks.channel_exit_status_function = on_exit_status;
    struct chan **end = &host->first;
    while (*end)
        end = &(*end)->next;
    *end = s;
    host->wake(host->ctx);
    return s;
}

struct chan *chan_forward(struct chan_host *host, const char *socket_path, struct chan_events events,
                          void *ctx)
{
    struct chan *s = stream_new(host, events, ctx);
    s->socket_path = xstrdup(socket_path);
    return s;
}

struct chan *chan_tcp(struct chan_host *over, const char *host, unsigned port, struct chan_events events,
                      void *ctx)
{
    struct chan *s = stream_new(over, events, ctx);
    s->tcp_host = xstrdup(host);
    s->tcp_port = port;
    return s;
}

struct chan *chan_exec(struct chan_host *host, const char *command, struct chan_events events, void *ctx)
{
    struct chan *s = stream_new(host, events, ctx);
    s->command = xstrdup(command);
    return s;
}

void chan_redirect(struct chan *s, struct chan_events events, void *ctx)
{
    s->events = events;
    s->ctx = ctx;
}

/* The one place that changes the state: what its owner has given up is never taken up again. */
static void chan_set_state(struct chan *s, enum chan_state state)
{
    if (s->state != CHAN_ABANDONED)
        s->state = state;
}

static void chan_refuse(struct chan *s, const char *why)
{
    chan_set_state(s, CHAN_DONE);
    if (s->events.refused)
        s->events.refused(s->ctx, why);
}

static int chan_open_channel(struct chan *s)
{
    if (!s->channel) {
        s->channel = ssh_channel_new(s->host->ssh);
        if (!s->channel)
            return SSH_ERROR;
        ssh_callbacks_init(&s->callbacks);
        ssh_set_channel_callbacks(s->channel, &s->callbacks);
    }
    if (s->socket_path)
        return ssh_channel_open_forward_unix(s->channel, s->socket_path, "localhost", 0);
    if (s->tcp_host)
        return ssh_channel_open_forward(s->channel, s->tcp_host, (int)s->tcp_port, "127.0.0.1", 0);
    return ssh_channel_open_session(s->channel);
}

static void advance_opening(struct chan *s)
{
    int result = SSH_OK;
    if (s->state == CHAN_OPENING) {
        result = chan_open_channel(s);
        if (result == SSH_OK)
            chan_set_state(s, s->command ? CHAN_REQUESTING : CHAN_OPEN);
    }
    if (s->state == CHAN_REQUESTING && result == SSH_OK) {
        result = ssh_channel_request_exec(s->channel, s->command);
        if (result == SSH_OK)
            chan_set_state(s, CHAN_OPEN);
    }
    if (result != SSH_OK && result != SSH_AGAIN)
        chan_refuse(s, ssh_get_error(s->host->ssh));
    else if (s->state == CHAN_OPEN && s->events.opened)
        s->events.opened(s->ctx);
    if (s->state == CHAN_OPEN && s->early.length && s->events.data)
        s->events.data(s->ctx, s->early.data, s->early.length, false);
    if (s->state == CHAN_OPEN)
        buf_free(&s->early);
}

static void flush(struct chan *s)
{
    size_t sent = 0;
    while (sent < s->pending.length) {
        int wrote =
            ssh_channel_write(s->channel, s->pending.data + sent, (uint32_t)(s->pending.length - sent));
        if (wrote <= 0)
            break;
        sent += (size_t)wrote;
    }
    if (sent) {
        memmove(s->pending.data, s->pending.data + sent, s->pending.length - sent);
        s->pending.length -= sent;
    }
}

/* Hands on all that libssh has held, at once: each read that leaves something has it open the channel's
 * window again, whatever waits. The window bounds it, by 1.3 MB. */
static void drain(struct chan *s)
{
    if (s->state != CHAN_OPEN || !s->held || !has_room(s))
        return;
    int size = ssh_channel_poll(s->channel, 0);
    s->held = false;
    if (size <= 0)
        return;
    char *bytes = xmalloc((size_t)size);
    int got = ssh_channel_read_nonblocking(s->channel, bytes, (uint32_t)size, 0);
    s->host->delivered += got > 0 ? (uint64_t)got : 0;
    if (got > 0)
        s->events.data(s->ctx, bytes, (size_t)got, false);
    free(bytes);
}

/* Goes on where the channel stopped: open, request, flush, report. */
static void chan_advance(struct chan *s)
{
    if (s->state == CHAN_OPENING || s->state == CHAN_REQUESTING)
        advance_opening(s);
    if (s->state == CHAN_OPEN && !s->remote_closed)
        flush(s);
    drain(s);
    if (s->state == CHAN_OPEN && s->remote_closed && !s->held) {
        chan_set_state(s, CHAN_DONE);
        if (s->events.closed)
            s->events.closed(s->ctx, s->exit_status);
    }
}

static void chan_lost(struct chan *s)
{
    bool was_open = s->state == CHAN_OPEN;
    if (s->state >= CHAN_DONE)
        return;
    chan_set_state(s, CHAN_DONE);
    if (was_open && s->events.closed)
        s->events.closed(s->ctx, -1);
    else if (!was_open && s->events.refused)
        s->events.refused(s->ctx, "the connection was lost");
}

void chan_write(struct chan *s, const char *bytes, size_t length)
{
    if (s->state >= CHAN_DONE)
        return;
    if (!buf_add(&s->pending, bytes, length))
        s->remote_closed = true;
    s->host->wake(s->host->ctx);
}

void chan_resume(struct chan *s)
{
    if (s->held)
        s->host->wake(s->host->ctx);
}

void chan_close(struct chan *s)
{
    chan_set_state(s, CHAN_ABANDONED);
    s->host->wake(s->host->ctx);
}

static void chan_free(struct chan *s)
{
    if (s->channel) {
        ssh_remove_channel_callbacks(s->channel, &s->callbacks);
        if (ssh_channel_is_open(s->channel))
            ssh_channel_close(s->channel);
        ssh_channel_free(s->channel);
    }
    buf_free(&s->pending);
    buf_free(&s->early);
    free(s->socket_path);
    free(s->tcp_host);
    free(s->command);
    free(s);
}

void chan_host_advance(struct chan_host *host)
{
    for (struct chan *s = host->first; s; s = s->next)
        chan_advance(s);
    struct chan **at = &host->first;
    while (*at) {
        struct chan *s = *at;
        if (s->state == CHAN_ABANDONED) {
            *at = s->next;
            chan_free(s);
        } else {
            at = &s->next;
        }
    }
}

void chan_host_lost(struct chan_host *host)
{
    for (struct chan *s = host->first; s; s = s->next)
        chan_lost(s);
}

void chan_host_abandon(struct chan_host *host)
{
    for (struct chan *s = host->first; s; s = s->next)
        chan_set_state(s, CHAN_ABANDONED);
}

void chan_host_free_all(struct chan_host *host)
{
    while (host->first) {
        struct chan *next = host->first->next;
        chan_free(host->first);
        host->first = next;
    }
}
