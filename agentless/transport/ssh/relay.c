/* relay.c: see relay.h */
#include "agentless/transport/ssh/relay.h"
#include "base/loop.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* A reader that is slower than the other end of the channel holds it up beyond so many bytes. */
#define WAITING_MAX (64u << 10)

struct write {
    uv_write_t request;
    struct relay *relay;
    size_t length;
    char bytes[];
};

/* Before the relay is freed: its handle is closed last. */
static void relay_on_written(uv_write_t *request, int status)
{
    struct write *w = request->data;
    struct relay *b = w->relay;
    (void)status;
    b->waiting -= w->length;
    if (b->channel && b->waiting <= WAITING_MAX)
        chan_resume(b->channel);
    free(w);
}

static bool stream_has_room(void *ctx)
{
    const struct relay *b = ctx;
    return b->waiting <= WAITING_MAX;
}

void relay_close(struct relay *b)
{
    if (b->closing)
        return;
    b->closing = true;
    *b->link = b->next;
    if (b->next)
        b->next->link = b->link;
    if (b->channel)
        chan_close(b->channel);
    b->channel = NULL;
    handles_close(&b->handles, &b->pipe);
    handles_end(&b->handles);
}

static void stream_data(void *ctx, const char *bytes, size_t length, bool is_error)
{
    struct relay *b = ctx;
    if (is_error || b->closing)
        return;
    uv_buf_t now = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)length);
    /* Fails where something waits already, so that the order is kept. */
    int wrote = uv_try_write((uv_stream_t *)&b->pipe, &now, 1);
    size_t done = wrote > 0 ? (size_t)wrote : 0;
    if (done == length)
        return;
    struct write *w = xcalloc(1, sizeof *w + length - done);
    uv_buf_t buf = uv_buf_init(w->bytes, (unsigned)(length - done));
    memcpy(w->bytes, bytes + done, length - done);
    w->request.data = w;
    w->relay = b;
    w->length = length - done;
    b->waiting += w->length;
    if (uv_write(&w->request, (uv_stream_t *)&b->pipe, &buf, 1, relay_on_written)) {
        b->waiting -= w->length;
        free(w);
        relay_close(b);
    }
}

static void on_shutdown(uv_shutdown_t *request, int status)
{
    (void)status;
    relay_close(request->data);
    free(request);
}

/* What was received is still on its way to the reader: close behind it. */
static void stream_closed(void *ctx, int exit_status)
{
    struct relay *b = ctx;
    (void)exit_status;
    if (b->closing)
        return;
    uv_shutdown_t *request = xcalloc(1, sizeof *request);
    if (b->channel)
        chan_close(b->channel);
    b->channel = NULL;
    request->data = b;
    if (uv_shutdown(request, (uv_stream_t *)&b->pipe, on_shutdown)) {
        free(request);
        relay_close(b);
    }
}

static void stream_refused(void *ctx, const char *why)
{
    (void)why;
    stream_closed(ctx, -1);
}

const struct chan_events RELAY_EVENTS = {
    .refused = stream_refused, .data = stream_data, .has_room = stream_has_room, .closed = stream_closed};

static void on_local_data(uv_stream_t *pipe, ssize_t got, const uv_buf_t *buf)
{
    struct relay *b = pipe->data;
    if (got > 0 && b->channel)
        chan_write(b->channel, buf->base, (size_t)got);
    free(buf->base);
    if (got < 0)
        relay_close(b);
}

struct relay *relay_new(uv_loop_t *loop, struct relay **list)
{
    struct relay *b = xcalloc(1, sizeof *b);
    uv_pipe_init(loop, &b->pipe, 0);
    b->pipe.data = b;
    handles_init(&b->handles, free, b);
    b->next = *list;
    b->link = list;
    if (b->next)
        b->next->link = &b->next;
    *list = b;
    return b;
}

void relay_start(struct relay *b, struct chan *channel)
{
    b->channel = channel;
    uv_read_start((uv_stream_t *)&b->pipe, loop_read_buffer, on_local_data);
}
