/* public_key.c: see public_key.h */
#include "agentless/transport/ssh/public_key.h"
#include "base/base64.h"
#include "agentless/transport/ssh/host_certificate.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* An RSA key of 16384 bits, OpenSSH's largest, has 2.8 kB; a certificate may have 16 kB. */
#define BASE64_MAX 32768
#define CERTIFICATE_SUFFIX "-cert-v01@openssh.com"

/* The name of the type that the bytes begin with; false where they do not. */
static bool type_within(struct bytes bytes, char *type, size_t size)
{
    struct bytes name;
    if (!wire_string(&bytes, &name) || name.length >= size)
        return false;
    memcpy(type, name.data, name.length);
    type[name.length] = '\0';
    return strlen(type) == name.length;
}

ssh_key public_key_of_bytes(const unsigned char *bytes, size_t length)
{
    char type[64];
    ssh_key key = NULL;
    if (length > BASE64_MAX || !type_within((struct bytes){bytes, length}, type, sizeof type) ||
        text_ends(type, CERTIFICATE_SUFFIX))
        return NULL;
    char *base64 = base64_encode(bytes, length);
    if (ssh_pki_import_pubkey_base64(base64, ssh_key_type_from_name(type), &key) != SSH_OK)
        key = NULL;
    free(base64);
    return key;
}

static enum public_key_result read_certificate(struct public_key *key, const unsigned char *bytes,
                                               size_t length)
{
    struct host_certificate certificate = {0};
    struct error err;
    key->certificate = true;
    if (!host_certificate_read(&certificate, bytes, length, &err))
        key->key = public_key_of_bytes(certificate.key, certificate.key_length);
    host_certificate_clear(&certificate);
    return key->key ? PUBLIC_KEY_READ : PUBLIC_KEY_FOREIGN;
}

static bool is_foreign(const char *type)
{
    static const char *const FOREIGN[] = {"ssh-dss", "sk-ssh-ed25519@openssh.com",
                                          "sk-ecdsa-sha2-nistp256@openssh.com", "ssh-xmss@openssh.com"};
    bool foreign = false;
    for (size_t i = 0; i < sizeof FOREIGN / sizeof *FOREIGN && !foreign; i++)
        foreign = strcmp(type, FOREIGN[i]) == 0;
    return foreign;
}

enum public_key_result public_key_read(struct public_key *key, const char *text)
{
    enum public_key_result result = PUBLIC_KEY_MALFORMED;
    char type[64];
    size_t named = strcspn(text, " \t"), length;
    const char *base64 = text + named + strspn(text + named, " \t");
    size_t base64_length = strcspn(base64, " \t");
    *key = (struct public_key){0};
    if (base64_length > BASE64_MAX)
        return result;
    unsigned char *bytes = base64_decode(base64, base64_length, &length);
    if (bytes && type_within((struct bytes){bytes, length}, type, sizeof type) && strlen(type) == named &&
        strncmp(type, text, named) == 0) {
        if (text_ends(type, CERTIFICATE_SUFFIX))
            result = read_certificate(key, bytes, length);
        else if (is_foreign(type))
            result = PUBLIC_KEY_FOREIGN;
        else if ((key->key = public_key_of_bytes(bytes, length)))
            result = PUBLIC_KEY_READ;
    }
    free(bytes);
    return result;
}

void public_key_clear(struct public_key *key)
{
    ssh_key_free(key->key);
    *key = (struct public_key){0};
}

/* "ssh-rsa", the exponent, the modulus. */
static int bits_of_modulus(struct bytes key)
{
    struct bytes field;
    int bits = 0;
    for (int i = 0; i < 3; i++)
        if (!wire_string(&key, &field))
            return 0;
    while (field.length && !*field.data)
        field.data++, field.length--;
    for (unsigned top = field.length ? *field.data : 0; top; top >>= 1)
        bits++;
    return field.length ? (int)(field.length - 1) * 8 + bits : 0;
}

int public_key_rsa_bits(ssh_key key)
{
    char *base64 = NULL;
    size_t length = 0;
    if (ssh_key_type(key) != SSH_KEYTYPE_RSA || ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK)
        return 0;
    unsigned char *bytes = base64_decode(base64, strlen(base64), &length);
    int bits = bytes ? bits_of_modulus((struct bytes){bytes, length}) : 0;
    free(bytes);
    ssh_string_free_char(base64);
    return bits;
}
