/* local_shell.h: the probe's shell on this machine: a child process, never through a command line. */
#ifndef AGENTLESS_TRANSPORT_LOCAL_SHELL_H
#define AGENTLESS_TRANSPORT_LOCAL_SHELL_H

#include <uv.h>

#include "agentless/transport/shell.h"

/* `become`: by sudo -n, unless we are root. The run is the caller's to close. */
struct shell_run *shell_run_local(uv_loop_t *loop, bool become, const char *script, size_t length,
                                  struct shell_events events, void *ctx);

#endif
