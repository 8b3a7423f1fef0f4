/* host_key.c: see host_key.h */
#include "agentless/transport/ssh/host_key.h"
#include "agentless/transport/ssh/host_certificate.h"
#include "agentless/transport/ssh/pattern.h"
#include "agentless/transport/ssh/public_key.h"
#include "base/json.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kinds of certificate that there are for a kind of key. */
static bool allows_certificate(const struct host_key_question *q, const char *type)
{
    static const char *const RSA[] = {"rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"};
    const char *const *kinds = strcmp(type, "ssh-rsa") == 0 ? RSA : &type;
    size_t count = kinds == RSA ? sizeof RSA / sizeof *RSA : 1;
    bool allowed = false;
    for (size_t i = 0; i < count && !allowed; i++) {
        char *name = xasprintf("%s-cert-v01@openssh.com", kinds[i]);
        allowed = ssh_list_allows(q->algorithms, name);
        free(name);
    }
    return allowed;
}

/* What libssh may have agreed on for a plain key; SHA-1 is never offered. */
static bool allows_key(const struct host_key_question *q, const char *type)
{
    if (strcmp(type, "ssh-rsa") == 0)
        return ssh_list_allows(q->algorithms, "rsa-sha2-512") ||
               ssh_list_allows(q->algorithms, "rsa-sha2-256");
    return ssh_list_allows(q->algorithms, type);
}

char *host_key_algorithms(const struct host_key_question *q)
{
    struct host_certificate certificate;
    struct error err;
    char *algorithms = NULL;
    if (q->certificate_length &&
        !host_certificate_read(&certificate, q->certificate, q->certificate_length, &err) &&
        allows_certificate(q, certificate.type))
        algorithms = xstrdup(strcmp(certificate.type, "ssh-rsa") == 0 ? "rsa-sha2-512,rsa-sha2-256"
                                                                      : certificate.type);
    if (q->certificate_length)
        host_certificate_clear(&certificate);
    return algorithms ? algorithms
                      : known_hosts_algorithms(q->known, &q->sources, q->known_as, q->algorithms);
}

static void note_key(struct host_key *k, ssh_key key)
{
    unsigned char *hash = NULL;
    size_t length = 0;
    host_key_clear(k);
    k->bits = public_key_rsa_bits(key);
    k->type = xstrdup(ssh_key_type_to_char(ssh_key_type(key)));
    char *text = NULL;
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == 0)
        text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
    k->fingerprint = xstrdup(text ? text : "(no fingerprint)");
    ssh_string_free_char(text);
    ssh_clean_pubkey_hash(&hash);
}

static enum host_key_result trust(struct host_key *k, char *why)
{
    k->trusted_by = why;
    return HOST_KEY_OK;
}

/* The verdict on an authority for this host (NULL: is there any); off port 22 the bare name counts too, as
 * with OpenSSH. *where: the deciding line, borrowed. */
static enum host_key_verdict authority_verdict(const struct host_key_question *q, ssh_key authority,
                                               const char **where)
{
    const char *names[] = {q->known_as, q->host};
    enum host_key_verdict verdict = HOST_KEY_UNKNOWN;
    for (size_t i = 0; i < 2 && verdict == HOST_KEY_UNKNOWN; i++)
        verdict = known_hosts_check_authority(q->known, &q->sources, names[i], authority, where);
    return verdict;
}

bool host_key_has_authority(const struct host_key_question *q)
{
    const char *where;
    return (!q->algorithms || strstr(q->algorithms, "-cert-v01@")) &&
           authority_verdict(q, NULL, &where) == HOST_KEY_KNOWN;
}

bool host_key_needs_certificate(const struct host_key_question *q)
{
    return !known_hosts_knows(q->known, &q->sources, q->known_as, q->algorithms) ||
           known_hosts_revokes(q->known, &q->sources, q->known_as) ||
           known_hosts_revokes(q->known, &q->sources, q->host);
}

/* What a certificate says of a key. */
struct voucher {
    enum host_key_verdict authority; /* of its authority */
    const char *where;
    bool vouches;
    struct error why; /* it does not; empty where there is no certificate */
};

