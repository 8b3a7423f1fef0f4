/* ssh_keyring.c: see ssh_keyring.h */
#include "agentless/reach/ssh_keyring.h"
#include "base/mem.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ssh_keyring {
    struct ssh_identity **items;
    size_t count, capacity;
};

struct ssh_keyring *ssh_keyring_new(void)
{
    return xcalloc(1, sizeof(struct ssh_keyring));
}

void ssh_keyring_free(struct ssh_keyring *ring)
{
    for (size_t i = 0; i < ring->count; i++) {
        ssh_key_free(ring->items[i]->key);
        ssh_key_free(ring->items[i]->certificate);
        free(ring->items[i]->path);
        free(ring->items[i]->problem);
        free(ring->items[i]);
    }
    free(ring->items);
    free(ring);
}

/* Asked only for encrypted keys. Refusing here also keeps OpenSSL from prompting on the terminal. */
static int no_passphrase(const char *prompt, char *buffer, size_t length, int echo, int verify,
                         void *encrypted)
{
    (void)prompt, (void)echo, (void)verify;
    if (length)
        *buffer = '\0';
    *(bool *)encrypted = true;
    return -1;
}

static void load(struct ssh_identity *identity)
{
    bool encrypted = false;
    char *certificate_path = xasprintf("%s-cert.pub", identity->path);
    if (access(identity->path, R_OK)) {
        identity->problem = xasprintf("%s", strerror(errno));
    } else if (ssh_pki_import_privkey_file(identity->path, NULL, no_passphrase, &encrypted, &identity->key) !=
               SSH_OK) {
        identity->key = NULL;
        identity->problem = xstrdup(encrypted ? "is encrypted; add it to ssh-agent"
                                              : "is no private key that libssh can read");
    } else if (access(certificate_path, R_OK) == 0) {
        ssh_key public_part = NULL;
        if (ssh_pki_import_cert_file(certificate_path, &public_part) == SSH_OK &&
            ssh_pki_import_privkey_file(identity->path, NULL, no_passphrase, &encrypted,
                                        &identity->certificate) == SSH_OK &&
            ssh_pki_copy_cert_to_privkey(public_part, identity->certificate) != SSH_OK) {
            ssh_key_free(identity->certificate);
            identity->certificate = NULL;
        }
        ssh_key_free(public_part);
    }
    free(certificate_path);
}

const struct ssh_identity *ssh_keyring_get(struct ssh_keyring *ring, const char *path)
{
    for (size_t i = 0; i < ring->count; i++)
        if (strcmp(ring->items[i]->path, path) == 0)
            return ring->items[i];
    struct ssh_identity *identity = xcalloc(1, sizeof *identity);
    identity->path = xstrdup(path);
    load(identity);
    ring->items = grow_array(ring->items, ring->count, &ring->capacity, sizeof(void *));
    ring->items[ring->count++] = identity;
    return identity;
}
