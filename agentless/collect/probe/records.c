/* records.c: one function a record: what its fields say of the host. Each says whether the probe can have
 * written the field. */
#include "agentless/collect/probe/probe_internal.h"
#include "agentless/collect/reduce/daemon_settings.h"
#include "agentless/collect/reduce/drift.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void probe_set_number(json_t *object, const char *key, const char *value)
{
    long number;
    if (text_number(value, 0, 9007199254740991, &number))
        json_put(object, key, json_integer(number));
}

/* Splits "key value"; the value may be empty. */
static char *split_value(char *line)
{
    char *blank = strchr(line, ' ');
    if (!blank)
        return line + strlen(line);
    *blank = '\0';
    return blank + 1;
}

json_t *probe_child(json_t *parent, const char *key)
{
    json_t *object = json_object_get(parent, key);
    if (!json_is_object(object)) {
        object = json_object();
        json_put(parent, key, object);
    }
    return object;
}

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}
#define IS_ONE_OF(word, words) is_one_of((word), (words), sizeof(words) / sizeof *(words))

bool probe_host_line(struct reader *r, char *line)
{
    static const char *const NUMBERS[] = {"uid", "pidfile", "boot", "ticks"};
    static const char *const TEXTS[] = {"name", "kernel", "lsm", "selinux_enforce"};
    static const char *const SYSTEM[] = {"ID", "VERSION_ID", "PRETTY_NAME"};
    char *value = split_value(line);
    if (IS_ONE_OF(line, NUMBERS)) {
        probe_set_number(r->record, line, value);
    } else if (strcmp(line, "os") == 0) {
        char *text = split_value(value);
        if (!IS_ONE_OF(value, SYSTEM))
            return false;
        json_put(probe_child(r->record, "os"), value, json_text(text));
    } else if (IS_ONE_OF(line, TEXTS)) {
        json_put(r->record, line, json_text(value));
    } else {
        return false;
    }
    return true;
}

bool probe_daemon_line(struct reader *r, char *line)
{
    static const char *const NUMBERS[] = {"pid", "nspid", "uid", "start_ticks"};
    static const char *const TEXTS[] = {"unit", "exe", "config", "runtime"};
    static const char *const VARIABLES[] = {"DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_CONFIG",
                                            "XDG_CONFIG_HOME",   "XDG_RUNTIME_DIR",  "HOME"};
    char *value = split_value(line);
    if (IS_ONE_OF(line, NUMBERS)) {
        probe_set_number(r->record, line, value);
    } else if (IS_ONE_OF(line, TEXTS)) {
        json_put(r->record, line, json_text(value));
    } else if (strcmp(line, "env_denied") == 0) {
        json_put(r->record, "environment", json_null());
    } else if (strcmp(line, "env") == 0) {
        char *equals = strchr(value, '=');
        if (!equals)
            return false;
        *equals = '\0';
        if (!IS_ONE_OF(value, VARIABLES))
            return false;
        json_put(probe_child(r->record, "environment"), value, json_text(equals + 1));
    } else {
        return false;
    }
    return true;
}

/* "MODE UID GID SIZE MTIME TYPE"; a number may be "?" where it is not known. */
static bool file_stat(json_t *file, char *value)
{
    static const char *const KEYS[] = {"uid", "gid", "size", "mtime"};
    unsigned mode;
    char text[8];
    char *rest = split_value(value);
    if (strlen(value) > 6 || sscanf(value, "%7o", &mode) != 1)
        return false;
    snprintf(text, sizeof text, "%04o", mode & 07777);
    json_put(file, "state", json_text("present"));
    json_put(file, "mode", json_text(text));
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        value = rest;
        rest = split_value(value);
        probe_set_number(file, KEYS[i], value);
    }
    json_put(file, "type", json_text(rest));
    return true;
}

bool probe_file_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    if (strcmp(line, "path") == 0)
        r->record = probe_child(probe_child(r->shell, "files"), value);
    else if (strcmp(line, "state") == 0 || strcmp(line, "target") == 0)
        json_put(r->record, line, json_text(value));
    else
        return strcmp(line, "stat") == 0 && file_stat(r->record, value);
    return true;
}

bool probe_content_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    if (strcmp(line, "path") == 0)
        r->record = probe_child(probe_child(r->shell, "configs"), value);
    else if (strcmp(line, "state") == 0)
        json_put(r->record, "state", json_text(value));
    else if (strcmp(line, "mtime") == 0)
        probe_set_number(r->record, "mtime", value);
    else
        return false;
    return true;
}

bool probe_argument_line(struct reader *r, char *line)
{
    buf_text(&r->text, line);
    buf_text(&r->text, "\n");
    return true;
}

/* ExecStart as systemctl shows it: "{ path=/usr/bin/dockerd ; argv[]=/usr/bin/dockerd -H fd:// ; ... }". Kept
 * are its settings only, as of a process; not at all where a variable or quotes leave open what they are. */
