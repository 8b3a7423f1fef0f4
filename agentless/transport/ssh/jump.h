/* jump.h: the jump hosts of a run: one login to each serves all hosts behind it, over channels of that
 * one session. A jump host may itself be behind another. */
#ifndef AGENTLESS_TRANSPORT_SSH_JUMP_H
#define AGENTLESS_TRANSPORT_SSH_JUMP_H

#include "agentless/transport/env.h"
#include "inventory/target.h"

struct jump_hosts;

/* Sets env->jumps and env->jump_opener. A jump host logs in with the run's own key and password (`like`,
 * borrowed) and with what its own ssh configuration says. `at_once` bounds the channels through one jump
 * host; 0: no bound. */
struct jump_hosts *jump_hosts_new(struct transport_env *env, const struct target *like, size_t at_once);
/* Closes all sessions; no callback after this. Free it once the loop has ended. */
void jump_hosts_close(struct jump_hosts *jumps);
void jump_hosts_free(struct jump_hosts *jumps);

/* Whether a jump host, by its key, takes one more. */
bool jump_hosts_have_room(const struct jump_hosts *jumps, const char *key);

#endif
