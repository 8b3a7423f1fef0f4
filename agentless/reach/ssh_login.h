/* ssh_login.h: the order in which credentials are offered to one server. */
#ifndef AGENTLESS_REACH_SSH_LOGIN_H
#define AGENTLESS_REACH_SSH_LOGIN_H

#include <libssh/libssh.h>

#include "agentless/reach/failure.h"
#include "agentless/reach/ssh_keyring.h"
#include "agentless/reach/ssh_settings.h"

enum login_result {
    LOGIN_OK,
    LOGIN_WAIT,   /* for the server */
    LOGIN_LOCKED, /* for a passphrase: ssh_keyring_unlock(ssh_login_locked()), then go on */
    LOGIN_FAILED
};

enum offer_kind { OFFER_CERTIFICATE, OFFER_KEY, OFFER_AGENT, OFFER_PASSWORD };

struct offer {
    enum offer_kind kind;
    const struct ssh_identity *identity; /* of a key or certificate; the keyring's */
    bool named; /* for this host: worth a passphrase without asking the server first */
};

/* The agent, the password, and for each file its certificate and its key, with each CertificateFile. */
#define OFFERS_MAX (2 + (SSH_FILES_MAX + 1) * (SSH_FILES_MAX + 2))

struct ssh_login {
    struct ssh_keyring *keys; /* borrowed */
    struct offer offers[OFFERS_MAX];
    size_t count, step;
    const char *password; /* borrowed; NULL: none */
    bool verified;        /* the host key was: a password goes to nobody else */
    bool partial, wanted; /* wanted: the server has said that it takes the locked key */
};

/* `private_key` (may be NULL) is the key the inventory or the command line names. */
void ssh_login_init(struct ssh_login *login, struct ssh_keyring *keys, const struct ssh_settings *settings,
                    const char *private_key, const char *password, bool verified);
/* Call again whenever the session has something to read until it is done. */
enum login_result ssh_login_advance(struct ssh_login *login, ssh_session session);
const struct ssh_identity *ssh_login_locked(const struct ssh_login *login);
/* Says what was tried and what the server would take. */
void ssh_login_explain(const struct ssh_login *login, ssh_session session, const char *user,
                       struct failure *failure);

#endif
