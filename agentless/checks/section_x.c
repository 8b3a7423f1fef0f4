/* section_x.c: beyond the benchmark: dangerous capabilities, drift, secrets, restart loops, the ways in. */
#include "agentless/checks/capabilities.h"
#include "agentless/checks/catalog.h"
#include "agentless/checks/container.h"
#include "agentless/checks/daemon_conflict.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* --- X.1 to X.4 --- */

static void with_capability(const struct facts *f, struct finding *out, const char *capability,
                            const char *why)
{
    struct container c;
    json_t *wanted = json_pack("[s]", capability);
    uint64_t bit = capabilities_of(wanted, NULL);
    json_decref(wanted);
    for_each_container(f, c)
    {
        if (!json_at(c.inspect, "HostConfig")) {
            finding_container(out, STATUS_ERROR, &c, "evidence missing: the engine does not say HostConfig");
            continue;
        }
        bool all = container_privileged(&c);
        if (!all && !(capabilities_of(container_list(&c, "HostConfig.CapAdd"), NULL) & bit))
            continue;
        /* The kernel asks for these in the namespace of what they act upon (capabilities(7)). */
        if (container_in_user_namespace(f, &c))
            finding_container(out, STATUS_INFO, &c,
                              "%s %s, but only in its user namespace: not over the host",
                              all ? "is privileged, and so has" : "was given", capability);
        else
            finding_container(out, STATUS_WARN, &c, "%s %s: %s",
                              all ? "is privileged, and so has" : "was given", capability, why);
        finding_container_fact(out, &c, "HostConfig.CapAdd");
    }
}

static void dac_read_search(const struct facts *f, struct finding *out)
{
    with_capability(f, out, "DAC_READ_SEARCH", "any file of the host can be opened by its handle");
}

static void sys_module(const struct facts *f, struct finding *out)
{
    with_capability(f, out, "SYS_MODULE", "code can be loaded into the host's kernel");
}

static void sys_admin(const struct facts *f, struct finding *out)
{
    with_capability(f, out, "SYS_ADMIN", "mounts and cgroups can be used to leave the container");
}

static void sys_ptrace(const struct facts *f, struct finding *out)
{
    with_capability(f, out, "SYS_PTRACE", "other processes can be read and driven");
}

/* --- X.5 --- */

static const json_t *drift_of(const struct facts *f, const struct container *c, const char **source)
{
    const char *layer = facts_layer(f->shell, c->id, c->inspect);
    const json_t *drift = layer ? json_object_get(json_at(f->shell, "layers"), layer) : NULL;
    *source = drift ? "writable layer" : "/containers/ID/changes";
    return drift ? drift : json_object_get(json_at(f->root, "engine.changes"), c->id);
}

static void judge_drift(const struct container *c, const json_t *drift, const char *source,
                        struct finding *out)
{
    const json_t *telling = json_at(drift, "telling");
    json_int_t written = 0, deleted = 0;
    json_integer_at(drift, "written", &written);
    json_integer_at(drift, "deleted", &deleted);
    finding_fact(out, source, c->name, json_incref(json_at(drift, "")));
    if (!written && !deleted)
        return;
    const json_t *first = json_array_get(telling, 0);
    if (first)
        finding_container(out, STATUS_WARN, c,
                          "%lld files written, %lld deleted; the most telling: %.200s (%s)%s",
                          (long long)written, (long long)deleted, json_text_at(first, "path"),
                          json_text_at(first, "why"), json_array_size(telling) > 1 ? " and more" : "");
    else
        finding_container(out, STATUS_INFO, c, "%lld files written, %lld deleted", (long long)written,
                          (long long)deleted);
}

static void drift(const struct facts *f, struct finding *out)
{
    struct container c;
    size_t seen = 0, could_be = 0;
    for_each_container(f, c)
    {
        const char *source;
        const json_t *of = drift_of(f, &c, &source);
        json_int_t written = 0, deleted = 0, noise = 0;
        if (!of) {
            char part[96];
            snprintf(part, sizeof part, "changes/%s", c.id);
            const json_t *own = json_object_get(json_at(f->root, "missing"), part);
            finding_container(out, STATUS_ERROR, &c, "evidence missing: %s",
                              facts_why_missing(f, own ? part : "changes"));
            continue;
        }
        seen++;
        judge_drift(&c, of, source, out);
        json_integer_at(of, "written", &written);
        json_integer_at(of, "deleted", &deleted);
        json_integer_at(of, "noise", &noise);
        could_be += !written && !deleted && !noise && !json_true_at(c.inspect, "HostConfig.ReadonlyRootfs");
    }
    finding_fact(out, "drift", "containers compared", json_integer((json_int_t)seen));
    finding_fact(out, "drift", "could have been read-only (5.13): nothing was written outside volumes",
                 json_integer((json_int_t)could_be));
    if (could_be)
        finding_say(out, out->status, "%zu of %zu containers wrote nothing and could run with --read-only",
                    could_be, seen);
}

/* --- X.6, X.7 --- */

static void environment_secrets(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const json_t *names = json_at(c.inspect, "Config.SecretEnv");
        if (!json_at(c.inspect, "Config"))
            finding_container(out, STATUS_ERROR, &c, "evidence missing: the engine does not say Config");
        for (size_t i = 0; i < json_array_size(names); i++)
            finding_container(out, STATUS_WARN, &c, "its environment holds what looks like a secret: %.100s",
                              json_string_value(json_array_get(names, i)));
    }
}

