/* delaying_relay.c: a TCP relay that delays what passes, in each direction, by a fixed time: a long round
 * trip on one machine (there is no netem here). Bandwidth is not limited, nothing is reordered, and
 * connecting takes a round trip too.
 *
 *   delaying_relay DELAY_MS PORT_FILE HOST PORT */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/mem.h"

struct chunk {
    struct chunk *next;
    uint64_t due_ms;
    size_t length; /* 0: the end */
    uv_write_t request;
    char bytes[];
};

/* One direction. */
struct lane {
    uv_tcp_t *to;
    struct chunk *first, **last;
    uv_timer_t timer;
};

struct pair {
    uv_tcp_t ends[2];
    struct lane lanes[2];
    uv_connect_t connect;
    uv_timer_t begin;
    int open;
};

static uint64_t delay_ms;
static struct sockaddr_in target;

static void on_closed(uv_handle_t *handle)
{
    struct pair *pair = handle->data;
    if (--pair->open)
        return;
    for (int i = 0; i < 2; i++)
        for (struct chunk *c = pair->lanes[i].first, *next; c; c = next) {
            next = c->next;
            free(c);
        }
    free(pair);
}

static void close_pair(struct pair *pair)
{
    uv_handle_t *handles[] = {(uv_handle_t *)&pair->ends[0], (uv_handle_t *)&pair->ends[1],
                              (uv_handle_t *)&pair->lanes[0].timer, (uv_handle_t *)&pair->lanes[1].timer,
                              (uv_handle_t *)&pair->begin};
    for (size_t i = 0; i < sizeof handles / sizeof *handles; i++)
        if (!uv_is_closing(handles[i]))
            uv_close(handles[i], on_closed);
}

static void on_written(uv_write_t *request, int status)
{
    struct chunk *chunk = request->data;
    (void)status;
    free(chunk);
}

static void on_due(uv_timer_t *timer)
{
    struct pair *pair = timer->data;
    struct lane *lane = timer == &pair->lanes[0].timer ? &pair->lanes[0] : &pair->lanes[1];
    while (lane->first && lane->first->due_ms <= uv_now(timer->loop)) {
        struct chunk *chunk = lane->first;
        lane->first = chunk->next;
        if (!lane->first)
            lane->last = &lane->first;
        uv_buf_t buf = uv_buf_init(chunk->bytes, (unsigned)chunk->length);
        chunk->request.data = chunk;
        if (!chunk->length || uv_write(&chunk->request, (uv_stream_t *)lane->to, &buf, 1, on_written)) {
            free(chunk);
            close_pair(pair);
            return;
        }
    }
    if (lane->first)
        uv_timer_start(timer, on_due, lane->first->due_ms - uv_now(timer->loop), 0);
}

static void put(struct lane *lane, const char *bytes, size_t length)
{
    struct chunk *chunk = xcalloc(1, sizeof *chunk + length);
    chunk->due_ms = uv_now(lane->timer.loop) + delay_ms;
    chunk->length = length;
    if (length)
        memcpy(chunk->bytes, bytes, length);
    if (!lane->first)
        uv_timer_start(&lane->timer, on_due, delay_ms, 0);
    *lane->last = chunk;
    lane->last = &chunk->next;
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    static char bytes[65536];
    (void)handle, (void)suggested;
    *buf = uv_buf_init(bytes, sizeof bytes);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
    struct pair *pair = stream->data;
    struct lane *lane = stream == (uv_stream_t *)&pair->ends[0] ? &pair->lanes[0] : &pair->lanes[1];
    if (got > 0)
        put(lane, buf->base, (size_t)got);
    else if (got < 0) {
        uv_read_stop(stream);
        put(lane, NULL, 0);
    }
}

static void on_connected(uv_connect_t *request, int status)
{
    struct pair *pair = request->data;
    if (status) {
        close_pair(pair);
        return;
    }
    for (int i = 0; i < 2; i++) {
        uv_tcp_nodelay(&pair->ends[i], 1);
        uv_read_start((uv_stream_t *)&pair->ends[i], on_alloc, on_read);
    }
}

/* The kernel has answered the caller's SYN by itself: the round trip that this takes is added
 * here. */
static void on_begin(uv_timer_t *timer)
{
    struct pair *pair = timer->data;
    if (uv_tcp_connect(&pair->connect, &pair->ends[1], (struct sockaddr *)&target, on_connected))
        close_pair(pair);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct pair *pair = xcalloc(1, sizeof *pair);
    (void)status;
    pair->open = 5;
    for (int i = 0; i < 2; i++) {
        uv_tcp_init(listener->loop, &pair->ends[i]);
        uv_timer_init(listener->loop, &pair->lanes[i].timer);
        pair->ends[i].data = pair->lanes[i].timer.data = pair;
        pair->lanes[i].to = &pair->ends[1 - i];
        pair->lanes[i].last = &pair->lanes[i].first;
    }
    uv_timer_init(listener->loop, &pair->begin);
    pair->begin.data = pair->connect.data = pair;
    uv_accept(listener, (uv_stream_t *)&pair->ends[0]);
    uv_timer_start(&pair->begin, on_begin, 2 * delay_ms, 0);
}

int main(int argc, char **argv)
{
    uv_tcp_t listener;
    struct sockaddr_in any;
    int size = sizeof any;
    if (argc != 5) {
        fprintf(stderr, "usage: delaying_relay DELAY_MS PORT_FILE HOST PORT\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    delay_ms = (uint64_t)atol(argv[1]);
    uv_ip4_addr(argv[3], atoi(argv[4]), &target);
    uv_tcp_init(uv_default_loop(), &listener);
    uv_ip4_addr("127.0.0.1", 0, &any);
    uv_tcp_bind(&listener, (struct sockaddr *)&any, 0);
    if (uv_listen((uv_stream_t *)&listener, 512, on_connection))
        return 1;
    uv_tcp_getsockname(&listener, (struct sockaddr *)&any, &size);
    FILE *file = fopen(argv[2], "w");
    if (!file)
        return 1;
    fprintf(file, "%u\n", ntohs(any.sin_port));
    fclose(file);
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
