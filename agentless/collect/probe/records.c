/* records.c: one function a record: what its lines say of the host. */
#include "agentless/collect/probe/probe_internal.h"
#include "agentless/collect/reduce/daemon_settings.h"
#include "agentless/collect/reduce/drift.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

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

void probe_host_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    if (strcmp(line, "uid") == 0 || strcmp(line, "pidfile") == 0 || strcmp(line, "boot") == 0 ||
        strcmp(line, "ticks") == 0) {
        probe_set_number(r->record, line, value);
    } else if (strcmp(line, "os") == 0) {
        char *text = split_value(value);
        json_put(probe_child(r->record, "os"), value, json_text(text));
    } else if (strcmp(line, "name") == 0 || strcmp(line, "kernel") == 0 || strcmp(line, "lsm") == 0 ||
               strcmp(line, "selinux_enforce") == 0) {
        json_put(r->record, line, json_text(value));
    }
}

void probe_daemon_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    if (strcmp(line, "pid") == 0 || strcmp(line, "nspid") == 0 || strcmp(line, "uid") == 0 ||
        strcmp(line, "start_ticks") == 0) {
        probe_set_number(r->record, line, value);
    } else if (strcmp(line, "container") == 0 || strcmp(line, "unit") == 0 || strcmp(line, "exe") == 0 ||
               strcmp(line, "config") == 0 || strcmp(line, "runtime") == 0) {
        json_put(r->record, line, json_text(value));
    } else if (strcmp(line, "env_denied") == 0) {
        json_put(r->record, "environment", json_null());
    } else if (strcmp(line, "env") == 0) {
        char *equals = strchr(value, '=');
        if (!equals)
            return;
        *equals = '\0';
        json_put(probe_child(r->record, "environment"), value, json_text(equals + 1));
    }
}

void probe_file_line(struct reader *r, char *line)
{
    unsigned mode;
    char *value = split_value(line);
    if (strcmp(line, "path") == 0) {
        r->record = probe_child(probe_child(r->shell, "files"), value);
    } else if (strcmp(line, "state") == 0 || strcmp(line, "target") == 0) {
        json_put(r->record, line, json_text(value));
    } else if (strcmp(line, "stat") == 0 && sscanf(value, "%7o", &mode) == 1) {
        static const char *const KEYS[] = {"uid", "gid", "size", "mtime"};
        char text[8];
        snprintf(text, sizeof text, "%04o", mode & 07777);
        json_put(r->record, "state", json_text("present"));
        json_put(r->record, "mode", json_text(text));
        value = split_value(value);
        for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
            char *rest = split_value(value);
            probe_set_number(r->record, KEYS[i], value);
            value = rest;
        }
        json_put(r->record, "type", json_text(value));
    }
}

void probe_content_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    if (strcmp(line, "path") == 0)
        r->record = probe_child(probe_child(r->shell, "configs"), value);
    else if (strcmp(line, "state") == 0)
        json_put(r->record, "state", json_text(value));
    else if (strcmp(line, "mtime") == 0)
        probe_set_number(r->record, "mtime", value);
}

void probe_text_line(struct reader *r, char *line)
{
    buf_text(&r->text, line);
    buf_text(&r->text, "\n");
}

/* ExecStart as systemctl shows it: "{ path=/usr/bin/dockerd ; argv[]=/usr/bin/dockerd -H fd:// ; ... }". Kept
 * are its settings only, as of a process; not at all where a variable or quotes leave open what they are. */
static void unit_command(struct reader *r, char *value)
{
    const char *words[ARGUMENTS_MAX];
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
    json_put(r->record, "settings", daemon_settings_from_arguments(words, count));
}

void probe_unit_line(struct reader *r, char *line)
{
    char *equals = strchr(line, '=');
    if (text_starts(line, "unit ")) {
        r->record = probe_child(probe_child(r->shell, "units"), line + 5);
    } else if (text_starts(line, "ExecStart=")) {
        unit_command(r, equals + 1);
    } else if (equals) {
        *equals = '\0';
        /* Listen= and EnvironmentFiles= come once for each. */
        const char *before = json_string_value(json_object_get(r->record, line));
        char *joined = before ? xasprintf("%s\n%s", before, equals + 1) : xstrdup(equals + 1);
        json_put(r->record, line, json_text(joined));
        free(joined);
    }
}

void probe_programs_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    if (strcmp(line, "reboot") == 0 && strcmp(value, "required") == 0) {
        json_put(r->shell, "reboot_required", json_true());
        return;
    }
    json_t *paths = probe_child(probe_child(r->shell, "programs"), line);
    if (*value == '/' && json_object_size(paths) < 16)
        json_put(paths, value, json_true());
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

