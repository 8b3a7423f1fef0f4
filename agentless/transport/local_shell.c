/* local_shell.c: see local_shell.h */
#include "agentless/transport/local_shell.h"
#include "base/child.h"
#include "base/mem.h"

#include <stdlib.h>
#include <unistd.h>

struct local_run {
    struct shell_run run; /* first: the public face */
    struct child *child;
};

static void local_output(void *ctx, const char *bytes, size_t length, bool is_error)
{
    struct local_run *r = ctx;
    r->run.events.output(r->run.ctx, bytes, length, is_error);
}

static void local_ended(void *ctx, int exit_status)
{
    struct local_run *r = ctx;
    r->run.events.ended(r->run.ctx, exit_status);
}

static void local_close(struct shell_run *run)
{
    struct local_run *r = (struct local_run *)run;
    child_close(r->child);
    free(r);
}

struct shell_run *shell_run_local(uv_loop_t *loop, bool become, const char *script, size_t length,
                                  struct shell_events events, void *ctx)
{
    struct local_run *r = xcalloc(1, sizeof *r);
    char sudo[] = "sudo", dash_n[] = "-n", sh[] = "sh", dash_s[] = "-s";
    char *const elevated[] = {sudo, dash_n, sh, dash_s, NULL};
    bool with_sudo = become && geteuid() != 0;
    r->run = (struct shell_run){.close = local_close, .events = events, .ctx = ctx};
    r->child = child_start(loop,
                           &(struct child_options){.argv = with_sudo ? elevated : elevated + 2,
                                                   .input = script,
                                                   .input_length = length,
                                                   .hold_input = true,
                                                   .group = true,
                                                   .output = local_output,
                                                   .ended = local_ended},
                           r);
    return &r->run;
}