static void read_voucher(struct voucher *v, const struct host_key_question *q, ssh_key key)
{
    struct host_certificate certificate = {0};
    *v = (struct voucher){.authority = HOST_KEY_UNKNOWN};
    if (!q->certificate_length)
        return;
    if (!host_certificate_read(&certificate, q->certificate, q->certificate_length, &v->why)) {
        ssh_key authority = public_key_of_bytes(certificate.authority.data, certificate.authority.length);
        ssh_key certified = public_key_of_bytes(certificate.key, certificate.key_length);
        if (authority)
            v->authority = authority_verdict(q, authority, &v->where);
        if (!certified || ssh_key_cmp(certified, key, SSH_KEY_CMP_PUBLIC) != 0)
            error_set(&v->why, "it is for another key than the host's");
        else if (v->authority != HOST_KEY_KNOWN)
            error_set(&v->why, v->authority == HOST_KEY_REVOKED
                                   ? "its authority is revoked"
                                   : "its authority is not one that known_hosts trusts");
        else if (!allows_certificate(q, certificate.type))
            error_set(&v->why, "HostKeyAlgorithms does not allow its kind");
        else
            v->vouches = !host_certificate_check(&certificate, q->host, q->ca_algorithms, q->now, &v->why);
        ssh_key_free(authority);
        ssh_key_free(certified);
    }
    host_certificate_clear(&certificate);
}

/* The verdict on the key by itself; off port 22, where nothing is known of host and port, the bare name
 * counts, as with OpenSSH. */
static enum host_key_verdict key_verdict(const struct host_key_question *q, ssh_key key, const char **where)
{
    enum host_key_verdict verdict = known_hosts_check(q->known, &q->sources, q->known_as, key, where);
    if (verdict == HOST_KEY_UNKNOWN && strcmp(q->known_as, q->host) != 0) {
        const char *bare;
        enum host_key_verdict other = known_hosts_check(q->known, &q->sources, q->host, key, &bare);
        if (other == HOST_KEY_KNOWN || other == HOST_KEY_REVOKED) {
            verdict = other;
            *where = bare;
        }
    }
    return verdict;
}

static void refuse_changed(const struct host_key_question *q, const struct host_key *k, const char *where,
                           struct failure *failure)
{
    char hint[512];
    snprintf(hint, sizeof hint,
             "if the host was reinstalled, remove the old key: ssh-keygen -R '%s' -f %.*s; else somebody "
             "may be in between",
             q->known_as, (int)strcspn(where, ":"), where);
    failure_set(failure, STAGE_HOST_KEY, false, hint,
                "the host key of %s is %s %s, which is not the one in %s", q->known_as, k->type,
                k->fingerprint, where);
}

/* What refuses a key whatever the policy is. */
static bool is_forbidden(const struct host_key_question *q, const struct host_key *k,
                         enum host_key_verdict verdict, bool by_authority, const char *where,
                         struct failure *failure)
{
    if (verdict == HOST_KEY_UNCERTAIN)
        failure_set(failure, STAGE_HOST_KEY, false,
                    "no host key is trusted before the file can be read, since it may revoke it",
                    "the host key of %s cannot be judged: %s", q->known_as, where);
    else if (verdict == HOST_KEY_REVOKED)
        failure_set(failure, STAGE_HOST_KEY, false, "do not log in there; the key was marked as compromised",
                    "the host key %s of %s %s revoked by %s", k->fingerprint, q->known_as,
                    by_authority ? "is certified by an authority that is" : "is", where);
    else if (k->bits && k->bits < q->rsa_bits_min)
        failure_set(failure, STAGE_HOST_KEY, false,
                    "give the host a longer key: ssh-keygen -t ed25519, or lower RequiredRSASize",
                    "the RSA host key of %s has %d bits, and RequiredRSASize asks for %d", q->known_as,
                    k->bits, q->rsa_bits_min);
    else
        return false;
    return true;
}

/* CheckHostIP: whether known_hosts has another key for the address than for the name. */
static bool address_differs(const struct host_key_question *q, const struct host_key *k, ssh_key key,
                            struct failure *failure)
{
    const char *where;
    if (!q->address || q->policy == HOST_KEY_NO)
        return false;
    enum host_key_verdict verdict = known_hosts_check(q->known, &q->sources, q->address, key, &where);
    if (verdict != HOST_KEY_CHANGED && verdict != HOST_KEY_REVOKED)
        return false;
    failure_set(failure, STAGE_HOST_KEY, false,
                "remove the line if the address was given to another host, or set CheckHostIP no",
                "the host key %s of %s is not the one of its address in %s (CheckHostIP)", k->fingerprint,
                q->known_as, where);
    return true;
}

/* The key is neither known nor vouched for. */
static void refuse_unknown(const struct host_key_question *q, const struct host_key *k,
                           const struct voucher *voucher, struct failure *failure)
{
    if (*voucher->why.text)
        failure_set(
            failure, STAGE_HOST_KEY, false,
            "renew the host's certificate (ssh-keygen -s CA -h -n NAMES), or add its key to known_hosts",
            "the host certificate of %s does not vouch for its key %s: %s", q->known_as, k->fingerprint,
            voucher->why.text);
    else
        /* A certificate that was looked for and did not come may have been lost on the way. */
        failure_set(failure, STAGE_HOST_KEY, q->authority && !q->certificate_length,
                    "compare the fingerprint with the host's, then add the key with ssh or ssh-keyscan, or "
                    "use --host-key accept-new",
                    "the host key of %s is unknown: %s %s", q->known_as, k->type, k->fingerprint);
}

