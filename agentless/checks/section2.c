/* section2.c: the daemon's configuration. What the API says is in force goes before what a file says. Ids in
 * the functions' comments are those of v1.8.0, which counts one more than 1.6.0 and 1.7.0 from 2.7 on. */
#include "agentless/checks/catalog.h"
#include "agentless/checks/daemon_config.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static json_t *options(const struct facts *f)
{
    return json_incref(json_at(f->info, "SecurityOptions"));
}

static bool rootless(const struct facts *f)
{
    return facts_security_option(f, "rootless", NULL);
}

/* False, and the finding ERROR, when /info lacks the field: absent evidence is not "false". */
static bool info_has(const struct facts *f, struct finding *out, const char *path)
{
    if (json_at(f->info, path))
        return true;
    finding_say(out, STATUS_ERROR, "evidence missing: the engine's /info has no %s", path);
    return false;
}

static void unknown_setting(struct finding *out, const char *name, const struct setting_value *v)
{
    finding_say(out, STATUS_ERROR, "evidence missing: %s: %s", name, v->why);
}

/* 2.1 */
static void rootless_daemon(const struct facts *f, struct finding *out)
{
    if (!info_has(f, out, "SecurityOptions"))
        return;
    finding_fact(out, "/info", "SecurityOptions", options(f));
    if (!rootless(f))
        finding_say(out, STATUS_INFO,
                    "the daemon runs as root; rootless mode is worth a review where the workload allows it");
}

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

/* 2.3 */
static void log_level(const struct facts *f, struct finding *out)
{
    struct setting_value v = daemon_setting(f, "log-level");
    const char *level = daemon_setting_text(&v);
    finding_info_fact(out, f, "Debug");
    if (json_true_at(f->info, "Debug")) {
        finding_say(out, STATUS_WARN, "the daemon runs in debug mode");
        return;
    }
    finding_setting(out, "log-level", &v);
    if (v.knowledge == SETTING_UNKNOWN || !level)
        unknown_setting(out, "log-level", &v);
    else if (*level && strcmp(level, "info") != 0)
        finding_say(out, STATUS_WARN, "the log level is \"%s\" (%s)", level, v.source);
}

