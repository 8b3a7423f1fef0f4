/* ssh_login.h: the order in which credentials are offered to one server. */
#ifndef AGENTLESS_REACH_SSH_LOGIN_H
#define AGENTLESS_REACH_SSH_LOGIN_H

#include <libssh/libssh.h>

#include "agentless/reach/failure.h"
#include "agentless/reach/ssh_config.h"
#include "agentless/reach/ssh_keyring.h"

enum login_result { LOGIN_OK, LOGIN_WAIT, LOGIN_FAILED };

struct ssh_login {
    struct ssh_keyring *keys; /* borrowed */
    char *paths[SSH_FILES_MAX + 1];
    bool explicit_key; /* paths[0] was named for this host: it goes before the agent */
    bool use_agent;
    size_t step;
    bool partial;
};

/* `private_key` (may be NULL) is the key the inventory or the command line names. */
void ssh_login_init(struct ssh_login *login, struct ssh_keyring *keys, const struct ssh_settings *settings,
                    const char *private_key);
/* Call again whenever the session has something to read until it is no more LOGIN_WAIT. */
enum login_result ssh_login_advance(struct ssh_login *login, ssh_session session);
/* Says what was tried and what the server would take. */
void ssh_login_explain(const struct ssh_login *login, ssh_session session, const char *user,
                       struct failure *failure);
void ssh_login_clear(struct ssh_login *login);

#endif
