/* tls_identity.c: see tls_identity.h */
#include "agentless/collect/tls_identity.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

struct tls_identity {
    struct tls_identity *next;
    char *files[3];
    bool usable;
    const char *problem; /* with the key; a literal; NULL: none */
    X509_STORE *store;
    X509 *certificate;
    STACK_OF(X509) * chain;
    EVP_PKEY *key;
};

struct tls_identities {
    struct tls_identity *list;
};

struct tls_identities *tls_identities_new(void)
{
    return xcalloc(1, sizeof(struct tls_identities));
}

void tls_identities_free(struct tls_identities *identities)
{
    for (struct tls_identity *i = identities->list, *next; i; i = next) {
        next = i->next;
        for (size_t f = 0; f < 3; f++)
            free(i->files[f]);
        X509_STORE_free(i->store);
        X509_free(i->certificate);
        sk_X509_pop_free(i->chain, X509_free);
        EVP_PKEY_free(i->key);
        free(i);
    }
    free(identities);
}

static bool load_store(struct tls_identity *i, const char *ca)
{
    i->store = X509_STORE_new();
    return ca ? X509_STORE_load_file(i->store, ca) == 1 : X509_STORE_set_default_paths(i->store) == 1;
}

/* The certificate and what follows it in the file. */
static bool load_certificates(struct tls_identity *i, const char *path)
{
    FILE *file = fopen(path, "re");
    X509 *next;
    if (!file)
        return false;
    i->certificate = PEM_read_X509_AUX(file, NULL, NULL, NULL);
    i->chain = sk_X509_new_null();
    while (i->certificate && (next = PEM_read_X509(file, NULL, NULL, NULL)))
        sk_X509_push(i->chain, next);
    ERR_clear_error(); /* OpenSSL reports the file's end as an error */
    fclose(file);
    return i->certificate != NULL;
}

/* An encrypted key is refused, as by the docker CLI, and not asked for on the terminal. */
static int no_passphrase(char *buffer, int size, int writing, void *ctx)
{
    const char **problem = ctx;
    (void)buffer, (void)size, (void)writing;
    *problem = "is encrypted, and nobody is asked for its passphrase";
    return -1;
}

static bool load_key(struct tls_identity *i, const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    if (file_is_exposed(fileno(file))) {
        i->problem = "can be read by others, so that it is refused, as ssh does";
        fclose(file);
        return false;
    }
    i->key = PEM_read_PrivateKey(file, NULL, no_passphrase, &i->problem);
    ERR_clear_error();
    fclose(file);
    return i->key != NULL;
}

static struct tls_identity *tls_identity_find(const struct tls_identities *identities, const char *ca,
                                              const char *cert, const char *key)
{
    struct tls_identity *i = identities->list;
    while (i && !(text_same(i->files[0], ca) && text_same(i->files[1], cert) && text_same(i->files[2], key)))
        i = i->next;
    return i;
}

const char *tls_identity_problem(const struct tls_identities *identities, const char *ca, const char *cert,
                                 const char *key)
{
    const struct tls_identity *i = tls_identity_find(identities, ca, cert, key);
    return i ? i->problem : NULL;
}

const struct tls_identity *tls_identity_get(struct tls_identities *identities, const char *ca,
                                            const char *cert, const char *key)
{
    struct tls_identity *i = tls_identity_find(identities, ca, cert, key);
    if (!i) {
        i = xcalloc(1, sizeof *i);
        i->files[0] = xstrdup(ca);
        i->files[1] = xstrdup(cert);
        i->files[2] = xstrdup(key);
        i->usable = load_store(i, ca) && (!cert || load_certificates(i, cert)) &&
                    (!key || load_key(i, key)) &&
                    (!cert || !key || X509_check_private_key(i->certificate, i->key) == 1);
        ERR_clear_error();
        i->next = identities->list;
        identities->list = i;
    }
    return i->usable ? i : NULL;
}

bool tls_identity_use(const struct tls_identity *i, SSL_CTX *ctx)
{
    SSL_CTX_set1_cert_store(ctx, i->store);
    return !i->certificate || !i->key ||
           SSL_CTX_use_cert_and_key(ctx, i->certificate, i->key, i->chain, 1) == 1;
}
