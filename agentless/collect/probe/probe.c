/* probe.c: see probe.h. The output is records: "@name", then fields that begin with a blank. Each begins a
 * line with the mark, and ends where the next mark begins a line; so a value may hold line ends, and none of
 * it is taken for a record. What the probe cannot have written is refused as a whole. */
#include "agentless/collect/probe/probe_internal.h"
#include "agentless/collect/reduce/daemon_settings.h"
#include "agentless/collect/reduce/drift.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <openssl/rand.h>
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
static bool status_line(struct reader *r, char *line)
{
    char *tab = strchr(line, ':');
    if (!tab)
        return false;
    *tab = '\0';
    char *value = text_trim(tab + 1);
    if (strcmp(line, "Name") == 0) {
        file_process(r);
        r->process = json_object();
    }
    if (!r->process)
        return false;
    if (strcmp(line, "Pid") == 0)
        probe_set_number(r->process, "pid", value);
    else
        put_status(r->process, line, value);
    return true;
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

/* The content of a file, as it is. */
static void file_text(struct reader *r, const char *text, size_t length)
{
    struct error why;
    static const char BYTE_ORDER_MARK[] = "\xef\xbb\xbf";
    if (text_starts(text, BYTE_ORDER_MARK)) {
        text += strlen(BYTE_ORDER_MARK);
        length -= strlen(BYTE_ORDER_MARK);
    }
    json_t *document = json_parse(text, length, &why);
    json_t *settings = daemon_settings_from_config(document);
    if (strspn(text, " \t\r\n") >= length) {
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
    const char *arguments[ARGUMENTS_MAX] = {NULL};
    size_t count = 0;
    char *rest = r->text.data;
    char *line;
    while (count < ARGUMENTS_MAX && (line = strsep(&rest, "\n")))
        if (*line || rest)
            arguments[count++] = line;
    json_put(r->content, "arguments_seen", json_boolean(count > 0));
    json_put(r->content, "settings", daemon_settings_from_arguments(arguments, count));
}

/* More daemons than the probe describes: 16 of root, 16 of others, and a unit's. */
#define DAEMONS_MAX 33

static bool open_host(struct reader *r)
{
    r->record = r->shell;
    return true;
}

static bool open_daemon(struct reader *r)
{
    json_t *daemons = json_object_get(r->shell, "daemons");
    r->record = json_object();
    json_array_append_new(daemons, r->record);
    return json_array_size(daemons) <= DAEMONS_MAX;
}

static bool open_arguments(struct reader *r)
{
    r->content = r->record;
    return true;
}

static bool open_unused(struct reader *r)
{
    /* Fields before a path would go nowhere known. */
    r->record = probe_child(r->shell, "unknown");
    return true;
}

static void close_status(struct reader *r)
{
    file_process(r);
}

typedef bool line_fn(struct reader *r, char *line);

/* `line` takes a field and may cut it; false where the probe cannot have written it. */
static const struct record {
    const char *name;
    bool (*open)(struct reader *r);
    line_fn *line;
    void (*close)(struct reader *r);
} RECORDS[] = {
    {"host", open_host, probe_host_line, NULL},
    {"daemon", open_daemon, probe_daemon_line, NULL},
    {"arguments", open_arguments, probe_argument_line, end_arguments},
    {"file", open_unused, probe_file_line, NULL},
    {"content", open_unused, probe_content_line, NULL},
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

/* A group's members are the longest. */
#define FIELD_MAX (1u << 20)

/* One line of the probe: a record's beginning or a field. `record`: the one that is open. */
static bool read_line(struct reader *r, const struct record **record, char *line, size_t length)
{
    if (*line == ' ')
        return *record && (*record)->line && length <= FIELD_MAX && (*record)->line(r, line + 1);
    if (*line != '@')
        return false;
    if (*record && (*record)->close)
        (*record)->close(r);
    buf_free(&r->text);
    r->lines = 0;
    /* The text of a file is the rest of the record's own line. */
    if (text_starts(line, "@text") && *record && strcmp((*record)->name, "content") == 0) {
        *record = NULL;
        r->content = r->record;
        if (length > strlen("@text\n"))
            file_text(r, line + strlen("@text\n"), length - strlen("@text\n"));
        else
            file_text(r, "", 0);
        return line[strlen("@text")] == '\n' || !line[strlen("@text")];
    }
    r->content = NULL;
    *record = find_record(line + 1);
    return *record && (!(*record)->open || !r->record || (*record)->open(r));
}

/* Cuts off the line at the next mark; *rest: what comes after that mark, NULL: nothing. Returns its length.
 */
static size_t next_line(char *line, const char *end, const char *mark, char **rest)
{
    size_t size = strlen(mark);
    for (char *at = line; (at = memchr(at, '\n', (size_t)(end - at))); at++) {
        if ((size_t)(end - at) > size && memcmp(at + 1, mark, size) == 0) {
            *at = '\0';
            *rest = at + 1 + size;
            return (size_t)(at - line);
        }
    }
    *rest = NULL;
    return (size_t)(end - line);
}

/* After the first line of ours; before it comes whatever a login script prints. */
static char *first_line(char *output, const char *end, const char *mark)
{
    static const char BEGINNING[] = "muster-probe 2\n";
    char *line = output;
    if (strncmp(output, mark, strlen(mark)) == 0)
        line = output + strlen(mark);
    else
        next_line(output, end, mark, &line);
    return line && text_starts(line, BEGINNING) ? line + strlen(BEGINNING) - 1 : NULL;
}

/* False with a message where the answer is not whole, or not the probe's. */
static bool read_lines(struct reader *r, char *output, size_t length, const char *mark, struct error *why)
{
    const char *end = output + length;
    const struct record *record = NULL;
    char *rest = first_line(output, end, mark);
    /* The line end of the first line is that before the next mark. */
    if (rest)
        next_line(rest, end, mark, &rest);
    while (rest) {
        char *line = rest;
        size_t size = next_line(line, end, mark, &rest);
        if (text_starts(line, "@end")) {
            size_t word = strlen("@end");
            if (rest || word + strspn(line + word, " \r\n") != size) {
                error_set(why, "the probe's answer goes on after its end");
                return false;
            }
            if (record && record->close)
                record->close(r);
            return true;
        }
        if (!read_line(r, &record, line, size)) {
            error_set(why, "the answer holds what the probe does not write: \"%.60s\"", line);
            return false;
        }
    }
    error_set(why, "the probe's answer is not complete");
    return false;
}

/* Whether a program failed on which the probe relies: then what is not in the answer may be there all the
 * same. The line may stand in the midst of another, for it is written past the pipes. */
static bool program_failed(const char *output, size_t length, const char *mark, struct error *why)
{
    char *said = xasprintf("\n%s@failed\n%s ", mark, mark);
    const char *line = memmem(output, length, said, strlen(said));
    if (line) {
        line += strlen(said);
        error_set(why, "a program that the probe needs failed on the host: %.*s", (int)strcspn(line, "\n"),
                  line);
    }
    free(said);
    return line != NULL;
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

json_t *probe_parse(char *output, size_t length, const char *mark, struct error *why)
{
    struct reader r = {.shell = json_object()};
    for (size_t i = 0; i < length; i++)
        if (!output[i])
            output[i] = '?';
    json_put(r.shell, "daemons", json_array());
    json_put(r.shell, "containers", json_object());
    r.record = r.shell;
    bool whole = !program_failed(output, length, mark, why) && read_lines(&r, output, length, mark, why);
    buf_free(&r.text);
    json_decref(r.process);
    if (!whole) {
        json_decref(r.shell);
        return NULL;
    }
    list_processes(r.shell);
    return r.shell;
}

bool probe_new_mark(char mark[PROBE_MARK_SIZE])
{
    unsigned char bytes[(PROBE_MARK_SIZE - 1) / 2];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(mark + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

char *probe_input(const char *mark)
{
    return xasprintf("MARK=%s HELD=1\n%s", mark, probe_script);
}
