/* daemon_network.c: the daemon's part in the network: its listeners, registries, firewall rules and bridge
 * (2.2, 2.4, 2.5, 2.8, 2.17). */
#include "agentless/checks/topic.h"
#include "agentless/checks/daemon_config.h"
#include "agentless/checks/listeners.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* 2.2 */
static void no_icc(const struct facts *f, struct finding *out)
{
    static const char OPTION[] = "com.docker.network.bridge.enable_icc";
    const json_t *bridge = NULL;
    for (size_t i = 0; i < json_array_size(f->networks) && !bridge; i++)
        if (text_same(json_text_at(json_array_get(f->networks, i), "Name"), "bridge"))
            bridge = json_array_get(f->networks, i);
    if (!bridge) {
        finding_fact(out, "/networks", "bridge", json_text("(no such network)"));
        return;
    }
    json_t *icc = json_object_get(json_at(bridge, "Options"), OPTION);
    bool on;
    finding_fact(out, "/networks bridge", OPTION, json_incref(icc));
    if (!json_is_string(icc) || !text_bool(json_string_value(icc), &on))
        finding_say(out, STATUS_ERROR, "evidence missing: the default bridge does not say whether icc is on");
    else if (on)
        finding_item(out, STATUS_WARN, "network", "bridge",
                     "containers on the default bridge can reach each other on every port");
}

/* 2.4 */
static void iptables(const struct facts *f, struct finding *out)
{
    struct setting_value v, v6;
    bool on, on6;
    if (!daemon_setting_bool(f, "iptables", true, &v, &on)) {
        setting_unknown(out, "iptables", &v);
        return;
    }
    finding_setting(out, "iptables", &v);
    if (daemon_setting_bool(f, "ip6tables", true, &v6, &on6))
        finding_setting(out, "ip6tables", &v6);
    if (!on)
        finding_say(
            out, STATUS_WARN,
            "the daemon may not manage iptables (%s): published ports and isolation are not enforced by it",
            v.source);
}

/* 2.5. 127.0.0.0/8 and ::1/128 are always listed by the engine itself. */
static void insecure_registries(const struct facts *f, struct finding *out)
{
    const json_t *cidrs = json_at(f->info, "RegistryConfig.InsecureRegistryCIDRs");
    json_t *configs = json_at(f->info, "RegistryConfig.IndexConfigs");
    const char *name;
    json_t *config;
    if (!finding_has_info(f, out, "RegistryConfig"))
        return;
    finding_info_fact(out, f, "RegistryConfig");
    for (size_t i = 0; i < json_array_size(cidrs); i++) {
        const char *cidr = json_string_value(json_array_get(cidrs, i));
        if (cidr && strcmp(cidr, "127.0.0.0/8") != 0 && strcmp(cidr, "::1/128") != 0)
            finding_item(out, STATUS_WARN, "registry", cidr,
                         "addresses of this range may be used without TLS");
    }
    json_object_foreach(configs, name, config)
    {
        json_t *secure = json_object_get(config, "Secure");
        if (json_is_false(secure))
            finding_item(out, STATUS_WARN, "registry", name,
                         "may be used without TLS or with any certificate");
        else if (!json_is_boolean(secure))
            finding_item(out, STATUS_ERROR, "registry", name, "the engine does not say whether it is secure");
    }
}

/* --- 2.8: every TCP listener has TLS with client verification --- */

/* Since 18.09 the engine itself lists each TCP listener without TLS or client verification among its
 * warnings. The text has no guaranteed form, so it is matched loosely. Returns how many. */
static size_t listener_warnings(const struct facts *f, struct finding *out)
{
    const json_t *warnings = json_at(f->info, "Warnings");
    size_t found = 0;
    for (size_t i = 0; i < json_array_size(warnings); i++) {
        const char *text = json_string_value(json_array_get(warnings, i));
        const char *url = text && strcasestr(text, "api is accessible on") ? strstr(text, "http") : NULL;
        if (!url)
            continue;
        char address[200];
        snprintf(address, sizeof address, "%.*s", (int)strcspn(url, " "), url);
        finding_item(out, STATUS_WARN, "listener", address, "%s",
                     strcasestr(text, "without encryption")
                         ? "gives root on the host to whoever can connect: no TLS"
                         : "takes any client: TLS without client verification");
        found++;
    }
    return found;
}

