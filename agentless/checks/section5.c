/* section5.c: containers as they are configured and, where a shell shows their processes, as they run. The
 * benchmark means stopped containers too in most checks; each row says which. */
#include "agentless/checks/capabilities.h"
#include "agentless/checks/catalog.h"
#include "agentless/checks/daemon_config.h"
#include "agentless/checks/host_path.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- reading a container --- */

/* A boolean that every engine states; where it is absent the container is not judged. */
static bool read_bool(const struct container *c, struct finding *out, const char *path, bool *value)
{
    const json_t *at = json_at(c->inspect, path);
    *value = json_is_true(at);
    if (!json_is_boolean(at))
        finding_container(out, STATUS_ERROR, c, "evidence missing: the engine does not say %s", path);
    return json_is_boolean(at);
}

/* A list or map, for which absent and null mean empty; anything else is no evidence. */
static const json_t *read_list(const struct container *c, const char *path)
{
    return json_at(c->inspect, path);
}

static bool privileged(const struct container *c)
{
    return json_true_at(c->inspect, "HostConfig.Privileged");
}

static bool of_swarm(const struct container *c)
{
    return json_object_get(json_at(c->inspect, "Config.Labels"), "com.docker.swarm.service.name") != NULL;
}

/* The last word on an option such as seccomp, apparmor, no-new-privileges among SecurityOpt: "" when it is
 * given bare, NULL when it is not given. Docker takes '=' and, from old times, ':'. */
static const char *security_opt(const struct container *c, const char *name)
{
    const json_t *options = json_at(c->inspect, "HostConfig.SecurityOpt");
    size_t length = strlen(name);
    const char *last = NULL;
    for (size_t i = 0; i < json_array_size(options); i++) {
        const char *option = json_string_value(json_array_get(options, i));
        if (!option || strncmp(option, name, length) != 0)
            continue;
        if (option[length] == '=' || option[length] == ':')
            last = option + length + 1;
        else if (!option[length])
            last = "";
    }
    return last;
}

static bool has_security_opt(const struct container *c, const char *name, const char *value)
{
    const json_t *options = json_at(c->inspect, "HostConfig.SecurityOpt");
    for (size_t i = 0; i < json_array_size(options); i++) {
        const char *option = json_string_value(json_array_get(options, i));
        size_t length = strlen(name);
        if (option && strncmp(option, name, length) == 0 &&
            (option[length] == '=' || option[length] == ':') && strcmp(option + length + 1, value) == 0)
            return true;
    }
    return false;
}

static void process_fact(struct finding *out, const struct container *c, const json_t *process,
                         const char *key)
{
    char source[200];
    snprintf(source, sizeof source, "/proc/PID/status of %s", c->name);
    finding_fact(out, source, key, json_incref(json_object_get(process, key)));
}

/* --- 5.1 --- */

static void no_swarm(const struct facts *f, struct finding *out)
{
    const char *state = json_text_at(f->info, "Swarm.LocalNodeState");
    if (!state) {
        finding_say(out, STATUS_ERROR, "evidence missing: the engine's /info has no Swarm.LocalNodeState");
        return;
    }
    finding_info_fact(out, f, "Swarm.LocalNodeState");
    if (strcmp(state, "inactive") != 0 && *state)
        finding_say(out, STATUS_WARN, "swarm mode is %s: the host listens on 2377, 7946 and 4789", state);
}

/* --- 5.2, 5.3 --- */

static void apparmor(const struct facts *f, struct finding *out)
{
    struct container c;
    finding_info_fact(out, f, "SecurityOptions");
    if (!facts_security_option(f, "apparmor", NULL)) {
        finding_say(out, STATUS_INFO, "does not apply: the engine says the host has no AppArmor");
        return;
    }
    for_each_container(f, c)
    {
        const char *profile = json_text_at(c.inspect, "AppArmorProfile");
        const char *wanted = security_opt(&c, "apparmor");
        /* The profile is set at the start; before it only the option tells. */
        if (strcmp(c.state, "created") == 0)
            profile = wanted ? wanted : privileged(&c) ? "unconfined" : "docker-default";
        if (!profile) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say AppArmorProfile");
        } else if (!*profile || strcmp(profile, "unconfined") == 0) {
            finding_container(out, STATUS_WARN, &c, "runs without an AppArmor profile");
            finding_container_fact(out, &c, "AppArmorProfile");
        }
    }
}

static void selinux(const struct facts *f, struct finding *out)
{
    struct container c;
    finding_info_fact(out, f, "SecurityOptions");
    if (!facts_security_option(f, "selinux", NULL)) {
        const char *enforce = json_text_at(f->shell, "selinux_enforce");
        if (enforce)
            finding_fact(out, "/sys/fs/selinux/enforce", "enforcing", json_text(enforce));
        if (enforce && strcmp(enforce, "1") == 0)
            finding_say(out, STATUS_WARN,
                        "the host enforces SELinux, but the daemon runs without selinux-enabled");
        else
            finding_say(out, STATUS_INFO, "does not apply: the engine does not use SELinux");
        return;
    }
    for_each_container(f, c)
    {
        const char *label = json_text_at(c.inspect, "ProcessLabel");
        if (has_security_opt(&c, "label", "disable") || (label && !*label && c.running)) {
            finding_container(out, STATUS_WARN, &c, "runs without an SELinux label");
            finding_container_fact(out, &c, "ProcessLabel");
        } else if (!label) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say ProcessLabel");
        }
    }
}

/* --- 5.4, 5.5 --- */

static void capabilities(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const char *unknown = NULL;
        char names[640];
        bool all;
        if (!read_bool(&c, out, "HostConfig.Privileged", &all))
            continue;
        uint64_t added = capabilities_of(read_list(&c, "HostConfig.CapAdd"), &unknown);
        uint64_t dropped = capabilities_of(read_list(&c, "HostConfig.CapDrop"), NULL);
        uint64_t extra = added & ~CAPABILITIES_DEFAULT;
        uint64_t in_force = 0;
        const json_t *process = facts_first_process(f, &c);
        bool seen = capabilities_from_hex(json_text_at(process, "cap_bnd"), &in_force);
        uint64_t unexplained = in_force & CAPABILITIES_ALL & ~(CAPABILITIES_DEFAULT | added);
        capabilities_text(extra, names, sizeof names);
        if (all) {
            finding_container(out, STATUS_WARN, &c, "is privileged and so has every capability");
            finding_container_fact(out, &c, "HostConfig.Privileged");
        } else if (extra || unknown) {
            finding_container(out, STATUS_WARN, &c, "has capabilities beyond the default: %s%s%s", names,
                              extra && unknown ? " " : "", unknown ? unknown : "");
            finding_container_fact(out, &c, "HostConfig.CapAdd");
        } else if (seen && unexplained) {
            capabilities_text(unexplained, names, sizeof names);
            finding_container(out, STATUS_WARN, &c,
                              "may in fact use capabilities that its configuration does not name: %s", names);
            process_fact(out, &c, process, "cap_bnd");
        } else if (seen ? (in_force & CAPABILITY_NET_RAW) != 0
                        : ((CAPABILITIES_DEFAULT & ~dropped) | added) & CAPABILITY_NET_RAW) {
            finding_container(out, STATUS_INFO, &c,
                              "keeps NET_RAW, a default that the benchmark advises to drop");
        }
    }
}

