/* engine_error.c: what went wrong with a request, in words, and what to do about it. */
#include "agentless/collect/engine_internal.h"
#include "agentless/transport/tls_certificate.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

/* The server says at most "bad certificate"; the file says more. */
static bool own_certificate_expired(const struct request *r, struct failure *f)
{
    const struct engine_route *route = r->engine->route;
    char when[32];
    if (!certificate_expired(route->cert, when, sizeof when))
        return false;
    failure_set(f, STAGE_CERTIFICATE, false,
                "renew the client certificate (docker-machine regenerate-certs --client-certs NAME for "
                "Docker Machine's hosts)",
                "%s refused our client certificate %s, which expired on %s", route->base_url, route->cert,
                when);
    return true;
}

/* The key that cannot be read, and what its reader does not say. */
static bool own_key_is_unusable(const struct request *r, struct failure *f)
{
    const struct engine_route *route = r->engine->route;
    const char *problem = engine_key_problem(r);
    if (r->identity || !problem)
        return false;
    failure_set(
        f, STAGE_CERTIFICATE, false,
        "give a key without a passphrase that you alone can read (chmod 600; openssl pkey -in KEY -out NEW)",
        "the key %s of the client certificate %s", route->key, problem);
    return true;
}

static void certificate_failure(struct request *r, struct failure *f)
{
    const char *why = r->error;
    if (own_key_is_unusable(r, f))
        return;
    const char *hint = "check that tls_ca is the CA that signed the server's certificate";
    if (strstr(why, "alert") && own_certificate_expired(r, f))
        return;
    if (strstr(why, "expired"))
        hint = "the server's certificate has expired: renew it (docker-machine regenerate-certs "
               "--client-certs NAME for Docker Machine's hosts)";
    else if (strstr(why, "hostname mismatch"))
        hint = "the server's certificate has no subjectAltName, and a name in its CN alone does not count "
               "(nor for docker): issue it anew with one";
    else if (strstr(why, "subject name") || strstr(why, "alternative"))
        hint = "the certificate is for another name: scan by that name, or give it as tls_name=";
    else if (strstr(why, "protocol version") || strstr(why, "unsupported protocol"))
        hint = "the server speaks no TLS that is safe: it needs 1.2 or later";
    else if (strstr(why, "no ciphers") || strstr(why, "handshake failure"))
        hint =
            "the server and muster have no cipher in common, or the server wants a client certificate: set "
            "tls_cert= and tls_key=";
    else if (strstr(why, "self-signed") || strstr(why, "self signed") || strstr(why, "local issuer"))
        hint = "the server's certificate is not signed by the CA given: set tls_ca= or DOCKER_CERT_PATH";
    else if (strstr(why, "alert"))
        hint = "the server refused our client certificate: set tls_cert= and tls_key= to a pair signed by "
               "its CA";
    failure_set(f, STAGE_CERTIFICATE, false, hint, "TLS with %s failed: %s", r->engine->route->base_url, why);
}

static bool hung_up_after_handshake(const struct request *r, CURLcode code)
{
    curl_off_t handshake = 0, received = 0;
    bool broken = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING;
    curl_easy_getinfo(r->easy, CURLINFO_APPCONNECT_TIME_T, &handshake);
    curl_easy_getinfo(r->easy, CURLINFO_SIZE_DOWNLOAD_T, &received);
    return broken && text_starts(r->engine->route->base_url, "https") && handshake > 0 && !received &&
           !r->engine->api[0];
}

static void connect_failure(const char *where, const char *why, int os_error, struct failure *f)
{
    const char *hint = "check the address, the firewall and whether the host is up";
    if (os_error == EACCES)
        hint = "use become=yes, or give the account a socket that only reads (docs/least-privilege.md)";
    else if (os_error == ENOENT)
        hint = "is Docker running there, and is this the socket's path?";
    else if (os_error == ECONNREFUSED)
        hint = "nothing listens there: is Docker running, and is this its port?";
    failure_set(f, STAGE_CONNECT, os_error == ECONNRESET, hint, "cannot connect to %s: %s", where,
                os_error ? strerror(os_error) : why);
}

static void time_failure(struct request *r, const char *where, const char *why, struct failure *f)
{
    curl_off_t connected = 0;
    curl_easy_getinfo(r->easy, CURLINFO_APPCONNECT_TIME_T, &connected);
    if (!connected)
        curl_easy_getinfo(r->easy, CURLINFO_CONNECT_TIME_T, &connected);
    const char *hint = "check the address, the firewall and whether the host is up; --timeout allows more";
    if (connected)
        hint = "is the engine overloaded?";
    failure_set(f, connected ? STAGE_ENGINE : STAGE_CONNECT, false, hint, "%s gave no answer in time (%s)",
                where, why);
}

void engine_explain(struct request *r, CURLcode code, struct failure *f)
{
    const struct engine_route *route = r->engine->route;
    const char *where = route->socket_path && r->engine->target->engine.scheme->is_socket ? route->socket_path
                                                                                          : route->base_url;
    const char *why = *r->error ? r->error : curl_easy_strerror(code);
    long os_error = 0;
    curl_easy_getinfo(r->easy, CURLINFO_OS_ERRNO, &os_error);
    switch (code) {
    case CURLE_COULDNT_CONNECT:
        connect_failure(where, why, (int)os_error, f);
        break;
    case CURLE_OPERATION_TIMEDOUT:
        time_failure(r, where, why, f);
        break;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        certificate_failure(r, f);
        break;
    default:
        if (strstr(why, "alert"))
            certificate_failure(r, f);
        else if (hung_up_after_handshake(r, code) && own_certificate_expired(r, f))
            break;
        else if (hung_up_after_handshake(r, code))
            /* With TLS 1.3 a server judges the client's certificate when the client has begun to write
             * already: its alert is then sometimes lost in the write's own error. Another try mostly shows
             * it. */
            failure_set(f, STAGE_CERTIFICATE, true,
                        "most likely the server does not accept our client certificate: set tls_cert= and "
                        "tls_key= to a pair signed by its CA",
                        "%s ended the connection right after the TLS handshake: %s", where, why);
        else
            failure_set(f, STAGE_ENGINE,
                        code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING || code == CURLE_SEND_ERROR,
                        "is there a Docker engine behind this address, and is it TLS or plain?",
                        "%s gave no usable answer: %s", where, why);
        break;
    }
}