/* A TCP listener by what the daemon was given: also one of docker.socket is wrapped in TLS (since moby
 * 17211). */
static void listener_by_settings(const struct facts *f, const struct listeners *listeners,
                                 const json_t *listener, struct finding *out)
{
    struct setting_value verify;
    bool verified = false;
    const char *address = json_text_at(listener, "address");
    bool unit = json_true_at(listener, "unit");
    bool known = daemon_setting_bool(f, "tlsverify", false, &verify, &verified);
    finding_setting(out, "tlsverify", &verify);
    if (!known)
        finding_item(out, STATUS_ERROR, "listener", address, "whether clients are verified is not known: %s",
                     verify.why.text);
    else if (!verified && unit && listeners->unit_unknown)
        finding_item(out, STATUS_ERROR, "listener", address,
                     "has no tlsverify; whether docker.socket is active systemctl does not say");
    else if (!verified)
        finding_item(out, STATUS_WARN, "listener", address, "has no tlsverify%s",
                     text_if(unit, " (docker.socket opens it)"));
}

/* What muster itself saw of the engine's ports outranks what any file says. */
static void listeners_seen(const struct facts *f, struct finding *out)
{
    if (text_same(json_text_at(f->root, "session.transport"), "tcp")) {
        finding_fact(out, "session", "transport", json_text("tcp"));
        finding_say(out, STATUS_WARN, "muster itself spoke to the engine without TLS");
    }
    if (text_same(json_text_at(f->root, "session.plain_2375"), "open")) {
        finding_fact(out, "session", "port 2375", json_text("open"));
        finding_item(out, STATUS_WARN, "listener", "port 2375", "answers without TLS (--probe-plain)");
    }
}

static void tls_listeners(const struct facts *f, struct finding *out)
{
    struct setting_value hosts = daemon_setting(f, "host");
    bool telling = facts_docker_version(f) >= 1809 && json_at(f->info, "Warnings");
    listeners_seen(f, out);
    if (hosts.knowledge != SETTING_UNKNOWN)
        finding_setting(out, "host", &hosts);
    if (telling) {
        finding_info_fact(out, f, "Warnings");
        listener_warnings(f, out);
    }
    if (hosts.knowledge == SETTING_UNKNOWN) {
        if (!telling && out->status != STATUS_WARN)
            finding_say(out, STATUS_ERROR,
                        "evidence missing: the engine does not list its listeners in /info, and %s",
                        hosts.why.text);
        else if (out->status == STATUS_PASS)
            finding_say(out, STATUS_PASS,
                        "by the engine's own warnings, which leave out sockets that systemd opens for it");
        return;
    }
    /* The engine tells of its own listeners, not of those that systemd opens for it. */
    struct listeners listeners = listeners_read(f, hosts.value, "");
    for (size_t i = 0; i < json_array_size(listeners.tcp); i++) {
        const json_t *listener = json_array_get(listeners.tcp, i);
        if (!telling || json_true_at(listener, "unit"))
            listener_by_settings(f, &listeners, listener, out);
    }
    if (listeners.activated)
        finding_fact(
            out, "docker.socket", "Listen",
            json_incref(json_at(json_object_get(json_at(f->host, "units"), "docker.socket"), "Listen")));
    listeners_clear(&listeners);
}

/* 2.17. From 29.5 on /info has the setting in force among the firewall backend's facts, and only when it is
 * on. */
