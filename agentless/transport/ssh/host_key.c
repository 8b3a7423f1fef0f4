/* host_key.c: see host_key.h */
#include "agentless/transport/ssh/host_key.h"
#include "agentless/transport/ssh/host_certificate.h"
#include "base/json.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *host_key_algorithms(const struct host_key_question *q)
{
    struct host_certificate certificate;
    struct error err;
    char *algorithms = NULL;
    if (q->certificate_length &&
        !host_certificate_read(&certificate, q->certificate, q->certificate_length, &err))
        algorithms = xstrdup(strcmp(certificate.type, "ssh-rsa") == 0 ? "rsa-sha2-512,rsa-sha2-256"
                                                                      : certificate.type);
    if (q->certificate_length)
        host_certificate_clear(&certificate);
    return algorithms ? algorithms : known_hosts_algorithms(q->known, q->files, q->known_as);
}

/* An RSA key's size, from the length of its encoding: three fields with a length of four bytes each,
 * "ssh-rsa", the exponent 65537, and the modulus with a leading zero. */
static int rsa_bits(ssh_key key)
{
    char *base64 = NULL;
    int bits = 0;
    if (ssh_key_type(key) == SSH_KEYTYPE_RSA && ssh_pki_export_pubkey_base64(key, &base64) == SSH_OK &&
        base64) {
        size_t length = strlen(base64);
        size_t padding = length - strcspn(base64, "=");
        size_t bytes = length / 4 * 3 - padding;
        bits = bytes > 23 ? (int)(bytes - 23) * 8 : 0;
    }
    ssh_string_free_char(base64);
    return bits;
}

static void note_key(struct host_key *k, ssh_key key)
{
    unsigned char *hash = NULL;
    size_t length = 0;
    host_key_clear(k);
    k->bits = rsa_bits(key);
    k->type = xstrdup(ssh_key_type_to_char(ssh_key_type(key)));
    char *text = NULL;
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == 0)
        text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
    k->fingerprint = xstrdup(text ? text : "(no fingerprint)");
    ssh_string_free_char(text);
    ssh_clean_pubkey_hash(&hash);
}

static bool trust(struct host_key *k, char *why)
{
    k->trusted_by = why;
    return true;
}

/* The verdict on an authority for this name; off port 22 the bare name counts too, as with OpenSSH. */
enum host_key_verdict host_key_authority(const struct host_key_question *q, const char *base64,
                                         const char **where)
{
    const char *names[] = {q->known_as, q->host};
    enum host_key_verdict verdict = HOST_KEY_UNKNOWN;
    for (size_t i = 0; i < 2 && verdict == HOST_KEY_UNKNOWN; i++)
        verdict = known_hosts_check_authority(q->known, q->files, names[i], base64, where);
    return verdict;
}

/* True where a trusted authority vouches for the key by the certificate that was fetched; else the reason is
 * in `err`, empty where there is no certificate. */
static bool vouched_for(const struct host_key_question *q, ssh_key key, const char **where, struct error *err)
{
    struct host_certificate certificate = {0};
    char *key_text = NULL, *certified = NULL, *authority = NULL;
    bool good = false;
    err->text[0] = '\0';
    if (!q->certificate_length)
        return false;
    if (!host_certificate_read(&certificate, q->certificate, q->certificate_length, err) &&
        ssh_pki_export_pubkey_base64(key, &key_text) == SSH_OK) {
        certified = ssh_key_base64(certificate.key, certificate.key_length);
        authority = ssh_key_base64(certificate.authority.data, certificate.authority.length);
        enum host_key_verdict verdict = host_key_authority(q, authority, where);
        if (strcmp(certified, key_text) != 0)
            error_set(err, "it is for another key than the host's");
        else if (verdict != HOST_KEY_KNOWN)
            error_set(err, verdict == HOST_KEY_REVOKED ? "its authority is revoked"
                                                       : "its authority is not one that known_hosts trusts");
        else
            good = !host_certificate_check(&certificate, q->host, q->now, err);
    }
    ssh_string_free_char(key_text);
    free(certified);
    free(authority);
    host_certificate_clear(&certificate);
    return good;
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

enum host_key_result host_key_judge(struct host_key *k, const struct host_key_question *q, ssh_key key,
                                    struct failure *failure)
{
    const char *where = NULL, *authority_at = NULL;
    struct error why = {0};
    note_key(k, key);
    enum host_key_verdict verdict = known_hosts_check(q->known, q->files, q->known_as, key, &where);
    bool vouched = verdict != HOST_KEY_REVOKED && vouched_for(q, key, &authority_at, &why);
    bool ok = false;
    if (q->authority && !q->certificate_is_fresh && !vouched && q->policy != HOST_KEY_NO &&
        (verdict == HOST_KEY_UNKNOWN || verdict == HOST_KEY_CHANGED))
        return HOST_KEY_LOOK_AGAIN;
    if (verdict == HOST_KEY_REVOKED) {
        failure_set(failure, STAGE_HOST_KEY, false, "do not log in there; the key was marked as compromised",
                    "the host key %s of %s is revoked by %s", k->fingerprint, q->known_as, where);
    } else if (vouched) {
        ok = trust(k, xasprintf("certificate of the authority in %s", authority_at));
    } else if (verdict == HOST_KEY_KNOWN) {
        ok = trust(k, xstrdup(where));
    } else if (q->policy == HOST_KEY_NO) {
        ok = trust(k, xstrdup("not verified (host-key no)"));
        k->unverified = true;
    } else if (*why.text) {
        failure_set(
            failure, STAGE_HOST_KEY, false,
            "renew the host's certificate (ssh-keygen -s CA -h -n NAMES), or add its key to known_hosts",
            "the host certificate of %s does not vouch for its key %s: %s", q->known_as, k->fingerprint,
            why.text);
    } else if (verdict == HOST_KEY_CHANGED) {
        refuse_changed(q, k, where, failure);
    } else if (q->policy == HOST_KEY_ACCEPT_NEW) {
        k->pin = ssh_key_dup(key);
        ok = trust(k, xstrdup("accepted on first contact"));
    } else {
        /* A certificate that was looked for and did not come may have been lost on the way. */
        failure_set(failure, STAGE_HOST_KEY, q->authority && !q->certificate_length,
                    "compare the fingerprint with the host's, then add the key with ssh or ssh-keyscan, or "
                    "use --host-key accept-new",
                    "the host key of %s is unknown: %s %s", q->known_as, k->type, k->fingerprint);
    }
    return ok ? HOST_KEY_OK : HOST_KEY_REFUSED;
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
