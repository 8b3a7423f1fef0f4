/* engine_tls.c: TLS with an engine: what it is shown, what is asked of it, and what is noted of its
 * certificate.
 */
#include "agentless/collect/engine_internal.h"
#include "agentless/transport/tls_certificate.h"
#include "base/json.h"
#include "base/text.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

/* A name in the certificate's CN alone counts for libcurl; for Go's TLS, so for docker, it has not since 2020
 * (Go 1.15). */
static int on_verify(int good, X509_STORE_CTX *ctx)
{
    X509 *certificate = X509_STORE_CTX_get_current_cert(ctx);
    if (good && certificate && X509_STORE_CTX_get_error_depth(ctx) == 0 &&
        X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1) < 0) {
        X509_STORE_CTX_set_error(ctx, X509_V_ERR_HOSTNAME_MISMATCH);
        return 0;
    }
    return good;
}

static CURLcode on_context(CURL *easy, void *context, void *ctx)
{
    struct request *r = ctx;
    (void)easy;
    if (r->engine->route->verify)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, on_verify);
    bool good = r->identity ? tls_identity_use(r->identity, context) : !engine_key_problem(r);
    return good ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}

const char *engine_key_problem(const struct request *r)
{
    const struct engine_route *route = r->engine->route;
    return tls_identity_problem(http_identities(http_of(r->engine->pool)), route->ca, route->cert,
                                route->key);
}

void engine_set_tls(struct request *r)
{
    CURL *easy = r->easy;
    const struct engine_route *route = r->engine->route;
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, route->verify ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, route->verify ? 2L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_context);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, r);
    r->identity =
        tls_identity_get(http_identities(http_of(r->engine->pool)), route->ca, route->cert, route->key);
    if (r->identity) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
        return;
    }
    /* libcurl reads the files itself then, and says what is wrong with them. It never asks for a passphrase:
     * OpenSSL would ask on the terminal, and hold all hosts. */
    curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "");
    if (route->ca) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, route->ca);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    if (route->cert)
        curl_easy_setopt(easy, CURLOPT_SSLCERT, route->cert);
    if (route->key)
        curl_easy_setopt(easy, CURLOPT_SSLKEY, route->key);
}

/* libcurl tells of a certificate as "Name:value" lines; its own certificate comes first. */
void engine_note_certificate(struct request *r)
{
    struct curl_certinfo *info = NULL;
    json_t *json;
    if (r->engine->certificate || curl_easy_getinfo(r->easy, CURLINFO_CERTINFO, &info) || !info ||
        info->num_of_certs < 1)
        return;
    json = json_object();
    for (struct curl_slist *line = info->certinfo[0]; line; line = line->next) {
        const char *value = strchr(line->data, ':');
        if (value && text_starts(line->data, "Cert:")) {
            char from[32], until[32];
            if (certificate_validity(value + 1, from, until)) {
                json_put(json, "not_before", json_text(from));
                json_put(json, "not_after", json_text(until));
            }
        } else if (value && text_starts(line->data, "Public Key Algorithm:")) {
            json_put(json, "key", json_text(value + 1));
        } else if (value && text_starts(line->data, "Signature Algorithm:")) {
            json_put(json, "signature", json_text(value + 1));
        } else if (value && text_starts(line->data, "RSA Public Key:")) {
            long bits;
            char number[16];
            snprintf(number, sizeof number, "%.*s",
                     (int)strspn(value + 1 + strspn(value + 1, " ("), "0123456789"),
                     value + 1 + strspn(value + 1, " ("));
            if (text_number(number, 1, 65536, &bits))
                json_put(json, "bits", json_integer(bits));
        }
    }
    r->engine->certificate = json;
}
