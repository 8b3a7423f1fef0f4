/* swarm.c: swarm mode (5.1, 7.1 to 7.9). */
#include "agentless/checks/topic.h"
#include "base/json.h"
#include "base/text.h"

#include <string.h>

static void containers_no_swarm(const struct facts *f, struct finding *out)
{
    const char *state = json_text_at(f->info, "Swarm.LocalNodeState");
    if (!state) {
        finding_say(out, STATUS_ERROR, "evidence missing: the engine's /info has no Swarm.LocalNodeState");
        return;
    }
    finding_info_fact(out, f, "Swarm.LocalNodeState");
    bool expected = json_is_true(facts_policy(f, "expect_swarm"));
    if (strcmp(state, "active") == 0 && expected)
        finding_say(out, STATUS_PASS, "swarm mode is active, as is expected of this host");
    else if (strcmp(state, "inactive") != 0 && *state)
        finding_say(out, STATUS_WARN, "swarm mode is %s: the host listens on 2377, 7946 and 4789", state);
}

/* 90 days, Docker's own default for node certificates, in nanoseconds as the API counts. */
#define NODE_CERTIFICATE_MAX_NS (90LL * 24 * 3600 * 1000000000LL)

#define HOURS(ns) ((long long)((ns) / 3600000000000LL))

/* 7.1 */
static void manager_count(const struct facts *f, struct finding *out)
{
    json_int_t managers;
    finding_info_fact(out, f, "Swarm.Managers");
    finding_info_fact(out, f, "Swarm.Nodes");
    if (!json_integer_at(f->info, "Swarm.Managers", &managers) || managers < 1)
        finding_say(out, STATUS_ERROR,
                    "evidence missing: the engine does not say how many managers there are");
    else if (managers > 7)
        finding_say(out, STATUS_WARN,
                    "%lld managers: more than 7 slow the swarm down and widen its attack surface",
                    (long long)managers);
    else if (managers % 2 == 0)
        finding_say(out, STATUS_WARN, "%lld managers: an even number bears no more failures than one less",
                    (long long)managers);
    else if (managers == 1)
        finding_say(out, STATUS_PASS, "one manager: losing it loses the swarm; 3 bear the loss of one");
}

static const json_t *swarm_state(const struct facts *f)
{
    const json_t *state = json_at(f->host, "swarm");
    return text_same(json_text_at(state, "state"), "read") ? state : NULL;
}

static bool anywhere(const char *address)
{
    return !*address || text_starts(address, "0.0.0.0") || text_starts(address, "[::]") ||
           strcmp(address, "::") == 0 || *address == ':';
}

/* What only root can read on the host; false, and the finding ERROR, where it was not. */
static bool state_seen(const struct facts *f, struct finding *out)
{
    const char *state = json_text_at(f->host, "swarm.state");
    if (swarm_state(f))
        return true;
    const char *why = state ? "it is not there" : "it was not looked at";
    if (!f->host)
        why = facts_why_no_files(f);
    else if (text_same(state, "denied"))
        why = "only root may read it (become=yes would help)";
    finding_say(out, STATUS_ERROR, "evidence missing: swarm/docker-state.json below the data root: %s", why);
    return false;
}

/* 7.2 */
static void listen_address(const struct facts *f, struct finding *out)
{
    if (!state_seen(f, out))
        return;
    const char *listen = json_text_at(swarm_state(f), "ListenAddr");
    finding_fact(out, "swarm/docker-state.json", "ListenAddr", listen ? json_text(listen) : json_null());
    if (!listen)
        finding_say(out, STATUS_ERROR, "evidence missing: docker-state.json has no ListenAddr");
    else if (anywhere(listen))
        finding_item(out, STATUS_WARN, "listener", *listen ? listen : "(any)",
                     "the swarm's management listens on every interface");
}

/* 7.3. The key alone encrypts, whatever its value (moby's overlay driver only asks whether it is there). */
static void encrypted_overlays(const struct facts *f, struct finding *out)
{
    size_t overlays = 0;
    bool manager = json_true_at(f->info, "Swarm.ControlAvailable");
    for (size_t i = 0; i < json_array_size(f->networks); i++) {
        const json_t *network = json_array_get(f->networks, i);
        const char *name = json_text_at(network, "Name");
        if (!text_same(json_text_at(network, "Driver"), "overlay"))
            continue;
        overlays++;
        if (json_object_get(json_at(network, "Options"), "encrypted"))
            continue;
        finding_item(out, STATUS_WARN, "network", text_or(name, "?"),
                     json_true_at(network, "Ingress")
                         ? "the swarm's routing mesh sends traffic between hosts unencrypted"
                         : "traffic between hosts is not encrypted");
    }
    finding_fact(out, "/networks", "overlay networks", json_integer((json_int_t)overlays));
    if (!manager && out->status == STATUS_PASS)
        finding_say(out, STATUS_PASS, "a worker knows only the networks its containers use");
}