static void refuse_kind(const struct host_key_question *q, const struct host_key *k, struct failure *failure)
{
    failure_set(failure, STAGE_HOST_KEY, false,
                "allow it in the ssh configuration, or give the host another key",
                "the host key of %s is %s, which HostKeyAlgorithms does not allow", q->known_as, k->type);
}

static void refuse_pattern(const struct host_key_question *q, struct failure *failure)
{
    failure_set(failure, STAGE_HOST_KEY, false,
                "give the host a HostKeyAlias that is one plain name, or add its key to known_hosts",
                "the key of a new host cannot be pinned for \"%s\", which names more than one host",
                q->known_as);
}

static enum host_key_result judge_by_policy(struct host_key *k, const struct host_key_question *q,
                                            ssh_key key, enum host_key_verdict verdict, const char *where,
                                            const struct voucher *voucher, struct failure *failure)
{
    if (q->policy == HOST_KEY_NO) {
        k->unverified = true;
        return trust(k, xstrdup("not verified (host-key no)"));
    }
    if (*voucher->why.text || (verdict != HOST_KEY_CHANGED && q->policy != HOST_KEY_ACCEPT_NEW)) {
        refuse_unknown(q, k, voucher, failure);
    } else if (verdict == HOST_KEY_CHANGED) {
        refuse_changed(q, k, where, failure);
    } else if (!known_hosts_can_pin(q->known_as)) {
        refuse_pattern(q, failure);
    } else {
        k->pin = ssh_key_dup(key);
        return trust(k, xstrdup("accepted on first contact"));
    }
    return HOST_KEY_REFUSED;
}

enum host_key_result host_key_judge(struct host_key *k, const struct host_key_question *q, ssh_key key,
                                    struct failure *failure)
{
    const char *where = NULL;
    struct voucher voucher;
    note_key(k, key);
    enum host_key_verdict verdict = key_verdict(q, key, &where);
    read_voucher(&voucher, q, key);
    if (q->authority && !q->certificate_is_fresh && !voucher.vouches && q->policy != HOST_KEY_NO &&
        (verdict == HOST_KEY_UNKNOWN || verdict == HOST_KEY_CHANGED || voucher.authority == HOST_KEY_REVOKED))
        return HOST_KEY_LOOK_AGAIN;
    bool by_authority = verdict != HOST_KEY_UNCERTAIN && verdict != HOST_KEY_REVOKED &&
                        (voucher.authority == HOST_KEY_REVOKED || voucher.authority == HOST_KEY_UNCERTAIN);
    if (by_authority && is_forbidden(q, k, voucher.authority, true, voucher.where, failure))
        return HOST_KEY_REFUSED;
    if (is_forbidden(q, k, verdict, false, where, failure))
        return HOST_KEY_REFUSED;
    if (voucher.vouches)
        return trust(k, xasprintf("certificate of the authority in %s", voucher.where));
    if (!allows_key(q, k->type)) {
        refuse_kind(q, k, failure);
        return HOST_KEY_REFUSED;
    }
    if (address_differs(q, k, key, failure))
        return HOST_KEY_REFUSED;
    if (verdict == HOST_KEY_KNOWN)
        return trust(k, xstrdup(where));
    return judge_by_policy(k, q, key, verdict, where, &voucher, failure);
}

void host_key_pin(struct host_key *k, const struct host_key_question *q, const char *name, const char *reason)
{
    if (!k->pin)
        return;
    if (known_hosts_pin(q->known, q->known_as, k->pin, reason))
        fprintf(stderr, "muster: %s: the new host key could not be written to %s: %s\n", name,
                known_hosts_pins_path(q->known), strerror(errno));
    free(k->trusted_by);
    k->trusted_by = xasprintf("accepted on first contact: %s", reason);
    ssh_key_free(k->pin);
    k->pin = NULL;
}

json_t *host_key_json(const struct host_key *k)
{
    json_t *json = json_object();
    json_put(json, "type", json_text(k->type));
    json_put(json, "fingerprint", json_text(k->fingerprint));
    if (k->bits)
        json_put(json, "bits", json_integer(k->bits));
    json_put(json, "trusted_by", json_text(k->trusted_by));
    return json;
}

void host_key_clear(struct host_key *k)
{
    ssh_key_free(k->pin);
    free(k->type);
    free(k->fingerprint);
    free(k->trusted_by);
    *k = (struct host_key){0};
}
