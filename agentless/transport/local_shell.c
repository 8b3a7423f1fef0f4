/* local_shell.c: see local_shell.h */
#include "agentless/transport/local_shell.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIPE_IN, PIPE_OUT, PIPE_ERR, PIPES };

struct local_run {
    struct shell_run run; /* first: the public face */
    uv_process_t process;
    uv_pipe_t pipes[PIPES];
    uv_timer_t late; /* tells of a shell that could not be started, from the loop */
    uv_write_t write;
    char *script;
    bool running, closing, told;
    int streams_open, handles_open;
    int exit_status;
};

static void tell_end(struct local_run *r)
{
    if (r->running || r->streams_open || r->told || r->closing)
        return;
    r->told = true;
    r->run.events.ended(r->run.ctx, r->exit_status);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)handle, (void)suggested;
    *buf = uv_buf_init(xmalloc(65536), 65536);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
    struct local_run *r = stream->data;
    if (got > 0 && !r->closing)
        r->run.events.output(r->run.ctx, buf->base, (size_t)got,
                             stream == (uv_stream_t *)&r->pipes[PIPE_ERR]);
    free(buf->base);
    if (got < 0) {
        uv_read_stop(stream);
        r->streams_open--;
        tell_end(r);
    }
}

static void on_process_exit(uv_process_t *process, int64_t status, int signal)
{
    struct local_run *r = process->data;
    r->running = false;
    r->exit_status = signal ? -1 : (int)status;
    tell_end(r);
}

static void on_closed(uv_handle_t *handle)
{
    struct local_run *r = handle->data;
    if (--r->handles_open)
        return;
    free(r->script);
    free(r);
}

static void on_written(uv_write_t *request, int status)
{
    struct local_run *r = request->data;
    (void)status;
    if (!uv_is_closing((uv_handle_t *)&r->pipes[PIPE_IN]))
        uv_close((uv_handle_t *)&r->pipes[PIPE_IN], on_closed);
}

static void close_run(struct shell_run *run)
{
    struct local_run *r = (struct local_run *)run;
    r->closing = true;
    if (r->running)
        uv_process_kill(&r->process, SIGKILL);
    uv_close((uv_handle_t *)&r->process, on_closed);
    uv_close((uv_handle_t *)&r->late, on_closed);
    for (size_t i = 0; i < PIPES; i++)
        if (!uv_is_closing((uv_handle_t *)&r->pipes[i]))
            uv_close((uv_handle_t *)&r->pipes[i], on_closed);
}

static void on_late(uv_timer_t *timer)
{
    tell_end(timer->data);
}

struct shell_run *shell_run_local(uv_loop_t *loop, bool become, const char *script, size_t length,
                                  struct shell_events events, void *ctx)
{
    struct local_run *r = xcalloc(1, sizeof *r);
    char sudo[] = "sudo", dash_n[] = "-n", sh[] = "sh", dash_s[] = "-s";
    char *plain[] = {sh, dash_s, NULL};
    char *elevated[] = {sudo, dash_n, sh, dash_s, NULL};
    bool with_sudo = become && geteuid() != 0;
    uv_stdio_container_t stdio[PIPES];
    r->run = (struct shell_run){.close = close_run, .events = events, .ctx = ctx};
    r->script = xstrndup(script, length);
    r->exit_status = -1;
    for (size_t i = 0; i < PIPES; i++) {
        uv_pipe_init(loop, &r->pipes[i], 0);
        r->pipes[i].data = r;
        stdio[i].flags = UV_CREATE_PIPE | (i == PIPE_IN ? UV_READABLE_PIPE : UV_WRITABLE_PIPE);
        stdio[i].data.stream = (uv_stream_t *)&r->pipes[i];
    }
    uv_timer_init(loop, &r->late);
    r->process.data = r->late.data = r->write.data = r;
    r->handles_open = PIPES + 2;
    uv_process_options_t options = {.exit_cb = on_process_exit,
                                    .file = with_sudo ? "sudo" : "sh",
                                    .args = with_sudo ? elevated : plain,
                                    .stdio = stdio,
                                    .stdio_count = PIPES};
    if (uv_spawn(loop, &r->process, &options)) {
        uv_timer_start(&r->late, on_late, 0, 0);
        return &r->run;
    }
    r->running = true;
    r->streams_open = 2;
    uv_read_start((uv_stream_t *)&r->pipes[PIPE_OUT], on_alloc, on_read);
    uv_read_start((uv_stream_t *)&r->pipes[PIPE_ERR], on_alloc, on_read);
    uv_buf_t buf = uv_buf_init(r->script, (unsigned)length);
    if (uv_write(&r->write, (uv_stream_t *)&r->pipes[PIPE_IN], &buf, 1, on_written))
        uv_close((uv_handle_t *)&r->pipes[PIPE_IN], on_closed);
    return &r->run;
}
