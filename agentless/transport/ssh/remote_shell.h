/* remote_shell.h: the probe's shell over one exec channel of an SSH session. */
#ifndef AGENTLESS_TRANSPORT_SSH_REMOTE_SHELL_H
#define AGENTLESS_TRANSPORT_SSH_REMOTE_SHELL_H

#include "agentless/transport/shell.h"
#include "agentless/transport/ssh/channel.h"

/* `become`: by sudo -n. The run is the caller's to close. */
struct shell_run *shell_run_ssh(struct chan_host *host, bool become, const char *script, size_t length,
                                struct shell_events events, void *ctx);

#endif
