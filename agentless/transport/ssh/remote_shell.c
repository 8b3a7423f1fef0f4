/* remote_shell.c: see remote_shell.h */
#include "agentless/transport/ssh/remote_shell.h"
#include "base/mem.h"

#include <stdlib.h>

struct ssh_run {
    struct shell_run run; /* first: the public face */
    struct chan *channel;
    char *script;
    size_t length;
};

static void remote_opened(void *ctx)
{
    struct ssh_run *r = ctx;
    chan_write(r->channel, r->script, r->length);
}

static void data(void *ctx, const char *bytes, size_t length, bool is_error)
{
    struct ssh_run *r = ctx;
    r->run.events.output(r->run.ctx, bytes, length, is_error);
}

static void closed(void *ctx, int exit_status)
{
    struct ssh_run *r = ctx;
    r->run.events.ended(r->run.ctx, exit_status);
}

static void remote_refused(void *ctx, const char *why)
{
    struct ssh_run *r = ctx;
    r->run.events.output(r->run.ctx, why, __builtin_strlen(why), true);
    r->run.events.ended(r->run.ctx, -1);
}

static void close_run(struct shell_run *run)
{
    struct ssh_run *r = (struct ssh_run *)run;
    chan_close(r->channel);
    free(r->script);
    free(r);
}

struct shell_run *shell_run_ssh(struct chan_host *host, bool become, const char *script, size_t length,
                                struct shell_events events, void *ctx)
{
    struct ssh_run *r = xcalloc(1, sizeof *r);
    r->run = (struct shell_run){.close = close_run, .events = events, .ctx = ctx};
    r->script = xstrndup(script, length);
    r->length = length;
    r->channel =
        chan_exec(host, become ? "exec sudo -n sh -s" : "exec sh -s",
                  (struct chan_events){
                      .opened = remote_opened, .refused = remote_refused, .data = data, .closed = closed},
                  r);
    return &r->run;
}
