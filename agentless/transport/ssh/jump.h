/* jump.h: the jump hosts of a run: one login to each serves all hosts behind it, over channels of that
 * one session. A jump host may itself be behind another. */
#ifndef AGENTLESS_TRANSPORT_SSH_JUMP_H
#define AGENTLESS_TRANSPORT_SSH_JUMP_H

#include "agentless/transport/transport.h"

struct jump_hosts;
struct jump_channel;

/* A jump host logs in with the run's own key and password (`like`, borrowed) and with what its own ssh
 * configuration says. `at_once` bounds the channels through one jump host; 0: no bound. */
struct jump_hosts *jump_hosts_new(struct transport_env *env, const struct target *like, size_t at_once);
/* Closes all sessions; no callback after this. Free it once the loop has ended. */
void jump_hosts_close(struct jump_hosts *jumps);
void jump_hosts_free(struct jump_hosts *jumps);

/* How to a jump host: `list` as ProxyJump has it, the last one being the one that is asked for the channel;
 * the options (may be NULL) and the configuration file (may be NULL) are those of its own ssh command. */
struct jump_route {
    const char *list;
    const json_t *options;
    const char *config_file;
};

/* `fd`: one end of a socket pair, non-blocking, the receiver's to close; -1 with a failure. A failure of
 * STAGE_DEFERRED means that the jump host is busy with as many as it may be: its message is the jump's key.
 */
typedef void jump_cb(void *ctx, int fd, const struct failure *failure);

struct jump_channel *jump_channel_open(struct jump_hosts *jumps, const struct jump_route *route,
                                       const char *host, unsigned port, unsigned timeout_ms, jump_cb *done,
                                       void *ctx);
/* No callback after this; closes the channel. */
void jump_channel_close(struct jump_channel *channel);

/* Whether a jump host, by its key, takes one more. */
bool jump_hosts_have_room(const struct jump_hosts *jumps, const char *key);

#endif
