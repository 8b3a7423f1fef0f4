/* ssh_way.h: a connected socket to a host's sshd, as its settings lead there: directly, through the session
 * of a jump host (ProxyJump, or a ProxyCommand that is `ssh -W`), or by a command of the user's
 * (ProxyCommand). */
#ifndef AGENTLESS_REACH_SSH_WAY_H
#define AGENTLESS_REACH_SSH_WAY_H

#include "agentless/reach/reach.h"
#include "agentless/reach/ssh_settings.h"
#include "base/timeline.h"

struct ssh_way;

/* `fd`: non-blocking, the receiver's to close; -1 with a failure. */
typedef void ssh_way_cb(void *ctx, int fd, const struct failure *failure);

/* Calls back once, from the loop. The settings must outlive the way. */
struct ssh_way *ssh_way_open(struct reach_env *env, const struct ssh_settings *settings, unsigned timeout_ms,
                             struct timeline *timeline, ssh_way_cb *done, void *ctx);
/* What a ProxyCommand complained of last; NULL: nothing. Borrowed. */
const char *ssh_way_complaint(struct ssh_way *way);
/* What keeps the way open (a stream, a process) goes with it. No callback after this. */
void ssh_way_close(struct ssh_way *way);

#endif
