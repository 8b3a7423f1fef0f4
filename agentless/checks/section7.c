/* section7.c: swarm mode. Outside a swarm all are "does not apply" (judge.c); what only managers know is
 * judged on them, once for each manager. */
#include "agentless/checks/catalog.h"
#include "base/json.h"
#include "base/text.h"

#include <string.h>

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
    finding_say(out, STATUS_ERROR, "evidence missing: swarm/docker-state.json below the data root: %s",
                !f->host                     ? facts_why_no_files(f)
                : text_same(state, "denied") ? "only root may read it (become=yes would help)"
                : state                      ? "it is not there"
                                             : "it was not looked at");
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
        finding_item(out, STATUS_WARN, "network", name ? name : "?",
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
    finding_fact(out, "swarm/docker-state.json", "DataPathAddr",
                 data ? json_text(data) : json_text("(not set)"));
    finding_fact(out, "swarm/docker-state.json", "AdvertiseAddr",
                 advertise ? json_text(advertise) : json_null());
    size_t length = data ? strcspn(data, ":") : 0;
    if (!data || !*data)
        finding_say(out, STATUS_WARN,
                    "no data path address is set: containers' traffic shares the management address");
    else if (advertise && strncmp(data, advertise, length) == 0 &&
             (!advertise[length] || advertise[length] == ':'))
        finding_say(out, STATUS_WARN, "the data path address is the advertise address");
}

const struct check SECTION_7[] = {
    {SAME_ID("7.1"), "MMM", 1, NEED_MANAGER, manager_count, "A swarm has as many managers as it needs",
     "Every manager can read all secrets; too few lose the swarm with one host.", "/info Swarm.Managers",
     "docker node demote NODE, or promote, until there are 3, 5 or 7."},
    {SAME_ID("7.2"), "MMM", 1, NEED_MANAGER, listen_address, "Swarm services are bound to a chosen interface",
     "The management ports are otherwise open on public interfaces.",
     "swarm/docker-state.json; the listener on 2377", "docker swarm init --listen-addr ADDRESS"},
    {SAME_ID("7.3"), "MMM", 1, NEED_SWARM | NEED_NETWORKS, encrypted_overlays,
     "Overlay networks are encrypted", "Traffic between containers otherwise crosses the wire in the clear.",
     "/networks: option encrypted of overlay networks",
     "docker network create --opt encrypted -d overlay NAME"},
    {SAME_ID("7.4"), "MMM", 1, NEED_MANAGER, managed_secrets, "Secrets are managed by Docker's secrets",
     "A secret in the environment is in every inspect, log and child process.",
     "/secrets; names in the environment of services", "docker secret create, and --secret."},
    {SAME_ID("7.5"), "MMM", 1, NEED_MANAGER, auto_lock, "The swarm manager is locked automatically",
     "Without it the keys of the swarm lie on the disk and in its backups.",
     "/info Swarm.Cluster.Spec.EncryptionConfig.AutoLockManagers",
     "docker swarm update --autolock=true, and keep the key elsewhere."},
    {SAME_ID("7.6"), "MMM", 1, NEED_MANAGER, unlock_key, "The manager's unlock key is rotated",
     "A key that was seen once opens every later backup.", "none that the engine keeps; a person has to tell",
     "docker swarm unlock-key --rotate"},
    {SAME_ID("7.7"), "MMM", 1, NEED_MANAGER, node_certificates, "Node certificates are rotated",
     "A stolen certificate is good until it ends.", "/info Swarm.Cluster.Spec.CAConfig.NodeCertExpiry",
     "docker swarm update --cert-expiry 720h"},
    {SAME_ID("7.8"), "MMM", 1, NEED_MANAGER, authority_rotation, "The swarm's CA certificate is rotated",
     "Who has the CA's key can join any node.", "validity of the swarm's root certificate",
     "docker swarm ca --rotate"},
    {SAME_ID("7.9"), "MMM", 1, NEED_SWARM, separate_data_path, "Management and data traffic are separate",
     "Load on the data plane otherwise cuts managers off, and both are exposed together.",
     "swarm/docker-state.json: data path address", "docker swarm init --advertise-addr A --data-path-addr B"},
};
const size_t SECTION_7_COUNT = sizeof SECTION_7 / sizeof *SECTION_7;
