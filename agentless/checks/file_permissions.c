/* file_permissions.c: owner and mode of the daemon's files, by the bits, links followed (3.1 to 3.24). */
#include "agentless/checks/topic.h"
#include "agentless/checks/daemon_config.h"
#include "agentless/checks/daemon_files.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct aspect {
    enum daemon_file object;
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
    bool socket = a->object == DAEMON_ENGINE_SOCKETS;
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
    if (a->object == DAEMON_REGISTRY_CERTIFICATES && length > 4 && strcmp(path + length - 4, ".key") == 0)
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
    struct error why;
    size_t present = 0;
    json_t *paths = daemon_file_paths(f, a.object, &why);
    if (!paths) {
        finding_say(out, STATUS_ERROR, "evidence missing: %s", why.text);
        return;
    }
    for (size_t i = 0; i < json_array_size(paths); i++)
        judge_file(f, &a, json_string_value(json_array_get(paths, i)), &present, out);
    if (!present) {
        const char *first = json_string_value(json_array_get(paths, 0));
        finding_fact(out, "host", first ? first : "path", json_text("(absent)"));
        finding_say(out, STATUS_INFO, "does not apply: %.200s%s", first ? first : why.text,
                    text_if(first, " does not exist"));
    }
    json_decref(paths);
}

static void file_owner(const struct facts *f, struct finding *out)
{
    judge_files(f, out, (struct aspect){.object = (enum daemon_file)out->check->about, .owner = true});
}

static void file_mode(const struct facts *f, struct finding *out)
{
    judge_files(f, out,
                (struct aspect){.object = (enum daemon_file)out->check->about, .limit = out->check->bits});
}

#define DECIDES "Who can write it decides how the daemon runs, and so owns the host."
#define FILES_JUDGED                                                                                         \
    "Owners are compared by number, modes by their bits (mode & ~limit must be 0, setuid counts), on the "   \
    "target of links, for every file concerned. Of a rootless engine its user's own files are judged "       \
    "(docker/daemon.json and systemd/user in ~/.config, ~/.docker), and INFO where they are that user's. "   \
    "INFO when none exists; ERROR for one that may not be looked at."
#define OWNER(object, owner, of)                                                                             \
    .about = (object), .judge = file_owner, .evidence = "owner and group of " of ", links followed",         \
    .remedy = "chown " owner " FILE"
/* `octal`: the mode that is the most that may be, as people write it. */
#define MODE(object, octal, of)                                                                              \
    .about = (object), .bits = 0##octal, .judge = file_mode, .evidence = "mode of " of ", bit by bit",       \
    .remedy = "chmod " #octal " FILE"