static void not_privileged(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        bool on;
        if (read_bool(&c, out, "HostConfig.Privileged", &on) && on) {
            finding_container(out, STATUS_WARN, &c, "runs with --privileged");
            finding_container_fact(out, &c, "HostConfig.Privileged");
        }
    }
}

/* --- mounts: 5.6, 5.20, 5.32 --- */

/* The host's path behind a mount: a bind's source, or the device of a local volume that is a bind in
 * disguise. NULL: the mount shows nothing of the host. *unknown: the volume's options were not seen. */
static const char *host_source(const struct facts *f, const json_t *mount, bool *unknown)
{
    const char *type = json_text_at(mount, "Type");
    const char *name = json_text_at(mount, "Name");
    *unknown = false;
    if (type && strcmp(type, "bind") == 0)
        return json_text_at(mount, "Source");
    if (!type || strcmp(type, "volume") != 0)
        return NULL;
    for (size_t i = 0; i < json_array_size(f->volumes); i++) {
        const json_t *volume = json_array_get(f->volumes, i);
        const char *device = json_text_at(volume, "Options.device");
        const char *how = json_text_at(volume, "Options.o");
        if (text_same(json_text_at(volume, "Name"), name))
            return device && *device == '/' && how && strstr(how, "bind") ? device : NULL;
    }
    *unknown = true;
    return NULL;
}

typedef void mount_fn(const struct facts *f, struct finding *out, const struct container *c,
                      const json_t *mount, const char *source);

static void each_mount(const struct facts *f, struct finding *out, mount_fn *visit)
{
    struct container c;
    for_each_container(f, c)
    {
        const json_t *mounts = read_list(&c, "Mounts");
        for (size_t i = 0; i < json_array_size(mounts); i++) {
            bool unknown;
            const json_t *mount = json_array_get(mounts, i);
            const char *source = host_source(f, mount, &unknown);
            char path[4096];
            if (unknown)
                finding_container(out, STATUS_ERROR, &c, "evidence missing: what volume %s stands for: %s",
                                  json_text_at(mount, "Name"), facts_why_missing(f, "volumes"));
            else if (source && host_path(source, path, sizeof path))
                visit(f, out, &c, mount, path);
        }
    }
}

static void mount_fact(struct finding *out, const struct container *c, const json_t *mount)
{
    char source[200];
    snprintf(source, sizeof source, "inspect %s", c->name);
    finding_fact(out, source, "Mounts", json_deep_copy(mount));
}

/* The benchmark's list (with /lib64 from 1.7.0 on, and used for all), and the places where the engine itself
 * lives. */
static const char *sensitive_folder(const struct facts *f, const char *source, char *root, size_t size)
{
    static const char *const FOLDERS[] = {"/boot", "/dev", "/etc", "/lib", "/lib64",
                                          "/proc", "/sys", "/usr", "/run"};
    const char *data_root = json_text_at(f->info, "DockerRootDir");
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++)
        if (path_within(source, FOLDERS[i]))
            return FOLDERS[i];
    if (strcmp(source, "/") == 0)
        return source;
    /* The data root itself, a folder above it, or one below it that is not a volume's own. */
    if (data_root && host_path(data_root, root, size)) {
        char volumes[4200];
        snprintf(volumes, sizeof volumes, "%s/volumes", root);
        if (path_within(root, source) ||
            (path_within(source, root) && !(path_within(source, volumes) && strcmp(source, volumes) != 0)))
            return root;
    }
    return NULL;
}

static void check_sensitive(const struct facts *f, struct finding *out, const struct container *c,
                            const json_t *mount, const char *source)
{
    char root[4096];
    const char *folder = sensitive_folder(f, source, root, sizeof root);
    const char *at = json_text_at(mount, "Destination");
    /* Only an RW that is there and false is read-only. */
    bool read_only = json_is_false(json_object_get(mount, "RW"));
    if (!folder)
        return;
    if (strcmp(source, folder) == 0)
        finding_container(out, read_only ? STATUS_INFO : STATUS_WARN, c, "mounts the host's %s %s at %s",
                          source, read_only ? "read-only" : "read-write", at ? at : "?");
    else
        finding_container(out, read_only ? STATUS_INFO : STATUS_WARN, c,
                          "mounts the host's %s (%s %s) %s at %s", source,
                          path_within(source, folder) ? "in" : "above", folder,
                          read_only ? "read-only" : "read-write", at ? at : "?");
    mount_fact(out, c, mount);
}

static void sensitive_mounts(const struct facts *f, struct finding *out)
{
    each_mount(f, out, check_sensitive);
}

static void shared_propagation(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const json_t *mounts = read_list(&c, "Mounts");
        for (size_t i = 0; i < json_array_size(mounts); i++) {
            const json_t *mount = json_array_get(mounts, i);
            const char *propagation = json_text_at(mount, "Propagation");
            if (!propagation || (strcmp(propagation, "shared") != 0 && strcmp(propagation, "rshared") != 0))
                continue;
            finding_container(out, STATUS_WARN, &c, "shares mounts below %s with the host (%s)",
                              json_text_at(mount, "Destination"), propagation);
            mount_fact(out, &c, mount);
        }
    }
}

