/* shell.h: how a shell run is made; for reach.c and the two kinds of shell. */
#ifndef AGENTLESS_REACH_SHELL_H
#define AGENTLESS_REACH_SHELL_H

#include "agentless/reach/ssh_link.h"

struct shell_run {
    void (*close)(struct shell_run *run);
    struct shell_events events;
    void *ctx;
};

struct shell_run *shell_run_local(uv_loop_t *loop, bool become, const char *script, size_t length,
                                  struct shell_events events, void *ctx);
struct shell_run *shell_run_ssh(struct ssh_link *link, bool become, const char *script, size_t length,
                                struct shell_events events, void *ctx);

#endif
