/* ssh_jump.h: the jump hosts of a run: one login to each serves all hosts behind it, over channels of that
 * one session. A jump host may itself be behind another. */
#ifndef AGENTLESS_REACH_SSH_JUMP_H
#define AGENTLESS_REACH_SSH_JUMP_H

#include "agentless/reach/reach.h"

struct ssh_jumps;
struct ssh_jump_channel;

/* A jump host logs in with the run's own key and password (`like`, borrowed) and with what its own ssh
 * configuration says. `at_once` bounds the channels through one jump host; 0: no bound. */
struct ssh_jumps *ssh_jumps_new(struct reach_env *env, const struct target *like, size_t at_once);
/* Closes all sessions; no callback after this. Free it once the loop has ended. */
void ssh_jumps_close(struct ssh_jumps *jumps);
void ssh_jumps_free(struct ssh_jumps *jumps);

/* How to a jump host: `list` as ProxyJump has it, the last one being the one that is asked for the channel;
 * the options (may be NULL) and the configuration file (may be NULL) are those of its own ssh command. */
struct ssh_jump_route {
    const char *list;
    const json_t *options;
    const char *config_file;
};

/* `fd`: one end of a socket pair, non-blocking, the receiver's to close; -1 with a failure. A failure of
 * STAGE_DEFERRED means that the jump host is busy with as many as it may be: its message is the jump's key.
 */
typedef void ssh_jump_cb(void *ctx, int fd, const struct failure *failure);

struct ssh_jump_channel *ssh_jump_open(struct ssh_jumps *jumps, const struct ssh_jump_route *route,
                                       const char *host, unsigned port, unsigned timeout_ms,
                                       ssh_jump_cb *done, void *ctx);
/* No callback after this; closes the channel. */
void ssh_jump_channel_close(struct ssh_jump_channel *channel);

/* Whether a jump host, by its key, takes one more. */
bool ssh_jumps_have_room(const struct ssh_jumps *jumps, const char *key);

#endif