/* A socket that is an engine: by the daemon's own word where it is known, and the usual places. */
static const char *engine_socket_within(const struct facts *f, const char *source, char *path, size_t size)
{
    static const char *const SOCKETS[] = {"/run/docker.sock", "/run/containerd/containerd.sock",
                                          "/run/docker/containerd/containerd.sock",
                                          "/run/podman/podman.sock"};
    const char *containerd = json_text_at(f->info, "Containerd.Address");
    for (size_t i = 0; i < sizeof SOCKETS / sizeof *SOCKETS; i++)
        if (path_within(SOCKETS[i], source))
            return SOCKETS[i];
    if (containerd && host_path(containerd, path, size) && path_within(path, source))
        return path;
    struct setting_value hosts = daemon_setting(f, "host");
    for (size_t i = 0; hosts.knowledge == SETTING_GIVEN && i < json_array_size(hosts.value); i++) {
        const char *host = json_string_value(json_array_get(hosts.value, i));
        if (host && text_starts(host, "unix://") && host_path(host + strlen("unix://"), path, size) &&
            path_within(path, source))
            return path;
    }
    /* A rootless engine's socket has the same name below its user's folder. */
    const char *name = strrchr(source, '/');
    return name && (strcmp(name, "/docker.sock") == 0 || strcmp(name, "/podman.sock") == 0 ||
                    strcmp(name, "/containerd.sock") == 0)
               ? source
               : NULL;
}

static void check_socket(const struct facts *f, struct finding *out, const struct container *c,
                         const json_t *mount, const char *source)
{
    char path[4096];
    const char *socket = engine_socket_within(f, source, path, sizeof path);
    if (!socket)
        return;
    if (strcmp(socket, source) == 0)
        finding_container(out, STATUS_WARN, c,
                          "mounts the engine's socket %s: it controls the host (read-only does not help)",
                          socket);
    else
        finding_container(out, STATUS_WARN, c,
                          "mounts %s, which holds the engine's socket %s: it controls the host", source,
                          socket);
    mount_fact(out, c, mount);
}

static void engine_socket(const struct facts *f, struct finding *out)
{
    each_mount(f, out, check_socket);
}

/* --- 5.7 --- */

static bool is_ssh_server(const char *command)
{
    static const char *const SERVERS[] = {"sshd",     "sshd-session", "sshd-auth",
                                          "dropbear", "tinysshd",     "tinysshd-"};
    for (size_t i = 0; command && i < sizeof SERVERS / sizeof *SERVERS; i++)
        if (strcmp(command, SERVERS[i]) == 0)
            return true;
    return false;
}

/* The command names of /top's rows ("pid uid comm", the last column). */
static const char *top_command(const json_t *row)
{
    return json_string_value(json_array_get(row, json_array_size(row) - 1));
}

static void no_sshd(const struct facts *f, struct finding *out)
{
    struct container c;
    const json_t *tops = json_at(f->root, "engine.top");
    for_each_container(f, c)
    {
        const json_t *seen = facts_processes(f, c.id);
        const json_t *rows = seen ? seen : json_at(json_object_get(tops, c.id), "Processes");
        bool found = false;
        char part[96], source[200];
        if (!c.running)
            continue;
        if (!json_array_size(rows)) {
            snprintf(part, sizeof part, "top/%s", c.id);
            finding_container(out, STATUS_ERROR, &c, "evidence missing: its processes: %s",
                              facts_why_missing(f, part));
            continue;
        }
        for (size_t i = 0; i < json_array_size(rows) && !found; i++) {
            const json_t *row = json_array_get(rows, i);
            const char *command = seen ? json_text_at(row, "comm") : top_command(row);
            found = is_ssh_server(command);
            if (!found)
                continue;
            finding_container(out, STATUS_WARN, &c, "runs an SSH server (%s)", command);
            snprintf(source, sizeof source, seen ? "processes of %s" : "/top of %s", c.name);
            finding_fact(out, source, "command", json_text(command));
        }
    }
}

/* --- ports: 5.8, 5.9, 5.14 --- */

typedef void binding_fn(struct finding *out, const struct container *c, const char *inside,
                        const char *address, long port);

/* Every binding of every port of the running containers; also tells of those whose ports cannot be known. */
static void each_binding(const struct facts *f, struct finding *out, binding_fn *visit)
{
    struct container c;
    for_each_container(f, c)
    {
        json_t *ports = json_at(c.inspect, "NetworkSettings.Ports");
        const char *inside;
        json_t *bindings;
        if (!c.running)
            continue;
        if (text_same(json_text_at(c.inspect, "HostConfig.NetworkMode"), "host"))
            finding_container(out, STATUS_INFO, &c,
                              "is on the host's network: which ports it opens the engine cannot tell");
        json_object_foreach(ports, inside, bindings)
        {
            for (size_t i = 0; i < json_array_size(bindings); i++) {
                const json_t *binding = json_array_get(bindings, i);
                const char *address = json_text_at(binding, "HostIp");
                const char *text = json_text_at(binding, "HostPort");
                long port;
                if (text && text_number(text, 1, 65535, &port))
                    visit(out, &c, inside, address && *address ? address : "every address", port);
                else
                    finding_container(out, STATUS_ERROR, &c, "evidence missing: the host's port of %s",
                                      inside);
            }
        }
    }
}

typedef void service_port_fn(struct finding *out, const char *service, const json_t *port, long published);

/* Ports that a swarm publishes through its routing mesh show in no container. */
static void each_service_port(const struct facts *f, struct finding *out, service_port_fn *visit)
{
    bool manager = json_true_at(f->info, "Swarm.ControlAvailable");
    bool swarm = text_same(json_text_at(f->info, "Swarm.LocalNodeState"), "active");
    if (swarm && !manager)
        finding_say(out, STATUS_INFO,
                    "this swarm worker publishes its services' ports too; a manager lists them");
    if (manager && !f->services)
        finding_say(out, STATUS_ERROR, "evidence missing: the swarm's services: %s",
                    facts_why_missing(f, "services"));
    for (size_t i = 0; manager && i < json_array_size(f->services); i++) {
        const json_t *service = json_array_get(f->services, i);
        const char *name = json_text_at(service, "Spec.Name");
        const json_t *ports = json_at(service, "Endpoint.Ports");
        for (size_t p = 0; p < json_array_size(ports); p++) {
            json_int_t published;
            const json_t *port = json_array_get(ports, p);
            if (json_integer_at(port, "PublishedPort", &published) && published > 0)
                visit(out, name ? name : "?", port, (long)published);
        }
    }
}

static void service_fact(struct finding *out, const char *service, const json_t *port)
{
    char source[200];
    snprintf(source, sizeof source, "/services %s", service);
    finding_fact(out, source, "Endpoint.Ports", json_deep_copy(port));
}