void probe_audit_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    json_t *audit = probe_child(r->shell, "audit");
    if (strcmp(line, "status") == 0 || strcmp(line, "enabled") == 0) {
        probe_set_number(audit, line, value);
    } else if (strcmp(line, "said") == 0) {
        json_put(audit, "said", json_text(value));
    } else if (strcmp(line, "loaded") == 0) {
        json_array_append_new(probe_list(audit, "loaded"), json_text(value));
    } else if (strcmp(line, "denied") == 0) {
        json_array_append_new(probe_list(audit, "denied"), json_text(value));
    } else if (strcmp(line, "file") == 0) {
        r->record = probe_list(probe_child(audit, "files"), value);
    } else if (strcmp(line, "rule") == 0 && json_is_array(r->record)) {
        json_array_append_new(r->record, json_text(value));
    }
}

void probe_accounts_line(struct reader *r, char *line)
{
    char *first = split_value(line);
    char *second = split_value(first);
    char *third = split_value(second);
    json_t *accounts = probe_child(r->shell, "accounts");
    json_t *one = json_object();
    if (strcmp(line, "group") == 0) {
        probe_set_number(one, "gid", first);
        json_put(one, "name", json_text(second));
        json_t *members = probe_list(one, "members");
        char *member;
        while ((member = text_next(&third, ",")))
            json_array_append_new(members, json_text(member));
        json_array_append(probe_list(accounts, "groups"), one);
    } else if (strcmp(line, "user") == 0) {
        probe_set_number(one, "uid", first);
        probe_set_number(one, "gid", second);
        json_put(one, "name", json_text(third));
        json_array_append(probe_list(accounts, "users"), one);
    }
    json_decref(one);
}

/* The kernel writes blanks and the like as \\040. */
static void unescape_octal(char *text)
{
    char *to = text;
    unsigned code;
    while (*text) {
        if (*text == '\\' && sscanf(text + 1, "%3o", &code) == 1 && code >= 1 && code < 256 && text[2] &&
            text[3]) {
            *to++ = (char)code;
            text += 4;
        } else {
            *to++ = *text++;
        }
    }
    *to = '\0';
}

void probe_mounts_line(struct reader *r, char *line)
{
    char *type = split_value(line);
    char *point = split_value(type);
    unescape_octal(point);
    json_t *one = json_object();
    json_put(one, "device", json_text(line));
    json_put(one, "type", json_text(type));
    json_put(one, "point", json_text(point));
    json_array_append_new(probe_list(r->shell, "mounts"), one);
}

void probe_swarm_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    static const char *const KEPT[] = {"state",        "ListenAddr", "AdvertiseAddr",
                                       "DataPathAddr", "LocalAddr",  "RemoteAddr"};
    for (size_t i = 0; i < sizeof KEPT / sizeof *KEPT; i++)
        if (strcmp(line, KEPT[i]) == 0)
            json_put(probe_child(r->shell, "swarm"), line, json_text(value));
}

/* The layer that a path lies in, and the path within it. Layers end in /diff (overlay2) or /fs (containerd);
 * a container may have folders of these names too, so the one that was announced decides. */
static json_t *layer_of(json_t *layers, char *path, const char **inside)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
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

void probe_drift_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    json_t *layers = probe_child(r->shell, "layers");
    if (strcmp(line, "layer") == 0) {
        if (!json_object_get(layers, value))
            json_put(layers, value, drift_new());
        return;
    }
    if (strcmp(line, "of") == 0) {
        char *layer = split_value(value);
        if (strlen(value) == 64 && json_object_get(layers, layer))
            json_put(probe_child(r->shell, "layer_of"), value, json_text(layer));
        return;
    }
    char *device = split_value(value);
    char *size = split_value(device);
    char *type = split_value(size);
    char *path = strchr(type, '|');
    unsigned mode;
    if (strcmp(line, "change") != 0 || !path || sscanf(value, "%7o", &mode) != 1)
        return;
    *path++ = '\0';
    const char *inside = NULL;
    json_t *layer = layer_of(layers, path, &inside);
    bool whiteout = strstr(type, "character") && strcmp(device, "0:0") == 0;
    /* An empty file of mode 755 is what the runtime makes where something will be mounted. */
    bool mount_point = strcmp(size, "0") == 0 && (mode & 07777) == 0755;
    if (layer && strcmp(type, "directory") != 0 && !mount_point)
        drift_add(layer, whiteout ? DRIFT_DELETED : DRIFT_WRITTEN, inside,
                  mode & 0111 && strstr(type, "regular"));
}

void probe_proxies_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    if (strcmp(line, "count") == 0)
        probe_set_number(r->shell, "docker_proxies", value);
}

void probe_cgroups_line(struct reader *r, char *line)
{
    unsigned pid;
    char id[65];
    if (sscanf(line, "/proc/%9u/cgroup:%64[0-9a-f]", &pid, id) != 2 || strlen(id) != 64)
        return;
    char key[16];
    snprintf(key, sizeof key, "%u", pid);
    json_put(probe_child(probe_child(r->shell, "containers"), id), key, json_object());
    json_t *of = probe_child(probe_child(r->shell, "processes_of"), key);
    json_put(of, id, json_true());
}
