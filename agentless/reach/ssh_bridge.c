/* ssh_bridge.c: see ssh_bridge.h */
#include "agentless/reach/ssh_bridge.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK 32768

struct write {
    uv_write_t request;
    char bytes[];
};

static void on_written(uv_write_t *request, int status)
{
    (void)status;
    free(request->data);
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void ssh_bridge_close(struct ssh_bridge *b)
{
    if (b->closing)
        return;
    b->closing = true;
    *b->link = b->next;
    if (b->next)
        b->next->link = b->link;
    if (b->stream)
        ssh_stream_close(b->stream);
    b->stream = NULL;
    uv_close((uv_handle_t *)&b->pipe, on_closed);
}

static void stream_data(void *ctx, const char *bytes, size_t length, bool is_error)
{
    struct ssh_bridge *b = ctx;
    if (is_error || b->closing)
        return;
    uv_buf_t now = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)length);
    int wrote = uv_try_write((uv_stream_t *)&b->pipe, &now, 1);
    size_t done = wrote > 0 ? (size_t)wrote : 0;
    if (done == length)
        return;
    struct write *w = xcalloc(1, sizeof *w + length - done);
    uv_buf_t buf = uv_buf_init(w->bytes, (unsigned)(length - done));
    memcpy(w->bytes, bytes + done, length - done);
    w->request.data = w;
    if (uv_write(&w->request, (uv_stream_t *)&b->pipe, &buf, 1, on_written)) {
        free(w);
        ssh_bridge_close(b);
    }
}

static void on_shutdown(uv_shutdown_t *request, int status)
{
    (void)status;
    ssh_bridge_close(request->data);
    free(request);
}

/* What was received is still on its way to the reader: close behind it. */
static void stream_closed(void *ctx, int exit_status)
{
    struct ssh_bridge *b = ctx;
    (void)exit_status;
    if (b->closing)
        return;
    uv_shutdown_t *request = xcalloc(1, sizeof *request);
    if (b->stream)
        ssh_stream_close(b->stream);
    b->stream = NULL;
    request->data = b;
    if (uv_shutdown(request, (uv_stream_t *)&b->pipe, on_shutdown)) {
        free(request);
        ssh_bridge_close(b);
    }
}

static void stream_refused(void *ctx, const char *why)
{
    (void)why;
    stream_closed(ctx, -1);
}

const struct ssh_stream_events SSH_BRIDGE_EVENTS = {
    .refused = stream_refused, .data = stream_data, .closed = stream_closed};

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)handle, (void)suggested;
    *buf = uv_buf_init(xmalloc(CHUNK), CHUNK);
}

static void on_local_data(uv_stream_t *pipe, ssize_t got, const uv_buf_t *buf)
{
    struct ssh_bridge *b = pipe->data;
    if (got > 0 && b->stream)
        ssh_stream_write(b->stream, buf->base, (size_t)got);
    free(buf->base);
    if (got < 0)
        ssh_bridge_close(b);
}

struct ssh_bridge *ssh_bridge_new(uv_loop_t *loop, struct ssh_bridge **list)
{
    struct ssh_bridge *b = xcalloc(1, sizeof *b);
    uv_pipe_init(loop, &b->pipe, 0);
    b->pipe.data = b;
    b->next = *list;
    b->link = list;
    if (b->next)
        b->next->link = &b->next;
    *list = b;
    return b;
}

void ssh_bridge_start(struct ssh_bridge *b, struct ssh_stream *stream)
{
    b->stream = stream;
    uv_read_start((uv_stream_t *)&b->pipe, on_alloc, on_local_data);
}
