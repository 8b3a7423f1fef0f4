/* host_certificate.c: see host_certificate.h. libssh 0.10 neither asks for host certificates nor reads them,
 * and no library of Debian does; the signatures are verified by OpenSSL. The format is OpenSSH's
 * PROTOCOL.certkeys, the keys' and signatures' are RFC 4253, 5656, 8332 and 8709. */
#include "agentless/transport/ssh/host_certificate.h"
#include "agentless/transport/ssh/pattern.h"
#include "base/mem.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdlib.h>
#include <string.h>

#define ROLE_HOST 2

/* --- reading --- */

/* The certified kinds, and how many fields their public keys have. */
static const struct {
    const char *certificate, *key;
    unsigned fields;
} KINDS[] = {
    {"ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519", 1},
    {"ecdsa-sha2-nistp256-cert-v01@openssh.com", "ecdsa-sha2-nistp256", 2},
    {"ecdsa-sha2-nistp384-cert-v01@openssh.com", "ecdsa-sha2-nistp384", 2},
    {"ecdsa-sha2-nistp521-cert-v01@openssh.com", "ecdsa-sha2-nistp521", 2},
    {"ssh-rsa-cert-v01@openssh.com", "ssh-rsa", 2},
    {"rsa-sha2-256-cert-v01@openssh.com", "ssh-rsa", 2},
    {"rsa-sha2-512-cert-v01@openssh.com", "ssh-rsa", 2},
};

/* The key alone: its own name, then its fields as the certificate has them. */
static void make_key(struct host_certificate *c, const char *name, struct bytes fields)
{
    size_t length = strlen(name);
    c->key_length = 4 + length + fields.length;
    c->key = xcalloc(c->key_length, 1);
    c->key[3] = (unsigned char)length;
    memcpy(c->key + 4, name, length);
    memcpy(c->key + 4 + length, fields.data, fields.length);
    snprintf(c->type, sizeof c->type, "%s", name);
}

static bool read_principals(struct host_certificate *c, struct bytes list)
{
    while (list.length) {
        if (c->principal_count == PRINCIPALS_MAX || !wire_string(&list, &c->principals[c->principal_count++]))
            return false;
    }
    return true;
}

int host_certificate_read(struct host_certificate *c, const unsigned char *bytes, size_t length,
                          struct error *err)
{
    struct bytes rest = {.data = bytes, .length = length}, kind, skipped, principals;
    uint64_t serial, role;
    size_t k = 0;
    *c = (struct host_certificate){0};
    if (length > CERTIFICATE_BYTES_MAX || !wire_string(&rest, &kind))
        return error_set(err, "it is no certificate");
    while (k < sizeof KINDS / sizeof *KINDS && !bytes_are(kind, KINDS[k].certificate))
        k++;
    if (k == sizeof KINDS / sizeof *KINDS)
        return error_set(err, "it is no certificate of a kind that is known");
    bool whole = wire_string(&rest, &skipped); /* the nonce */
    struct bytes fields = rest;
    for (unsigned i = 0; i < KINDS[k].fields; i++)
        whole = whole && wire_string(&rest, &skipped);
    fields.length -= rest.length;
    whole = whole && wire_number(&rest, 8, &serial) && wire_number(&rest, 4, &role) &&
            wire_string(&rest, &c->id) && wire_string(&rest, &principals) &&
            wire_number(&rest, 8, &c->valid_after) && wire_number(&rest, 8, &c->valid_before) &&
            wire_string(&rest, &c->critical_options) && wire_string(&rest, &skipped) && /* extensions */
            wire_string(&rest, &skipped) &&                                             /* reserved */
            wire_string(&rest, &c->authority);
    c->signed_part = (struct bytes){.data = bytes, .length = length - rest.length};
    whole = whole && wire_string(&rest, &c->signature) && !rest.length && read_principals(c, principals);
    if (!whole)
        return error_set(err, "the certificate is cut off or malformed");
    c->role = (uint32_t)role;
    make_key(c, KINDS[k].key, fields);
    return 0;
}

void host_certificate_clear(struct host_certificate *c)
{
    free(c->key);
    *c = (struct host_certificate){0};
}

/* --- the signature --- */

static EVP_PKEY *key_from(const char *type, OSSL_PARAM_BLD *build)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    if (ctx && params && EVP_PKEY_fromdata_init(ctx) == 1)
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
    OSSL_PARAM_free(params);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static EVP_PKEY *rsa_key(struct bytes e, struct bytes n)
{
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    BIGNUM *modulus = BN_bin2bn(n.data, (int)n.length, NULL),
           *exponent = BN_bin2bn(e.data, (int)e.length, NULL);
    EVP_PKEY *key = NULL;
    /* Shorter ones can be forged; OpenSSH refuses them too. */
    if (modulus && exponent && BN_num_bits(modulus) >= 2048 && BN_num_bits(modulus) <= 16384 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, modulus) &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, exponent))
        key = key_from("RSA", build);
    BN_free(modulus);
    BN_free(exponent);
    OSSL_PARAM_BLD_free(build);
    return key;
}

static EVP_PKEY *ec_key(const char *group, struct bytes point)
{
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, group, 0) &&
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point.data, point.length))
        key = key_from("EC", build);
    OSSL_PARAM_BLD_free(build);
    return key;
}