static void userland_proxy(const struct facts *f, struct finding *out)
{
    const json_t *info = json_at(f->info, "FirewallBackend.Info");
    struct setting_value v;
    bool on;
    if (facts_docker_version(f) >= 2905 && info) {
        on = false;
        finding_info_fact(out, f, "FirewallBackend.Info");
        for (size_t i = 0; i < json_array_size(info); i++) {
            const json_t *pair = json_array_get(info, i);
            const char *name = json_string_value(json_array_get(pair, 0));
            const char *value = json_string_value(json_array_get(pair, 1));
            on = on || (text_same(name, "EnableUserlandProxy") && text_same(value, "true"));
        }
    } else if (daemon_setting_bool(f, "userland-proxy", true, &v, &on)) {
        finding_setting(out, "userland-proxy", &v);
    } else {
        json_int_t running = 0;
        if (!json_integer_at(f->shell, "docker_proxies", &running) || running == 0) {
            setting_unknown(out, "userland-proxy", &v);
            return;
        }
        on = true;
        finding_fact(out, "processes", "docker-proxy", json_integer(running));
    }
    if (on)
        finding_say(out, STATUS_WARN,
                    "published ports go through a userland proxy, which hides the client's address and adds "
                    "a process per port");
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("2.2"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_NETWORKS | NEED_DOCKERD,
     .judge = no_icc,
     .title = "Containers on the default bridge cannot talk to each other",
     .rationale =
         "A container that was broken into can attack its neighbours on the default bridge on every port, "
         "published or not.",
     .evidence = "/networks, network bridge: option com.docker.network.bridge.enable_icc",
     .judged = "PASS when the default bridge has enable_icc=false or does not exist; WARN when it is true.",
     .remedy =
         "\"icc\": false in daemon.json, and a user-defined network for containers that belong together."},
    {.id = SAME_ID("2.4"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_DOCKERD,
     .judge = iptables,
     .title = "The daemon may manage the firewall rules",
     .rationale = "Without its rules, isolation between networks and the limits of published ports are "
                  "whatever somebody "
                  "wrote by hand.",
     .evidence = "iptables of dockerd's arguments and daemon.json",
     .judged = "PASS unless iptables is false in the effective configuration.",
     .remedy = "Remove iptables=false from the arguments or daemon.json."},
    {.id = SAME_ID("2.5"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO,
     .judge = insecure_registries,
     .title = "No registry is used without TLS",
     .rationale = "Whoever is on the path to such a registry decides what runs on the host.",
     .evidence =
         "/info RegistryConfig: IndexConfigs and InsecureRegistryCIDRs beside the two loopback ranges",
     .judged = "WARN for each insecure registry and each insecure address range other than the loopback "
               "ranges that engines always list.",
     .remedy = "Empty \"insecure-registries\" in daemon.json; give the registry a certificate and its CA to "
               "/etc/docker/certs.d/HOST/ca.crt."},
    {.id = {"2.7", "2.7", "2.8"},
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_DOCKERD,
     .judge = tls_listeners,
     .title = "Every TCP listener of the daemon has TLS with client certificates",
     .rationale =
         "The API is root on the host: an open port 2375 is found by scanners within hours and used to start "
         "miners.",
     .evidence =
         "/info Warnings (the engine names unprotected listeners); hosts of arguments and daemon.json; "
         "docker.socket's ports",
     .judged =
         "WARN where muster itself reached the engine without TLS, and for each TCP listener that the engine "
         "calls unprotected; for those of docker.socket, and on engines that do not tell, by hosts and "
         "tlsverify of the effective configuration.",
     .remedy =
         "Remove the tcp:// host, or set \"tlsverify\": true with tlscacert, tlscert and tlskey; or go over "
         "ssh://."},
    {.id = {"2.16", "2.16", "2.17"},
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_DOCKERD,
     .judge = userland_proxy,
     .title = "The userland proxy is off",
     .rationale = "The proxy adds attack surface and hides client addresses from the service's log; hairpin "
                  "NAT does its "
                  "work.",
     .evidence =
         "/info FirewallBackend from 29.5 on; else userland-proxy of arguments and daemon.json; running "
         "docker-proxy processes",
     .judged = "PASS when the userland proxy is off, else WARN.",
     .remedy = "\"userland-proxy\": false in daemon.json."},
};

const struct check_topic TOPIC_DAEMON_NETWORK = CHECK_TOPIC(CHECKS);
