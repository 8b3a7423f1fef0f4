/* agent.h: logins with the keys of an ssh-agent, without the loop waiting for it. libssh waits for an agent's
 * answer as long as it takes, and an agent may ask a person, wait for a token, or hang. So libssh is called
 * on another thread, for one session at a time (an agent serves one at a time too). An agent that gives no
 * answer in time is cut off, and not asked again in this run. */
#ifndef AGENTLESS_TRANSPORT_SSH_AGENT_H
#define AGENTLESS_TRANSPORT_SSH_AGENT_H

#include <libssh/libssh.h>

#include "base/worker.h"

/* Of a run; outlives its logins. */
struct agents;
/* What one session is to the agent. */
struct agent_login;

struct agents *agents_new(struct worker *worker);
void agents_free(struct agents *agents);

/* `path`: the agent's socket; NULL: $SSH_AUTH_SOCK. `ssh` belongs to the caller but while it is asked. */
struct agent_login *agent_login_new(struct agents *agents, ssh_session ssh, const char *path);
/* What ssh_userauth_agent() returns is passed to `done`, from the loop, with why the agent was of no use
 * (NULL: it was; valid as long as the login). Asked again after SSH_AUTH_AGAIN. `done` is not called after
 * agent_login_free(). */
void agent_login_ask(struct agent_login *login, unsigned timeout_ms,
                     void (*done)(void *ctx, int result, const char *problem), void *ctx);
/* Calls `end`, which frees libssh's session: now, or from the loop once no other thread uses that. */
void agent_login_free(struct agent_login *login, void (*end)(void *ctx), void *ctx);

#endif
