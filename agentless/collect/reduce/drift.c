/* drift.c: see drift.h */
#include "agentless/collect/reduce/drift.h"
#include "base/json.h"
#include "base/json_cursor.h"
#include "base/mem.h"
#include "base/text.h"

#include <stddef.h>
#include <stdlib.h>
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

/* Where the runtime makes an empty file or folder because something will be mounted there. */
static json_t *mount_points(const json_t *container)
{
    json_t *points = json_object();
    const json_t *mounts = json_at(container, "Mounts");
    const char *path;
    json_t *unused;
    for (size_t i = 0; i < json_array_size(mounts); i++) {
        const char *destination = json_text_at(json_array_get(mounts, i), "Destination");
        if (destination)
            json_put(points, destination, json_true());
    }
    json_object_foreach(json_at(container, "HostConfig.Tmpfs"), path, unused)
        json_put(points, path, json_true());
    return points;
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

/* One entry of /changes. Kind 0 is changed, 1 added, 2 deleted. */
struct change {
    char *path;
    json_int_t kind;
};

/* /changes lists the folders above a change too, as changed: a path that the next one continues is one. The
 * list is sorted by path. */
static void count_change(json_t *drift, const struct change *change, const char *next, const json_t *points)
{
    const char *path = change->path;
    if (!path || (next && strcmp(path, next) != 0 && below(next, path)))
        return;
    if (json_object_get(points, path) || below(path, "/run/secrets") ||
        (change->kind == 0 && is_above_noise(path)))
        drift_count(drift, "noise");
    else
        drift_add(drift, change->kind == 2 ? DRIFT_DELETED : DRIFT_WRITTEN, path, false);
}

/* The next element of the list; its path is NULL where it is not a change. False: not JSON. */
static bool read_change(struct json_cursor *from, struct change *change)
{
    json_skip_blanks(from);
    const char *begin = from->at;
    size_t depth = json_skip_value(from);
    json_error_t error;
    json_t *element = depth < JSON_DEPTH_MAX
                          ? json_loadb(begin, (size_t)(from->at - begin), JSON_DECODE_ANY, &error)
                          : NULL;
    const char *path = json_text_at(element, "Path");
    *change = (struct change){.kind = -1};
    if (path && *path == '/' && json_integer_at(element, "Kind", &change->kind))
        change->path = xstrdup(path);
    json_decref(element);
    return element != NULL;
}

static const char *read_changes(json_t *drift, struct json_cursor *from, const json_t *points)
{
    struct change last = {0}, next;
    const char *wrong = NULL;
    if (json_take(from, ']'))
        return NULL;
    do {
        if (!read_change(from, &next)) {
            wrong = "an element of the list is not JSON";
            break;
        }
        count_change(drift, &last, next.path, points);
        free(last.path);
        last = next;
    } while (json_take(from, ','));
    count_change(drift, &last, NULL, points);
    free(last.path);
    if (!wrong && !json_take(from, ']'))
        wrong = "a list does not end";
    return wrong;
}

json_t *drift_from_changes(const char *text, size_t length, const json_t *container,
                           const atomic_bool *abandoned, struct error *why)
{
    struct json_cursor from = {.at = text, .end = text + length, .abandoned = abandoned};
    json_t *drift = drift_new();
    json_t *points = mount_points(container);
    const char *wrong = NULL;
    json_skip_blanks(&from);
    /* Go writes an empty list as null. */
    if (length >= 4 && from.end - from.at >= 4 && strncmp(from.at, "null", 4) == 0)
        from.at += 4;
    else
        wrong = json_take(&from, '[') ? read_changes(drift, &from, points) : "it is not a list";
    json_skip_blanks(&from);
    if (!wrong && from.at < from.end)
        wrong = "more follows behind its end";
    json_decref(points);
    if (!wrong)
        return drift;
    error_set(why, "%s (at byte %zu)", wrong, (size_t)(from.at - text));
    json_decref(drift);
    return NULL;
}