/* 2.4 */
static void iptables(const struct facts *f, struct finding *out)
{
    struct setting_value v, v6;
    bool on, on6;
    if (!daemon_setting_bool(f, "iptables", true, &v, &on)) {
        unknown_setting(out, "iptables", &v);
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
    if (!info_has(f, out, "RegistryConfig"))
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

static void driver_is_not(const struct facts *f, struct finding *out, const char *bad, const char *why)
{
    const char *driver = json_text_at(f->info, "Driver");
    if (!driver) {
        info_has(f, out, "Driver");
        return;
    }
    finding_info_fact(out, f, "Driver");
    if (strcmp(driver, bad) == 0)
        finding_say(out, STATUS_WARN, "the storage driver is %s, %s", bad, why);
}

/* 2.6 */
static void no_aufs(const struct facts *f, struct finding *out)
{
    driver_is_not(f, out, "aufs", "which was never part of the kernel and left Docker in 24.0");
}

/* 2.7, new in 1.8.0 */
static void no_devicemapper(const struct facts *f, struct finding *out)
{
    driver_is_not(f, out, "devicemapper", "which was deprecated and left Docker in 25.0");
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

/* "Listen=0.0.0.0:2375 (Stream)" of a socket unit is a TCP listener that dockerd gets as fd://. */
static void socket_unit_listeners(const struct facts *f, struct finding *out)
{
    const json_t *unit = json_object_get(json_at(f->host, "units"), "docker.socket");
    const char *listen = json_text_at(unit, "Listen");
    if (!listen || !text_same(json_text_at(unit, "ActiveState"), "active"))
        return;
    finding_fact(out, "systemctl show docker.socket", "Listen", json_text(listen));
    for (const char *line = listen; *line; line += strcspn(line, "\n"), line += *line == '\n')
        if (*line != '/' && *line != '@' && *line != '\n') {
            char address[200];
            snprintf(address, sizeof address, "%.*s", (int)strcspn(line, " \n"), line);
            finding_item(out, STATUS_WARN, "listener", address,
                         "docker.socket opens a TCP port, and a socket-activated listener has no TLS");
        }
}

static void tls_listeners(const struct facts *f, struct finding *out)
{
    struct setting_value hosts = daemon_setting(f, "host");
    int version = facts_docker_version(f);
    bool telling = version >= 1809 && json_at(f->info, "Warnings");
    if (hosts.knowledge != SETTING_UNKNOWN)
        finding_setting(out, "host", &hosts);
    socket_unit_listeners(f, out);
    if (telling) {
        finding_info_fact(out, f, "Warnings");
        listener_warnings(f, out);
        return;
    }
    bool plain = text_same(json_text_at(f->root, "session.transport"), "tcp");
    if (plain) {
        finding_fact(out, "session", "transport", json_text("tcp"));
        finding_say(out, STATUS_WARN, "muster itself spoke to the engine without TLS");
        return;
    }
    if (hosts.knowledge == SETTING_UNKNOWN) {
        finding_say(out, STATUS_ERROR,
                    "evidence missing: the engine does not list its listeners in /info, and %s", hosts.why);
        return;
    }
    size_t count = json_is_array(hosts.value) ? json_array_size(hosts.value) : 0;
    struct setting_value verify;
    bool verified = false;
    bool known = daemon_setting_bool(f, "tlsverify", false, &verify, &verified);
    for (size_t i = 0; i < count; i++) {
        const char *host = json_string_value(json_array_get(hosts.value, i));
        if (!host || !text_starts(host, "tcp://"))
            continue;
        if (!known)
            finding_item(out, STATUS_ERROR, "listener", host, "whether clients are verified is not known: %s",
                         verify.why);
        else if (!verified)
            finding_item(out, STATUS_WARN, "listener", host, "has no tlsverify");
    }
}

/* 2.9 */
static void default_ulimit(const struct facts *f, struct finding *out)
{
    struct setting_value v = daemon_setting(f, "default-ulimit");
    if (v.knowledge == SETTING_UNKNOWN) {
        unknown_setting(out, "default-ulimit", &v);
        return;
    }
    finding_setting(out, "default-ulimit", &v);
    bool set = json_is_array(v.value) ? json_array_size(v.value) > 0 : json_object_size(v.value) > 0;
    if (!set)
        finding_say(out, STATUS_INFO, "no default ulimits are set; containers take the daemon's own");
}

/* 2.10 */
static void userns(const struct facts *f, struct finding *out)
{
    if (!info_has(f, out, "SecurityOptions"))
        return;
    finding_fact(out, "/info", "SecurityOptions", options(f));
    if (rootless(f))
        finding_say(out, STATUS_INFO,
                    "the daemon is rootless: root in a container is the daemon's user already");
    else if (!facts_security_option(f, "userns", NULL))
        finding_say(out, STATUS_WARN,
                    "root in a container is root on the host: user namespaces are not remapped");
}

/* 2.11 */
static void cgroup_parent(const struct facts *f, struct finding *out)
{
    struct setting_value v = daemon_setting(f, "cgroup-parent");
    const char *parent = daemon_setting_text(&v);
    if (v.knowledge == SETTING_UNKNOWN || !parent) {
        unknown_setting(out, "cgroup-parent", &v);
        return;
    }
    finding_setting(out, "cgroup-parent", &v);
    if (*parent)
        finding_say(out, STATUS_INFO,
                    "containers go below the cgroup \"%s\" (%s); confirm that this is meant", parent,
                    v.source);
}

/* 2.12. Only devicemapper has a base device. */
static void base_size(const struct facts *f, struct finding *out)
{
    const char *driver = json_text_at(f->info, "Driver");
    if (!driver) {
        info_has(f, out, "Driver");
        return;
    }
    finding_info_fact(out, f, "Driver");
    if (strcmp(driver, "devicemapper") != 0)
        return;
    struct setting_value v = daemon_setting(f, "storage-opt");
    if (v.knowledge == SETTING_UNKNOWN) {
        unknown_setting(out, "storage-opt", &v);
        return;
    }
    finding_setting(out, "storage-opt", &v);
    for (size_t i = 0; i < json_array_size(v.value); i++) {
        const char *option = json_string_value(json_array_get(v.value, i));
        if (option && text_starts(option, "dm.basesize"))
            finding_say(out, STATUS_WARN, "the base device size is changed: %s", option);
    }
}

/* 2.13 */
static void authorization(const struct facts *f, struct finding *out)
{
    if (!info_has(f, out, "Plugins"))
        return;
    finding_info_fact(out, f, "Plugins.Authorization");
    if (!json_array_size(json_at(f->info, "Plugins.Authorization")))
        finding_say(out, STATUS_WARN,
                    "no authorization plugin is loaded: whoever reaches the API may do everything");
}

/* 2.14. Drivers that hand logs to another machine by their nature, those that may, and those that never do.
 */
static void remote_logging(const struct facts *f, struct finding *out)
{
    static const char *const REMOTE[] = {"gelf",    "fluentd",    "awslogs", "splunk",
                                         "gcplogs", "logentries", NULL};
    static const char *const LOCAL[] = {"json-file", "local", "none", "", NULL};
    const char *driver = json_text_at(f->info, "LoggingDriver");
    if (!driver) {
        info_has(f, out, "LoggingDriver");
        return;
    }
    finding_info_fact(out, f, "LoggingDriver");
    for (size_t i = 0; LOCAL[i]; i++)
        if (strcmp(driver, LOCAL[i]) == 0) {
            finding_say(out, STATUS_WARN,
                        "the log driver \"%s\" keeps logs on the host, where an intruder can remove them",
                        driver);
            return;
        }
    for (size_t i = 0; REMOTE[i]; i++)
        if (strcmp(driver, REMOTE[i]) == 0)
            return;
    finding_say(out, STATUS_INFO,
                "the log driver \"%s\" may or may not send logs off the host; confirm that it does", driver);
}

/* 2.15. /info tells from 24.0 on; before, only the configuration does. */
static void no_new_privileges(const struct facts *f, struct finding *out)
{
    struct setting_value v;
    bool on;
    if (facts_security_option(f, "no-new-privileges", NULL)) {
        finding_fact(out, "/info", "SecurityOptions", options(f));
        return;
    }
    if (facts_docker_version(f) >= 2400 && json_at(f->info, "SecurityOptions")) {
        finding_fact(out, "/info", "SecurityOptions", options(f));
        finding_say(out, STATUS_WARN,
                    "containers may gain privileges (setuid programs) unless each one says otherwise");
    } else if (!daemon_setting_bool(f, "no-new-privileges", false, &v, &on)) {
        unknown_setting(out, "no-new-privileges", &v);
    } else {
        finding_setting(out, "no-new-privileges", &v);
        if (!on)
            finding_say(out, STATUS_WARN,
                        "containers may gain privileges (setuid programs) unless each one says otherwise");
    }
}

/* 2.16 */
static void live_restore(const struct facts *f, struct finding *out)
{
    const char *swarm = json_text_at(f->info, "Swarm.LocalNodeState");
    if (!info_has(f, out, "LiveRestoreEnabled"))
        return;
    finding_info_fact(out, f, "LiveRestoreEnabled");
    finding_info_fact(out, f, "Swarm.LocalNodeState");
    if (swarm && strcmp(swarm, "inactive") != 0)
        finding_say(out, STATUS_INFO, "does not apply: live restore and swarm mode exclude each other");
    else if (!json_true_at(f->info, "LiveRestoreEnabled"))
        finding_say(out, STATUS_WARN, "containers stop whenever the daemon stops");
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
            unknown_setting(out, "userland-proxy", &v);
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

/* 2.18. The engine's own profile is called default up to 20.10 and builtin from 23.0 on. */
static void seccomp_profile(const struct facts *f, struct finding *out)
{
    const char *option = NULL;
    if (!info_has(f, out, "SecurityOptions"))
        return;
    finding_fact(out, "/info", "SecurityOptions", options(f));
    if (!facts_security_option(f, "seccomp", &option)) {
        finding_say(out, STATUS_WARN, "the engine runs containers without seccomp");
        return;
    }
    const char *profile = strstr(option, "profile=");
    profile = profile ? profile + strlen("profile=") : "";
    if (strcmp(profile, "unconfined") == 0)
        finding_say(out, STATUS_WARN, "the daemon-wide seccomp profile is unconfined");
    else if (*profile && strcmp(profile, "default") != 0 && strcmp(profile, "builtin") != 0)
        finding_say(out, STATUS_PASS, "a custom profile is in force: %s", profile);
}

/* 2.19 */
static void experimental(const struct facts *f, struct finding *out)
{
    if (!info_has(f, out, "ExperimentalBuild"))
        return;
    finding_info_fact(out, f, "ExperimentalBuild");
    if (json_true_at(f->info, "ExperimentalBuild"))
        finding_say(out, STATUS_WARN, "experimental features are switched on");
}

const struct check SECTION_2[] = {
    {SAME_ID("2.1"), "MMM", 1, NEED_INFO, rootless_daemon,
     "The daemon runs as a non-root user where that is possible",
     "Whoever breaks out of a container, or out of the daemon, has what the daemon's user has; with rootless "
     "mode that is no root.",
     "/info SecurityOptions: name=rootless",
     "Install with dockerd-rootless-setuptool.sh install, where the workload needs no root networking or "
     "devices."},
    {SAME_ID("2.2"), "MMM", 1, NEED_INFO | NEED_NETWORKS | NEED_DOCKERD, no_icc,
     "Containers on the default bridge cannot talk to each other",
     "A container that was broken into can attack its neighbours on the default bridge on every port, "
     "published or not.",
     "/networks, network bridge: option com.docker.network.bridge.enable_icc",
     "\"icc\": false in daemon.json, and a user-defined network for containers that belong together."},
    {SAME_ID("2.3"), "MMM", 1, NEED_INFO | NEED_DOCKERD, log_level, "The log level is info",
     "Debug logs hold request details that belong to nobody's log store; anything coarser than info loses "
     "the trail that an investigation needs.",
     "/info Debug; log-level of dockerd's arguments and daemon.json",
     "\"log-level\": \"info\" in daemon.json, and no debug."},
    {SAME_ID("2.4"), "MMM", 1, NEED_DOCKERD, iptables, "The daemon may manage the firewall rules",
     "Without its rules, isolation between networks and the limits of published ports are whatever somebody "
     "wrote by hand.",
     "iptables of dockerd's arguments and daemon.json",
     "Remove iptables=false from the arguments or daemon.json."},
    {SAME_ID("2.5"), "MMM", 1, NEED_INFO, insecure_registries, "No registry is used without TLS",
     "Whoever is on the path to such a registry decides what runs on the host.",
     "/info RegistryConfig: IndexConfigs and InsecureRegistryCIDRs beside the two loopback ranges",
     "Empty \"insecure-registries\" in daemon.json; give the registry a certificate and its CA to "
     "/etc/docker/certs.d/HOST/ca.crt."},
    {SAME_ID("2.6"), "MMM", 1, NEED_INFO, no_aufs, "The storage driver is not aufs",
     "aufs is outside the kernel, unmaintained, and known for crashes.", "/info Driver",
     "\"storage-driver\": \"overlay2\" in daemon.json; images have to be pulled again."},
    {{NULL, NULL, "2.7"},
     "--M",
     1,
     NEED_INFO,
     no_devicemapper,
     "The storage driver is not devicemapper",
     "devicemapper is deprecated, gone from current engines, and its loop-back mode loses data.",
     "/info Driver",
     "\"storage-driver\": \"overlay2\" in daemon.json; images have to be pulled again."},
    {{"2.7", "2.7", "2.8"},
     "MMM",
     1,
     NEED_INFO | NEED_DOCKERD,
     tls_listeners,
     "Every TCP listener of the daemon has TLS with client certificates",
     "The API is root on the host: an open port 2375 is found by scanners within hours and used to start "
     "miners.",
     "/info Warnings (the engine names unprotected listeners); hosts of arguments and daemon.json; "
     "docker.socket's ports",
     "Remove the tcp:// host, or set \"tlsverify\": true with tlscacert, tlscert and tlskey; or go over "
     "ssh://."},
    {{"2.8", "2.8", "2.9"},
     "MMM",
     1,
     NEED_DOCKERD,
     default_ulimit,
     "Default ulimits are set as wanted",
     "Without limits one container's forks or open files can exhaust the host.",
     "default-ulimit of dockerd's arguments and daemon.json",
     "\"default-ulimits\": {\"nofile\": {\"Name\": \"nofile\", \"Soft\": 1024, \"Hard\": 2048}} in "
     "daemon.json."},
    {{"2.9", "2.9", "2.10"},
     "MMM",
     2,
     NEED_INFO | NEED_DOCKERD,
     userns,
     "User namespaces are remapped",
     "A process that leaves its container as root is then an unprivileged user on the host.",
     "/info SecurityOptions: name=userns or name=rootless",
     "\"userns-remap\": \"default\" in daemon.json; images and containers are then kept apart from those "
     "before."},
    {{"2.10", "2.10", "2.11"},
     "MMM",
     2,
     NEED_DOCKERD,
     cgroup_parent,
     "The default cgroup is in use",
     "Another cgroup may have other limits, or none, and shares them with whatever else is in it.",
     "cgroup-parent of dockerd's arguments and daemon.json",
     "Remove cgroup-parent unless it is meant."},
    {{"2.11", "2.11", "2.12"},
     "MMM",
     2,
     NEED_INFO | NEED_DOCKERD,
     base_size,
     "The base device size is not changed",
     "A larger base device lets every container fill more of the disk.",
     "/info Driver; storage-opt dm.basesize",
     "Remove dm.basesize from the storage options."},
    {{"2.12", "2.12", "2.13"},
     "MMM",
     2,
     NEED_INFO | NEED_DOCKERD,
     authorization,
     "An authorization plugin decides who may do what",
     "Docker's own model is all or nothing: who may run a container may own the host.",
     "/info Plugins.Authorization",
     "Install an authorization plugin and name it in \"authorization-plugins\" of daemon.json."},
    {{"2.13", "2.13", "2.14"},
     "MMM",
     2,
     NEED_INFO | NEED_DOCKERD,
     remote_logging,
     "Logs go to another host",
     "Logs that stay on the host are the first thing an intruder removes.",
     "/info LoggingDriver",
     "\"log-driver\": one that ships logs (syslog to a remote address, gelf, fluentd, ...) in daemon.json, "
     "with its log-opts."},
    {{"2.14", "2.14", "2.15"},
     "MMM",
     1,
     NEED_INFO | NEED_DOCKERD,
     no_new_privileges,
     "Containers cannot gain new privileges by default",
     "A setuid program in an image turns any user in the container into root there.",
     "/info SecurityOptions from 24.0 on; else no-new-privileges of arguments and daemon.json",
     "\"no-new-privileges\": true in daemon.json; it reaches containers created afterwards."},
    {{"2.15", "2.15", "2.16"},
     "MMM",
     1,
     NEED_INFO | NEED_DOCKERD,
     live_restore,
     "Containers survive a restart of the daemon",
     "A daemon that cannot be restarted without an outage is a daemon that is not patched.",
     "/info LiveRestoreEnabled, Swarm.LocalNodeState",
     "\"live-restore\": true in daemon.json."},
    {{"2.16", "2.16", "2.17"},
     "MMM",
     1,
     NEED_INFO | NEED_DOCKERD,
     userland_proxy,
     "The userland proxy is off",
     "The proxy adds attack surface and hides client addresses from the service's log; hairpin NAT does its "
     "work.",
     "/info FirewallBackend from 29.5 on; else userland-proxy of arguments and daemon.json; running "
     "docker-proxy processes",
     "\"userland-proxy\": false in daemon.json."},
    {{"2.17", "2.17", "2.18"},
     "MMM",
     2,
     NEED_INFO,
     seccomp_profile,
     "A seccomp profile is in force for all containers",
     "Without it every system call of the kernel is open to every container.",
     "/info SecurityOptions: name=seccomp,profile=...",
     "Remove \"seccomp-profile\": \"unconfined\"; name a custom profile only where it was reviewed."},
    {{"2.18", "2.18", "2.19"},
     "MMM",
     1,
     NEED_INFO | NEED_DOCKERD,
     experimental,
     "Experimental features are off",
     "Experimental features are not tested for production and change without notice.",
     "/info ExperimentalBuild",
     "Remove \"experimental\": true from daemon.json."},
};
const size_t SECTION_2_COUNT = sizeof SECTION_2 / sizeof *SECTION_2;