static void low_binding(struct finding *out, const struct container *c, const char *inside,
                        const char *address, long port)
{
    if (port >= 1024)
        return;
    finding_container(out, STATUS_WARN, c, "port %s is bound to the host's privileged port %ld (%s)", inside,
                      port, address);
    finding_container_fact(out, c, "NetworkSettings.Ports");
}

static void low_service_port(struct finding *out, const char *service, const json_t *port, long published)
{
    if (published >= 1024)
        return;
    finding_item(out, STATUS_WARN, "service", service,
                 "the swarm publishes the privileged port %ld on every node", published);
    service_fact(out, service, port);
}

static void privileged_ports(const struct facts *f, struct finding *out)
{
    each_binding(f, out, low_binding);
    each_service_port(f, out, low_service_port);
}

static void list_binding(struct finding *out, const struct container *c, const char *inside,
                         const char *address, long port)
{
    finding_container(out, STATUS_INFO, c, "publishes %s on port %ld (%s)", inside, port, address);
}

static void list_service_port(struct finding *out, const char *service, const json_t *port, long published)
{
    (void)port;
    finding_item(out, STATUS_INFO, "service", service, "is published by the swarm on port %ld", published);
}

static void published_ports(const struct facts *f, struct finding *out)
{
    each_binding(f, out, list_binding);
    each_service_port(f, out, list_service_port);
    if (out->status == STATUS_INFO)
        finding_say(out, STATUS_INFO, "confirm that each of these ports is needed");
}

static void wildcard_binding(struct finding *out, const struct container *c, const char *inside,
                             const char *address, long port)
{
    if (strcmp(address, "0.0.0.0") != 0 && strcmp(address, "::") != 0 &&
        strcmp(address, "every address") != 0)
        return;
    finding_container(out, STATUS_WARN, c, "port %s is open on every interface (%s:%ld)", inside, address,
                      port);
    finding_container_fact(out, c, "NetworkSettings.Ports");
}

static void wildcard_service_port(struct finding *out, const char *service, const json_t *port,
                                  long published)
{
    finding_item(out, STATUS_WARN, "service", service,
                 "the swarm opens port %ld on every interface of every node", published);
    service_fact(out, service, port);
}

static void bound_interfaces(const struct facts *f, struct finding *out)
{
    each_binding(f, out, wildcard_binding);
    each_service_port(f, out, wildcard_service_port);
}

/* --- namespaces of the host: 5.10, 5.16, 5.17, 5.21, 5.31 --- */

/* "container:ID" shares what that container has, so the chain is followed to its end. */
static const char *resolve_mode(const struct facts *f, const struct container *c, const char *path)
{
    const char *mode = json_text_at(c->inspect, path);
    for (int hops = 0; hops < 16 && mode && text_starts(mode, "container:"); hops++) {
        const char *wanted = mode + strlen("container:");
        struct container other;
        const char *next = NULL;
        for_each_container(f, other)
        {
            if (!next && (text_starts(other.id, wanted) || strcmp(other.name, wanted) == 0))
                next = json_text_at(other.inspect, path);
        }
        if (!next)
            return mode;
        mode = next;
    }
    return mode;
}

static void host_namespace(const struct facts *f, struct finding *out, const char *path, const char *what)
{
    struct container c;
    for_each_container(f, c)
    {
        const char *own = json_text_at(c.inspect, path);
        const char *mode = resolve_mode(f, &c, path);
        if (!mode) {
            finding_container(out, STATUS_ERROR, &c, "evidence missing: the engine does not say %s", path);
        } else if (strcmp(mode, "host") == 0) {
            finding_container(out, STATUS_WARN, &c, "shares the host's %s%s%s", what,
                              own != mode ? " by way of " : "", own != mode ? own : "");
            finding_container_fact(out, &c, path);
        }
    }
}

static void host_network(const struct facts *f, struct finding *out)
{
    host_namespace(f, out, "HostConfig.NetworkMode", "network");
}

static void host_pid(const struct facts *f, struct finding *out)
{
    host_namespace(f, out, "HostConfig.PidMode", "processes");
}

static void host_ipc(const struct facts *f, struct finding *out)
{
    host_namespace(f, out, "HostConfig.IpcMode", "IPC namespace");
}

static void host_uts(const struct facts *f, struct finding *out)
{
    host_namespace(f, out, "HostConfig.UTSMode", "host name (UTS namespace)");
}

static void host_users(const struct facts *f, struct finding *out)
{
    struct container c;
    bool remapped = facts_security_option(f, "userns", NULL);
    finding_info_fact(out, f, "SecurityOptions");
    for_each_container(f, c)
    {
        const char *mode = json_text_at(c.inspect, "HostConfig.UsernsMode");
        if (!mode || strcmp(mode, "host") != 0)
            continue;
        finding_container(out, remapped ? STATUS_WARN : STATUS_INFO, &c,
                          remapped
                              ? "opts out of the remapping of users"
                              : "opts out of the remapping of users, which this engine does not do anyway");
        finding_container_fact(out, &c, "HostConfig.UsernsMode");
    }
}

/* --- limits: 5.11, 5.12, 5.29 --- */

static bool read_integer(const struct container *c, const char *path, json_int_t *value)
{
    *value = 0;
    return json_integer_at(c->inspect, path, value);
}

static void memory_limit(const struct facts *f, struct finding *out)
{
    struct container c;
    const json_t *enforced = json_at(f->info, "MemoryLimit");
    finding_info_fact(out, f, "MemoryLimit");
    for_each_container(f, c)
    {
        json_int_t bytes;
        if (!read_integer(&c, "HostConfig.Memory", &bytes))
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say HostConfig.Memory");
        else if (bytes <= 0)
            finding_container(out, STATUS_WARN, &c, "has no memory limit");
        else if (json_is_false(enforced))
            finding_container(out, STATUS_WARN, &c, "has a memory limit that this host does not enforce");
        else
            continue;
        finding_container_fact(out, &c, "HostConfig.Memory");
    }
}

