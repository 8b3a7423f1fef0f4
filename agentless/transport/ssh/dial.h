/* dial.h: a connected socket to a host's sshd, as its settings lead there: directly, through the session
 * of a jump host (ProxyJump, or a ProxyCommand that is `ssh -W`), or by a command of the user's
 * (ProxyCommand). */
#ifndef AGENTLESS_TRANSPORT_SSH_DIAL_H
#define AGENTLESS_TRANSPORT_SSH_DIAL_H

#include "agentless/transport/transport.h"
#include "agentless/transport/ssh/settings.h"
#include "base/timeline.h"

struct dial;

/* `fd`: non-blocking, the receiver's to close; -1 with a failure. */
typedef void dial_cb(void *ctx, int fd, const struct failure *failure);

/* Calls back once, from the loop. The settings must outlive the way. */
struct dial *dial_open(struct transport_env *env, const struct ssh_settings *settings, unsigned timeout_ms,
                       struct timeline *timeline, dial_cb *done, void *ctx);
/* What a ProxyCommand complained of last; NULL: nothing. Borrowed. */
const char *dial_complaint(struct dial *way);
/* What keeps the way open (a stream, a process) goes with it. No callback after this. */
void dial_close(struct dial *way);

#endif
