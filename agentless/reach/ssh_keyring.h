/* ssh_keyring.h: private keys read once a run and used for every host. */
#ifndef AGENTLESS_REACH_SSH_KEYRING_H
#define AGENTLESS_REACH_SSH_KEYRING_H

#include <libssh/libssh.h>

struct ssh_keyring;

struct ssh_identity {
    char *path;
    ssh_key key;         /* NULL: see problem */
    ssh_key certificate; /* the same key carrying PATH-cert.pub; NULL: none */
    char *problem;       /* missing, encrypted, unreadable */
};

struct ssh_keyring *ssh_keyring_new(void);
void ssh_keyring_free(struct ssh_keyring *ring);
/* Never NULL; borrowed. */
const struct ssh_identity *ssh_keyring_get(struct ssh_keyring *ring, const char *path);

#endif