static void cpu_limit(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        json_int_t nano, shares, quota, realtime;
        const char *cpus = json_text_at(c.inspect, "HostConfig.CpusetCpus");
        bool known = read_integer(&c, "HostConfig.NanoCpus", &nano) +
                         read_integer(&c, "HostConfig.CpuShares", &shares) +
                         read_integer(&c, "HostConfig.CpuQuota", &quota) >
                     0;
        bool no_cfs = json_is_false(json_at(f->info, "CpuCfsQuota"));
        read_integer(&c, "HostConfig.CpuRealtimeRuntime", &realtime);
        /* 1024 shares are what a container without any has. */
        bool limited = (!no_cfs && (nano > 0 || quota > 0)) || (shares > 0 && shares != 1024) ||
                       (cpus && *cpus) || realtime > 0;
        if (!known) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say NanoCpus, CpuShares or CpuQuota");
        } else if (!limited) {
            finding_container(out, STATUS_WARN, &c,
                              no_cfs && (nano > 0 || quota > 0)
                                  ? "has a CPU limit that this host does not enforce"
                                  : "has no CPU limit or weight of its own");
            finding_container_fact(out, &c, "HostConfig.CpuShares");
            finding_container_fact(out, &c, "HostConfig.NanoCpus");
        }
    }
}

static void pids_limit(const struct facts *f, struct finding *out)
{
    struct container c;
    const json_t *enforced = json_at(f->info, "PidsLimit");
    finding_info_fact(out, f, "PidsLimit");
    for_each_container(f, c)
    {
        json_int_t limit;
        read_integer(&c, "HostConfig.PidsLimit", &limit); /* null means none */
        if (limit > 0 && !json_is_false(enforced))
            continue;
        finding_container(out, STATUS_WARN, &c,
                          limit > 0 ? "has a process limit that this host does not enforce"
                                    : "has no limit on its processes");
        finding_container_fact(out, &c, "HostConfig.PidsLimit");
    }
}

/* --- 5.13, 5.15 --- */

static void read_only_root(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        bool read_only;
        if (read_bool(&c, out, "HostConfig.ReadonlyRootfs", &read_only) && !read_only) {
            finding_container(out, STATUS_WARN, &c, "can write to its root file system");
            finding_container_fact(out, &c, "HostConfig.ReadonlyRootfs");
        }
    }
}

static void restart_policy(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const char *name = json_text_at(c.inspect, "HostConfig.RestartPolicy.Name");
        json_int_t retries;
        read_integer(&c, "HostConfig.RestartPolicy.MaximumRetryCount", &retries);
        if (of_swarm(&c)) {
            finding_container(out, STATUS_INFO, &c, "is restarted by the swarm, by its service's own policy");
        } else if (!name) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say HostConfig.RestartPolicy");
        } else if (strcmp(name, "on-failure") == 0 && retries >= 1 && retries <= 5) {
            continue;
        } else if (*name && strcmp(name, "no") != 0) {
            if (strcmp(name, "on-failure") == 0)
                finding_container(out, STATUS_WARN, &c,
                                  retries ? "restarts up to %lld times after a failure (5 are advised)"
                                          : "restarts after every failure without end",
                                  (long long)retries);
            else
                finding_container(out, STATUS_WARN, &c, "restarts without end (%s)", name);
            finding_container_fact(out, &c, "HostConfig.RestartPolicy");
        }
    }
}

/* --- 5.18, 5.19 --- */

static void host_devices(const struct facts *f, struct finding *out)
{
    static const char *const LISTS[] = {"HostConfig.Devices", "HostConfig.DeviceRequests",
                                        "HostConfig.DeviceCgroupRules"};
    struct container c;
    for_each_container(f, c)
    {
        if (privileged(&c))
            finding_container(out, STATUS_WARN, &c, "is privileged and so has every device of the host");
        for (size_t l = 0; l < sizeof LISTS / sizeof *LISTS; l++) {
            const json_t *list = read_list(&c, LISTS[l]);
            for (size_t i = 0; i < json_array_size(list); i++) {
                const json_t *one = json_array_get(list, i);
                const char *path = json_text_at(one, "PathOnHost");
                const char *driver = json_text_at(one, "Driver");
                const char *rule = json_string_value(one);
                const char *rights = json_text_at(one, "CgroupPermissions");
                if (path)
                    finding_container(out, STATUS_WARN, &c, "has the host's device %s (%s)", path,
                                      rights ? rights : "?");
                else
                    finding_container(out, STATUS_WARN, &c, "%s %s",
                                      rule ? "may use devices by the rule" : "has devices by the driver",
                                      rule                ? rule
                                      : driver && *driver ? driver
                                                          : "(unnamed)");
            }
            if (json_array_size(list))
                finding_container_fact(out, &c, LISTS[l]);
        }
    }
}

/* The engine copies the daemon's default ulimits into each container: those are no overrides. */
static bool is_default_ulimit(const struct setting_value *defaults, const json_t *limit)
{
    const char *name = json_text_at(limit, "Name");
    const json_t *by_default =
        name && json_is_object(defaults->value) ? json_object_get(defaults->value, name) : NULL;
    char text[128];
    json_int_t soft = 0, hard = 0;
    if (by_default)
        return json_equal(json_object_get(by_default, "Soft"), json_object_get(limit, "Soft")) &&
               json_equal(json_object_get(by_default, "Hard"), json_object_get(limit, "Hard"));
    json_integer_at(limit, "Soft", &soft);
    json_integer_at(limit, "Hard", &hard);
    snprintf(text, sizeof text, "%s=%lld:%lld", name ? name : "", (long long)soft, (long long)hard);
    for (size_t i = 0; i < json_array_size(defaults->value); i++)
        if (text_same(json_string_value(json_array_get(defaults->value, i)), text))
            return true;
    return false;
}

static void ulimits(const struct facts *f, struct finding *out)
{
    struct container c;
    struct setting_value defaults = daemon_setting(f, "default-ulimit");
    for_each_container(f, c)
    {
        const json_t *list = read_list(&c, "HostConfig.Ulimits");
        bool any = false;
        for (size_t i = 0; i < json_array_size(list); i++) {
            const json_t *limit = json_array_get(list, i);
            const char *name = json_text_at(limit, "Name");
            if (is_default_ulimit(&defaults, limit))
                continue;
            any = true;
            finding_container(out, STATUS_INFO, &c,
                              "overrides the default ulimit %s; confirm that this is meant",
                              name ? name : "?");
        }
        if (any)
            finding_container_fact(out, &c, "HostConfig.Ulimits");
    }
}

/* --- 5.22 --- */

