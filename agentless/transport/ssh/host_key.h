/* host_key.h: whether the key that an sshd shows is the host's: by known_hosts, by a certificate of an
 * authority that is trusted there, else by policy. */
#ifndef AGENTLESS_TRANSPORT_SSH_HOST_KEY_H
#define AGENTLESS_TRANSPORT_SSH_HOST_KEY_H

#include <jansson.h>
#include <libssh/libssh.h>
#include <time.h>

#include "agentless/transport/failure.h"
#include "agentless/transport/ssh/known_hosts.h"
#include "inventory/target.h"

/* What is known before the key is seen. All of it is borrowed. */
struct host_key_question {
    struct known_hosts *known;
    struct known_hosts_sources sources;
    const char *known_as; /* the name in known_hosts: "host" or "[host]:port", in small letters */
    const char *host;     /* HostKeyAlias, else the host's name, in small letters: what a certificate names */
    const char *address; /* CheckHostIP: known_hosts' name of the address that was reached; NULL: not asked */
    enum host_key_policy policy;
    const char *algorithms;           /* HostKeyAlgorithms; NULL: all */
    const char *ca_algorithms;        /* CASignatureAlgorithms; NULL: all */
    int rsa_bits_min;                 /* RequiredRSASize */
    const unsigned char *certificate; /* as the host sent it */
    size_t certificate_length;        /* 0: none */
    bool authority;                   /* one may vouch for this host, so that a certificate was sought */
    bool certificate_is_fresh;        /* of this run, or none can be had */
    time_t now;
};

/* What came of it; all zero before. */
struct host_key {
    char *type, *fingerprint; /* NULL: no key was shown */
    char *trusted_by;         /* NULL: it is not trusted */
    int bits;                 /* 0: no RSA key */
    ssh_key pin;              /* a new key to be pinned, once it is known why it may be trusted; NULL: none */
    bool unverified;          /* as asked */
};

/* LOOK_AGAIN: what is known of its certificate is of an earlier run, and may be out of date. */
enum host_key_result { HOST_KEY_OK, HOST_KEY_REFUSED, HOST_KEY_LOOK_AGAIN };

/* Judges the key; fills `result` and, where the key is refused, `failure`. */
enum host_key_result host_key_judge(struct host_key *result, const struct host_key_question *question,
                                    ssh_key key, struct failure *failure);
/* Whether an authority may vouch for this host, and has to: no key of it is known, or one that is known may
 * be revoked by its authority. */
bool host_key_has_authority(const struct host_key_question *question);
bool host_key_needs_certificate(const struct host_key_question *question);
/* The kind of key that the certificate is for, else the kinds that are known of the host, for the key
 * exchange; NULL: any; empty: the configuration allows none that muster has. The caller frees it. */
char *host_key_algorithms(const struct host_key_question *question);
/* Writes a new key down, with the reason why it may be trusted; `name` is the target's, for the message when
 * that fails. */
void host_key_pin(struct host_key *key, const struct host_key_question *question, const char *name,
                  const char *reason);
/* {"type", "fingerprint", "bits", "trusted_by"}; the caller owns it. */
json_t *host_key_json(const struct host_key *key);
void host_key_clear(struct host_key *key);

#endif
