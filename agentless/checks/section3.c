/* section3.c: owner and mode of the daemon's files, by the bits, links followed. */
#include "agentless/checks/catalog.h"
#include "agentless/checks/daemon_config.h"
#include "agentless/checks/host_object.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct aspect {
    enum object object;
    bool owner;     /* else the mode */
    unsigned limit; /* bits that may be set */
};

/* The group that may own the engine's socket: as configured, docker by default. By name or by number. */
static bool is_socket_group(const struct facts *f, json_int_t gid)
{
    struct setting_value v = daemon_setting(f, "group");
    const char *group = daemon_setting_text(&v);
    const json_t *groups = json_at(f->host, "accounts.groups");
    json_int_t of;
    long number;
    if (!group || !*group)
        group = "docker";
    if (text_number(group, 0, 4294967295, &number) && number == gid)
        return true;
    for (size_t i = 0; i < json_array_size(groups); i++) {
        const json_t *one = json_array_get(groups, i);
        if (json_integer_at(one, "gid", &of) && of == gid && text_same(json_text_at(one, "name"), group))
            return true;
    }
    return false;
}

static void judge_owner(const struct facts *f, const struct aspect *a, const char *path, const json_t *file,
                        struct finding *out)
{
    json_int_t uid, gid;
    bool owner_known = json_integer_at(file, "uid", &uid);
    if (!json_integer_at(file, "gid", &gid) || !owner_known) {
        finding_item(out, STATUS_ERROR, "file", path, "evidence missing: its owner was not seen (%s)",
                     f->shell ? "stat failed" : "the engine's archive does not tell the owner of a socket");
        return;
    }
    bool socket = a->object == OBJECT_ENGINE_SOCKETS;
    struct rootless_daemon rootless;
    bool user = daemon_is_rootless(f, &rootless);
    finding_fact(out, path, "uid:gid", json_pack("[I,I]", uid, gid));
    if (uid != 0 && user && (uid == rootless.uid || (socket && rootless.uid < 0)))
        finding_item(out, STATUS_INFO, "file", path, "belongs to uid %lld, whose rootless daemon it is",
                     (long long)uid);
    else if (user && uid != 0 && rootless.uid < 0)
        finding_item(out, STATUS_ERROR, "file", path,
                     "evidence missing: it belongs to uid %lld, and whose daemon it is was not seen",
                     (long long)uid);
    else if (user && uid != 0)
        finding_item(out, STATUS_WARN, "file", path,
                     "belongs to uid %lld, who is neither root nor the rootless daemon's user (%lld)",
                     (long long)uid, (long long)rootless.uid);
    else if (uid != 0 || (gid != 0 && !(socket && is_socket_group(f, gid))))
        finding_item(out, STATUS_WARN, "file", path, "belongs to %lld:%lld, not to root:%s", (long long)uid,
                     (long long)gid, socket ? "docker" : "root");
}

static void judge_mode(const struct aspect *a, const char *path, const json_t *file, struct finding *out)
{
    const char *text = json_text_at(file, "mode");
    unsigned limit = a->limit;
    if (!text) {
        finding_item(out, STATUS_ERROR, "file", path, "evidence missing: its mode was not seen");
        return;
    }
    unsigned mode = (unsigned)strtoul(text, NULL, 8) & 07777;
    /* The sticky bit of anything but a folder means nothing (a rootless dockerd sets it on its socket, for
     * systemd-tmpfiles). On a folder, setgid and sticky make access no laxer. */
    mode &= ~01000u;
    if (text_same(json_text_at(file, "type"), "directory"))
        mode &= ~02000u;
    /* A registry's client key is a key: no more than its owner may read and write it. */
    size_t length = strlen(path);
    if (a->object == OBJECT_REGISTRY_CERTIFICATES && length > 4 && strcmp(path + length - 4, ".key") == 0)
        limit = 0600;
    finding_fact(out, path, "mode", json_text(text));
    if (mode & ~limit)
        finding_item(out, STATUS_WARN, "file", path, "has mode %s, which allows more than %04o%s", text,
                     limit, mode & 0002 ? ": anyone on the host may write it" : "");
}

static void judge_file(const struct facts *f, const struct aspect *a, const char *path, size_t *present,
                       struct finding *out)
{
    const json_t *file;
    switch (host_file(f, path, &file)) {
    case FILE_UNSEEN:
        finding_item(out, STATUS_ERROR, "file", path, "evidence missing: it was not looked at");
        break;
    case FILE_DENIED:
        finding_item(out, STATUS_ERROR, "file", path,
                     "evidence missing: this user may not look at it (become=yes would help)");
        break;
    case FILE_ABSENT:
        return;
    case FILE_PRESENT:
        if (json_text_at(file, "target"))
            finding_fact(out, path, "is a link to", json_text(json_text_at(file, "target")));
        if (a->owner)
            judge_owner(f, a, path, file, out);
        else
            judge_mode(a, path, file, out);
        break;
    }
    (*present)++;
}