static void seccomp(const struct facts *f, struct finding *out)
{
    struct container c;
    const char *daemon = NULL;
    bool has = facts_security_option(f, "seccomp", &daemon);
    finding_info_fact(out, f, "SecurityOptions");
    for_each_container(f, c)
    {
        const char *own = security_opt(&c, "seccomp");
        const json_t *process = facts_first_process(f, &c);
        json_int_t mode;
        if (json_integer_at(process, "seccomp", &mode)) {
            if (mode == 0) {
                finding_container(out, STATUS_WARN, &c, "runs without seccomp");
                process_fact(out, &c, process, "seccomp");
            }
        } else if (own && strcmp(own, "unconfined") == 0) {
            finding_container(out, STATUS_WARN, &c, "asks for seccomp=unconfined");
            finding_container_fact(out, &c, "HostConfig.SecurityOpt");
        } else if (!own && privileged(&c)) {
            finding_container(out, STATUS_WARN, &c, "is privileged, which switches seccomp off");
            finding_container_fact(out, &c, "HostConfig.Privileged");
        } else if (!own && (!has || strstr(daemon, "profile=unconfined"))) {
            finding_container(out, STATUS_WARN, &c, "gets no seccomp profile from the daemon");
        }
    }
}

/* --- 5.23, 5.24: live execs only; past ones leave no trace in the API --- */

static bool is_root(const char *user)
{
    long number;
    char id[32];
    size_t length = strcspn(user, ":");
    snprintf(id, sizeof id, "%.*s", (int)length, user);
    return strcmp(id, "root") == 0 || (text_number(id, 0, 4294967295, &number) && number == 0);
}

/* Execs seen and how many there are; says what was looked at. */
static size_t note_execs(const struct facts *f, struct finding *out)
{
    size_t count = json_object_size(f->execs);
    finding_fact(out, "/exec/ID/json", "live execs", json_integer((json_int_t)count));
    return count;
}

static const char *container_name(const struct facts *f, const json_t *exec, struct container *c)
{
    const char *id = json_text_at(exec, "ContainerID");
    for_each_container(f, (*c))
    {
        if (text_same(c->id, id))
            return c->name;
    }
    return NULL;
}

static void privileged_exec(const struct facts *f, struct finding *out)
{
    json_t *execs = json_at(f->execs, "");
    const char *id;
    json_t *exec;
    struct container c;
    note_execs(f, out);
    json_object_foreach(execs, id, exec)
    {
        if (json_true_at(exec, "ProcessConfig.privileged") && container_name(f, exec, &c))
            finding_container(out, STATUS_WARN, &c, "has a live exec with --privileged (%.12s)", id);
    }
    if (out->status == STATUS_PASS)
        finding_say(
            out, STATUS_NOTE,
            "no privileged exec is live now; past ones leave no trace in the engine: consult the audit log");
}

static void root_exec(const struct facts *f, struct finding *out)
{
    json_t *execs = json_at(f->execs, "");
    const char *id;
    json_t *exec;
    struct container c;
    note_execs(f, out);
    json_object_foreach(execs, id, exec)
    {
        const char *user = json_text_at(exec, "ProcessConfig.user");
        if (!container_name(f, exec, &c))
            continue;
        if (user && *user && is_root(user))
            finding_container(out, STATUS_WARN, &c, "has a live exec as root (%.12s)", id);
        else if (!user || !*user)
            finding_container(out, STATUS_INFO, &c, "has a live exec as the container's own user (%.12s)",
                              id);
    }
    if (out->status == STATUS_PASS)
        finding_say(
            out, STATUS_NOTE,
            "no exec as root is live now; past ones leave no trace in the engine: consult the audit log");
}

/* --- 5.25, 5.26 --- */

static void cgroup_parent(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const char *parent = json_text_at(c.inspect, "HostConfig.CgroupParent");
        if (!parent) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say HostConfig.CgroupParent");
        } else if (*parent) {
            finding_container(out, STATUS_INFO, &c,
                              "runs below the cgroup \"%s\"; confirm that this is meant", parent);
            finding_container_fact(out, &c, "HostConfig.CgroupParent");
        }
    }
}

enum answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES };

/* Whether the daemon gives no-new-privileges by default to the containers it creates now. */
static enum answer daemon_default(const struct facts *f, struct setting_value *v)
{
    bool on;
    if (facts_security_option(f, "no-new-privileges", NULL))
        return ANSWER_YES;
    if (facts_docker_version(f) >= 2400)
        return ANSWER_NO;
    if (!daemon_setting_bool(f, "no-new-privileges", false, v, &on))
        return ANSWER_UNKNOWN;
    return on ? ANSWER_YES : ANSWER_NO;
}

static void privileges_of(const struct facts *f, struct finding *out, const struct container *c,
                          enum answer by_default, const char *why)
{
    const char *own = security_opt(c, "no-new-privileges");
    const json_t *process = facts_first_process(f, c);
    json_int_t in_force;
    bool on = false;
    if (json_integer_at(process, "no_new_privs", &in_force)) {
        if (!in_force) {
            finding_container(out, STATUS_WARN, c, "can gain privileges: no_new_privs is not in force");
            process_fact(out, c, process, "no_new_privs");
        }
        return;
    }
    if (own) {
        if (*own && (!text_bool(own, &on) || !on)) {
            finding_container(out, STATUS_WARN, c, "switches no-new-privileges off");
            finding_container_fact(out, c, "HostConfig.SecurityOpt");
        }
    } else if (by_default == ANSWER_NO) {
        finding_container(out, STATUS_WARN, c,
                          "can gain privileges: neither it nor the daemon sets no-new-privileges");
        finding_container_fact(out, c, "HostConfig.SecurityOpt");
    } else if (by_default == ANSWER_UNKNOWN) {
        finding_container(
            out, STATUS_ERROR, c,
            "evidence missing: it does not set no-new-privileges, and the daemon's default is not known: %s",
            why);
    } else {
        finding_container(
            out, STATUS_INFO, c,
            "relies on the daemon's default, which reaches only containers created after it was set");
    }
}

static void no_new_privileges(const struct facts *f, struct finding *out)
{
    struct container c;
    struct setting_value v = {0};
    enum answer by_default = daemon_default(f, &v);
    for_each_container(f, c) privileges_of(f, out, &c, by_default, v.why);
}

/* --- 5.27, 5.28, 5.30 --- */

static void health_check(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const json_t *test = json_at(c.inspect, "Config.Healthcheck.Test");
        const char *first = json_string_value(json_array_get(test, 0));
        const char *health = json_text_at(c.inspect, "State.Health.Status");
        if (!c.running)
            continue;
        if (health && strcmp(health, "none") != 0 && *health) {
            if (strcmp(health, "unhealthy") == 0) {
                finding_container(out, STATUS_WARN, &c, "is unhealthy by its own check");
                finding_container_fact(out, &c, "State.Health.Status");
            }
        } else if (!first || !*first || strcmp(first, "NONE") == 0) {
            finding_container(out, STATUS_WARN, &c, "has no health check, its own or its image's");
            finding_container_fact(out, &c, "Config.Healthcheck.Test");
        }
    }
}

