/* probe.c: reads what probe.sh printed. Every byte comes from a host that may be hostile: records are
 * recognised only at the beginning of a line, counts are bounded by the output's own bound, numbers are
 * checked. */
#include "agentless/collect/probe/probe.h"
#include "agentless/collect/reduce/daemon_settings.h"
#include "agentless/collect/reduce/drift.h"
#include "base/json.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARGUMENTS_MAX 1024

struct reader {
    json_t *shell;
    json_t *record;  /* the object that key-value lines of the current record go to; borrowed */
    json_t *process; /* the process that @status lines go to; borrowed */
    struct buf text; /* a file's content, or arguments */
    json_t *content; /* whose text it is */
    bool ended;
};

static void set_number(json_t *object, const char *key, const char *value)
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

static json_t *child(json_t *parent, const char *key)
{
    json_t *object = json_object_get(parent, key);
    if (!json_is_object(object)) {
        object = json_object();
        json_put(parent, key, object);
    }
    return object;
}

/* --- one function a record: what its body lines mean --- */

static void host_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    if (strcmp(line, "uid") == 0 || strcmp(line, "pidfile") == 0 || strcmp(line, "boot") == 0 ||
        strcmp(line, "ticks") == 0) {
        set_number(r->record, line, value);
    } else if (strcmp(line, "os") == 0) {
        char *text = split_value(value);
        json_put(child(r->record, "os"), value, json_text(text));
    } else if (strcmp(line, "name") == 0 || strcmp(line, "kernel") == 0 || strcmp(line, "lsm") == 0 ||
               strcmp(line, "selinux_enforce") == 0) {
        json_put(r->record, line, json_text(value));
    }
}

static void daemon_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    if (strcmp(line, "pid") == 0 || strcmp(line, "nspid") == 0 || strcmp(line, "uid") == 0 ||
        strcmp(line, "start_ticks") == 0) {
        set_number(r->record, line, value);
    } else if (strcmp(line, "container") == 0 || strcmp(line, "unit") == 0 || strcmp(line, "exe") == 0 ||
               strcmp(line, "config") == 0 || strcmp(line, "runtime") == 0) {
        json_put(r->record, line, json_text(value));
    } else if (strcmp(line, "env_denied") == 0) {
        json_put(r->record, "environment", json_null());
    } else if (strcmp(line, "env") == 0 && strchr(value, '=')) {
        char *equals = strchr(value, '=');
        *equals = '\0';
        json_put(child(r->record, "environment"), value, json_text(equals + 1));
    }
}

static void file_line(struct reader *r, char *line)
{
    unsigned mode;
    char *value = split_value(line);
    if (strcmp(line, "path") == 0) {
        r->record = child(child(r->shell, "files"), value);
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
            set_number(r->record, KEYS[i], value);
            value = rest;
        }
        json_put(r->record, "type", json_text(value));
    }
}

static void content_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    if (strcmp(line, "path") == 0)
        r->record = child(child(r->shell, "configs"), value);
    else if (strcmp(line, "state") == 0)
        json_put(r->record, "state", json_text(value));
    else if (strcmp(line, "mtime") == 0)
        set_number(r->record, "mtime", value);
}

static void text_line(struct reader *r, char *line)
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

static void unit_line(struct reader *r, char *line)
{
    char *equals = strchr(line, '=');
    if (text_starts(line, "unit ")) {
        r->record = child(child(r->shell, "units"), line + 5);
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

/* "NAME PATH" */
static void programs_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    if (strcmp(line, "reboot") == 0 && strcmp(value, "required") == 0) {
        json_put(r->shell, "reboot_required", json_true());
        return;
    }
    json_t *paths = child(child(r->shell, "programs"), line);
    if (*value == '/' && json_object_size(paths) < 16)
        json_put(paths, value, json_true());
}

static json_t *list(json_t *parent, const char *key)
{
    json_t *array = json_object_get(parent, key);
    if (!json_is_array(array)) {
        array = json_array();
        json_put(parent, key, array);
    }
    return array;
}

/* Rules loaded in the kernel, and configured rules by file. */
static void audit_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    json_t *audit = child(r->shell, "audit");
    if (strcmp(line, "status") == 0 || strcmp(line, "enabled") == 0) {
        set_number(audit, line, value);
    } else if (strcmp(line, "said") == 0) {
        json_put(audit, "said", json_text(value));
    } else if (strcmp(line, "loaded") == 0) {
        json_array_append_new(list(audit, "loaded"), json_text(value));
    } else if (strcmp(line, "denied") == 0) {
        json_array_append_new(list(audit, "denied"), json_text(value));
    } else if (strcmp(line, "file") == 0) {
        r->record = list(child(audit, "files"), value);
    } else if (strcmp(line, "rule") == 0 && json_is_array(r->record)) {
        json_array_append_new(r->record, json_text(value));
    }
}

