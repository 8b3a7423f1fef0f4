/* public_key.h: a public key as OpenSSH's files have it: a type and a base64 text. Pure. */
#ifndef AGENTLESS_TRANSPORT_SSH_PUBLIC_KEY_H
#define AGENTLESS_TRANSPORT_SSH_PUBLIC_KEY_H

#include <libssh/libssh.h>
#include <stdbool.h>
#include <stddef.h>

enum public_key_result {
    PUBLIC_KEY_READ,
    PUBLIC_KEY_FOREIGN,   /* well-formed, of a kind that no host shows muster (DSA, security keys) */
    PUBLIC_KEY_MALFORMED, /* OpenSSH refuses it too */
};

struct public_key {
    ssh_key key;      /* NULL: none. Of a certificate: the key that it certifies */
    bool certificate; /* the text is a certificate */
};

/* Reads "TYPE BLANKS BASE64" at the beginning of a text, as OpenSSH does (sshkey_read): what follows a blank
 * is a comment, the type must be the one within. Fills `key`, which the caller clears. */
enum public_key_result public_key_read(struct public_key *key, const char *text);
void public_key_clear(struct public_key *key);

/* A key of its bytes (RFC 4253, 6.6); NULL where it is none. The caller frees it (ssh_key_free). */
ssh_key public_key_of_bytes(const unsigned char *bytes, size_t length);
/* The size of an RSA key; 0 for another kind. */
int public_key_rsa_bits(ssh_key key);

#endif