static void image_reference(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const char *image = json_text_at(c.inspect, "Config.Image");
        if (!image) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say Config.Image");
            continue;
        }
        const char *slash = strrchr(image, '/');
        const char *tag = strchr(slash ? slash : image, ':');
        if (strstr(image, "@sha256:") || text_starts(image, "sha256:"))
            continue;
        if (!tag || strcmp(tag, ":latest") == 0)
            finding_container(out, STATUS_INFO, &c,
                              "was made from %s, whose tag means whatever was pushed last", image);
        else
            finding_container(out, STATUS_INFO, &c,
                              "was made from %s, a tag that can be moved; a digest cannot", image);
    }
}

static const json_t *default_bridge(const struct facts *f)
{
    for (size_t i = 0; i < json_array_size(f->networks); i++) {
        const json_t *network = json_array_get(f->networks, i);
        json_t *option =
            json_object_get(json_at(network, "Options"), "com.docker.network.bridge.default_bridge");
        if (text_same(json_string_value(option), "true"))
            return network;
    }
    return NULL;
}

static void on_default_bridge(const struct facts *f, struct finding *out)
{
    struct container c;
    const json_t *bridge = default_bridge(f);
    finding_fact(out, "/networks", "default bridge",
                 bridge ? json_incref(json_object_get(bridge, "Name")) : json_text("(none)"));
    for_each_container(f, c)
    {
        json_t *networks = json_at(c.inspect, "NetworkSettings.Networks");
        const char *mode = json_text_at(c.inspect, "HostConfig.NetworkMode");
        const char *name;
        json_t *network;
        /* A swarm's task says "default" and is on its service's networks: the mode tells only where no
         * network is listed. Before the first start a network is listed without its id. */
        bool attached = bridge && !json_object_size(networks) && mode &&
                        (strcmp(mode, "default") == 0 || strcmp(mode, "bridge") == 0);
        const char *bridge_name = json_text_at(bridge, "Name");
        json_object_foreach(networks, name, network)
        {
            const char *id = json_text_at(network, "NetworkID");
            attached = attached || (bridge && (id && *id ? text_same(id, json_text_at(bridge, "Id"))
                                                         : text_same(name, bridge_name)));
        }
        if (attached) {
            finding_container(out, STATUS_WARN, &c, "is attached to the default bridge");
            finding_container_fact(out, &c, "HostConfig.NetworkMode");
        }
    }
}

#define ALL (NEED_INFO | NEED_CONTAINERS)
#define RUNNING (NEED_INFO | NEED_RUNNING)

