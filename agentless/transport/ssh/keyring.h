/* keyring.h: private keys read once a run and used for every host. An encrypted one is opened by a
 * passphrase that the person at the terminal is asked for once a run, never once a host. */
#ifndef AGENTLESS_TRANSPORT_SSH_KEYRING_H
#define AGENTLESS_TRANSPORT_SSH_KEYRING_H

#include <libssh/libssh.h>
#include <stdbool.h>
#include <uv.h>

struct keyring;

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
struct keyring *keyring_new(uv_loop_t *loop, bool can_ask);
void keyring_free(struct keyring *ring);
/* Ends a question that is still open; no callback after this. */
void keyring_close(struct keyring *ring);

/* `certificate` NULL: PATH-cert.pub where it is there. A certificate of another key is none. Never NULL;
 * borrowed. */
const struct ssh_identity *keyring_get(struct keyring *ring, const char *path, const char *certificate);

/* Whether an unlock of this identity may still bring a key: it is locked, and there is somebody to ask. */
bool keyring_can_unlock(const struct keyring *ring, const struct ssh_identity *identity);
typedef void ssh_unlocked_cb(void *ctx);
/* Asks for the identity's passphrase, unless that is under way, and calls back from the loop once it is
 * settled: opened, or no more locked with the reason in problem. */
void keyring_unlock(struct keyring *ring, const struct ssh_identity *identity, ssh_unlocked_cb *done,
                    void *ctx);
/* Takes back all that wait with this ctx. */
void keyring_forget(struct keyring *ring, const void *ctx);
/* Whether the terminal is taken by a question. */
bool keyring_is_asking(const struct keyring *ring);

#endif
