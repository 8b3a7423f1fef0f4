/* shell.h: how a shell run is made; for reach.c and the two kinds of shell. */
#ifndef AGENTLESS_TRANSPORT_SHELL_H
#define AGENTLESS_TRANSPORT_SHELL_H

#include "agentless/transport/ssh/session.h"

struct shell_run {
    void (*close)(struct shell_run *run);
    struct shell_events events;
    void *ctx;
};

struct shell_run *shell_run_local(uv_loop_t *loop, bool become, const char *script, size_t length,
                                  struct shell_events events, void *ctx);
struct shell_run *shell_run_ssh(struct session *link, bool become, const char *script, size_t length,
                                struct shell_events events, void *ctx);

#endif