const struct check SECTION_5[] = {
    {SAME_ID("5.1"), "MMM", 1, NEED_INFO, no_swarm, "Swarm mode is off unless it is needed",
     "Swarm mode opens management ports and hands the node's secrets and workload to whoever controls a "
     "manager.",
     "/info Swarm.LocalNodeState", "docker swarm leave, on hosts that need no swarm."},
    {SAME_ID("5.2"), "MMM", 1, ALL, apparmor, "Every container has an AppArmor profile",
     "AppArmor stops a broken container from writing to /proc, mounting, and more, even as root.",
     "/info SecurityOptions; inspect AppArmorProfile",
     "Remove --security-opt apparmor=unconfined (and --privileged); write a profile for what the container "
     "needs."},
    {SAME_ID("5.3"), "MMM", 2, ALL, selinux, "Every container has an SELinux label",
     "Labels keep a container that broke out from the host's and other containers' files.",
     "/info SecurityOptions; inspect ProcessLabel; /sys/fs/selinux/enforce",
     "\"selinux-enabled\": true in daemon.json; remove --security-opt label=disable."},
    {SAME_ID("5.4"), "MMM", 1, ALL, capabilities, "Containers have no capabilities beyond those they need",
     "Many a capability (SYS_ADMIN, SYS_PTRACE, DAC_READ_SEARCH) is a way out of the container.",
     "inspect CapAdd, CapDrop, Privileged; CapBnd of the first process",
     "--cap-drop=ALL and --cap-add only what the program fails without."},
    {SAME_ID("5.5"), "MMM", 1, ALL, not_privileged, "No container is privileged",
     "A privileged container can load modules, see every disk and leave at will: it is root on the host.",
     "inspect HostConfig.Privileged", "Start it without --privileged; grant single capabilities or devices."},
    {SAME_ID("5.6"), "MMM", 1, ALL, sensitive_mounts, "No sensitive folder of the host is mounted",
     "Who can write to /etc, /usr or / of the host can plant a user, a service or a program there; reading "
     "them gives away secrets.",
     "inspect Mounts; /volumes, for volumes that bind a folder",
     "Mount only the folder that holds the data, read-only where that is enough."},
    {SAME_ID("5.7"), "MMM", 1, RUNNING, no_sshd, "No container runs an SSH server",
     "It adds a login, its keys and its faults to every container, beside docker exec.",
     "the containers' processes by the host's process list, else /top",
     "Take sshd out of the image; use docker exec, or a sidecar, for access."},
    {SAME_ID("5.8"), "MMM", 1, RUNNING, privileged_ports,
     "No container is bound to a privileged port of the host",
     "Ports below 1024 are where users expect the host's own services.",
     "inspect NetworkSettings.Ports; /services, for ports of the routing mesh",
     "Publish on a port from 1024 on, behind a proxy or load balancer."},
    {SAME_ID("5.9"), "MMM", 1, RUNNING, published_ports, "Only needed ports are open",
     "Every published port is attack surface.", "inspect NetworkSettings.Ports; /services",
     "Remove -p and -P that are not needed."},
    {SAME_ID("5.10"), "MMM", 1, ALL, host_network, "No container shares the host's network",
     "It sees all traffic, reaches services on loopback and can open any port.",
     "inspect HostConfig.NetworkMode, container: chains followed",
     "Use a user-defined bridge and publish ports."},
    {SAME_ID("5.11"), "MMM", 1, ALL, memory_limit, "Every container has a memory limit",
     "One leaking or attacked container takes the host's memory and all its neighbours down.",
     "inspect HostConfig.Memory; /info MemoryLimit", "--memory 256m, or what the workload needs."},
    {SAME_ID("5.12"), "MMM", 1, ALL, cpu_limit, "Every container has a CPU limit or weight",
     "One busy (or mining) container starves the others.",
     "inspect NanoCpus, CpuShares, CpuQuota, CpusetCpus",
     "--cpus 1, or --cpu-shares with the weight that is due to it."},
    {SAME_ID("5.13"), "MMM", 1, ALL, read_only_root, "The root file system of containers is read-only",
     "An intruder then cannot replace programs or leave tools behind.", "inspect HostConfig.ReadonlyRootfs",
     "--read-only, with --tmpfs /tmp and volumes for what has to be written."},
    {SAME_ID("5.14"), "MMM", 1, RUNNING, bound_interfaces, "Published ports are bound to a chosen interface",
     "A port on 0.0.0.0 is open on the public interface too, and Docker's rules come before the host's "
     "firewall.",
     "inspect NetworkSettings.Ports; /services",
     "-p 10.0.0.5:8080:80, or \"ip\": \"127.0.0.1\" in daemon.json as the default."},
    {SAME_ID("5.15"), "MMM", 1, ALL, restart_policy, "Containers restart on failure at most 5 times",
     "A container that restarts without end hides an attack, or a fault, and can exhaust the host.",
     "inspect HostConfig.RestartPolicy", "--restart on-failure:5"},
    {SAME_ID("5.16"), "MMM", 1, ALL, host_pid, "No container shares the host's process namespace",
     "It sees, and as root kills or traces, every process of the host.",
     "inspect HostConfig.PidMode, container: chains followed", "Remove --pid host."},
    {SAME_ID("5.17"), "MMM", 1, ALL, host_ipc, "No container shares the host's IPC namespace",
     "It can read and change the shared memory of the host's processes.",
     "inspect HostConfig.IpcMode, container: chains followed",
     "Remove --ipc host; share between containers with --ipc shareable."},
    {SAME_ID("5.18"), "MMM", 1, ALL, host_devices, "No device of the host is given to a container directly",
     "A disk device is the host's whole file system; others reach the kernel's least tested code.",
     "inspect Devices, DeviceRequests, DeviceCgroupRules, Privileged",
     "Remove --device, or give it with r instead of rwm."},
    {SAME_ID("5.19"), "MMM", 1, ALL, ulimits, "The default ulimits are overridden only where needed",
     "The daemon's defaults are the policy; each override is an exception to know of.",
     "inspect HostConfig.Ulimits", "Remove --ulimit where the default is enough."},
    {SAME_ID("5.20"), "MMM", 1, ALL, shared_propagation, "No mount is propagated as shared",
     "A mount made in the container appears on the host.", "inspect Mounts: Propagation",
     "Remove :shared and :rshared from volumes."},
    {SAME_ID("5.21"), "MMM", 1, ALL, host_uts, "No container shares the host's UTS namespace",
     "It can rename the host, on which logs and certificates rely.", "inspect HostConfig.UTSMode",
     "Remove --uts host."},
    {SAME_ID("5.22"), "MMM", 1, ALL, seccomp, "The default seccomp profile is not disabled",
     "The profile blocks some 44 system calls that containers do not need and exploits do.",
     "inspect SecurityOpt, Privileged; /info SecurityOptions; Seccomp of the first process",
     "Remove --security-opt seccomp=unconfined; extend the default profile instead."},
    {SAME_ID("5.23"), "MMM", 2, RUNNING, privileged_exec, "docker exec is not used with --privileged",
     "It gives a container's process every capability, whatever the container was started with.",
     "inspect ExecIDs; /exec/ID/json of live execs; the host's audit log",
     "Use docker exec without --privileged."},
    {SAME_ID("5.24"), "MMM", 2, RUNNING, root_exec, "docker exec is not used with --user root",
     "It goes around the container's unprivileged user.",
     "inspect ExecIDs; /exec/ID/json of live execs; the host's audit log",
     "Use docker exec without --user root."},
    {SAME_ID("5.25"), "MMM", 1, ALL, cgroup_parent, "Containers run below the default cgroup",
     "Another cgroup can lift the limits that were planned.", "inspect HostConfig.CgroupParent",
     "Remove --cgroup-parent unless it is meant."},
    {SAME_ID("5.26"), "MMM", 1, ALL, no_new_privileges, "Containers cannot gain new privileges",
     "A setuid program in the image makes any user root in the container.",
     "NoNewPrivs of the first process; inspect SecurityOpt; the daemon's default",
     "--security-opt no-new-privileges, or \"no-new-privileges\": true in daemon.json and new containers."},
    {SAME_ID("5.27"), "MMM", 1, RUNNING, health_check, "Running containers have a health check",
     "A service that hangs, or was broken, goes unnoticed until users tell.",
     "inspect Config.Healthcheck (the image's included), State.Health",
     "HEALTHCHECK in the image, or --health-cmd."},
    {SAME_ID("5.28"), "MMM", 1, NEED_CONTAINERS, image_reference,
     "Containers run the intended version of their image",
     "A moved tag means that the same command starts something else tomorrow.",
     "inspect Config.Image: tag or digest", "Name images by digest: image@sha256:..."},
    {SAME_ID("5.29"), "MMM", 1, ALL, pids_limit, "Every container has a limit on its processes",
     "A fork bomb in one container otherwise takes the host down.",
     "inspect HostConfig.PidsLimit; /info PidsLimit", "--pids-limit 100, or what the workload needs."},
    {SAME_ID("5.30"), "MMM", 2, ALL | NEED_NETWORKS, on_default_bridge,
     "No container is on the default bridge",
     "All containers there see each other, and names resolve only by links.",
     "inspect NetworkSettings.Networks; /networks", "docker network create, and --network."},
    {SAME_ID("5.31"), "MMM", 1, ALL, host_users, "No container shares the host's user namespace",
     "It undoes the remapping: its root is the host's root.",
     "inspect HostConfig.UsernsMode; /info SecurityOptions", "Remove --userns host."},
    {SAME_ID("5.32"), "MMM", 1, ALL, engine_socket, "The engine's socket is not mounted in a container",
     "Whoever can talk to the socket starts a privileged container and owns the host; a read-only mount does "
     "not hinder that.",
     "inspect Mounts against every engine socket and the folders above it",
     "Remove the mount; give the container a filtering proxy, or a rootless engine of its own."},
};
const size_t SECTION_5_COUNT = sizeof SECTION_5 / sizeof *SECTION_5;
