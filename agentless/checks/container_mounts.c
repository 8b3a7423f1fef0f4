/* container_mounts.c: what of the host is mounted into containers (5.6, 5.20, 5.32). */
#include "agentless/checks/topic.h"
#include "agentless/checks/container.h"
#include "agentless/checks/daemon_files.h"
#include "agentless/checks/host_path.h"
#include "agentless/checks/daemon_config.h"
#include "agentless/checks/serving_daemon.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Podman lists an image's mount twice: as one, and as a bind of where it keeps the image's files. */
static bool is_image_mount(const json_t *mounts, const json_t *mount)
{
    for (size_t i = 0; i < json_array_size(mounts); i++) {
        const json_t *other = json_array_get(mounts, i);
        if (text_same(json_text_at(other, "Type"), "image") &&
            text_same(json_text_at(other, "Destination"), json_text_at(mount, "Destination")))
            return true;
    }
    return false;
}

typedef void mount_fn(const struct facts *f, struct finding *out, const struct container *c,
                      const json_t *mount, const char *source);

/* One mount of a container, and who is called with each path of the host behind it. */
struct visit {
    const struct facts *f;
    struct finding *out;
    const struct container *c;
    const json_t *mount;
    mount_fn *call;
};

static void visit_source(const struct visit *v, const char *source)
{
    char path[4096];
    if (source && host_path(source, path, sizeof path))
        v->call(v->f, v->out, v->c, v->mount, path);
}

/* A network share is "//HOST/SHARE" or ":/PATH"; what else begins with a slash is a folder or a device of the
 * host. */
static bool is_host_device(const char *device)
{
    return device && *device == '/' && device[1] != '/';
}

/* "lowerdir=/a:/b,upperdir=/c" */
static void visit_overlay(const struct visit *v, const char *options)
{
    char *copy = xstrdup(text_or(options, ""));
    char *rest = copy, *word;
    while ((word = text_next(&rest, ","))) {
        char *paths = strchr(word, '='), *path;
        if (!text_starts(word, "lowerdir=") && !text_starts(word, "upperdir="))
            continue;
        for (paths++; (path = text_next(&paths, ":"));)
            visit_source(v, path);
    }
    free(copy);
}

/* A volume lies in the data root, unless its driver has it elsewhere; one of the local driver shows what its
 * options name: a folder (type=none, o=bind), a disk, an overlay of folders. */
static void visit_volume(const struct visit *v)
{
    const char *name = json_text_at(v->mount, "Name"), *source = json_text_at(v->mount, "Source");
    const char *data_root = json_text_at(v->f->info, "DockerRootDir");
    char root[4096], path[4096];
    bool known = false;
    if (source && host_path(source, path, sizeof path) && data_root &&
        host_path(data_root, root, sizeof root) && !path_within(path, root))
        v->call(v->f, v->out, v->c, v->mount, path);
    for (size_t i = 0; i < json_array_size(v->f->volumes) && !known; i++) {
        const json_t *volume = json_array_get(v->f->volumes, i);
        known = text_same(json_text_at(volume, "Name"), name);
        if (known && is_host_device(json_text_at(volume, "Options.device")))
            visit_source(v, json_text_at(volume, "Options.device"));
        if (known)
            visit_overlay(v, json_text_at(volume, "Options.o"));
    }
    if (!known)
        finding_container(v->out, STATUS_ERROR, v->c, "evidence missing: what volume %s stands for: %s", name,
                          facts_why_missing(v->f, "volumes"));
}

static void each_mount(const struct facts *f, struct finding *out, mount_fn *call)
{
    struct container c;
    for_each_container(f, c)
    {
        const json_t *mounts = container_list(&c, "Mounts");
        for (size_t i = 0; i < json_array_size(mounts); i++) {
            const json_t *mount = json_array_get(mounts, i);
            const char *type = json_text_at(mount, "Type");
            const struct visit visit = {f, out, &c, mount, call};
            if (is_image_mount(mounts, mount))
                continue;
            if (text_same(type, "bind"))
                visit_source(&visit, json_text_at(mount, "Source"));
            else if (text_same(type, "volume"))
                visit_volume(&visit);
        }
    }
}

static void mount_fact(struct finding *out, const struct container *c, const json_t *mount)
{
    char source[200];
    snprintf(source, sizeof source, "inspect %s", c->name);
    finding_fact(out, source, "Mounts", json_deep_copy(mount));
}

/* The benchmark's list (with /lib64 from 1.7.0 on, and used for all; /bin and /sbin are links into /usr), and
 * the places where engines live. Of /run only the whole and those: what else is below it are the sockets of
 * services. */
static const char *sensitive_folder(const struct facts *f, const char *source, char *root, size_t size)
{
    static const char *const FOLDERS[] = {"/boot",       "/dev",         "/etc",        "/lib",
                                          "/lib64",      "/bin",         "/sbin",       "/proc",
                                          "/sys",        "/usr",         "/run/docker", "/run/containerd",
                                          "/run/podman", "/run/systemd", "/run/user"};
    const char *data_root = json_text_at(f->info, "DockerRootDir");
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++)
        if (path_within(source, FOLDERS[i]))
            return FOLDERS[i];
    if (strcmp(source, "/") == 0 || strcmp(source, "/run") == 0)
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

/* What many containers are given, and nobody is harmed by who reads it: no keys, no passwords, no hosts'
 * addresses. */
