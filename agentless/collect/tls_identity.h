/* tls_identity.h: CA, client certificate and key, read from their files once a run and used for every
 * connection. (libcurl reads them for each one, and parsing a key alone costs OpenSSL 3 more than a whole
 * handshake.) */
#ifndef AGENTLESS_COLLECT_TLS_IDENTITY_H
#define AGENTLESS_COLLECT_TLS_IDENTITY_H

#include <openssl/ssl.h>
#include <stdbool.h>

struct tls_identities;
struct tls_identity;

struct tls_identities *tls_identities_new(void);
void tls_identities_free(struct tls_identities *identities);

/* For these files; NULL means the system's CAs, and no client certificate. NULL where any of them cannot be
 * used: who reads them then says why better. Borrowed. */
const struct tls_identity *tls_identity_get(struct tls_identities *identities, const char *ca,
                                            const char *cert, const char *key);
/* Why these files cannot be used, where their reader would not say it: the key is encrypted, or open to
 * others. NULL: it says it itself. Borrowed. */
const char *tls_identity_problem(const struct tls_identities *identities, const char *ca, const char *cert,
                                 const char *key);
/* Puts it into a connection's context. */
bool tls_identity_use(const struct tls_identity *identity, SSL_CTX *ctx);

#endif
