/* host_files.c: see host_files.h. What is looked at, and what of it is written down in the probe's own format
 * for the probe's parser, so that both ways to a host's files end in the same facts. */
#include "agentless/collect/helper/host_files_internal.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void want(struct host_files *f, const char *path, enum want want, bool needed)
{
    if (f->count == PATHS_MAX || !path || !files_plain(path))
        return;
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->paths[i]->asked, path) == 0)
            return;
    struct path *p = xcalloc(1, sizeof *p);
    *p = (struct path){
        .files = f, .asked = xstrdup(path), .at = xstrdup(path), .want = want, .needed = needed};
    f->paths[f->count++] = p;
}

void files_want_all(struct host_files *f)
{
    static const char *const PRIVATE[] = {"/etc/docker/daemon.json", "/etc/audit/audit.rules"};
    static const char *const PUBLIC[] = {"/etc/group", "/etc/passwd", "/etc/default/docker",
                                         "/etc/sysconfig/docker"};
    static const char *const STATS[] = {"/etc/docker",
                                        "/var/run/docker.sock",
                                        "/run/docker.sock",
                                        "/run/containerd",
                                        "/run/containerd/containerd.sock",
                                        "/run/docker/containerd/containerd.sock",
                                        "/etc/containerd/config.toml",
                                        "/root/.docker/ca.pem",
                                        "/root/.docker/cert.pem",
                                        "/root/.docker/key.pem"};
    static const char *const LINKS[] = {"/var/run",       "/etc/audit",      "/etc/default",
                                        "/etc/sysconfig", "/etc/containerd", "/root/.docker"};
    for (EACH(i, PRIVATE))
        want(f, PRIVATE[i], WANT_CONTENT, !NEEDED);
    for (EACH(i, PUBLIC))
        want(f, PUBLIC[i], WANT_CONTENT, NEEDED);
    for (EACH(i, STATS))
        want(f, STATS[i], WANT_STAT, !NEEDED);
    for (EACH(i, UNIT_FOLDERS))
        want(f, UNIT_FOLDERS[i], WANT_LINK, NEEDED);
    for (EACH(i, PROGRAM_FOLDERS))
        want(f, PROGRAM_FOLDERS[i], WANT_LINK, NEEDED);
    for (EACH(i, LINKS))
        want(f, LINKS[i], WANT_LINK, !NEEDED);
    want(f, "/etc/docker/certs.d", WANT_LISTING, !NEEDED);
    want(f, "/etc/audit/rules.d", WANT_LISTING, !NEEDED);
    char path[256];
    for (EACH(u, UNITS))
        for (EACH(d, UNIT_FOLDERS)) {
            snprintf(path, sizeof path, "%s/%s", UNIT_FOLDERS[d], UNITS[u]);
            want(f, path, WANT_CONTENT, NEEDED);
            snprintf(path, sizeof path, "%s/%s.d", UNIT_FOLDERS[d], UNITS[u]);
            want(f, path, WANT_LISTING, NEEDED);
        }
    for (EACH(n, PROGRAMS))
        for (EACH(d, PROGRAM_FOLDERS)) {
            snprintf(path, sizeof path, "%s/%s", PROGRAM_FOLDERS[d], PROGRAMS[n]);
            want(f, path, WANT_STAT, NEEDED);
        }
    if (f->data_root) {
        snprintf(path, sizeof path, "%.200s/swarm/docker-state.json", f->data_root);
        want(f, path, WANT_CONTENT, !NEEDED);
    }
}

const char *files_text_of(const struct host_files *f, const char *path)
{
    return json_string_value(json_object_get(f->texts, path));
}

/* The paths a daemon.json names. */
static void want_named(struct host_files *f)
{
    static const char *const KEYS[] = {"tlscacert", "tlscert", "tlskey"};
    struct error why;
    const char *text = files_text_of(f, "/etc/docker/daemon.json");
    json_t *config = text ? json_parse(text, strlen(text), &why) : NULL;
    const json_t *hosts = json_object_get(config, "hosts");
    for (EACH(i, KEYS))
        want(f, json_string_value(json_object_get(config, KEYS[i])), WANT_STAT, !NEEDED);
    for (size_t i = 0; i < json_array_size(hosts); i++) {
        const char *host = json_string_value(json_array_get(hosts, i));
        if (host && text_starts(host, "unix://"))
            want(f, host + strlen("unix://"), WANT_STAT, !NEEDED);
    }
    json_decref(config);
}

/* Of docker.service: whoever writes it sets the daemon's options. */
static void want_environment_file(struct host_files *f, const char *key, const char *value, void *unused)
{
    (void)unused;
    if (strcmp(key, "EnvironmentFile") == 0)
        want(f, value + (*value == '-'), WANT_STAT, !NEEDED);
}

/* Where nothing of the audit system is there, that was seen; what could not be looked at is reported as such.
 */
static void record_audit_absence(struct host_files *f)
{
    static const char *const PLACES[] = {"/etc/audit/audit.rules", "/etc/audit/rules.d"};
    size_t absent = 0;
    for (EACH(i, PLACES))
        for (size_t n = 0; n < f->count; n++) {
            const struct path *p = f->paths[n];
            if (strcmp(p->asked, PLACES[i]) != 0)
                continue;
            absent += p->state && strcmp(p->state, "absent") == 0;
            if (p->state && strcmp(p->state, "denied") == 0)
                files_field(f, "denied %s", PLACES[i]);
        }
    if (absent == sizeof PLACES / sizeof *PLACES)
        files_field(f, "absent");
}