/* As many restarts are no accident. */
#define RESTARTS_MANY 5

static void restart_loops(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        json_int_t restarts;
        const char *health = json_text_at(c.inspect, "State.Health.Status");
        if (!json_at(c.inspect, "State")) {
            finding_container(out, STATUS_ERROR, &c, "evidence missing: the engine does not say its State");
            continue;
        }
        container_integer(&c, "RestartCount", &restarts);
        if (json_true_at(c.inspect, "State.Restarting"))
            finding_container(out, STATUS_WARN, &c, "is restarting right now, for the %lld. time",
                              (long long)restarts);
        else if (restarts >= RESTARTS_MANY)
            finding_container(out, STATUS_WARN, &c, "was restarted %lld times", (long long)restarts);
        else if (c.running && text_same(health, "unhealthy")) /* engines say so of stopped ones too */
            finding_container(out, STATUS_WARN, &c, "is unhealthy by its own check");
        else if (json_true_at(c.inspect, "State.OOMKilled"))
            finding_container(out, STATUS_INFO, &c, "was killed for lack of memory when it last ended");
        else
            continue;
        finding_container_fact(out, &c, "RestartCount");
    }
}

/* --- X.8 to X.10: the ways in --- */

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

#define CAPABILITY_REMEDY "--cap-drop it, or give only the one capability that is needed; never --privileged."
#define CAPABILITY_EVIDENCE "inspect HostConfig.CapAdd and Privileged"

const struct check SECTION_X[] = {
    {SAME_ID("X.1"), "MMM", 1, NEED_CONTAINERS, dac_read_search, "No container has CAP_DAC_READ_SEARCH",
     "With it a process opens any file of the host by its handle (the exploit is called shocker).",
     CAPABILITY_EVIDENCE, CAPABILITY_REMEDY},
    {SAME_ID("X.2"), "MMM", 1, NEED_CONTAINERS, sys_module, "No container has CAP_SYS_MODULE",
     "A kernel module loaded from a container runs with all rights on the host.", CAPABILITY_EVIDENCE,
     CAPABILITY_REMEDY},
    {SAME_ID("X.3"), "MMM", 1, NEED_CONTAINERS, sys_admin, "No container has CAP_SYS_ADMIN",
     "It allows mounts, and with them the way out by a cgroup's release_agent.", CAPABILITY_EVIDENCE,
     CAPABILITY_REMEDY},
    {SAME_ID("X.4"), "MMM", 1, NEED_CONTAINERS, sys_ptrace, "No container has CAP_SYS_PTRACE",
     "With the host's processes in view, code can be put into any of them.", CAPABILITY_EVIDENCE,
     CAPABILITY_REMEDY},
    {SAME_ID("X.5"), "MMM", 1, NEED_CONTAINERS, drift, "Containers have not drifted from their images",
     "Programs and accounts that appear in a running container are what an intruder leaves behind.",
     "the writable layer by a root shell, else /containers/ID/changes; tmp, run, log and Docker's own files "
     "left out",
     "Look at `docker diff NAME`; rebuild from the image, and run it with --read-only."},
    {SAME_ID("X.6"), "MMM", 1, NEED_CONTAINERS, environment_secrets,
     "No secrets are in containers' environments",
     "Whoever may inspect, or runs a process in the container, reads them.",
     "inspect Config.Env: names, and the shapes of values, which are never kept",
     "Give secrets as files: docker secret, or a mounted file of mode 400."},
    {SAME_ID("X.7"), "MMM", 1, NEED_CONTAINERS, restart_loops,
     "No container is unhealthy or restarts again and again",
     "A service that keeps falling over may be under attack, and hides what made it fall.",
     "inspect RestartCount, State.Restarting, State.Health",
     "docker logs NAME; mend the cause, bound the restarts."},
    {SAME_ID("X.8"), "MMM", 1, 0, plain_engine, "The Engine API is not reachable without TLS",
     "Port 2375 open means root for everyone who can reach it; it is scanned for all day.",
     "how muster itself came in; a GET to port 2375, when asked for with --probe-plain",
     "Remove -H tcp://...:2375; use ssh:// or mutual TLS on 2376."},
    {SAME_ID("X.9"), "MMM", 1, 0, server_certificate, "The engine's TLS certificate is current and strong",
     "An ended certificate stops the fleet's tools at once, and people then switch verification off.",
     "the certificate the server showed in this session",
     "Renew it (docker-machine regenerate-certs NAME), with RSA 2048 or better."},
    {SAME_ID("X.10"), "MMM", 1, 0, ssh_server, "The host's sshd shows a strong key",
     "A weak host key lets somebody in between pose as the host.", "host key and banner of this session",
     "Remove DSA and short RSA keys: ssh-keygen -t ed25519 -f /etc/ssh/ssh_host_ed25519_key."},
    {SAME_ID("X.11"), "MMM", 1, NEED_DOCKERD, daemon_conflict,
     "The running daemon agrees with its configuration",
     "What was mended in a file only, or broken in it, comes true at the next start: a scan of today does "
     "not "
     "speak for tomorrow, and a daemon with a setting in two places does not start at all.",
     "dockerd's arguments, daemon.json, docker.service with its drop-ins, and what /info says is in force",
     "Keep each setting in one place; systemctl daemon-reload && systemctl restart docker."},
};
const size_t SECTION_X_COUNT = sizeof SECTION_X / sizeof *SECTION_X;
