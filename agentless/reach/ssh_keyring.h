/* ssh_keyring.h: private keys read once a run and used for every host. An encrypted one is opened by a
 * passphrase that the person at the terminal is asked for once a run, never once a host. */
#ifndef AGENTLESS_REACH_SSH_KEYRING_H
#define AGENTLESS_REACH_SSH_KEYRING_H

#include <libssh/libssh.h>
#include <stdbool.h>
#include <uv.h>

struct ssh_keyring;

struct ssh_identity {
    char *path;
    char *certificate_path;
    ssh_key key;         /* NULL: see problem, locked */
    ssh_key certificate; /* the same key carrying the certificate; NULL: none */
    ssh_key public_key;  /* of an encrypted key, from PATH.pub; NULL: not known */
    bool locked;         /* encrypted, and not opened yet */
    char *problem;       /* missing, encrypted, unreadable */
};

/* `can_ask`: there is a person to ask for passphrases. */
struct ssh_keyring *ssh_keyring_new(uv_loop_t *loop, bool can_ask);
void ssh_keyring_free(struct ssh_keyring *ring);
/* Ends a question that is still open; no callback after this. */
void ssh_keyring_close(struct ssh_keyring *ring);

/* `certificate` NULL: PATH-cert.pub where it is there. A certificate of another key is none. Never NULL;
 * borrowed. */
const struct ssh_identity *ssh_keyring_get(struct ssh_keyring *ring, const char *path,
                                           const char *certificate);

/* Whether an unlock of this identity may still bring a key: it is locked, and there is somebody to ask. */
bool ssh_keyring_can_unlock(const struct ssh_keyring *ring, const struct ssh_identity *identity);
typedef void ssh_unlocked_cb(void *ctx);
/* Asks for the identity's passphrase, unless that is under way, and calls back from the loop once it is
 * settled: opened, or no more locked with the reason in problem. */
void ssh_keyring_unlock(struct ssh_keyring *ring, const struct ssh_identity *identity, ssh_unlocked_cb *done,
                        void *ctx);
/* Takes back all that wait with this ctx. */
void ssh_keyring_forget(struct ssh_keyring *ring, const void *ctx);
/* Whether the terminal is taken by a question. */
bool ssh_keyring_is_asking(const struct ssh_keyring *ring);

#endif