static void record_audit(struct host_files *f)
{
    const char *path;
    json_t *text;
    files_record(f, "audit");
    record_audit_absence(f);
    json_object_foreach(f->texts, path, text)
    {
        if (!text_starts(path, "/etc/audit/"))
            continue;
        files_field(f, "file %s", path);
        char *copy = xstrdup(json_string_value(text));
        char *rest = copy;
        char *line;
        while ((line = strsep(&rest, "\n"))) {
            line = text_trim(line);
            if (*line == '-')
                files_field(f, "rule %s", line);
        }
        free(copy);
    }
}

/* All groups and users go to the parser's form; only those of the engine's group and root are kept by it
 * being written here. NAME:x:UID:GID:... and NAME:x:GID:MEMBERS. */
static void record_accounts(struct host_files *f)
{
    static const char *const FILES[] = {"/etc/group", "/etc/passwd"};
    long docker = -1;
    files_record(f, "accounts");
    for (EACH(i, FILES)) {
        const char *text = files_text_of(f, FILES[i]);
        char *copy = xstrdup(text ? text : "");
        char *rest = copy;
        char *line;
        while ((line = strsep(&rest, "\n"))) {
            char *field[4] = {0};
            for (EACH(n, field))
                field[n] = strsep(&line, ":");
            long number, gid;
            if (!field[2] || !text_number(field[2], 0, 4294967295, &number))
                continue;
            if (i == 0 && strcmp(field[0], "docker") == 0) {
                docker = number;
                files_field(f, "group %ld %s %s", number, field[0], field[3] ? field[3] : "");
            } else if (i == 1 && field[3] && text_number(field[3], 0, 4294967295, &gid) &&
                       (number == 0 || gid == docker)) {
                files_field(f, "user %ld %ld %s", number, gid, field[0]);
            }
        }
        free(copy);
    }
}

static void record_programs(struct host_files *f)
{
    char path[128];
    files_record(f, "programs");
    for (EACH(n, PROGRAMS))
        for (EACH(d, PROGRAM_FOLDERS)) {
            snprintf(path, sizeof path, "%s/%s", PROGRAM_FOLDERS[d], PROGRAMS[n]);
            if (json_object_get(f->present, path))
                files_field(f, "%s %s", PROGRAMS[n], path);
        }
}

static void record_swarm(struct host_files *f)
{
    static const char *const KEYS[] = {"ListenAddr", "AdvertiseAddr", "DataPathAddr", "LocalAddr",
                                       "RemoteAddr"};
    char path[256];
    struct error why;
    snprintf(path, sizeof path, "%.200s/swarm/docker-state.json", f->data_root ? f->data_root : "");
    const char *text = files_text_of(f, path);
    json_t *state = text ? json_parse(text, strlen(text), &why) : NULL;
    files_record(f, "swarm");
    files_field(f, "state %s", state ? "read" : "absent");
    for (EACH(i, KEYS)) {
        const char *value = json_string_value(json_object_get(state, KEYS[i]));
        if (value && !strchr(value, '\n'))
            files_field(f, "%s %s", KEYS[i], value);
    }
    json_decref(state);
}

static void record_rest(struct host_files *f)
{
    for (EACH(u, UNITS))
        files_record_unit(f, u);
    record_audit(f);
    record_accounts(f);
    record_programs(f);
    record_swarm(f);
    files_record(f, "end");
}

/* The nearest of what was asked that a path lies below; NULL: none. */
static const struct path *folder_of(const struct host_files *f, size_t count, const struct path *p)
{
    const struct path *nearest = NULL;
    for (size_t n = 0; n < count; n++) {
        const struct path *q = f->paths[n];
        size_t length = strlen(q->asked);
        if (strncmp(p->asked, q->asked, length) == 0 && p->asked[length] == '/' &&
            (!nearest || length > strlen(nearest->asked)))
            nearest = q;
    }
    return nearest;
}

/* The engine resolves a link to an absolute path within the helper: what lies behind one is "absent" there,
 * and is asked again where it leads. Returns how many. */
static size_t ask_behind_links(struct host_files *f, size_t count)
{
    size_t again = 0;
    for (size_t i = 0; i < count; i++) {
        struct path *p = f->paths[i];
        const struct path *folder = folder_of(f, count, p);
        if (!folder || !text_same(p->state, "absent"))
            continue;
        if (text_same(folder->state, "denied")) {
            files_record_state(p, "denied", "where its folder leads is not known");
        } else if (!folder->state && strcmp(folder->at, folder->asked) != 0) {
            char *at = xasprintf("%s%s", folder->at, p->asked + strlen(folder->asked));
            free(p->at);
            p->at = at;
            p->state = NULL;
            files_ask_stat(p);
            again++;
        }
    }
    return again;
}

/* `again`: how many of the earlier ones were asked once more. Answers come from the loop, never at once. */
void files_start_stage(struct host_files *f, size_t from, size_t again)
{
    f->open = f->count - from + again;
    for (size_t i = from; i < f->count; i++)
        files_ask_stat(f->paths[i]);
    if (!f->open)
        files_next_stage(f);
}

void files_next_stage(struct host_files *f)
{
    size_t before = f->count;
    if (++f->stage == 1) {
        files_start_stage(f, before, ask_behind_links(f, before));
        return;
    }
    if (f->stage == 2) {
        for (EACH(u, UNITS))
            files_list_dropins(f, u);
        files_each_unit_line(f, 0, want_environment_file, NULL);
        want_named(f);
        files_start_stage(f, before, 0);
        return;
    }
    record_rest(f);
    files_remove_helper(f);
}
