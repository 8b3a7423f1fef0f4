/* container_mounts.c: what of the host is mounted into containers (5.6, 5.20, 5.32). */
#include "agentless/checks/topic.h"
#include "agentless/checks/container.h"
#include "agentless/checks/daemon_files.h"
#include "agentless/checks/host_path.h"
#include "agentless/checks/daemon_config.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
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

/* The host's path behind a mount: a bind's source, or the device of a local volume that is a bind in
 * disguise. NULL: the mount shows nothing of the host. *unknown: the volume's options were not seen. */
static const char *host_source(const struct facts *f, const json_t *mounts, const json_t *mount,
                               bool *unknown)
{
    const char *type = json_text_at(mount, "Type");
    const char *name = json_text_at(mount, "Name");
    *unknown = false;
    if (is_image_mount(mounts, mount))
        return NULL;
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
        const json_t *mounts = container_list(&c, "Mounts");
        for (size_t i = 0; i < json_array_size(mounts); i++) {
            bool unknown;
            const json_t *mount = json_array_get(mounts, i);
            const char *source = host_source(f, mounts, mount, &unknown);
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
    enum status status = read_only ? STATUS_INFO : STATUS_WARN;
    const char *how = read_only ? "read-only" : "read-write";
    if (strcmp(source, folder) == 0)
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
    const char *reported[] = {json_text_at(f->root, "session.socket"),
                              json_text_at(f->info, "Containerd.Address"),
                              json_text_at(f->root, "host.target.engine")};
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
     .judged = "WARN for a writable mount of, above or below a sensitive folder, by path components, also "
               "through local volumes with a device; INFO for a read-only one.",
     .remedy = "Mount only the folder that holds the data, read-only where that is enough."},
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