static bool is_harmless(const char *source)
{
    static const char *const FILES[] = {
        "/etc/localtime",  "/etc/timezone",   "/etc/hosts",  "/etc/hostname", "/etc/resolv.conf",
        "/etc/os-release", "/etc/machine-id", "/etc/passwd", "/etc/group",    "/etc/nsswitch.conf"};
    static const char *const FOLDERS[] = {"/usr/share/zoneinfo",
                                          "/etc/ssl/certs",
                                          "/etc/pki/ca-trust",
                                          "/etc/pki/tls/certs",
                                          "/usr/share/ca-certificates",
                                          "/usr/local/share/ca-certificates",
                                          "/usr/lib/os-release",
                                          "/lib/modules",
                                          "/usr/lib/modules",
                                          "/usr/src",
                                          "/usr/share/fonts",
                                          "/dev/null",
                                          "/dev/log"};
    bool found = false;
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES && !found; i++)
        found = strcmp(source, FILES[i]) == 0;
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS && !found; i++)
        found = path_within(source, FOLDERS[i]);
    return found;
}

static void check_sensitive(const struct facts *f, struct finding *out, const struct container *c,
                            const json_t *mount, const char *source)
{
    char root[4096];
    const char *folder = sensitive_folder(f, source, root, sizeof root);
    const char *at = json_text_at(mount, "Destination");
    /* Only an RW that is there and false is read-only. */
    bool read_only = json_is_false(json_object_get(mount, "RW"));
    if (!folder && !path_within(source, "/run"))
        return;
    /* Who reads /etc/shadow, a disk or a socket needs not write it. */
    enum status status = !folder || (read_only && is_harmless(source)) ? STATUS_INFO : STATUS_WARN;
    const char *how = read_only ? "read-only" : "read-write";
    if (!folder || strcmp(source, folder) == 0)
        finding_container(out, status, c, "mounts the host's %s %s at %s", source, how, text_or(at, "?"));
    else
        finding_container(out, status, c, "mounts the host's %s (%s %s) %s at %s", source,
                          path_within(source, folder) ? "in" : "above", folder, how, text_or(at, "?"));
    mount_fact(out, c, mount);
}

static void containers_sensitive_mounts(const struct facts *f, struct finding *out)
{
    each_mount(f, out, check_sensitive);
}

static void containers_shared_propagation(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const json_t *mounts = container_list(&c, "Mounts");
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

/* The usual places are those of root's engines; beside another one they count unless it was seen that nothing
 * is there. */
static bool may_be_there(const struct facts *f, const char *socket)
{
    const json_t *file;
    bool usual = !facts_security_option(f, "rootless", NULL) && !facts_is_podman(f);
    return usual || host_file(f, socket, &file) != FILE_ABSENT;
}

/* A socket that is an engine: by the daemon's own word where it is known, and the usual places. */
static const char *engine_socket_within(const struct facts *f, const char *source, char *path, size_t size)
{
    static const char *const SOCKETS[] = {"/run/docker.sock", "/run/containerd/containerd.sock",
                                          "/run/docker/containerd/containerd.sock",
                                          "/run/podman/podman.sock"};
    const char *reported[] = {asked_socket(f), json_text_at(f->info, "Containerd.Address")};
    for (size_t i = 0; i < sizeof reported / sizeof *reported; i++) {
        const char *socket = reported[i] && text_starts(reported[i], "unix://")
                                 ? reported[i] + strlen("unix://")
                                 : reported[i];
        if (socket && *socket == '/' && host_path(socket, path, size) && path_within(path, source))
            return path;
    }
    for (size_t i = 0; i < sizeof SOCKETS / sizeof *SOCKETS; i++)
        if (path_within(SOCKETS[i], source) &&
            (strcmp(SOCKETS[i], source) == 0 || may_be_there(f, SOCKETS[i])))
            return SOCKETS[i];
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

static void containers_engine_socket(const struct facts *f, struct finding *out)
{
    each_mount(f, out, check_socket);
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("5.6"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_sensitive_mounts,
     .title = "No sensitive folder of the host is mounted",
     .rationale = "Who can write to /etc, /usr or / of the host can plant a user, a service or a program "
                  "there; reading "
                  "them gives away secrets.",
     .evidence = "inspect Mounts; /volumes, for volumes that bind a folder",
     .judged =
         "WARN for a mount of, above or below a sensitive folder, by path components, read-only or not, also "
         "through volumes: of the local driver with a device or an overlay, and of drivers that have them "
         "outside of "
         "the data root. INFO for what is harmless to read (/etc/localtime, public certificates and the "
         "like), where "
         "it is read-only, and for what lies in /run and is no engine's. Links are not followed.",
     .remedy = "Mount only the folder that holds the data; for the time zone or certificates the file "
               "itself, read-only."},
    {.id = SAME_ID("5.20"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_shared_propagation,
     .title = "No mount is propagated as shared",
     .rationale = "A mount made in the container appears on the host.",
     .evidence = "inspect Mounts: Propagation",
     .judged = "WARN for mounts with propagation shared or rshared.",
     .remedy = "Remove :shared and :rshared from volumes."},
    {.id = SAME_ID("5.32"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_engine_socket,
     .title = "The engine's socket is not mounted in a container",
     .rationale = "Whoever can talk to the socket starts a privileged container and owns the host; a "
                  "read-only mount does "
                  "not hinder that.",
     .evidence = "inspect Mounts against every engine socket and the folders above it",
     .judged = "WARN when a mount is, or contains, a socket of the engine, containerd or Podman: the one "
               "that was asked, those that the engine names, and the usual places.",
     .remedy = "Remove the mount; give the container a filtering proxy, or a rootless engine of its own."},
};

const struct check_topic TOPIC_CONTAINER_MOUNTS = CHECK_TOPIC(CHECKS);
