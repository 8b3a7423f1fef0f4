/* child.c: see child.h */
#include "base/child.h"
#include "base/loop.h"
#include "base/mem.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIPE_IN, PIPE_OUT, PIPE_ERR, PIPES };

struct child {
    struct child_options options; /* without its words */
    void *ctx;
    struct handles handles;
    uv_process_t process;
    uv_pipe_t pipes[PIPES];
    struct later timer; /* the deadline; tells of a process that could not be started */
    uv_write_t write;
    char *input;
    int error, exit_status;
    bool running, closed, reported;
    unsigned streams; /* that may still bring something */
};

static void child_release(void *owner)
{
    struct child *c = owner;
    free(c->input);
    free(c);
}

static void child_tell_end(struct child *c)
{
    if (c->running || c->streams || c->reported || c->closed)
        return;
    c->reported = true;
    later_drop(&c->timer);
    if (c->options.ended)
        c->options.ended(c->ctx, c->exit_status);
}

static void child_kill(struct child *c)
{
    if (c->running && c->options.group)
        uv_kill(-c->process.pid, SIGKILL);
    else if (c->running)
        uv_process_kill(&c->process, SIGKILL);
}

static void on_child_output(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
    struct child *c = stream->data;
    if (got > 0)
        c->options.output(c->ctx, buf->base, (size_t)got, stream == (uv_stream_t *)&c->pipes[PIPE_ERR]);
    free(buf->base);
    if (got < 0 && !c->closed) {
        uv_read_stop(stream);
        c->streams--;
        child_tell_end(c);
    }
}

static void on_child_exit(uv_process_t *process, int64_t status, int signal)
{
    struct child *c = process->data;
    c->running = false;
    if (c->exit_status != CHILD_TIMED_OUT)
        c->exit_status = signal ? -1 : (int)status;
    child_tell_end(c);
}

static void on_child_fed(uv_write_t *request, int status)
{
    struct child *c = request->data;
    if (status || !c->options.hold_input)
        handles_close(&c->handles, &c->pipes[PIPE_IN]);
}

/* What it started may hold its pipes open: after its time nothing is waited for. */
static void on_child_timer(void *ctx)
{
    struct child *c = ctx;
    if (c->error) {
        child_tell_end(c);
        return;
    }
    c->exit_status = CHILD_TIMED_OUT;
    child_kill(c);
    c->streams = 0;
    c->running = false;
    child_tell_end(c);
}

static uv_stdio_container_t child_pipe(struct child *c, size_t i, bool wanted)
{
    if (c->options.socket && i != PIPE_ERR)
        return (uv_stdio_container_t){.flags = UV_INHERIT_FD, .data.fd = c->options.socket};
    if (!wanted)
        return (uv_stdio_container_t){.flags = UV_IGNORE};
    return (uv_stdio_container_t){.flags =
                                      UV_CREATE_PIPE | (i == PIPE_IN ? UV_READABLE_PIPE : UV_WRITABLE_PIPE),
                                  .data.stream = (uv_stream_t *)&c->pipes[i]};
}

static void child_feed(struct child *c)
{
    uv_buf_t buf = uv_buf_init(c->input, (unsigned)c->options.input_length);
    if (uv_write(&c->write, (uv_stream_t *)&c->pipes[PIPE_IN], &buf, 1, on_child_fed))
        handles_close(&c->handles, &c->pipes[PIPE_IN]);
}

static void child_begin(struct child *c)
{
    c->running = true;
    for (size_t i = PIPE_OUT; c->options.output && i < PIPES; i++)
        if (!c->options.socket || i == PIPE_ERR) {
            c->streams++;
            uv_read_start((uv_stream_t *)&c->pipes[i], loop_read_buffer, on_child_output);
        }
    if (c->input)
        child_feed(c);
    if (c->options.timeout_ms)
        later_call_in(&c->timer, c->options.timeout_ms);
}

struct child *child_start(uv_loop_t *loop, const struct child_options *options, void *ctx)
{
    struct child *c = xcalloc(1, sizeof *c);
    uv_stdio_container_t stdio[PIPES];
    c->options = *options;
    c->options.argv = NULL;
    c->ctx = ctx;
    c->exit_status = -1;
    c->input = options->input ? xstrndup(options->input, options->input_length) : NULL;
    handles_init(&c->handles, child_release, c);
    later_init(&c->timer, loop, on_child_timer, c);
    for (size_t i = 0; i < PIPES; i++) {
        uv_pipe_init(loop, &c->pipes[i], 0);
        c->pipes[i].data = c;
        stdio[i] = child_pipe(c, i, i == PIPE_IN ? options->input != NULL : options->output != NULL);
    }
    c->process.data = c->write.data = c;
    uv_process_options_t process = {.exit_cb = on_child_exit,
                                    .file = options->argv[0],
                                    .args = (char **)(uintptr_t)options->argv,
                                    .stdio = stdio,
                                    .stdio_count = PIPES,
                                    .flags = options->group ? UV_PROCESS_DETACHED : 0};
    c->error = uv_spawn(loop, &c->process, &process);
    if (c->error)
        later_call(&c->timer);
    else
        child_begin(c);
    return c;
}

int child_error(const struct child *c)
{
    return c->error;
}

void child_read_errors(struct child *c)
{
    char chunk[512];
    uv_os_fd_t fd;
    ssize_t got;
    if (uv_fileno((uv_handle_t *)&c->pipes[PIPE_ERR], &fd) == 0)
        while ((got = read(fd, chunk, sizeof chunk)) > 0)
            c->options.output(c->ctx, chunk, (size_t)got, true);
}

void child_close(struct child *c)
{
    child_kill(c);
    c->closed = true;
    handles_close(&c->handles, &c->process);
    later_close(&c->timer, &c->handles);
    for (size_t i = 0; i < PIPES; i++)
        handles_close(&c->handles, &c->pipes[i]);
    handles_end(&c->handles);
}
