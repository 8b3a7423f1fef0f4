/* keyring.c: see keyring.h */
#include "agentless/transport/ssh/keyring.h"
#include "agentless/transport/ssh/passphrase.h"
#include "base/base64.h"
#include "agentless/transport/ssh/host_certificate.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIES_MAX 3

struct waiter {
    struct waiter *next;
    ssh_unlocked_cb *done;
    void *ctx;
};

struct keyring {
    uv_loop_t *loop;
    bool can_ask;
    struct ssh_identity **items;
    size_t count, capacity;
    struct ssh_identity *asked; /* whose passphrase is being typed */
    struct passphrase *question;
    unsigned tries;
    struct waiter *waiters;
};

struct keyring *keyring_new(uv_loop_t *loop, bool can_ask)
{
    struct keyring *ring = xcalloc(1, sizeof *ring);
    ring->loop = loop;
    ring->can_ask = can_ask;
    return ring;
}

void keyring_close(struct keyring *ring)
{
    if (ring->question)
        passphrase_cancel(ring->question);
    ring->question = NULL;
    while (ring->waiters)
        keyring_forget(ring, ring->waiters->ctx);
}

void keyring_free(struct keyring *ring)
{
    for (size_t i = 0; i < ring->count; i++) {
        ssh_key_free(ring->items[i]->key);
        ssh_key_free(ring->items[i]->certificate);
        ssh_key_free(ring->items[i]->public_key);
        free(ring->items[i]->path);
        free(ring->items[i]->certificate_path);
        free(ring->items[i]->problem);
        free(ring->items[i]);
    }
    free(ring->items);
    free(ring);
}

struct passphrase_answer {
    const char *text; /* NULL: none yet */
    bool wanted;
};

/* Asked only for encrypted keys. Answering here also keeps OpenSSL from prompting on the terminal. */
static int give_passphrase(const char *prompt, char *buffer, size_t length, int echo, int verify, void *ctx)
{
    struct passphrase_answer *answer = ctx;
    (void)prompt, (void)echo, (void)verify;
    answer->wanted = true;
    if (!length)
        return -1;
    snprintf(buffer, length, "%s", answer->text ? answer->text : "");
    return answer->text ? 0 : -1;
}

/* Whether the certificate is for this key: libssh's own comparison takes the two for different kinds. */
static bool certifies(ssh_key certificate, ssh_key key)
{
    struct host_certificate read = {0};
    struct error err;
    char *blob = NULL, *of_key = NULL;
    bool same = false;
    if (ssh_pki_export_pubkey_base64(certificate, &blob) == SSH_OK &&
        ssh_pki_export_pubkey_base64(key, &of_key) == SSH_OK) {
        size_t size;
        unsigned char *bytes = base64_decode(blob, strlen(blob), &size);
        if (bytes && !host_certificate_read(&read, bytes, size, &err)) {
            char *certified = base64_encode(read.key, read.key_length);
            same = strcmp(certified, of_key) == 0;
            free(certified);
        }
        host_certificate_clear(&read);
        free(bytes);
    }
    ssh_string_free_char(blob);
    ssh_string_free_char(of_key);
    return same;
}

static void load_certificate(struct ssh_identity *identity, struct passphrase_answer *answer)
{
    ssh_key public_part = NULL;
    if (access(identity->certificate_path, R_OK) == 0 &&
        ssh_pki_import_cert_file(identity->certificate_path, &public_part) == SSH_OK &&
        certifies(public_part, identity->key) &&
        ssh_pki_import_privkey_file(identity->path, NULL, give_passphrase, answer, &identity->certificate) ==
            SSH_OK &&
        ssh_pki_copy_cert_to_privkey(public_part, identity->certificate) != SSH_OK) {
        ssh_key_free(identity->certificate);
        identity->certificate = NULL;
    }
    ssh_key_free(public_part);
}