static void judge_files(const struct facts *f, struct finding *out, struct aspect a)
{
    char why[300];
    size_t present = 0;
    json_t *paths = host_object_paths(f, a.object, why, sizeof why);
    if (!paths) {
        finding_say(out, STATUS_ERROR, "evidence missing: %s", why);
        return;
    }
    for (size_t i = 0; i < json_array_size(paths); i++)
        judge_file(f, &a, json_string_value(json_array_get(paths, i)), &present, out);
    if (!present) {
        const char *first = json_string_value(json_array_get(paths, 0));
        finding_fact(out, "host", first ? first : "path", json_text("(absent)"));
        finding_say(out, STATUS_INFO, "does not apply: %.200s%s", first ? first : why,
                    first ? " does not exist" : "");
    }
    json_decref(paths);
}

#define OWNER_CHECK(name, of)                                                                                \
    static void name(const struct facts *f, struct finding *out)                                             \
    {                                                                                                        \
        judge_files(f, out, (struct aspect){.object = (of), .owner = true});                                 \
    }
#define MODE_CHECK(name, of, bits)                                                                           \
    static void name(const struct facts *f, struct finding *out)                                             \
    {                                                                                                        \
        judge_files(f, out, (struct aspect){.object = (of), .limit = (bits)});                               \
    }

OWNER_CHECK(owner_service_unit, OBJECT_SERVICE_UNIT)
MODE_CHECK(mode_service_unit, OBJECT_SERVICE_UNIT, 0644)
OWNER_CHECK(owner_socket_unit, OBJECT_SOCKET_UNIT)
MODE_CHECK(mode_socket_unit, OBJECT_SOCKET_UNIT, 0644)
OWNER_CHECK(owner_config_folder, OBJECT_CONFIG_FOLDER)
MODE_CHECK(mode_config_folder, OBJECT_CONFIG_FOLDER, 0755)
OWNER_CHECK(owner_registry_certificates, OBJECT_REGISTRY_CERTIFICATES)
MODE_CHECK(mode_registry_certificates, OBJECT_REGISTRY_CERTIFICATES, 0444)
OWNER_CHECK(owner_tls_ca, OBJECT_TLS_CA)
MODE_CHECK(mode_tls_ca, OBJECT_TLS_CA, 0444)
OWNER_CHECK(owner_tls_certificate, OBJECT_TLS_CERTIFICATE)
MODE_CHECK(mode_tls_certificate, OBJECT_TLS_CERTIFICATE, 0444)
OWNER_CHECK(owner_tls_key, OBJECT_TLS_KEY)
MODE_CHECK(mode_tls_key, OBJECT_TLS_KEY, 0400)
OWNER_CHECK(owner_engine_sockets, OBJECT_ENGINE_SOCKETS)
MODE_CHECK(mode_engine_sockets, OBJECT_ENGINE_SOCKETS, 0660)
OWNER_CHECK(owner_daemon_json, OBJECT_DAEMON_JSON)
MODE_CHECK(mode_daemon_json, OBJECT_DAEMON_JSON, 0644)
OWNER_CHECK(owner_default_docker, OBJECT_DEFAULT_DOCKER)
MODE_CHECK(mode_default_docker, OBJECT_DEFAULT_DOCKER, 0644)
OWNER_CHECK(owner_sysconfig_docker, OBJECT_SYSCONFIG_DOCKER)
MODE_CHECK(mode_sysconfig_docker, OBJECT_SYSCONFIG_DOCKER, 0644)
OWNER_CHECK(owner_containerd_socket, OBJECT_CONTAINERD_SOCKET)
MODE_CHECK(mode_containerd_socket, OBJECT_CONTAINERD_SOCKET, 0660)