/* 7.4 */
static void managed_secrets(const struct facts *f, struct finding *out)
{
    size_t used = 0;
    if (!json_is_array(f->services)) {
        finding_say(out, STATUS_ERROR, "evidence missing: the engine's services: %s",
                    facts_why_missing(f, "services"));
        return;
    }
    for (size_t i = 0; i < json_array_size(f->services); i++) {
        const json_t *service = json_array_get(f->services, i);
        const char *name = json_text_at(service, "Spec.Name");
        const json_t *names = json_at(service, "Spec.TaskTemplate.ContainerSpec.SecretEnv");
        used += json_array_size(json_at(service, "Spec.TaskTemplate.ContainerSpec.Secrets"));
        for (size_t n = 0; n < json_array_size(names); n++)
            finding_item(out, STATUS_WARN, "service", name ? name : "?",
                         "its environment holds what looks like a secret: %.100s",
                         json_string_value(json_array_get(names, n)));
    }
    finding_fact(out, "/services", "services", json_integer((json_int_t)json_array_size(f->services)));
    finding_fact(out, "/services", "secrets given to services", json_integer((json_int_t)used));
    if (!json_array_size(f->services))
        finding_say(out, STATUS_INFO, "does not apply: there are no services");
    else if (!used && out->status == STATUS_PASS)
        finding_say(out, STATUS_INFO, "no service uses a Docker secret, and none has one in its environment");
}

/* 7.5. Never asks for the unlock key itself. */
static void auto_lock(const struct facts *f, struct finding *out)
{
    const json_t *locked = json_at(f->info, "Swarm.Cluster.Spec.EncryptionConfig.AutoLockManagers");
    finding_info_fact(out, f, "Swarm.Cluster.Spec.EncryptionConfig.AutoLockManagers");
    if (!json_is_boolean(locked))
        finding_say(out, STATUS_ERROR,
                    "evidence missing: the engine does not say whether managers are locked");
    else if (!json_is_true(locked))
        finding_say(out, STATUS_WARN,
                    "managers start without an unlock key: the swarm's keys lie open on their disks");
}

/* 7.6 */
static void unlock_key(const struct facts *f, struct finding *out)
{
    const json_t *locked = json_at(f->info, "Swarm.Cluster.Spec.EncryptionConfig.AutoLockManagers");
    finding_info_fact(out, f, "Swarm.Cluster.Spec.EncryptionConfig.AutoLockManagers");
    if (json_is_false(locked))
        finding_say(out, STATUS_INFO,
                    "does not apply: managers are not locked, so there is no key (see 7.5)");
    else
        finding_say(out, STATUS_NOTE, "no engine keeps when its unlock key was rotated: ask who holds it");
}

/* 7.7 */
static void node_certificates(const struct facts *f, struct finding *out)
{
    json_int_t expiry;
    finding_info_fact(out, f, "Swarm.Cluster.Spec.CAConfig.NodeCertExpiry");
    if (!json_integer_at(f->info, "Swarm.Cluster.Spec.CAConfig.NodeCertExpiry", &expiry) || expiry <= 0)
        finding_say(out, STATUS_ERROR,
                    "evidence missing: the engine does not say how long node certificates last");
    else if (expiry > NODE_CERTIFICATE_MAX_NS)
        finding_say(out, STATUS_WARN,
                    "node certificates last %lld hours; 90 days (2160 hours) are the default", HOURS(expiry));
}

/* 7.8 */
static void authority_rotation(const struct facts *f, struct finding *out)
{
    const char *from = json_text_at(f->info, "Swarm.Cluster.TLSInfo.not_before");
    const char *until = json_text_at(f->info, "Swarm.Cluster.TLSInfo.not_after");
    finding_info_fact(out, f, "Swarm.Cluster.TLSInfo");
    if (from && until)
        finding_say(out, STATUS_NOTE,
                    "the swarm's CA certificate is of %.10s and good until %.10s: rotate it by your policy",
                    from, until);
    else
        finding_say(out, STATUS_ERROR,
                    "evidence missing: the engine does not show the swarm's CA certificate");
}