static const struct check CHECKS[] = {
    {.id = SAME_ID("3.1"),
     .assessment = "AAA",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "docker.service belongs to root:root",
     .rationale = DECIDES,
     OWNER(DAEMON_SERVICE_UNIT, "root:root", "the unit file, its drop-ins and environment files"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.2"),
     .assessment = "AAA",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "docker.service has mode 644 or stricter",
     .rationale = DECIDES,
     MODE(DAEMON_SERVICE_UNIT, 644, "the unit file, its drop-ins and environment files"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.3"),
     .assessment = "AAA",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "docker.socket belongs to root:root",
     .rationale = DECIDES,
     OWNER(DAEMON_SOCKET_UNIT, "root:root", "the socket unit and its drop-ins"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.4"),
     .assessment = "AAA",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "docker.socket has mode 644 or stricter",
     .rationale = DECIDES,
     MODE(DAEMON_SOCKET_UNIT, 644, "the socket unit and its drop-ins"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.5"),
     .assessment = "AAA",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "/etc/docker belongs to root:root",
     .rationale = DECIDES,
     OWNER(DAEMON_CONFIG_FOLDER, "root:root", "the folder of the configuration in use"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.6"),
     .assessment = "AAA",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "/etc/docker has mode 755 or stricter",
     .rationale = DECIDES,
     MODE(DAEMON_CONFIG_FOLDER, 755, "the folder of the configuration in use"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.7"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "Registry certificates belong to root:root",
     .rationale = DECIDES,
     OWNER(DAEMON_REGISTRY_CERTIFICATES, "root:root", "all files below /etc/docker/certs.d"),
     .judged = "WARN for each file below certs.d whose owner is not 0:0. INFO when there is none."},
    {.id = SAME_ID("3.8"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "Registry certificates have mode 444 or stricter",
     .rationale = DECIDES,
     MODE(DAEMON_REGISTRY_CERTIFICATES, 444, "all files below /etc/docker/certs.d"),
     .judged = "WARN for each file below certs.d with bits beyond 444 (keys: beyond 600). INFO when there is "
               "none."},
    {.id = SAME_ID("3.9"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "The TLS CA certificate belongs to root:root",
     .rationale = DECIDES,
     OWNER(DAEMON_TLS_CA, "root:root", "tlscacert of the effective configuration"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.10"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "The TLS CA certificate has mode 444 or stricter",
     .rationale = DECIDES,
     MODE(DAEMON_TLS_CA, 444, "tlscacert of the effective configuration"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.11"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "The Docker server certificate belongs to root:root",
     .rationale = DECIDES,
     OWNER(DAEMON_TLS_CERTIFICATE, "root:root", "tlscert of the effective configuration"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.12"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "The Docker server certificate has mode 444 or stricter",
     .rationale = DECIDES,
     MODE(DAEMON_TLS_CERTIFICATE, 444, "tlscert of the effective configuration"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.13"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "The Docker server key belongs to root:root",
     .rationale = "Who can read the key can pose as the daemon to every client.",
     OWNER(DAEMON_TLS_KEY, "root:root", "tlskey of the effective configuration"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.14"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "The Docker server key has mode 400 or stricter",
     .rationale = "Who can read the key can pose as the daemon to every client.",
     MODE(DAEMON_TLS_KEY, 400, "tlskey of the effective configuration"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.15"),
     .assessment = "AAA",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "The Docker socket belongs to root:docker",
     .rationale = DECIDES,
     OWNER(DAEMON_ENGINE_SOCKETS, "root:docker", "every unix listener of the daemon"),
     .judged = "PASS for root and the group the daemon is configured with (docker by default), or root:root, "
               "which is stricter; INFO for a rootless daemon's own user."},
    {.id = SAME_ID("3.16"),
     .assessment = "AAA",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "The Docker socket has mode 660 or stricter",
     .rationale = DECIDES,
     MODE(DAEMON_ENGINE_SOCKETS, 660, "every unix listener of the daemon"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.17"),
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_DOCKERD,
     .title = "daemon.json belongs to root:root",
     .rationale = DECIDES,
     OWNER(DAEMON_DAEMON_JSON, "root:root", "the daemon.json in use"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.18"),
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_DOCKERD,
     .title = "daemon.json has mode 644 or stricter",
     .rationale = DECIDES,
     MODE(DAEMON_DAEMON_JSON, 644, "the daemon.json in use"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.19"),
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_DOCKERD,
     .title = "/etc/default/docker belongs to root:root",
     .rationale = DECIDES,
     OWNER(DAEMON_DEFAULT_DOCKER, "root:root", "/etc/default/docker"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.20"),
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_DOCKERD,
     .title = "/etc/default/docker has mode 644 or stricter",
     .rationale = DECIDES,
     MODE(DAEMON_DEFAULT_DOCKER, 644, "/etc/default/docker"),
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.21"),
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_DOCKERD,
     .title = "/etc/sysconfig/docker has mode 644 or stricter",
     .rationale = DECIDES,
     .about = DAEMON_SYSCONFIG_DOCKER,
     .bits = 0644,
     .judge = file_mode,
     .evidence = "mode of /etc/sysconfig/docker, bit by bit",
     .remedy = "chmod 644 /etc/sysconfig/docker",
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.22"),
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_DOCKERD,
     .title = "/etc/sysconfig/docker belongs to root:root",
     .rationale = DECIDES,
     .about = DAEMON_SYSCONFIG_DOCKER,
     .judge = file_owner,
     .evidence = "owner and group of /etc/sysconfig/docker",
     .remedy = "chown root:root /etc/sysconfig/docker",
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.23"),
     .assessment = "AAA",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "The containerd socket belongs to root:root",
     .rationale = "Who can talk to containerd can start containers behind Docker's back.",
     .about = DAEMON_CONTAINERD_SOCKET,
     .judge = file_owner,
     .evidence = "owner and group of containerd's socket in use",
     .remedy = "chown root:root /run/containerd/containerd.sock",
     .judged = FILES_JUDGED},
    {.id = SAME_ID("3.24"),
     .assessment = "AAA",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "The containerd socket has mode 660 or stricter",
     .rationale = "Who can talk to containerd can start containers behind Docker's back.",
     .about = DAEMON_CONTAINERD_SOCKET,
     .bits = 0660,
     .judge = file_mode,
     .evidence = "mode of containerd's socket in use",
     .remedy = "chmod 660 /run/containerd/containerd.sock",
     .judged = FILES_JUDGED},
};

const struct check_topic TOPIC_FILE_PERMISSIONS = CHECK_TOPIC(CHECKS);