const struct check SECTION_3[] = {
    {SAME_ID("3.1"), "AAA", 1, NEED_DOCKERD, owner_service_unit, "docker.service belongs to root:root",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "owner and group of the unit file, its drop-ins and environment files, links followed",
     "chown root:root FILE"},
    {SAME_ID("3.2"), "AAA", 1, NEED_DOCKERD, mode_service_unit, "docker.service has mode 644 or stricter",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "mode of the unit file, its drop-ins and environment files, bit by bit", "chmod 644 FILE"},
    {SAME_ID("3.3"), "AAA", 1, NEED_DOCKERD, owner_socket_unit, "docker.socket belongs to root:root",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "owner and group of the socket unit and its drop-ins, links followed", "chown root:root FILE"},
    {SAME_ID("3.4"), "AAA", 1, NEED_DOCKERD, mode_socket_unit, "docker.socket has mode 644 or stricter",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "mode of the socket unit and its drop-ins, bit by bit", "chmod 644 FILE"},
    {SAME_ID("3.5"), "AAA", 1, NEED_DOCKERD, owner_config_folder, "/etc/docker belongs to root:root",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "owner and group of the folder of the configuration in use, links followed", "chown root:root FILE"},
    {SAME_ID("3.6"), "AAA", 1, NEED_DOCKERD, mode_config_folder, "/etc/docker has mode 755 or stricter",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "mode of the folder of the configuration in use, bit by bit", "chmod 755 FILE"},
    {SAME_ID("3.7"), "MMM", 1, NEED_DOCKERD, owner_registry_certificates,
     "Registry certificates belong to root:root",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "owner and group of all files below /etc/docker/certs.d, links followed", "chown root:root FILE"},
    {SAME_ID("3.8"), "MMM", 1, NEED_DOCKERD, mode_registry_certificates,
     "Registry certificates have mode 444 or stricter",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "mode of all files below /etc/docker/certs.d, bit by bit", "chmod 444 FILE"},
    {SAME_ID("3.9"), "MMM", 1, NEED_DOCKERD, owner_tls_ca, "The TLS CA certificate belongs to root:root",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "owner and group of tlscacert of the effective configuration, links followed", "chown root:root FILE"},
    {SAME_ID("3.10"), "MMM", 1, NEED_DOCKERD, mode_tls_ca, "The TLS CA certificate has mode 444 or stricter",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "mode of tlscacert of the effective configuration, bit by bit", "chmod 444 FILE"},
    {SAME_ID("3.11"), "MMM", 1, NEED_DOCKERD, owner_tls_certificate,
     "The Docker server certificate belongs to root:root",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "owner and group of tlscert of the effective configuration, links followed", "chown root:root FILE"},
    {SAME_ID("3.12"), "MMM", 1, NEED_DOCKERD, mode_tls_certificate,
     "The Docker server certificate has mode 444 or stricter",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "mode of tlscert of the effective configuration, bit by bit", "chmod 444 FILE"},
    {SAME_ID("3.13"), "MMM", 1, NEED_DOCKERD, owner_tls_key, "The Docker server key belongs to root:root",
     "Who can read the key can pose as the daemon to every client.",
     "owner and group of tlskey of the effective configuration, links followed", "chown root:root FILE"},
    {SAME_ID("3.14"), "MMM", 1, NEED_DOCKERD, mode_tls_key, "The Docker server key has mode 400 or stricter",
     "Who can read the key can pose as the daemon to every client.",
     "mode of tlskey of the effective configuration, bit by bit", "chmod 400 FILE"},
    {SAME_ID("3.15"), "AAA", 1, NEED_DOCKERD, owner_engine_sockets,
     "The Docker socket belongs to root:docker",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "owner and group of every unix listener of the daemon, links followed", "chown root:docker FILE"},
    {SAME_ID("3.16"), "AAA", 1, NEED_DOCKERD, mode_engine_sockets,
     "The Docker socket has mode 660 or stricter",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "mode of every unix listener of the daemon, bit by bit", "chmod 660 FILE"},
    {SAME_ID("3.17"), "MMM", 2, NEED_DOCKERD, owner_daemon_json, "daemon.json belongs to root:root",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "owner and group of the daemon.json in use, links followed", "chown root:root FILE"},
    {SAME_ID("3.18"), "MMM", 2, NEED_DOCKERD, mode_daemon_json, "daemon.json has mode 644 or stricter",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "mode of the daemon.json in use, bit by bit", "chmod 644 FILE"},
    {SAME_ID("3.19"), "MMM", 2, NEED_DOCKERD, owner_default_docker,
     "/etc/default/docker belongs to root:root",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "owner and group of /etc/default/docker, links followed", "chown root:root FILE"},
    {SAME_ID("3.20"), "MMM", 2, NEED_DOCKERD, mode_default_docker,
     "/etc/default/docker has mode 644 or stricter",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "mode of /etc/default/docker, bit by bit", "chmod 644 FILE"},
    {SAME_ID("3.21"), "MMM", 2, NEED_DOCKERD, mode_sysconfig_docker,
     "/etc/sysconfig/docker has mode 644 or stricter",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "mode of /etc/sysconfig/docker, bit by bit", "chmod 644 /etc/sysconfig/docker"},
    {SAME_ID("3.22"), "MMM", 2, NEED_DOCKERD, owner_sysconfig_docker,
     "/etc/sysconfig/docker belongs to root:root",
     "Who can write it decides how the daemon runs, and so owns the host.",
     "owner and group of /etc/sysconfig/docker", "chown root:root /etc/sysconfig/docker"},
    {SAME_ID("3.23"), "AAA", 1, NEED_DOCKERD, owner_containerd_socket,
     "The containerd socket belongs to root:root",
     "Who can talk to containerd can start containers behind Docker's back.",
     "owner and group of containerd's socket in use", "chown root:root /run/containerd/containerd.sock"},
    {SAME_ID("3.24"), "AAA", 1, NEED_DOCKERD, mode_containerd_socket,
     "The containerd socket has mode 660 or stricter",
     "Who can talk to containerd can start containers behind Docker's back.",
     "mode of containerd's socket in use", "chmod 660 /run/containerd/containerd.sock"},
};
const size_t SECTION_3_COUNT = sizeof SECTION_3 / sizeof *SECTION_3;