static void unit_command(struct reader *r, char *value)
{
    const char *words[ARGUMENTS_MAX] = {NULL};
    size_t count = 0;
    char *argv = strstr(value, "argv[]=");
    char *end = argv ? strstr(argv, " ; ") : NULL;
    char *word;
    if (!end || json_object_get(r->record, "settings"))
        return;
    *end = '\0';
    argv += strlen("argv[]=");
    if (strpbrk(argv, "$\"'\\"))
        return;
    while (count < ARGUMENTS_MAX && (word = strsep(&argv, " ")))
        if (*word)
            words[count++] = word;
    /* What a script, a snap or an env starts, its own arguments do not tell. */
    if (count && daemon_settings_is_program(words[0]))
        json_put(r->record, "settings", daemon_settings_from_arguments(words, count));
}

/* More lines than all units have; to join them is quadratic. */
#define UNIT_LINES_MAX 1024
#define UNIT_VALUE_MAX 65536

static bool unit_property(json_t *unit, const char *key, const char *value)
{
    static const char *const SINGLE[] = {"ActiveState", "FragmentPath", "MainPID", "NeedDaemonReload"};
    static const char *const LISTS[] = {"DropInPaths", "EnvironmentFiles", "Listen"};
    const char *before = json_string_value(json_object_get(unit, key));
    if (IS_ONE_OF(key, SINGLE)) {
        json_put(unit, key, json_text(value));
        return true;
    }
    if (!IS_ONE_OF(key, LISTS) || strlen(value) + (before ? strlen(before) : 0) > UNIT_VALUE_MAX)
        return false;
    /* A list's items come once for each. */
    char *joined = before ? xasprintf("%s\n%s", before, value) : xstrdup(value);
    json_put(unit, key, json_text(joined));
    free(joined);
    return true;
}

bool probe_unit_line(struct reader *r, char *line)
{
    char *equals = strchr(line, '=');
    if (++r->unit_lines > UNIT_LINES_MAX)
        return false;
    if (text_starts(line, "unit ")) {
        if (strcmp(line + 5, "docker.service") != 0 && strcmp(line + 5, "docker.socket") != 0)
            return false;
        r->record = probe_child(probe_child(r->shell, "units"), line + 5);
        return true;
    }
    if (!equals)
        return false;
    *equals = '\0';
    if (strcmp(line, "ExecStart") != 0)
        return unit_property(r->record, line, equals + 1);
    unit_command(r, equals + 1);
    return true;
}

bool probe_programs_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    if (strcmp(line, "reboot") == 0 && strcmp(value, "required") == 0) {
        json_put(r->shell, "reboot_required", json_true());
        return true;
    }
    json_t *paths = probe_child(probe_child(r->shell, "programs"), line);
    if (*value == '/' && json_object_size(paths) < 16)
        json_put(paths, value, json_true());
    return *value == '/';
}

json_t *probe_list(json_t *parent, const char *key)
{
    json_t *array = json_object_get(parent, key);
    if (!json_is_array(array)) {
        array = json_array();
        json_put(parent, key, array);
    }
    return array;
}

bool probe_audit_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    json_t *audit = probe_child(r->shell, "audit");
    if (strcmp(line, "status") == 0 || strcmp(line, "enabled") == 0) {
        probe_set_number(audit, line, value);
    } else if (strcmp(line, "said") == 0) {
        json_put(audit, "said", json_text(value));
    } else if (strcmp(line, "loaded") == 0 || strcmp(line, "denied") == 0) {
        json_array_append_new(probe_list(audit, line), json_text(value));
    } else if (strcmp(line, "file") == 0) {
        r->record = probe_list(probe_child(audit, "files"), value);
    } else if (strcmp(line, "rule") == 0 && json_is_array(r->record)) {
        json_array_append_new(r->record, json_text(value));
    } else {
        return strcmp(line, "absent") == 0;
    }
    return true;
}

bool probe_accounts_line(struct reader *r, char *line)
{
    char *first = split_value(line);
    char *second = split_value(first);
    char *third = split_value(second);
    json_t *accounts = probe_child(r->shell, "accounts");
    bool is_group = strcmp(line, "group") == 0;
    if (!is_group && strcmp(line, "user") != 0)
        return false;
    json_t *one = json_object();
    if (is_group) {
        probe_set_number(one, "gid", first);
        json_put(one, "name", json_text(second));
        json_t *members = probe_list(one, "members");
        char *member;
        while ((member = text_next(&third, ",")))
            json_array_append_new(members, json_text(member));
    } else {
        probe_set_number(one, "uid", first);
        probe_set_number(one, "gid", second);
        json_put(one, "name", json_text(third));
    }
    json_array_append_new(probe_list(accounts, is_group ? "groups" : "users"), one);
    return true;
}

/* The kernel writes blanks and the like as \\040. */
static void unescape_octal(char *text)
{
    char *to = text;
    while (*text) {
        unsigned code = 0;
        size_t digits = 0;
        while (*text == '\\' && digits < 3 && text[1 + digits] >= '0' && text[1 + digits] <= '7')
            code = code * 8 + (unsigned)(text[1 + digits++] - '0');
        if (digits == 3 && code >= 1 && code < 256) {
            *to++ = (char)code;
            text += 4;
        } else {
            *to++ = *text++;
        }
    }
    *to = '\0';
}