/* "group GID NAME MEMBERS", "user UID GID NAME" */
static void accounts_line(struct reader *r, char *line)
{
    char *first = split_value(line);
    char *second = split_value(first);
    char *third = split_value(second);
    json_t *accounts = child(r->shell, "accounts");
    json_t *one = json_object();
    if (strcmp(line, "group") == 0) {
        set_number(one, "gid", first);
        json_put(one, "name", json_text(second));
        json_t *members = list(one, "members");
        char *member;
        while ((member = text_next(&third, ",")))
            json_array_append_new(members, json_text(member));
        json_array_append(list(accounts, "groups"), one);
    } else if (strcmp(line, "user") == 0) {
        set_number(one, "uid", first);
        set_number(one, "gid", second);
        json_put(one, "name", json_text(third));
        json_array_append(list(accounts, "users"), one);
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

/* "MAJOR:MINOR TYPE MOUNTPOINT" */
static void mounts_line(struct reader *r, char *line)
{
    char *type = split_value(line);
    char *point = split_value(type);
    unescape_octal(point);
    json_t *one = json_object();
    json_put(one, "device", json_text(line));
    json_put(one, "type", json_text(type));
    json_put(one, "point", json_text(point));
    json_array_append_new(list(r->shell, "mounts"), one);
}

static void swarm_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    static const char *const KEPT[] = {"state",        "ListenAddr", "AdvertiseAddr",
                                       "DataPathAddr", "LocalAddr",  "RemoteAddr"};
    for (size_t i = 0; i < sizeof KEPT / sizeof *KEPT; i++)
        if (strcmp(line, KEPT[i]) == 0)
            json_put(child(r->shell, "swarm"), line, json_text(value));
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

/* "layer PATH" names every layer looked at; "change MODE MAJOR:MINOR SIZE TYPE|PATH" one entry below one of
 * them.
 */
static void drift_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    json_t *layers = child(r->shell, "layers");
    if (strcmp(line, "layer") == 0) {
        if (!json_object_get(layers, value))
            json_put(layers, value, drift_new());
        return;
    }
    if (strcmp(line, "of") == 0) {
        char *layer = split_value(value);
        if (strlen(value) == 64 && json_object_get(layers, layer))
            json_put(child(r->shell, "layer_of"), value, json_text(layer));
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

static void proxies_line(struct reader *r, char *line)
{
    char *value = split_value(line);
    if (strcmp(line, "count") == 0)
        set_number(r->shell, "docker_proxies", value);
}

/* "/proc/PID/cgroup:ID": the process belongs to the container (a nested one may name several). */
static void cgroups_line(struct reader *r, char *line)
{
    unsigned pid;
    char id[65];
    if (sscanf(line, "/proc/%9u/cgroup:%64[0-9a-f]", &pid, id) != 2 || strlen(id) != 64)
        return;
    char key[16];
    snprintf(key, sizeof key, "%u", pid);
    json_put(child(child(r->shell, "containers"), id), key, json_object());
    json_t *of = child(child(r->shell, "processes_of"), key);
    json_put(of, id, json_true());
}

static void put_status(json_t *process, const char *key, const char *value)
{
    if (strcmp(key, "Uid") == 0) {
        long uid;
        char first[16];
        snprintf(first, sizeof first, "%.*s",
                 (int)strcspn(strchr(value, '\t') ? strchr(value, '\t') + 1 : value, "\t "),
                 strchr(value, '\t') ? strchr(value, '\t') + 1
                                     : value); /* real, effective, saved, fs: the effective one */
        if (text_number(first, 0, 4294967295, &uid))
            json_put(process, "uid", json_integer(uid));
    } else if (strcmp(key, "Name") == 0) {
        json_put(process, "comm", json_text(value));
    } else if (strcmp(key, "PPid") == 0) {
        set_number(process, "ppid", value);
    } else if (strcmp(key, "CapEff") == 0) {
        json_put(process, "cap_eff", json_text(value));
    } else if (strcmp(key, "CapBnd") == 0) {
        json_put(process, "cap_bnd", json_text(value));
    } else if (strcmp(key, "NoNewPrivs") == 0) {
        set_number(process, "no_new_privs", value);
    } else if (strcmp(key, "Seccomp") == 0) {
        set_number(process, "seccomp", value);
    }
}

static void file_process(struct reader *r);

/* A process begins with its Name; its Pid comes after, so it is filed when the next one begins. */
static void status_line(struct reader *r, char *line)
{
    char *tab = strchr(line, ':');
    if (!tab)
        return;
    *tab = '\0';
    char *value = text_trim(tab + 1);
    if (strcmp(line, "Name") == 0) {
        file_process(r);
        r->process = json_object();
    }
    if (!r->process)
        return;
    if (strcmp(line, "Pid") == 0)
        set_number(r->process, "pid", value);
    else
        put_status(r->process, line, value);
}

static void file_process(struct reader *r)
{
    json_int_t pid;
    char key[24];
    if (r->process && json_integer_at(r->process, "pid", &pid)) {
        snprintf(key, sizeof key, "%lld", (long long)pid);
        const char *id;
        json_t *unused;
        json_object_foreach(json_at(json_object_get(r->shell, "processes_of"), key), id, unused)
        {
            json_object_set(child(child(r->shell, "containers"), id), key, r->process);
        }
    }
    json_decref(r->process);
    r->process = NULL;
}

/* --- what happens when a record ends --- */

static void end_text(struct reader *r)
{
    char why[256];
    if (!r->content)
        return;
    json_t *document = json_parse(r->text.data ? r->text.data : "", r->text.length, why, sizeof why);
    json_t *settings = daemon_settings_from_config(document);
    bool blank = r->text.data && r->text.data[strspn(r->text.data, " \t\r\n")] == '\0';
    if (!r->text.length || blank) {
        /* dockerd takes an empty daemon.json as {} */
        json_put(r->content, "settings", json_object());
    } else if (settings) {
        json_put(r->content, "settings", json_incref(settings));
    } else {
        json_put(r->content, "state", json_text("malformed"));
        json_put(r->content, "why", json_text(document ? "is no JSON object" : why));
    }
    json_decref(settings);
    json_decref(document);
}

static void end_arguments(struct reader *r)
{
    const char *arguments[ARGUMENTS_MAX];
    size_t count = 0;
    char *rest = r->text.data;
    char *line;
    while (count < ARGUMENTS_MAX && (line = strsep(&rest, "\n")))
        if (*line || rest)
            arguments[count++] = line;
    json_put(r->content, "arguments_seen", json_boolean(count > 0));
    json_put(r->content, "settings", daemon_settings_from_arguments(arguments, count));
}

typedef void line_fn(struct reader *r, char *line);

static void open_host(struct reader *r)
{
    r->record = r->shell;
}

static void open_daemon(struct reader *r)
{
    json_t *daemons = json_object_get(r->shell, "daemons");
    r->record = json_object();
    json_array_append_new(daemons, r->record);
}

static void open_text(struct reader *r)
{
    r->content = r->record;
}

static void open_unused(struct reader *r)
{
    /* Lines before a path would go nowhere known. */
    r->record = child(r->shell, "unknown");
}

static void close_status(struct reader *r)
{
    file_process(r);
}

static const struct record {
    const char *name;
    void (*open)(struct reader *r);
    line_fn *line;
    void (*close)(struct reader *r);
} RECORDS[] = {
    {"host", open_host, host_line, NULL},
    {"daemon", open_daemon, daemon_line, NULL},
    {"arguments", open_text, text_line, end_arguments},
    {"file", open_unused, file_line, NULL},
    {"content", open_unused, content_line, NULL},
    {"text", open_text, text_line, end_text},
    {"unit", open_unused, unit_line, NULL},
    {"proxies", NULL, proxies_line, NULL},
    {"programs", NULL, programs_line, NULL},
    {"audit", open_unused, audit_line, NULL},
    {"accounts", NULL, accounts_line, NULL},
    {"mounts", NULL, mounts_line, NULL},
    {"swarm", NULL, swarm_line, NULL},
    {"drift", NULL, drift_line, NULL},
    {"cgroups", NULL, cgroups_line, NULL},
    {"status", NULL, status_line, close_status},
};

static const struct record *find_record(const char *name)
{
    for (size_t i = 0; i < sizeof RECORDS / sizeof *RECORDS; i++)
        if (strcmp(RECORDS[i].name, name) == 0)
            return &RECORDS[i];
    return NULL;
}

static void read_lines(struct reader *r, char *output)
{
    const struct record *record = NULL;
    char *line;
    bool begun = false;
    while ((line = strsep(&output, "\n")) && !r->ended) {
        /* Whatever a login script prints comes before the first line of ours. */
        if (!begun) {
            begun = strcmp(line, "muster-probe 1") == 0;
            continue;
        }
        if (*line == ' ' && record) {
            record->line(r, line + 1);
        } else if (*line == '@') {
            if (record && record->close)
                record->close(r);
            buf_free(&r->text);
            r->content = NULL;
            r->ended = strcmp(line, "@end") == 0;
            record = find_record(line + 1);
            if (record && record->open && r->record)
                record->open(r);
        }
    }
}

/* Turns {id: {pid: process}} into {id: [process, ...]}; a process whose status was not seen is left out. */
static void list_processes(json_t *shell)
{
    json_t *containers = json_object_get(shell, "containers");
    const char *id, *pid;
    json_t *by_pid, *process;
    void *next;
    json_object_foreach_safe(containers, next, id, by_pid)
    {
        json_t *list = json_array();
        json_object_foreach(by_pid, pid, process)
        {
            if (json_object_size(process))
                json_array_append(list, process);
        }
        json_put(containers, id, list);
    }
    json_object_del(shell, "processes_of");
    json_object_del(shell, "unknown");
}

json_t *probe_parse(char *output, size_t length, char *why, size_t why_size)
{
    struct reader r = {.shell = json_object()};
    for (size_t i = 0; i < length; i++)
        if (!output[i])
            output[i] = '?';
    json_put(r.shell, "daemons", json_array());
    json_put(r.shell, "containers", json_object());
    r.record = r.shell;
    read_lines(&r, output);
    buf_free(&r.text);
    json_decref(r.process);
    if (!r.ended) {
        snprintf(why, why_size, "the probe's answer is not complete");
        json_decref(r.shell);
        return NULL;
    }
    list_processes(r.shell);
    return r.shell;
}
