/* serving_daemon.c: see serving_daemon.h. Two daemons of one host differ in their users, data roots and
 * listeners (dockerd's documentation, "Run multiple daemons"); the engine tells its data root and whether it
 * is rootless, and the session the socket. */
#include "agentless/checks/serving_daemon.h"
#include "agentless/checks/host_file.h"
#include "agentless/checks/host_path.h"
#include "agentless/checks/listeners.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How sure it is that a daemon is the one: LIKELY by its defaults, where what was given is not known. */
enum fit { FIT_NOT, FIT_UNKNOWN, FIT_LIKELY, FIT_SURE };

static enum fit fit(bool matches, bool known)
{
    if (matches)
        return known ? FIT_SURE : FIT_LIKELY;
    return known ? FIT_NOT : FIT_UNKNOWN;
}

static bool runs_as_user(const json_t *daemon)
{
    json_int_t uid = 0;
    return json_integer_at(daemon, "uid", &uid) && uid != 0;
}

const char *asked_socket(const struct facts *f)
{
    const char *asked = json_text_at(f->root, "session.socket");
    const char *target = json_text_at(f->root, "host.target.engine");
    if (!asked && target && text_starts(target, "unix://"))
        asked = target + strlen("unix://");
    return asked && *asked == '/' ? asked : NULL;
}

const char *daemon_file_of(const struct facts *f, const json_t *daemon)
{
    const json_t *given = json_at(daemon, "settings.config-file");
    const char *home = json_text_at(daemon, "config");
    const char *path;
    json_t *unused;
    char own[1200];
    if (json_array_size(given))
        return json_string_value(json_array_get(given, json_array_size(given) - 1));
    if (!runs_as_user(daemon))
        return "/etc/docker/daemon.json";
    snprintf(own, sizeof own, "%s/docker/daemon.json", home ? home : "");
    /* Looked up among what was seen, so that it can be borrowed. */
    json_object_foreach(json_at(f->host, "configs"), path, unused)
    {
        if (home && strcmp(path, own) == 0)
            return path;
    }
    return NULL;
}

/* A setting of one daemon: an argument's list, or the file's value; NULL with *known where it is set nowhere.
 */
static const json_t *setting_of(const struct facts *f, const json_t *daemon, const char *name, bool *known)
{
    const char *path = daemon_file_of(f, daemon);
    const json_t *file = json_object_get(json_at(f->host, "configs"), path ? path : "");
    const char *state = json_text_at(file, "state");
    const json_t *given = json_object_get(json_at(daemon, "settings"), name);
    *known = json_true_at(daemon, "arguments_seen") &&
             (given || json_at(file, "settings") || text_same(state, "absent"));
    return given ? given : json_object_get(json_at(file, "settings"), name);
}

static const char *last_text(const json_t *value)
{
    size_t count = json_array_size(value);
    return json_string_value(count ? json_array_get(value, count - 1) : value);
}

/* With remapped users the engine's data root is a folder "UID.GID" of the daemon's. */
static bool is_remapped(const char *rest)
{
    size_t uid = strspn(rest, "0123456789");
    return uid && rest[uid] == '.' && rest[uid + 1] &&
           rest[uid + 1 + strspn(rest + uid + 1, "0123456789")] == '\0';
}

static bool is_data_root(const char *root, const char *reported)
{
    size_t length = strlen(root);
    return strcmp(root, reported) == 0 ||
           (path_within(reported, root) && reported[length] == '/' && is_remapped(reported + length + 1));
}

static enum fit data_root_fits(const struct facts *f, const json_t *daemon)
{
    bool known;
    char root[1024], reported[1024], usual[1024];
    const char *asked = json_text_at(f->info, "DockerRootDir");
    const char *home = json_text_at(daemon, "environment.HOME");
    const char *given = last_text(setting_of(f, daemon, "data-root", &known));
    snprintf(usual, sizeof usual, "%s/.local/share/docker", text_or(home, ""));
    if (!asked || (!given && runs_as_user(daemon) && !home))
        return FIT_UNKNOWN;
    if (!given)
        given = runs_as_user(daemon) ? usual : "/var/lib/docker";
    if (!host_path(given, root, sizeof root) || !host_path(asked, reported, sizeof reported))
        return FIT_UNKNOWN;
    if (is_data_root(root, reported))
        return fit(true, known);
    /* dockerd reports where a link leads. */
    const json_t *file;
    char real[1024];
    bool seen = host_file(f, given, &file) == FILE_PRESENT;
    const char *target = json_text_at(file, "target");
    if (target && host_path(target, real, sizeof real) && is_data_root(real, reported))
        return fit(true, known);
    return fit(false, known && seen);
}

