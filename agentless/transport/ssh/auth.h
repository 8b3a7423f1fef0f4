/* auth.h: the order in which credentials are offered to one server. */
#ifndef AGENTLESS_TRANSPORT_SSH_AUTH_H
#define AGENTLESS_TRANSPORT_SSH_AUTH_H

#include <libssh/libssh.h>

#include "agentless/transport/failure.h"
#include "agentless/transport/ssh/keyring.h"
#include "agentless/transport/ssh/settings.h"

enum login_result {
    AUTH_OK,
    AUTH_WAIT,   /* for the server */
    AUTH_LOCKED, /* for a passphrase: keyring_unlock(auth_locked()), then go on */
    AUTH_AGENT,  /* for the agent: agent_login_ask(), auth_agent_answered(), then go on */
    AUTH_FAILED
};

enum offer_kind { OFFER_CERTIFICATE, OFFER_KEY, OFFER_AGENT, OFFER_PASSWORD };

struct offer {
    enum offer_kind kind;
    const struct ssh_identity *identity; /* of a key or certificate; the keyring's */
    bool named; /* for this host: worth a passphrase without asking the server first */
};

/* The agent, the password, and for each file its certificate and its key, with each CertificateFile: further
 * ones are not offered. An sshd takes six (MaxAuthTries). */
#define OFFERS_MAX 128

struct auth {
    struct keyring *keys; /* borrowed */
    struct offer offers[OFFERS_MAX];
    size_t count, step;
    const char *password;    /* borrowed; NULL: none */
    bool verified;           /* the host key was: a password goes to nobody else */
    bool password_forbidden; /* by the ssh configuration */
    bool partial, wanted;    /* wanted: the server has said that it takes the locked key */
    bool agent_answered;
    int agent_result;          /* an SSH_AUTH_... */
    const char *agent_problem; /* borrowed; NULL: none */
};

/* `private_key` (may be NULL) is the key the inventory or the command line names. */
void auth_init(struct auth *login, struct keyring *keys, const struct ssh_settings *settings,
               const char *private_key, const char *password, bool verified);
/* Call again whenever the session has something to read until it is done. */
enum login_result auth_advance(struct auth *login, ssh_session session);
const struct ssh_identity *auth_locked(const struct auth *login);
/* What came of AUTH_AGENT; `problem` (may be NULL) lives as long as the login. */
void auth_agent_answered(struct auth *login, int result, const char *problem);
/* Says what was tried and what the server would take. */
void auth_explain(const struct auth *login, ssh_session session, const char *user, struct failure *failure);

#endif
