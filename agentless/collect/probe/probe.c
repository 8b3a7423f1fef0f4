/* probe.c: see probe.h. The output is records: a line "@name", then lines that begin with a blank, each a
 * field. */
#include "agentless/collect/probe/probe_internal.h"
#include "agentless/collect/reduce/daemon_settings.h"
#include "agentless/collect/reduce/drift.h"
#include "base/json.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static void file_process(struct reader *r);

static void put_status(json_t *process, const char *key, const char *value)
{
    if (strcmp(key, "Uid") == 0) {
        long uid;
        char first[16];
        const char *tab = strchr(value, '\t');
        const char *from = tab ? tab + 1 : value;
        snprintf(first, sizeof first, "%.*s", (int)strcspn(from, "\t "),
                 from); /* real, effective, saved, fs: the effective one */
        if (text_number(first, 0, 4294967295, &uid))
            json_put(process, "uid", json_integer(uid));
    } else if (strcmp(key, "Name") == 0) {
        json_put(process, "comm", json_text(value));
    } else if (strcmp(key, "PPid") == 0) {
        probe_set_number(process, "ppid", value);
    } else if (strcmp(key, "CapEff") == 0) {
        json_put(process, "cap_eff", json_text(value));
    } else if (strcmp(key, "CapBnd") == 0) {
        json_put(process, "cap_bnd", json_text(value));
    } else if (strcmp(key, "NoNewPrivs") == 0) {
        probe_set_number(process, "no_new_privs", value);
    } else if (strcmp(key, "Seccomp") == 0) {
        probe_set_number(process, "seccomp", value);
    }
}

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
        probe_set_number(r->process, "pid", value);
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
            json_object_set(probe_child(probe_child(r->shell, "containers"), id), key, r->process);
        }
    }
    json_decref(r->process);
    r->process = NULL;
}

/* --- what happens when a record ends --- */

static void end_text(struct reader *r)
{
    struct error why;
    if (!r->content)
        return;
    json_t *document = json_parse(r->text.data ? r->text.data : "", r->text.length, &why);
    json_t *settings = daemon_settings_from_config(document);
    bool blank = r->text.data && r->text.data[strspn(r->text.data, " \t\r\n")] == '\0';
    if (!r->text.length || blank) {
        /* dockerd takes an empty daemon.json as {} */
        json_put(r->content, "settings", json_object());
    } else if (settings) {
        json_put(r->content, "settings", json_incref(settings));
    } else {
        json_put(r->content, "state", json_text("malformed"));
        json_put(r->content, "why.text", json_text(document ? "is no JSON object" : why.text));
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

static void probe_open_text(struct reader *r)
{
    r->content = r->record;
}

static void open_unused(struct reader *r)
{
    /* Lines before a path would go nowhere known. */
    r->record = probe_child(r->shell, "unknown");
}

static void close_status(struct reader *r)
{
    file_process(r);
}

typedef void line_fn(struct reader *r, char *line);

static const struct record {
    const char *name;
    void (*open)(struct reader *r);
    line_fn *line;
    void (*close)(struct reader *r);
} RECORDS[] = {
    {"host", open_host, probe_host_line, NULL},
    {"daemon", open_daemon, probe_daemon_line, NULL},
    {"arguments", probe_open_text, probe_text_line, end_arguments},
    {"file", open_unused, probe_file_line, NULL},
    {"content", open_unused, probe_content_line, NULL},
    {"text", probe_open_text, probe_text_line, end_text},
    {"unit", open_unused, probe_unit_line, NULL},
    {"proxies", NULL, probe_proxies_line, NULL},
    {"programs", NULL, probe_programs_line, NULL},
    {"audit", open_unused, probe_audit_line, NULL},
    {"accounts", NULL, probe_accounts_line, NULL},
    {"mounts", NULL, probe_mounts_line, NULL},
    {"swarm", NULL, probe_swarm_line, NULL},
    {"drift", NULL, probe_drift_line, NULL},
    {"cgroups", NULL, probe_cgroups_line, NULL},
    {"status", NULL, status_line, close_status},
};

static const struct record *find_record(const char *name)
{
    for (size_t i = 0; i < sizeof RECORDS / sizeof *RECORDS; i++)
        if (strcmp(RECORDS[i].name, name) == 0)
            return &RECORDS[i];
    return NULL;
}

static void probe_read_lines(struct reader *r, char *output)
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

json_t *probe_parse(char *output, size_t length, struct error *why)
{
    struct reader r = {.shell = json_object()};
    for (size_t i = 0; i < length; i++)
        if (!output[i])
            output[i] = '?';
    json_put(r.shell, "daemons", json_array());
    json_put(r.shell, "containers", json_object());
    r.record = r.shell;
    probe_read_lines(&r, output);
    buf_free(&r.text);
    json_decref(r.process);
    if (!r.ended) {
        error_set(why, "the probe's answer is not complete");
        json_decref(r.shell);
        return NULL;
    }
    list_processes(r.shell);
    return r.shell;
}