/* 7.9 */
static void separate_data_path(const struct facts *f, struct finding *out)
{
    if (!state_seen(f, out))
        return;
    const char *data = json_text_at(swarm_state(f), "DataPathAddr");
    const char *advertise = json_text_at(swarm_state(f), "AdvertiseAddr");
    /* A worker that joined without one advertises the address that it joined from. */
    if (!advertise || !*advertise)
        advertise = json_text_at(swarm_state(f), "LocalAddr");
    if (!advertise || !*advertise)
        advertise = json_text_at(f->info, "Swarm.NodeAddr");
    finding_fact(out, "swarm/docker-state.json", "DataPathAddr",
                 data ? json_text(data) : json_text("(not set)"));
    finding_fact(out, "swarm/docker-state.json", "AdvertiseAddr",
                 advertise ? json_text(advertise) : json_null());
    size_t length = data ? strcspn(data, ":") : 0;
    if (!data || !*data)
        finding_say(out, STATUS_WARN,
                    "no data path address is set: containers' traffic shares the management address");
    else if (!advertise || !*advertise)
        finding_say(out, STATUS_ERROR, "evidence missing: the address that this node advertises");
    else if (strncmp(data, advertise, length) == 0 && (!advertise[length] || advertise[length] == ':'))
        finding_say(out, STATUS_WARN, "the data path address is the advertise address");
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("5.1"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO,
     .judge = containers_no_swarm,
     .title = "Swarm mode is off unless it is needed",
     .rationale =
         "Swarm mode opens management ports and hands the node's secrets and workload to whoever controls a "
         "manager.",
     .evidence = "/info Swarm.LocalNodeState",
     .judged = "WARN when swarm mode is active and not expected (--expect-swarm).",
     .remedy = "docker swarm leave, on hosts that need no swarm."},
    {.id = SAME_ID("7.1"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_MANAGER,
     .judge = manager_count,
     .title = "A swarm has as many managers as it needs",
     .rationale = "Every manager can read all secrets; too few lose the swarm with one host.",
     .evidence = "/info Swarm.Managers",
     .judged = "Managers: 1, 3, 5 or 7 pass (1 with a remark); an even count or more than 7 is WARN. Judged "
               "on managers.",
     .remedy = "docker node demote NODE, or promote, until there are 3, 5 or 7."},
    {.id = SAME_ID("7.2"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_MANAGER,
     .judge = listen_address,
     .title = "Swarm services are bound to a chosen interface",
     .rationale = "The management ports are otherwise open on public interfaces.",
     .evidence = "swarm/docker-state.json; the listener on 2377",
     .judged = "WARN when the listen address in docker-state.json is every interface.",
     .remedy = "docker swarm init --listen-addr ADDRESS"},
    {.id = SAME_ID("7.3"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_SWARM | NEED_NETWORKS,
     .judge = encrypted_overlays,
     .title = "Overlay networks are encrypted",
     .rationale = "Traffic between containers otherwise crosses the wire in the clear.",
     .evidence = "/networks: option encrypted of overlay networks",
     .judged = "WARN for each overlay network without the option encrypted, the routing mesh's included.",
     .remedy = "docker network create --opt encrypted -d overlay NAME"},
    {.id = SAME_ID("7.4"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_MANAGER,
     .judge = managed_secrets,
     .title = "Secrets are managed by Docker's secrets",
     .rationale = "A secret in the environment is in every inspect, log and child process.",
     .evidence = "/secrets; names in the environment of services",
     .judged = "WARN for secret-looking names in services' environments; PASS when secrets are used.",
     .remedy = "docker secret create, and --secret."},
    {.id = SAME_ID("7.5"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_MANAGER,
     .judge = auto_lock,
     .title = "The swarm manager is locked automatically",
     .rationale = "Without it the keys of the swarm lie on the disk and in its backups.",
     .evidence = "/info Swarm.Cluster.Spec.EncryptionConfig.AutoLockManagers",
     .judged = "PASS when managers are locked, WARN when not. The unlock key is never asked for.",
     .remedy = "docker swarm update --autolock=true, and keep the key elsewhere."},
    {.id = SAME_ID("7.6"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_MANAGER,
     .judge = unlock_key,
     .title = "The manager's unlock key is rotated",
     .rationale = "A key that was seen once opens every later backup.",
     .evidence = "none that the engine keeps; a person has to tell",
     .judged = "NOTE; INFO where managers are not locked, and so have no key.",
     .remedy = "docker swarm unlock-key --rotate"},
    {.id = SAME_ID("7.7"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_MANAGER,
     .judge = node_certificates,
     .title = "Node certificates are rotated",
     .rationale = "A stolen certificate is good until it ends.",
     .evidence = "/info Swarm.Cluster.Spec.CAConfig.NodeCertExpiry",
     .judged = "WARN when node certificates last longer than 90 days.",
     .remedy = "docker swarm update --cert-expiry 720h"},
    {.id = SAME_ID("7.8"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_MANAGER,
     .judge = authority_rotation,
     .title = "The swarm's CA certificate is rotated",
     .rationale = "Who has the CA's key can join any node.",
     .evidence = "validity of the swarm's root certificate",
     .judged = "NOTE with the validity of the swarm's CA certificate.",
     .remedy = "docker swarm ca --rotate"},
    {.id = SAME_ID("7.9"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_SWARM,
     .judge = separate_data_path,
     .title = "Management and data traffic are separate",
     .rationale = "Load on the data plane otherwise cuts managers off, and both are exposed together.",
     .evidence = "swarm/docker-state.json: data path address",
     .judged = "WARN when no data path address is set, or it is the advertise address.",
     .remedy = "docker swarm init --advertise-addr A --data-path-addr B"},
};

const struct check_topic TOPIC_SWARM = CHECK_TOPIC(CHECKS);
