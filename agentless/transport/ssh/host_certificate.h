/* host_certificate.h: OpenSSH's host certificates (PROTOCOL.certkeys): reading one, and whether an authority
 * that is trusted vouches for a key by it. Pure, but for the clock that is handed in. */
#ifndef AGENTLESS_TRANSPORT_SSH_HOST_CERTIFICATE_H
#define AGENTLESS_TRANSPORT_SSH_HOST_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "agentless/transport/ssh/wire.h"
#include "base/error.h"

#define CERTIFICATE_BYTES_MAX 16384
#define PRINCIPALS_MAX 256

/* Borrows from the bytes it was read from, but for `key`. */
struct host_certificate {
    unsigned char *key; /* the certified key as a public key of its own ("ssh-ed25519" ...); owned */
    size_t key_length;
    char type[32]; /* of that key */
    uint32_t role; /* 1 user, 2 host */
    struct bytes id;
    struct bytes principals[PRINCIPALS_MAX];
    size_t principal_count;
    uint64_t valid_after, valid_before; /* seconds of the epoch */
    struct bytes critical_options;
    struct bytes authority; /* the public key that signed it */
    struct bytes signed_part, signature;
};

/* Returns 0, or -1 with a message where the bytes are not a certificate of a known kind. */
int host_certificate_read(struct host_certificate *certificate, const unsigned char *bytes, size_t length,
                          struct error *err);
void host_certificate_clear(struct host_certificate *certificate);
/* Whether it is a host's, for this name, at this time, and signed by the authority it names, in a way that
 * `algorithms` (CASignatureAlgorithms; NULL: all) has. Returns 0, or -1 with the reason. The caller compares
 * authority and key. */
int host_certificate_check(const struct host_certificate *certificate, const char *host,
                           const char *algorithms, time_t now, struct error *err);

#endif
