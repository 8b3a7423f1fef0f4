/* loop.c: see loop.h */
#include "base/loop.h"
#include "base/mem.h"

#define READ_BYTES 65536

void handles_init(struct handles *handles, void (*release)(void *owner), void *owner)
{
    *handles = (struct handles){.release = release, .owner = owner};
}

static void handles_release(struct handles *handles)
{
    if (handles->ended && !handles->open)
        handles->release(handles->owner);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct handles *handles = handle->data;
    handles->open--;
    handles_release(handles);
}

void handles_close(struct handles *handles, void *handle)
{
    uv_handle_t *h = handle;
    if (uv_is_closing(h))
        return;
    handles->open++;
    h->data = handles;
    uv_close(h, on_handle_closed);
}

void handles_end(struct handles *handles)
{
    handles->ended = true;
    handles_release(handles);
}

static void on_later(uv_timer_t *timer)
{
    struct later *later = timer->data;
    later->call(later->ctx);
}

static void on_later_soon(uv_idle_t *soon)
{
    struct later *later = soon->data;
    uv_idle_stop(soon);
    later->call(later->ctx);
}

void later_init(struct later *later, uv_loop_t *loop, void (*call)(void *ctx), void *ctx)
{
    later->call = call;
    later->ctx = ctx;
    uv_timer_init(loop, &later->timer);
    uv_idle_init(loop, &later->soon);
    later->timer.data = later->soon.data = later;
}

void later_call(struct later *later)
{
    uv_timer_stop(&later->timer);
    uv_idle_start(&later->soon, on_later_soon);
}

void later_call_in(struct later *later, uint64_t ms)
{
    if (!ms) {
        later_call(later);
        return;
    }
    uv_idle_stop(&later->soon);
    uv_timer_start(&later->timer, on_later, ms, 0);
}

void later_drop(struct later *later)
{
    uv_timer_stop(&later->timer);
    uv_idle_stop(&later->soon);
}

void later_close(struct later *later, struct handles *handles)
{
    handles_close(handles, &later->timer);
    handles_close(handles, &later->soon);
}

void later_close_for_good(struct later *later)
{
    uv_close((uv_handle_t *)&later->timer, NULL);
    uv_close((uv_handle_t *)&later->soon, NULL);
}

static void count_handle(uv_handle_t *handle, void *count)
{
    (void)handle;
    ++*(size_t *)count;
}

bool loop_run(uv_loop_t *loop, const size_t *jobs)
{
    size_t handles = 1;
    while ((handles || *jobs) && uv_run(loop, UV_RUN_ONCE)) {
        handles = 0;
        uv_walk(loop, count_handle, &handles);
    }
    return !uv_loop_alive(loop);
}

void loop_read_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)handle, (void)suggested;
    *buf = uv_buf_init(xmalloc(READ_BYTES), READ_BYTES);
}