static const struct curve {
    const char *type, *name, *group, *digest;
} CURVES[] = {{"ecdsa-sha2-nistp256", "nistp256", "P-256", "SHA256"},
              {"ecdsa-sha2-nistp384", "nistp384", "P-384", "SHA384"},
              {"ecdsa-sha2-nistp521", "nistp521", "P-521", "SHA512"}};

static const struct curve *curve_of(struct bytes type)
{
    for (size_t i = 0; i < sizeof CURVES / sizeof *CURVES; i++)
        if (bytes_are(type, CURVES[i].type))
            return &CURVES[i];
    return NULL;
}

static EVP_PKEY *public_key(struct bytes blob)
{
    struct bytes type, first, second;
    const struct curve *curve;
    if (!wire_string(&blob, &type) || !wire_string(&blob, &first))
        return NULL;
    if (bytes_are(type, "ssh-ed25519"))
        return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, first.data, first.length);
    if (!wire_string(&blob, &second))
        return NULL;
    if (bytes_are(type, "ssh-rsa"))
        return rsa_key(first, second);
    curve = curve_of(type);
    return curve && bytes_are(first, curve->name) ? ec_key(curve->group, second) : NULL;
}

/* SSH has r and s, OpenSSL wants them in DER; the caller frees it. */
static unsigned char *der_of(struct bytes signature, size_t *length)
{
    struct bytes r, s;
    unsigned char *der = NULL;
    int size = 0;
    ECDSA_SIG *both = ECDSA_SIG_new();
    if (wire_string(&signature, &r) && wire_string(&signature, &s)) {
        ECDSA_SIG_set0(both, BN_bin2bn(r.data, (int)r.length, NULL), BN_bin2bn(s.data, (int)s.length, NULL));
        size = i2d_ECDSA_SIG(both, &der);
    }
    ECDSA_SIG_free(both);
    *length = size > 0 ? (size_t)size : 0;
    return der;
}

static bool verify(EVP_PKEY *key, const char *digest, struct bytes text, const unsigned char *signature,
                   size_t length)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = EVP_DigestVerifyInit_ex(ctx, NULL, digest, NULL, NULL, key, NULL) == 1 &&
                EVP_DigestVerify(ctx, signature, length, text.data, text.length) == 1;
    EVP_MD_CTX_free(ctx);
    return good;
}

static bool signature_is_good(const struct host_certificate *c)
{
    struct bytes rest = c->signature, kind, bytes, key_type, authority = c->authority;
    EVP_PKEY *key = public_key(c->authority);
    bool good = false;
    if (key && wire_string(&rest, &kind) && wire_string(&rest, &bytes) && !rest.length &&
        wire_string(&authority, &key_type)) {
        const struct curve *curve = curve_of(kind);
        if (bytes_are(kind, "ssh-ed25519") && bytes_are(key_type, "ssh-ed25519")) {
            good = verify(key, NULL, c->signed_part, bytes.data, bytes.length);
        } else if (curve && curve == curve_of(key_type)) {
            size_t length;
            unsigned char *der = der_of(bytes, &length);
            good = der && verify(key, curve->digest, c->signed_part, der, length);
            OPENSSL_free(der);
        } else if (bytes_are(key_type, "ssh-rsa") &&
                   (bytes_are(kind, "rsa-sha2-256") || bytes_are(kind, "rsa-sha2-512"))) {
            /* ssh-rsa itself is SHA-1, and not accepted. */
            good = verify(key, bytes_are(kind, "rsa-sha2-256") ? "SHA256" : "SHA512", c->signed_part,
                          bytes.data, bytes.length);
        }
    }
    EVP_PKEY_free(key);
    return good;
}

/* --- the verdict --- */

/* A principal is a name, never a pattern. One without any would hold for all hosts; OpenSSH takes it, muster
 * does not. */
static bool names(const struct host_certificate *c, const char *host)
{
    bool found = false;
    for (size_t i = 0; i < c->principal_count && !found; i++)
        found = bytes_are(c->principals[i], host);
    return found;
}

static bool allows_signature(const char *algorithms, struct bytes signature)
{
    struct bytes kind;
    char name[64];
    if (!wire_string(&signature, &kind) || kind.length >= sizeof name)
        return false;
    memcpy(name, kind.data, kind.length);
    name[kind.length] = '\0';
    return ssh_list_allows(algorithms, name);
}

int host_certificate_check(const struct host_certificate *c, const char *host, const char *algorithms,
                           time_t now, struct error *err)
{
    if (c->role != ROLE_HOST)
        return error_set(err, "it certifies a user, not a host");
    if (c->critical_options.length)
        return error_set(err, "it has critical options, which hosts' certificates have none of");
    if ((uint64_t)now < c->valid_after)
        return error_set(err, "it is not valid yet");
    if ((uint64_t)now >= c->valid_before)
        return error_set(err, "it has expired");
    if (!names(c, host))
        return error_set(err, "it is for other names than %s", host);
    if (!allows_signature(algorithms, c->signature))
        return error_set(err, "CASignatureAlgorithms does not allow how it is signed");
    if (!signature_is_good(c))
        return error_set(err, "its signature is not the authority's");
    return 0;
}