/* As many as the probe reports. */
#define MOUNTS_MAX 2000
#define LAYERS_MAX 2000

bool probe_mounts_line(struct reader *r, char *line)
{
    char *type = split_value(line);
    char *point = split_value(type);
    json_t *mounts = probe_list(r->shell, "mounts");
    if (*point != '/' || json_array_size(mounts) >= MOUNTS_MAX)
        return false;
    unescape_octal(point);
    json_t *one = json_object();
    json_put(one, "device", json_text(line));
    json_put(one, "type", json_text(type));
    json_put(one, "point", json_text(point));
    json_array_append_new(mounts, one);
    return true;
}

bool probe_swarm_line(struct reader *r, char *line)
{
    static const char *const KEPT[] = {"state",        "ListenAddr", "AdvertiseAddr",
                                       "DataPathAddr", "LocalAddr",  "RemoteAddr"};
    char *value = split_value(line);
    if (!IS_ONE_OF(line, KEPT))
        return false;
    json_put(probe_child(r->shell, "swarm"), line, json_text(value));
    return true;
}

/* The layer that a path lies in, and the path within it. Layers end in /diff (overlay2) or /fs (containerd);
 * a container may have folders of these names too, so the one that was announced decides. */
static json_t *layer_of(json_t *layers, char *path, const char **inside)
{
    for (char *slash = *path == '/' ? strchr(path + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        json_t *layer = json_object_get(layers, path);
        *slash = '/';
        if (layer) {
            *inside = slash;
            return layer;
        }
    }
    return NULL;
}

/* "MODE MAJOR:MINOR SIZE TYPE|PATH" */
static bool drift_change(json_t *layers, char *value)
{
    char *device = split_value(value);
    char *size = split_value(device);
    char *type = split_value(size);
    char *path = strchr(type, '|');
    unsigned mode;
    if (!path || path[1] != '/' || strlen(path) > PATH_MAX || strlen(value) > 6 ||
        sscanf(value, "%7o", &mode) != 1)
        return false;
    *path++ = '\0';
    const char *inside = NULL;
    json_t *layer = layer_of(layers, path, &inside);
    bool whiteout = strstr(type, "character") && strcmp(device, "0:0") == 0;
    /* An empty file of mode 755 is what the runtime makes where something will be mounted. */
    bool mount_point = strcmp(size, "0") == 0 && (mode & 07777) == 0755;
    if (layer && strcmp(type, "directory") != 0 && !mount_point)
        drift_add(layer, whiteout ? DRIFT_DELETED : DRIFT_WRITTEN, inside,
                  mode & 0111 && strstr(type, "regular"));
    return true;
}

/* The list ends at this path: of its layer, and of those that were announced after it, not all was seen. */
static void drift_cut(json_t *layers, char *path)
{
    const char *inside = NULL, *name;
    json_t *last = layer_of(layers, path, &inside), *layer;
    void *next;
    bool seen = true;
    json_object_foreach_safe(layers, next, name, layer)
    {
        seen = seen && layer != last;
        if (!seen)
            json_object_del(layers, name);
    }
}

bool probe_drift_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    json_t *layers = probe_child(r->shell, "layers");
    if (strcmp(line, "change") == 0)
        return drift_change(layers, value);
    if (strcmp(line, "cut") == 0) {
        drift_cut(layers, value);
        return r->lines++ == 0;
    }
    if (strcmp(line, "layer") == 0) {
        if (json_object_size(layers) >= LAYERS_MAX)
            return false;
        if (!json_object_get(layers, value))
            json_put(layers, value, drift_new());
        return true;
    }
    if (strcmp(line, "odd") == 0) {
        json_t *layer = json_object_get(layers, value);
        if (layer)
            drift_add(layer, DRIFT_WRITTEN, "/(a name that holds a line end)", true);
        return layer != NULL;
    }
    char *layer = split_value(value);
    if (strcmp(line, "of") != 0 || strlen(value) != 64)
        return false;
    if (json_object_get(layers, layer))
        json_put(probe_child(r->shell, "layer_of"), value, json_text(layer));
    return true;
}

bool probe_proxies_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    if (strcmp(line, "count") != 0)
        return false;
    probe_set_number(r->shell, "docker_proxies", value);
    return true;
}

/* Its cgroup and its shim may each name a container of a process; more is not from a kernel. */
#define CONTAINERS_OF_PROCESS_MAX 4

bool probe_cgroups_line(struct reader *r, char *line)
{
    unsigned pid;
    char id[65];
    if (strlen(line) > 128 || sscanf(line, "/proc/%9u/cgroup:%64[0-9a-f]", &pid, id) != 2 || strlen(id) != 64)
        return false;
    char key[16];
    snprintf(key, sizeof key, "%u", pid);
    json_t *of = probe_child(probe_child(r->shell, "processes_of"), key);
    if (json_object_size(of) >= CONTAINERS_OF_PROCESS_MAX)
        return false;
    json_put(of, id, json_true());
    json_put(probe_child(probe_child(r->shell, "containers"), id), key, json_object());
    return true;
}