/* True where it was opened, or can never be. */
static bool keyring_load(struct ssh_identity *identity, const char *passphrase)
{
    struct passphrase_answer answer = {.text = passphrase};
    free(identity->problem);
    identity->problem = NULL;
    int fd = open(identity->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        identity->problem = xasprintf("%s", strerror(errno));
        return true;
    }
    bool exposed = file_is_exposed(fd);
    close(fd);
    if (exposed) {
        identity->problem = xstrdup("others can read it, so that it is refused, as by ssh: chmod 600");
        return true;
    }
    if (ssh_pki_import_privkey_file(identity->path, NULL, give_passphrase, &answer, &identity->key) ==
        SSH_OK) {
        load_certificate(identity, &answer);
        return true;
    }
    identity->key = NULL;
    identity->problem = xstrdup(answer.wanted ? "is encrypted; add it to ssh-agent"
                                              : "is no private key that libssh can read");
    return !answer.wanted;
}

const struct ssh_identity *keyring_get(struct keyring *ring, const char *path, const char *certificate)
{
    for (size_t i = 0; i < ring->count; i++)
        if (strcmp(ring->items[i]->path, path) == 0 &&
            (!certificate || strcmp(ring->items[i]->certificate_path, certificate) == 0))
            return ring->items[i];
    struct ssh_identity *identity = xcalloc(1, sizeof *identity);
    identity->path = xstrdup(path);
    identity->certificate_path = certificate ? xstrdup(certificate) : xasprintf("%s-cert.pub", path);
    identity->locked = !keyring_load(identity, NULL);
    if (identity->locked) {
        char *public_path = xasprintf("%s.pub", path);
        if (ssh_pki_import_pubkey_file(public_path, &identity->public_key) != SSH_OK)
            identity->public_key = NULL;
        free(public_path);
    }
    ring->items = grow_array(ring->items, ring->count, &ring->capacity, sizeof(void *));
    ring->items[ring->count++] = identity;
    return identity;
}

bool keyring_can_unlock(const struct keyring *ring, const struct ssh_identity *identity)
{
    return ring->can_ask && identity->locked;
}

bool keyring_is_asking(const struct keyring *ring)
{
    return ring->question != NULL;
}

static void settle(struct keyring *ring)
{
    struct waiter *all = ring->waiters;
    ring->waiters = NULL;
    ring->asked = NULL;
    while (all) {
        struct waiter *next = all->next;
        all->done(all->ctx);
        free(all);
        all = next;
    }
}

static void keyring_ask(struct keyring *ring, struct ssh_identity *identity);

/* One passphrase mostly opens all keys of a person: it is tried on the others before they are asked for. */
static void on_typed(void *ctx, const char *text)
{
    struct keyring *ring = ctx;
    struct ssh_identity *asked = ring->asked;
    ring->question = NULL;
    for (size_t i = 0; i < ring->count && text; i++)
        if (ring->items[i]->locked && keyring_load(ring->items[i], text))
            ring->items[i]->locked = false;
    if (text && asked->locked && ++ring->tries < TRIES_MAX) {
        keyring_ask(ring, asked);
        return;
    }
    if (asked->locked) {
        asked->locked = false;
        free(asked->problem);
        asked->problem = xstrdup(text ? "is encrypted, and the passphrase was wrong"
                                      : "is encrypted, and no passphrase was given");
    }
    settle(ring);
}

static void keyring_ask(struct keyring *ring, struct ssh_identity *identity)
{
    char *path = text_safe(identity->path);
    char *prompt =
        xasprintf("%sPassphrase for %s (asked once for the run): ", ring->tries ? "Wrong. " : "", path);
    ring->asked = identity;
    ring->question = passphrase_ask(ring->loop, prompt, on_typed, ring);
    free(prompt);
    free(path);
}

void keyring_unlock(struct keyring *ring, const struct ssh_identity *identity, ssh_unlocked_cb *done,
                    void *ctx)
{
    struct waiter *w = xcalloc(1, sizeof *w);
    *w = (struct waiter){.next = ring->waiters, .done = done, .ctx = ctx};
    ring->waiters = w;
    /* While another key is asked for, its answer may open this one too; the caller asks again. */
    ring->tries = ring->asked ? ring->tries : 0;
    for (size_t i = 0; i < ring->count && !ring->asked; i++)
        if (ring->items[i] == identity)
            keyring_ask(ring, ring->items[i]);
}

void keyring_forget(struct keyring *ring, const void *ctx)
{
    struct waiter **at = &ring->waiters;
    while (*at) {
        struct waiter *w = *at;
        if (w->ctx == ctx) {
            *at = w->next;
            free(w);
        } else {
            at = &w->next;
        }
    }
}
