/* connection.c: what muster's own connection shows: an engine without TLS, its certificate, sshd's key (X.8
 * to X.10). */
#include "agentless/checks/topic.h"
#include "agentless/facts/document.h"
#include "base/json.h"
#include "base/text.h"

#include <string.h>
#include <time.h>

/* --- X.8 to X.10: the connections --- */

static void plain_engine(const struct facts *f, struct finding *out)
{
    const json_t *probe = json_at(f->root, "session.plain_2375");
    const char *answer = json_string_value(probe);
    if (text_same(json_text_at(f->root, "session.transport"), "tcp")) {
        finding_fact(out, "session", "transport", json_text("tcp"));
        finding_say(out, STATUS_WARN,
                    "muster itself spoke to the engine without TLS: whoever reaches the port is root");
    } else if (!json_at(f->root, "session.transport")) {
        finding_say(out, STATUS_ERROR, "evidence missing: the host was not reached");
    } else if (!answer) {
        finding_fact(out, "session", "port 2375", json_text("(not asked)"));
        finding_say(out, STATUS_INFO,
                    "not asked: --probe-plain sends one GET to port 2375 of the host's address");
    } else {
        finding_fact(out, "session", "port 2375", json_text(answer));
        if (strcmp(answer, "open") == 0)
            finding_say(out, STATUS_WARN,
                        "the engine answers on port 2375 without TLS: whoever reaches the port is root");
    }
}

/* Days of what remains at the time of collecting; a large number where a date cannot be read. */
static double days_left(const struct facts *f, const char *until)
{
    struct tm end = {0}, now = {0};
    const char *collected = json_text_at(f->root, "collected");
    if (!collected || !strptime(collected, "%Y-%m-%dT%H:%M:%SZ", &now) ||
        !strptime(until, "%Y-%m-%dT%H:%M:%SZ", &end))
        return 1e9;
    return difftime(timegm(&end), timegm(&now)) / 86400;
}

#define CERTIFICATE_DAYS_FEW 30

static void server_certificate(const struct facts *f, struct finding *out)
{
    const char *transport = json_text_at(f->root, "session.transport");
    const json_t *certificate = json_at(f->root, "session.certificate");
    const char *until = json_text_at(certificate, "not_after");
    const char *key = json_text_at(certificate, "key");
    const char *signature = json_text_at(certificate, "signature");
    json_int_t bits = 0;
    if (!transport) {
        finding_say(out, STATUS_ERROR, "evidence missing: the host was not reached");
        return;
    }
    finding_fact(out, "session", "transport", json_text(transport));
    if (strcmp(transport, "tls") != 0) {
        finding_say(out, STATUS_INFO, "does not apply: the engine is not reached over TLS");
        return;
    }
    if (!until) {
        finding_say(out, STATUS_ERROR, "evidence missing: the server's certificate was not seen");
        return;
    }
    finding_fact(out, "session", "certificate", json_incref(json_at(certificate, "")));
    double days = days_left(f, until);
    bool rsa = json_integer_at(certificate, "bits", &bits) && key && strncmp(key, "rsa", 3) == 0;
    if (days < 0)
        finding_say(out, STATUS_WARN, "the server's certificate ended on %.10s", until);
    else if (days < CERTIFICATE_DAYS_FEW)
        finding_say(out, STATUS_WARN, "the server's certificate ends on %.10s, in %.0f days", until, days);
    if (rsa && bits < 2048)
        finding_say(out, STATUS_WARN, "the server's key is RSA with %lld bits; 2048 are the least",
                    (long long)bits);
    if (signature && (strstr(signature, "sha1") || strstr(signature, "SHA1") || strstr(signature, "md5")))
        finding_say(out, STATUS_WARN, "the server's certificate is signed with %.40s", signature);
    if (json_is_false(json_at(f->root, "session.certificate_verified")))
        finding_say(out, STATUS_INFO, "muster was told not to verify this certificate");
}

static void ssh_server(const struct facts *f, struct finding *out)
{
    const char *transport = json_text_at(f->root, "session.transport");
    const char *type = json_text_at(f->root, "session.host_key.type");
    const char *banner = json_text_at(f->root, "session.banner");
    json_int_t bits = 0;
    if (!transport) {
        finding_say(out, STATUS_ERROR, "evidence missing: the host was not reached");
        return;
    }
    const char *shell = json_text_at(f->root, "host.target.shell");
    if (!type && shell && text_starts(shell, "ssh://")) {
        finding_say(out, STATUS_ERROR, "evidence missing: sshd was not reached: %s",
                    facts_why_missing(f, PART_SHELL));
        return;
    }
    if (!type) {
        finding_fact(out, "session", "transport", json_text(transport));
        finding_say(out, STATUS_INFO, "does not apply: muster did not come over ssh");
        return;
    }
    finding_fact(out, "session", "host_key", json_incref(json_at(f->root, "session.host_key")));
    if (banner)
        finding_fact(out, "session", "banner", json_text(banner));
    json_integer_at(f->root, "session.host_key.bits", &bits);
    if (strcmp(type, "ssh-dss") == 0)
        finding_say(out, STATUS_WARN, "sshd's host key is DSA, which is broken");
    else if (text_starts(type, "ssh-rsa") && bits && bits < 2048)
        finding_say(out, STATUS_WARN, "sshd's host key is RSA with %lld bits; 2048 are the least",
                    (long long)bits);
    else if (banner && text_starts(banner, "SSH-1."))
        finding_say(out, STATUS_WARN, "sshd speaks version 1 of the protocol: %.80s", banner);
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("X.8"),
     .assessment = "MMM",
     .level = 1,
     .needs = 0,
     .judge = plain_engine,
     .title = "The Engine API is not reachable without TLS",
     .rationale = "Port 2375 open means root for everyone who can reach it; it is scanned for all day.",
     .evidence = "how muster itself came in; a GET to port 2375, when asked for with --probe-plain",
     .judged = "WARN when the engine answers without TLS; INFO when it was not asked.",
     .remedy = "Remove -H tcp://...:2375; use ssh:// or mutual TLS on 2376."},
    {.id = SAME_ID("X.9"),
     .assessment = "MMM",
     .level = 1,
     .needs = 0,
     .judge = server_certificate,
     .title = "The engine's TLS certificate is current and strong",
     .rationale =
         "An ended certificate stops the fleet's tools at once, and people then switch verification off.",
     .evidence = "the certificate the server showed in this session",
     .judged = "WARN when the certificate ends within 30 days or has ended, has less than RSA 2048, or is "
               "signed with SHA-1 or MD5.",
     .remedy = "Renew it (docker-machine regenerate-certs NAME), with RSA 2048 or better."},
    {.id = SAME_ID("X.10"),
     .assessment = "MMM",
     .level = 1,
     .needs = 0,
     .judge = ssh_server,
     .title = "The host's sshd shows a strong key",
     .rationale = "A weak host key lets somebody in between pose as the host.",
     .evidence = "host key and banner of this session",
     .judged = "WARN for DSA or short RSA host keys, or version 1 of the protocol. INFO when muster did not "
               "come over ssh.",
     .remedy = "Remove DSA and short RSA keys: ssh-keygen -t ed25519 -f /etc/ssh/ssh_host_ed25519_key."},
};

const struct check_topic TOPIC_CONNECTION = CHECK_TOPIC(CHECKS);