static enum fit socket_fits(const struct facts *f, const json_t *daemon)
{
    bool known;
    char usual[1200];
    const char *asked = asked_socket(f);
    const char *runtime = json_text_at(daemon, "runtime");
    const json_t *hosts = setting_of(f, daemon, "host", &known);
    snprintf(usual, sizeof usual, "%s/docker.sock", runs_as_user(daemon) ? text_or(runtime, "") : "/var/run");
    if (!asked || (runs_as_user(daemon) && !runtime))
        return FIT_UNKNOWN;
    struct listeners listeners = listeners_read(f, hosts, usual);
    bool has = listeners_have(&listeners, asked);
    listeners_clear(&listeners);
    return fit(has, known);
}

/* A script that is called dockerd starts the daemon; it is none. */
static bool is_shell(const json_t *daemon)
{
    static const char *const SHELLS[] = {"/sh", "/dash", "/bash", "/ash", "/busybox"};
    const char *exe = json_text_at(daemon, "exe");
    bool shell = false;
    for (size_t i = 0; exe && i < sizeof SHELLS / sizeof *SHELLS; i++)
        shell = shell || text_ends(exe, SHELLS[i]);
    return shell;
}

/* Seen by a unit file alone: whether the session contradicts that this is what runs. */
static bool is_contradicted(const struct facts *f, const json_t *daemon)
{
    bool known;
    const char *transport = json_text_at(f->root, "session.transport");
    const json_t *hosts = setting_of(f, daemon, "host", &known);
    if (!json_text_at(daemon, "unit") || !known ||
        !(text_same(transport, "tls") || text_same(transport, "tcp")))
        return false;
    struct listeners listeners = listeners_read(f, hosts, "/var/run/docker.sock");
    bool reachable = json_array_size(listeners.tcp) > 0;
    listeners_clear(&listeners);
    return !reachable;
}

/* A daemon refuses to start while the one that its pid file names lives. */
static bool named_by_pidfile(const struct facts *f, const json_t *daemon)
{
    json_int_t pidfile = 0, pid = 0;
    return json_integer_at(f->host, "pidfile", &pidfile) &&
           ((json_integer_at(daemon, "pid", &pid) && pid == pidfile) ||
            (json_integer_at(daemon, "nspid", &pid) && pid == pidfile));
}

/* Those that fit best. */
struct candidates {
    const json_t *best, *named; /* the first; the one that /run/docker.pid names */
    size_t count, others;       /* others: daemons that are not the one */
    int score;
    bool alike;       /* all have the same settings, as a daemon and a child that it has just made */
    bool one_pidfile; /* none has a pid file of its own */
};

static void consider(struct candidates *c, const struct facts *f, const json_t *daemon)
{
    bool known;
    enum fit root = data_root_fits(f, daemon), socket = socket_fits(f, daemon);
    int score = (int)root + (int)socket;
    /* A socket may have other names; a data root is one daemon's alone. */
    bool other = root == FIT_NOT || (socket == FIT_NOT && root < FIT_LIKELY);
    c->others += other;
    if (other || (c->best && score < c->score))
        return;
    if (!c->best || score > c->score)
        *c = (struct candidates){
            .best = daemon, .others = c->others, .score = score, .alike = true, .one_pidfile = true};
    c->count++;
    c->alike = c->alike && json_equal(json_at(c->best, "settings"), json_at(daemon, "settings"));
    c->one_pidfile = c->one_pidfile && !setting_of(f, daemon, "pidfile", &known);
    if (named_by_pidfile(f, daemon))
        c->named = daemon;
}

const json_t *serving_daemon(const struct facts *f, struct error *why)
{
    const json_t *daemons = json_at(f->host, "daemons");
    bool rootless = facts_security_option(f, "rootless", NULL);
    struct candidates c = {0};
    if (!f->host) {
        error_set(why, "no shell on the host: %s", facts_why_no_files(f));
        return NULL;
    }
    for (size_t i = 0; i < json_array_size(daemons); i++) {
        const json_t *daemon = json_array_get(daemons, i);
        if (!json_text_at(daemon, "container") && runs_as_user(daemon) == rootless && !is_shell(daemon))
            consider(&c, f, daemon);
    }
    if (c.count == 1 && is_contradicted(f, c.best))
        error_set(
            why,
            "%s starts a daemon without a TCP listener, and the engine answered on one: another one runs",
            json_text_at(c.best, "unit"));
    else if (c.count == 1 || (c.count && c.alike))
        return c.named ? c.named : c.best;
    else if (c.named && c.one_pidfile)
        return c.named;
    else if (c.count)
        error_set(why, "%zu %sdockerd processes run here, and nothing says which one is asked", c.count,
                  rootless ? "rootless " : "");
    else if (c.others)
        error_set(why,
                  "the dockerd that runs here has another data root or socket than the one that answered");
    else if (!f->shell)
        error_set(why, "no shell shows dockerd's arguments, and no unit file was read that has them");
    else if (rootless)
        error_set(why, "the engine is rootless, and no dockerd of a user was seen (a shell of that user, or "
                       "of root, sees it)");
    else
        error_set(why, "no dockerd process was seen (/proc may hide other users' processes)");
    return NULL;
}
