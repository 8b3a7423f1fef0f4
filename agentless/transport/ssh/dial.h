/* dial.h: a connected socket to a host's sshd, as its settings lead there: directly, through the session
 * of a jump host (ProxyJump, or a ProxyCommand that is `ssh -W`), or by a command of the user's
 * (ProxyCommand). */
#ifndef AGENTLESS_TRANSPORT_SSH_DIAL_H
#define AGENTLESS_TRANSPORT_SSH_DIAL_H

#include <jansson.h>

#include "agentless/transport/env.h"
#include "agentless/transport/failure.h"
#include "agentless/transport/ssh/settings.h"
#include "base/timeline.h"

struct dial;

/* `fd`: non-blocking, the receiver's to close; -1 with a failure. */
typedef void dial_cb(void *ctx, int fd, const struct failure *failure);

/* How to a jump host: `list` as ProxyJump has it, the last one being the one that is asked for the channel;
 * the options (may be NULL) and the configuration file (may be NULL) are those of its own ssh command. */
struct jump_route {
    const char *list;
    const json_t *options;
    const char *config_file;
};

struct jump_channel;

/* Opens connections through jump hosts. A jump host's own session is dialled in turn, so that jump.c, which
 * is built on dial.c, is called through the environment (env->jump_opener). */
struct jump_opener {
    /* `fd`: one end of a socket pair. A failure of STAGE_DEFERRED means that the jump host is busy with as
     * many as it may be: its message is the jump's key. */
    struct jump_channel *(*open)(struct jump_hosts *jumps, const struct jump_route *route, const char *host,
                                 unsigned port, unsigned timeout_ms, dial_cb *done, void *ctx);
    /* No callback after this; closes the channel. */
    void (*close)(struct jump_channel *channel);
};

/* Calls back once, from the loop. The settings must outlive the dial. */
struct dial *dial_open(struct transport_env *env, const struct ssh_settings *settings, unsigned timeout_ms,
                       struct timeline *timeline, dial_cb *done, void *ctx);
/* The last error that a ProxyCommand printed; NULL: none. Borrowed. */
const char *dial_stderr(struct dial *dial);
/* What keeps the connection open (a stream, a process) goes with it. No callback after this. */
void dial_close(struct dial *dial);

#endif
