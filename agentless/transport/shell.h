/* shell.h: one `sh -s` on a host that is fed a script, whatever the transport. Its standard input stays open
 * until the run is closed, so that a script can see that its connection is gone; it must exit by itself. */
#ifndef AGENTLESS_TRANSPORT_SHELL_H
#define AGENTLESS_TRANSPORT_SHELL_H

#include <stdbool.h>
#include <stddef.h>

struct shell_events {
    void (*output)(void *ctx, const char *bytes, size_t length, bool is_error);
    void (*ended)(void *ctx, int exit_status); /* -1: the connection was lost or the shell was killed */
};

/* What each kind of shell makes; the rest of it is its own. */
struct shell_run {
    void (*close)(struct shell_run *run);
    struct shell_events events;
    void *ctx;
};

/* Ends and frees the run; always called once for each run, also after `ended`. */
void shell_run_close(struct shell_run *run);

#endif
