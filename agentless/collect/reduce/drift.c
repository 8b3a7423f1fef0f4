/* drift.c: see drift.h */
#include "agentless/collect/reduce/drift.h"
#include "base/json.h"
#include "base/text.h"

#include <stddef.h>
#include <string.h>

#define TELLING_MAX 20

static void drift_count(json_t *drift, const char *key)
{
    json_t *number = json_object_get(drift, key);
    json_integer_set(number, json_integer_value(number) + 1);
}

json_t *drift_new(void)
{
    json_t *drift = json_object();
    json_put(drift, "written", json_integer(0));
    json_put(drift, "deleted", json_integer(0));
    json_put(drift, "noise", json_integer(0));
    json_put(drift, "telling", json_array());
    return drift;
}

static bool below(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (!path[length] || path[length] == '/');
}

/* Where programs are expected to write, and what Docker injects (it mounts hosts, hostname and resolv.conf
 * over files it makes first). */
static bool is_noise(const char *path)
{
    static const char *const FOLDERS[] = {"/tmp",
                                          "/run",
                                          "/var/run",
                                          "/var/tmp",
                                          "/var/log",
                                          "/var/cache",
                                          "/var/lock",
                                          "/dev",
                                          "/proc",
                                          "/sys",
                                          "/etc/hosts",
                                          "/etc/hostname",
                                          "/etc/resolv.conf",
                                          "/etc/mtab",
                                          "/.dockerenv",
                                          "/run/.containerenv"};
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++)
        if (below(path, FOLDERS[i]))
            return true;
    return false;
}

/* What an intruder would leave; NULL for anything else. */
static const char *why_telling(const char *path, bool executable)
{
    static const struct {
        const char *folder, *why;
    } PLACES[] = {
        {"/etc/passwd", "account file"},
        {"/etc/shadow", "account file"},
        {"/etc/group", "account file"},
        {"/etc/gshadow", "account file"},
        {"/etc/sudoers", "account file"},
        {"/etc/sudoers.d", "account file"},
        {"/etc/ld.so.preload", "preloaded library"},
        {"/var/spool/cron", "scheduled job"},
    };
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++)
        if (below(path, PLACES[i].folder))
            return PLACES[i].why;
    if (text_starts(path, "/etc/cron"))
        return "scheduled job";
    if (strstr(path, "/authorized_keys"))
        return "login key";
    static const char *const PROGRAMS[] = {"/bin",      "/sbin",          "/usr/bin",
                                           "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"};
    for (size_t i = 0; i < sizeof PROGRAMS / sizeof *PROGRAMS; i++)
        if (below(path, PROGRAMS[i]))
            return "program";
    return executable ? "executable" : NULL;
}

void drift_add(json_t *drift, enum drift_kind kind, const char *path, bool executable)
{
    /* An executable is telling even under /tmp: that is where they are dropped. */
    const char *why = why_telling(path, executable);
    bool noise = is_noise(path);
    json_t *telling = json_object_get(drift, "telling");
    if (noise && !why) {
        drift_count(drift, "noise");
        return;
    }
    drift_count(drift, kind == DRIFT_DELETED ? "deleted" : "written");
    if (!why)
        return;
    if (json_array_size(telling) == TELLING_MAX) {
        json_put(drift, "cut", json_true());
        return;
    }
    json_t *one = json_object();
    json_put(one, "path", json_text(path));
    json_put(one, "why", json_text(why));
    json_put(one, "deleted", json_boolean(kind == DRIFT_DELETED));
    json_array_append_new(telling, one);
}

/* /changes lists the folders above a change too, as changed: a path that another path continues is one. The
 * list is sorted by path. Kind 0 is changed, 1 added, 2 deleted. */
/* The runtime makes an empty file or folder where something will be mounted. */
static bool is_mount_point(const json_t *container, const char *path)
{
    const json_t *mounts = json_at(container, "Mounts");
    for (size_t i = 0; i < json_array_size(mounts); i++)
        if (text_same(json_text_at(json_array_get(mounts, i), "Destination"), path))
            return true;
    return json_object_get(json_at(container, "HostConfig.Tmpfs"), path) || below(path, "/run/secrets");
}

/* Podman lists the folders in which it made mount points, without what it made there: such a path is changed
 * only in what is below it. */
static bool is_above_noise(const char *path)
{
    static const char *const FOLDERS[] = {"/etc", "/run", "/var", "/var/run"};
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++)
        if (strcmp(path, FOLDERS[i]) == 0)
            return true;
    return false;
}

json_t *drift_from_changes(const json_t *changes, const json_t *container)
{
    json_t *drift = drift_new();
    size_t total = json_array_size(changes);
    for (size_t i = 0; i < total; i++) {
        const json_t *change = json_array_get(changes, i);
        const json_t *next = i + 1 < total ? json_array_get(changes, i + 1) : NULL;
        const char *path = json_text_at(change, "Path");
        const char *after = json_text_at(next, "Path");
        json_int_t kind = -1;
        if (!path || *path != '/' || !json_integer_at(change, "Kind", &kind))
            continue;
        if (after && strcmp(path, after) != 0 && below(after, path))
            continue;
        if (is_mount_point(container, path) || (kind == 0 && is_above_noise(path))) {
            drift_count(drift, "noise");
            continue;
        }
        drift_add(drift, kind == 2 ? DRIFT_DELETED : DRIFT_WRITTEN, path, false);
    }
    return drift;
}
