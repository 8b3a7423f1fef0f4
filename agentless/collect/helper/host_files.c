/* host_files.c: see host_files.h. What is read is written down in the probe's own format and given to the
 * probe's parser, so that both ways to a host's files end in the same facts.
 *
 * The traps, each tried on a real engine: an image without a command is refused, so a dummy command is given;
 * the image's volumes would be made and filled, so a tmpfs lies over each; the mount point has a random name
 * that no image can have prepared as a link; nothing below /proc has content; of a socket the engine tells
 * the mode only; a folder's archive is all of its content, so only its first header is read. */
#include "agentless/facts/document.h"
#include "agentless/collect/helper/host_files.h"
#include "agentless/collect/probe/probe.h"
#include "agentless/collect/reduce/projection.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "inventory/shell_words.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CONTENT_MAX (256u << 10)
#define HEADER_ENOUGH 4096 /* a tar header and what may come before it (pax attributes) */
#define FOLDER_MAX (1u << 20)
#define PATHS_MAX 400
#define LINKS_MAX 8
/* A leftover of another machine's scan may still be in use. */
#define LEFTOVER_AGE_S 3600

/* What of a path is wanted. */
enum wish {
    WISH_STAT,
    WISH_CONTENT, /* and the text, for the parser named by `record` */
    WISH_LISTING, /* of a small folder: each regular file's stat and text */
};

struct path {
    struct host_files *files;
    char *asked, *at; /* as named; where links have led */
    enum wish wish;
    unsigned links;
    long mode, size, mtime;
    const char *state; /* "absent" or "denied"; NULL: it was read */
};

struct host_files {
    struct engine *engine;
    host_files_cb *done;
    void *ctx;
    char *id;          /* of the container; NULL: none was made */
    char *name, *body; /* of the container to make */
    char *mount;       /* where / is */
    char *data_root;
    struct path *paths[PATHS_MAX];
    size_t count, open;
    unsigned stage;
    struct buf records; /* in the probe's format */
    json_t *texts;      /* {path: text} of what is read again here */
    json_t *present;    /* {path: true} */
    json_t *dropins[2]; /* of the units, in order */
    bool denied;
};

static const char *const UNITS[] = {"docker.service", "docker.socket"};
static const char *const UNIT_FOLDERS[] = {"/etc/systemd/system", "/run/systemd/system",
                                           "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
                                           "/lib/systemd/system"};
static const char *const PROGRAMS[] = {
    "dockerd", "containerd", "containerd-shim", "containerd-shim-runc-v1", "containerd-shim-runc-v2", "runc"};
static const char *const PROGRAM_FOLDERS[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"};
#define EACH(i, array)                                                                                       \
    size_t i = 0;                                                                                            \
    i < sizeof(array) / sizeof *(array);                                                                     \
    i++

static void free_files(struct host_files *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->paths[i]->asked);
        free(f->paths[i]->at);
        free(f->paths[i]);
    }
    for (EACH(i, f->dropins))
        json_decref(f->dropins[i]);
    buf_free(&f->records);
    json_decref(f->texts);
    json_decref(f->present);
    free(f->data_root);
    free(f->mount);
    free(f->name);
    free(f->body);
    free(f->id);
    free(f);
}

static void finish(struct host_files *f, json_t *files, const char *why, const char *remains)
{
    host_files_cb *done = f->done;
    void *ctx = f->ctx;
    free_files(f);
    done(ctx, files, why, remains);
}

/* --- the end --- */

static void on_removed(void *ctx, const struct answer *answer)
{
    struct host_files *f = ctx;
    char why[256] = "the host's files were not read";
    char remains[400] = "";
    char *text = buf_take(&f->records);
    json_t *files = probe_parse(text, strlen(text), why, sizeof why);
    free(text);
    if (answer->error && answer->status != 404)
        snprintf(remains, sizeof remains, "the helper container %.12s could not be removed: %.250s", f->id,
                 answer->error);
    finish(f, files, files ? NULL : why, *remains ? remains : NULL);
}

static char *removal_path(const char *id)
{
    return xasprintf("/containers/%s?v=1&force=1", id);
}

static void remove_helper(struct host_files *f)
{
    char *path = removal_path(f->id);
    engine_request(f->engine, (struct engine_call){.method = "DELETE", .path = path}, on_removed, f);
    free(path);
}

/* --- records --- */

static void record_lines(struct host_files *f, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        buf_format(&f->records, " %.*s\n", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static const char *type_name(long mode)
{
    return S_ISDIR(mode)    ? "directory"
           : S_ISSOCK(mode) ? "socket"
           : S_ISREG(mode)  ? "regular file"
                            : "special file";
}

static bool plain(const char *path)
{
    return !strpbrk(path, "\n\r") && *path == '/';
}

static void record_file(struct host_files *f, const char *path, const char *target, long mode,
                        const char *owner, long size, long mtime)
{
    buf_format(&f->records, "@file\n path %s\n stat %lo %s %ld %ld %s\n", path, mode & 07777, owner, size,
               mtime, type_name(mode));
    if (strcmp(path, target) != 0)
        buf_format(&f->records, " target %s\n", target);
    json_put(f->present, path, json_true());
}

static void record_state(struct host_files *f, struct path *p, const char *state)
{
    p->state = state;
    buf_format(&f->records, "@file\n path %s\n state %s\n", p->asked, state);
    if (p->wish == WISH_CONTENT && text_same(p->asked, "/etc/docker/daemon.json"))
        buf_format(&f->records, "@content\n path %s\n state %s\n", p->asked, state);
}

/* --- reading one path --- */

static void next_stage(struct host_files *f);

static void path_over(struct path *p)
{
    struct host_files *f = p->files;
    if (--f->open == 0)
        next_stage(f);
}

static void keep_text(struct host_files *f, const char *path, const char *data, size_t length, long mtime)
{
    char *text = xstrndup(data, length);
    json_put(f->texts, path, json_text(text));
    if (strcmp(path, "/etc/docker/daemon.json") == 0) {
        buf_format(&f->records, "@content\n path %s\n state read\n mtime %ld\n@text\n", path, mtime);
        record_lines(f, text);
    }
    free(text);
}

/* The file's text, as far as it may be long; NULL for what is none. */
static char *entry_text(struct archive *tar, size_t *length)
{
    char *data = xcalloc(CONTENT_MAX + 1, 1);
    la_ssize_t got = archive_read_data(tar, data, CONTENT_MAX);
    *length = got > 0 ? (size_t)got : 0;
    return data;
}

static void read_entry(struct path *p, struct archive *tar, struct archive_entry *entry, size_t number)
{
    struct host_files *f = p->files;
    char owner[64];
    const char *name = archive_entry_pathname(entry);
    long mode = (long)archive_entry_mode(entry);
    snprintf(owner, sizeof owner, "%lld %lld", (long long)archive_entry_uid(entry),
             (long long)archive_entry_gid(entry));
    if (number == 0) {
        record_file(f, p->asked, p->at, mode, owner, p->size, p->mtime);
        if (p->wish == WISH_CONTENT && S_ISREG(mode)) {
            size_t length;
            char *text = entry_text(tar, &length);
            keep_text(f, p->asked, text, length, p->mtime);
            free(text);
        }
        return;
    }
    /* FOLDER/NAME; the first part is the folder's own name. */
    const char *rest = name ? strchr(name, '/') : NULL;
    if (!rest || !rest[1] || !plain(rest))
        return;
    char *path = xasprintf("%s%s", p->asked, rest);
    record_file(f, path, path, mode, owner, (long)archive_entry_size(entry),
                (long)archive_entry_mtime(entry));
    size_t suffix = strlen(path);
    bool wanted = S_ISREG(mode) && suffix > 6 &&
                  (strcmp(path + suffix - 5, ".conf") == 0 || strcmp(path + suffix - 6, ".rules") == 0);
    if (wanted) {
        size_t length;
        char *text = entry_text(tar, &length);
        keep_text(f, path, text, length, 0);
        free(text);
    }
    free(path);
}

static void on_archive(void *ctx, const struct answer *answer)
{
    struct path *p = ctx;
    struct host_files *f = p->files;
    struct archive *tar = archive_read_new();
    struct archive_entry *entry;
    size_t number = 0;
    archive_read_support_format_tar(tar);
    if (!answer->error && archive_read_open_memory(tar, answer->body, answer->length) == ARCHIVE_OK)
        while (archive_read_next_header(tar, &entry) == ARCHIVE_OK && number <= PATHS_MAX &&
               (number == 0 || p->wish == WISH_LISTING))
            read_entry(p, tar, entry, number++);
    archive_read_free(tar);
    if (!number)
        record_state(f, p, answer->status == 404 ? "absent" : "denied");
    path_over(p);
}

static void ask_stat(struct path *p);

/* Go's file modes keep the type in bits of their own (io/fs.FileMode). */
static long unix_mode(json_int_t go)
{
    static const struct {
        unsigned bit;
        long mode;
    } BITS[] = {{31, S_IFDIR}, {27, S_IFLNK}, {25, S_IFIFO}, {24, S_IFSOCK},
                {26, S_IFBLK}, {23, S_ISUID}, {22, S_ISGID}, {20, S_ISVTX}};
    long mode = (long)(go & 0777);
    for (EACH(i, BITS))
        if (go >> BITS[i].bit & 1)
            mode |= BITS[i].mode;
    return mode & S_IFMT ? mode : mode | S_IFREG;
}

/* {"name", "size", "mode", "mtime", "linkTarget"}, base64. NULL when it is none. */
static json_t *path_stat(const char *header)
{
    unsigned char text[4096];
    char why[64];
    size_t length = strlen(header);
    if (!length || length % 4 || length / 4 * 3 >= sizeof text)
        return NULL;
    int got = EVP_DecodeBlock(text, (const unsigned char *)header, (int)length);
    if (got < 0)
        return NULL;
    while (got && (text[got - 1] == '\0' || text[got - 1] == '\n'))
        got--;
    return json_parse((const char *)text, (size_t)got, why, sizeof why);
}

static long mtime_of(const json_t *stat)
{
    const char *text = json_text_at(stat, "mtime");
    struct tm when = {0};
    return text && strptime(text, "%Y-%m-%dT%H:%M:%S", &when) ? (long)timegm(&when) : 0;
}

/* The engine resolves a link inside the container: what leads into the mount is a path of the host, and an
 * absolute target that does not is one too, read against the host's root. */
static bool follow(struct path *p, const json_t *stat)
{
    const char *target = json_text_at(stat, "linkTarget");
    size_t prefix = strlen(p->files->mount);
    if (!target || *target != '/' || !plain(target) || ++p->links > LINKS_MAX)
        return false;
    if (strncmp(target, p->files->mount, prefix) == 0 && target[prefix] == '/')
        target += prefix;
    char *at = xstrdup(target);
    free(p->at);
    p->at = at;
    return true;
}

static void fetch(struct path *p)
{
    struct host_files *f = p->files;
    char *path = xasprintf("/containers/%s/archive?path=%s", f->id, f->mount);
    char *escaped = engine_escape(p->at);
    char *whole = xasprintf("%s%s", path, escaped);
    bool text = p->wish == WISH_CONTENT && p->size <= (long)CONTENT_MAX;
    struct engine_call call = {.method = "GET", .path = whole};
    if (S_ISDIR(p->mode) && p->wish == WISH_LISTING)
        call.answer_max = FOLDER_MAX;
    else
        call.enough = text ? 0 : HEADER_ENOUGH;
    if (text)
        call.answer_max = CONTENT_MAX + HEADER_ENOUGH * 4;
    engine_request(f->engine, call, on_archive, p);
    free(whole);
    free(escaped);
    free(path);
}

static void on_stat(void *ctx, const struct answer *answer)
{
    struct path *p = ctx;
    struct host_files *f = p->files;
    json_t *stat = answer->error ? NULL : path_stat(answer->path_stat);
    json_int_t go = 0, size = 0;
    if (!stat || !json_integer_at(stat, "mode", &go)) {
        record_state(f, p, answer->status == 404 ? "absent" : "denied");
        json_decref(stat);
        path_over(p);
        return;
    }
    p->mode = unix_mode(go);
    p->mtime = mtime_of(stat);
    json_integer_at(stat, "size", &size);
    p->size = (long)size;
    bool link = S_ISLNK(p->mode);
    bool followed = link && follow(p, stat);
    json_decref(stat);
    if (followed) {
        ask_stat(p);
    } else if (link) {
        record_state(f, p, "denied");
        path_over(p);
    } else if (S_ISREG(p->mode) || S_ISDIR(p->mode)) {
        fetch(p);
    } else {
        /* A socket's owner is told by nobody; "?" is no number, so the facts have none. */
        record_file(f, p->asked, p->at, p->mode, "? ?", p->size, p->mtime);
        path_over(p);
    }
}

static void ask_stat(struct path *p)
{
    struct host_files *f = p->files;
    char *escaped = engine_escape(p->at);
    char *path = xasprintf("/containers/%s/archive?path=%s%s", f->id, f->mount, escaped);
    engine_request(f->engine, (struct engine_call){.method = "HEAD", .path = path}, on_stat, p);
    free(path);
    free(escaped);
}

static void want(struct host_files *f, const char *path, enum wish wish)
{
    if (f->count == PATHS_MAX || !path || !plain(path))
        return;
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->paths[i]->asked, path) == 0)
            return;
    struct path *p = xcalloc(1, sizeof *p);
    *p = (struct path){.files = f, .asked = xstrdup(path), .at = xstrdup(path), .wish = wish};
    f->paths[f->count++] = p;
}

/* --- the plan: what is known to be looked at, then what those name, then the end --- */

static void want_all(struct host_files *f)
{
    static const char *const TEXTS[] = {
        "/etc/docker/daemon.json", "/etc/group",          "/etc/passwd",
        "/etc/audit/audit.rules",  "/etc/default/docker", "/etc/sysconfig/docker"};
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
    for (EACH(i, TEXTS))
        want(f, TEXTS[i], WISH_CONTENT);
    for (EACH(i, STATS))
        want(f, STATS[i], WISH_STAT);
    want(f, "/etc/docker/certs.d", WISH_LISTING);
    want(f, "/etc/audit/rules.d", WISH_LISTING);
    char path[256];
    for (EACH(u, UNITS))
        for (EACH(d, UNIT_FOLDERS)) {
            snprintf(path, sizeof path, "%s/%s", UNIT_FOLDERS[d], UNITS[u]);
            want(f, path, WISH_CONTENT);
            snprintf(path, sizeof path, "%s/%s.d", UNIT_FOLDERS[d], UNITS[u]);
            want(f, path, WISH_LISTING);
        }
    for (EACH(n, PROGRAMS))
        for (EACH(d, PROGRAM_FOLDERS)) {
            snprintf(path, sizeof path, "%s/%s", PROGRAM_FOLDERS[d], PROGRAMS[n]);
            want(f, path, WISH_STAT);
        }
    if (f->data_root) {
        snprintf(path, sizeof path, "%.200s/swarm/docker-state.json", f->data_root);
        want(f, path, WISH_CONTENT);
    }
}

static const char *text_of(const struct host_files *f, const char *path)
{
    return json_string_value(json_object_get(f->texts, path));
}

/* The paths a daemon.json names. */
static void want_named(struct host_files *f)
{
    static const char *const KEYS[] = {"tlscacert", "tlscert", "tlskey"};
    char why[64];
    const char *text = text_of(f, "/etc/docker/daemon.json");
    json_t *config = text ? json_parse(text, strlen(text), why, sizeof why) : NULL;
    const json_t *hosts = json_object_get(config, "hosts");
    for (EACH(i, KEYS))
        want(f, json_string_value(json_object_get(config, KEYS[i])), WISH_STAT);
    for (size_t i = 0; i < json_array_size(hosts); i++) {
        const char *host = json_string_value(json_array_get(hosts, i));
        if (host && text_starts(host, "unix://"))
            want(f, host + strlen("unix://"), WISH_STAT);
    }
    json_decref(config);
}

/* The unit file that counts, and its drop-ins in systemd's order. */
static const char *fragment_of(const struct host_files *f, size_t unit, char *path, size_t size)
{
    for (EACH(d, UNIT_FOLDERS)) {
        snprintf(path, size, "%s/%s", UNIT_FOLDERS[d], UNITS[unit]);
        if (json_object_get(f->present, path))
            return path;
    }
    return NULL;
}

static void list_dropins(struct host_files *f, size_t unit)
{
    const char *path;
    json_t *text;
    f->dropins[unit] = json_array();
    for (EACH(d, UNIT_FOLDERS)) {
        char folder[128];
        snprintf(folder, sizeof folder, "%s/%s.d/", UNIT_FOLDERS[d], UNITS[unit]);
        /* /lib is /usr/lib on current systems: the same file is named once. */
        char other[160];
        snprintf(other, sizeof other, "/usr%s", folder);
        json_object_foreach(f->texts, path, text)
        {
            char twin[1024];
            snprintf(twin, sizeof twin, "/usr%s", path);
            if (text_starts(path, folder) &&
                !(text_starts(folder, "/lib/") && json_object_get(f->texts, twin)))
                json_array_append_new(f->dropins[unit], json_text(path));
        }
    }
}

/* Calls with each KEY=value line of the unit file and its drop-ins, in order. */
static void each_line(struct host_files *f, size_t unit,
                      void (*line)(struct host_files *f, const char *key, const char *value, void *ctx),
                      void *ctx)
{
    char path[256];
    const char *fragment = fragment_of(f, unit, path, sizeof path);
    for (size_t i = 0; i <= json_array_size(f->dropins[unit]); i++) {
        const char *from = i ? json_string_value(json_array_get(f->dropins[unit], i - 1)) : fragment;
        const char *text = from ? text_of(f, from) : NULL;
        char *copy = xstrdup(text ? text : "");
        char *rest = copy;
        char *one;
        while ((one = strsep(&rest, "\n"))) {
            char *equals = strchr(one, '=');
            if (!equals || *one == '#' || *one == ';')
                continue;
            *equals = '\0';
            line(f, text_trim(one), text_trim(equals + 1), ctx);
        }
        free(copy);
    }
}

struct unit_words {
    char *exec_start;
    struct buf environment_files, listen;
};

static void unit_word(struct host_files *f, const char *key, const char *value, void *ctx)
{
    struct unit_words *w = ctx;
    (void)f;
    if (strcmp(key, "ExecStart") == 0) {
        free(w->exec_start);
        w->exec_start = *value ? xstrdup(value) : NULL;
    } else if (strcmp(key, "EnvironmentFile") == 0 && *value) {
        buf_format(&w->environment_files, " EnvironmentFiles=%s\n", value + (*value == '-'));
    } else if (strcmp(key, "ListenStream") == 0 && *value) {
        buf_format(&w->listen, " Listen=%s (Stream)\n", value);
    }
}

/* $NAME from the environment files of the usual places; "" where none sets it. */
static char *variable(const struct host_files *f, const char *name)
{
    static const char *const FILES[] = {"/etc/default/docker", "/etc/sysconfig/docker"};
    char *value = NULL;
    for (EACH(i, FILES)) {
        const char *text = text_of(f, FILES[i]);
        char *copy = xstrdup(text ? text : "");
        char *rest = copy;
        char *line;
        while ((line = strsep(&rest, "\n"))) {
            size_t length = strlen(name);
            line = text_trim(line);
            if (strncmp(line, name, length) == 0 && line[length] == '=') {
                free(value);
                char *given = line + length + 1;
                size_t end = strlen(given);
                bool quoted = end > 1 && (*given == '"' || *given == '\'') && given[end - 1] == *given;
                value = quoted ? xstrndup(given + 1, end - 2) : xstrdup(given);
            }
        }
        free(copy);
    }
    return value ? value : xstrdup("");
}

static void record_words(struct host_files *f, const char *text, unsigned depth)
{
    struct words words = {0};
    if (words_split(&words, text) == 0)
        for (size_t i = 0; i < words.count; i++) {
            const char *word = words.items[i].text;
            if (*word != '$' || depth) {
                buf_format(&f->records, " %s\n", word);
                continue;
            }
            char *name = xstrndup(word + 1 + (word[1] == '{'), strcspn(word + 1 + (word[1] == '{'), "}"));
            char *value = variable(f, name);
            record_words(f, value, depth + 1);
            free(value);
            free(name);
        }
    words_clear(&words);
}

static void record_unit(struct host_files *f, size_t unit)
{
    char path[256];
    struct unit_words w = {0};
    const char *fragment = fragment_of(f, unit, path, sizeof path);
    each_line(f, unit, unit_word, &w);
    buf_format(&f->records, "@unit\n unit %s\n FragmentPath=%s\n DropInPaths=", UNITS[unit],
               fragment ? fragment : "");
    for (size_t i = 0; i < json_array_size(f->dropins[unit]); i++)
        buf_format(&f->records, "%s%s", i ? " " : "", json_string_value(json_array_get(f->dropins[unit], i)));
    buf_format(&f->records, "\n%s%s", w.environment_files.data ? w.environment_files.data : "",
               w.listen.data ? w.listen.data : "");
    if (unit == 0 && w.exec_start && fragment) {
        buf_format(&f->records, "@daemon\n pid 0\n unit %s\n@arguments\n", fragment);
        record_words(f, w.exec_start + strspn(w.exec_start, "@-:+!"), 0);
    }
    free(w.exec_start);
    buf_free(&w.environment_files);
    buf_free(&w.listen);
}

/* Where nothing of the audit system is there, that was seen; what could not be looked at is told as such. */
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
                buf_format(&f->records, " denied %s\n", PLACES[i]);
        }
    if (absent == sizeof PLACES / sizeof *PLACES)
        buf_text(&f->records, " absent\n");
}

static void record_audit(struct host_files *f)
{
    const char *path;
    json_t *text;
    buf_text(&f->records, "@audit\n");
    record_audit_absence(f);
    json_object_foreach(f->texts, path, text)
    {
        if (!text_starts(path, "/etc/audit/"))
            continue;
        buf_format(&f->records, " file %s\n", path);
        char *copy = xstrdup(json_string_value(text));
        char *rest = copy;
        char *line;
        while ((line = strsep(&rest, "\n"))) {
            line = text_trim(line);
            if (*line == '-')
                buf_format(&f->records, " rule %s\n", line);
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
    buf_text(&f->records, "@accounts\n");
    for (EACH(i, FILES)) {
        const char *text = text_of(f, FILES[i]);
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
                buf_format(&f->records, " group %ld %s %s\n", number, field[0], field[3] ? field[3] : "");
            } else if (i == 1 && field[3] && text_number(field[3], 0, 4294967295, &gid) &&
                       (number == 0 || gid == docker)) {
                buf_format(&f->records, " user %ld %ld %s\n", number, gid, field[0]);
            }
        }
        free(copy);
    }
}

static void record_programs(struct host_files *f)
{
    char path[128];
    buf_text(&f->records, "@programs\n");
    for (EACH(n, PROGRAMS))
        for (EACH(d, PROGRAM_FOLDERS)) {
            snprintf(path, sizeof path, "%s/%s", PROGRAM_FOLDERS[d], PROGRAMS[n]);
            if (json_object_get(f->present, path))
                buf_format(&f->records, " %s %s\n", PROGRAMS[n], path);
        }
}

static void record_swarm(struct host_files *f)
{
    static const char *const KEYS[] = {"ListenAddr", "AdvertiseAddr", "DataPathAddr", "LocalAddr",
                                       "RemoteAddr"};
    char path[256], why[64];
    snprintf(path, sizeof path, "%.200s/swarm/docker-state.json", f->data_root ? f->data_root : "");
    const char *text = text_of(f, path);
    json_t *state = text ? json_parse(text, strlen(text), why, sizeof why) : NULL;
    buf_format(&f->records, "@swarm\n state %s\n", state ? "read" : "absent");
    for (EACH(i, KEYS)) {
        const char *value = json_string_value(json_object_get(state, KEYS[i]));
        if (value && !strchr(value, '\n'))
            buf_format(&f->records, " %s %s\n", KEYS[i], value);
    }
    json_decref(state);
}

static void record_rest(struct host_files *f)
{
    for (EACH(u, UNITS))
        record_unit(f, u);
    record_audit(f);
    record_accounts(f);
    record_programs(f);
    record_swarm(f);
    buf_text(&f->records, "@end\n");
}

static void start_stage(struct host_files *f, size_t from)
{
    f->open = f->count - from;
    /* Answers come from the loop, never at once. */
    for (size_t i = from; i < f->count; i++)
        ask_stat(f->paths[i]);
    if (from == f->count)
        next_stage(f);
}

static void next_stage(struct host_files *f)
{
    size_t before = f->count;
    if (++f->stage == 1) {
        for (EACH(u, UNITS))
            list_dropins(f, u);
        want_named(f);
        start_stage(f, before);
        return;
    }
    record_rest(f);
    remove_helper(f);
}

/* --- the helper --- */

static void on_created(void *ctx, const struct answer *answer)
{
    struct host_files *f = ctx;
    char why[400];
    json_t *made = answer->error ? NULL : json_parse(answer->body, answer->length, why, sizeof why);
    const char *id = json_text_at(made, "Id");
    if (answer->error || !id || strspn(id, "0123456789abcdef") != strlen(id) || strlen(id) < 12) {
        snprintf(why, sizeof why, "the helper container could not be made: %.300s",
                 answer->error ? answer->error : "the engine named no id");
        json_decref(made);
        finish(f, NULL, why, NULL);
        return;
    }
    f->id = xstrdup(id);
    json_decref(made);
    want_all(f);
    start_stage(f, 0);
}

/* An image to make it from: any that could be inspected; the smallest is the least to mount. */
static const json_t *choose_image(const json_t *images, const json_t *inspects, const char **id)
{
    const json_t *chosen = NULL;
    json_int_t best = 0, size;
    for (size_t i = 0; i < json_array_size(images); i++) {
        const char *at = json_text_at(json_array_get(images, i), "Id");
        const json_t *inspect = at ? json_object_get(inspects, at) : NULL;
        if (!inspect || !json_integer_at(json_array_get(images, i), "Size", &size) ||
            (chosen && size >= best))
            continue;
        chosen = inspect;
        best = size;
        *id = at;
    }
    return chosen;
}

static char *label_value(void)
{
    char name[128] = "unknown";
    gethostname(name, sizeof name - 1);
    return xasprintf("%s:%ld:%lld", name, (long)getpid(), (long long)time(NULL));
}

static json_t *helper_config(const struct host_files *f, const char *image, const json_t *inspect)
{
    json_t *tmpfs = json_object();
    json_t *volumes = json_at(inspect, "Config.Volumes");
    const char *volume;
    json_t *unused;
    char *label = label_value();
    json_object_foreach(volumes, volume, unused) json_put(tmpfs, volume, json_text("size=4k"));
    json_t *config = json_pack(
        "{s:s, s:[s], s:[], s:b, s:{s:s}, s:{s:s, s:{s:s}, s:b, s:o, s:{s:s}, s:[{s:s, s:s, s:s, s:b, "
        "s:{s:s}}], s:[s]}}",
        "Image", image, "Cmd", "/muster-is-never-started", "Entrypoint", "NetworkDisabled", 1, "Labels",
        HELPER_LABEL, label, "HostConfig", "NetworkMode", "none", "RestartPolicy", "Name", "no",
        "ReadonlyRootfs", 1, "Tmpfs", tmpfs, "LogConfig", "Type", "none", "Mounts", "Type", "bind", "Source",
        "/", "Target", f->mount, "ReadOnly", 1, "BindOptions", "Propagation", "rslave", "CapDrop", "ALL");
    /* With user namespaces the container's root could not read what only the host's root may. */
    json_put(json_object_get(config, "HostConfig"), "UsernsMode", json_text("host"));
    free(label);
    return config;
}

/* Of this machine and a process that is gone, or old: nobody uses it any more. */
static bool is_leftover(const char *label)
{
    char ours[128] = "unknown";
    char *copy = xstrdup(label);
    char *rest = copy;
    char *name = strsep(&rest, ":");
    char *pid_text = strsep(&rest, ":");
    long pid = 0, made = 0;
    gethostname(ours, sizeof ours - 1);
    bool readable = pid_text && rest && text_number(pid_text, 1, 2147483647, &pid) &&
                    text_number(rest, 0, 9007199254740991, &made);
    bool gone =
        readable && strcmp(name, ours) == 0 && pid != getpid() && kill((pid_t)pid, 0) && errno == ESRCH;
    bool old = !readable || made + LEFTOVER_AGE_S < time(NULL);
    free(copy);
    return gone || old;
}

static void on_leftover_removed(void *ctx, const struct answer *answer)
{
    (void)ctx;
    (void)answer;
}

static void on_leftovers(void *ctx, const struct answer *answer)
{
    struct host_files *f = ctx;
    char why[64];
    json_t *list = answer->error ? NULL : json_parse(answer->body, answer->length, why, sizeof why);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        const char *id = json_text_at(one, "Id");
        const char *label = json_string_value(json_object_get(json_at(one, "Labels"), HELPER_LABEL));
        /* Never one that runs: that is not ours. */
        if (!id || strspn(id, "0123456789abcdef") != strlen(id) || !label ||
            !text_same(json_text_at(one, "State"), "created") || !is_leftover(label))
            continue;
        char *path = removal_path(id);
        engine_request(f->engine, (struct engine_call){.method = "DELETE", .path = path}, on_leftover_removed,
                       NULL);
        free(path);
    }
    json_decref(list);
    char *path = xasprintf("/containers/create?name=%s", f->name);
    engine_request(f->engine, (struct engine_call){.method = "POST", .path = path, .body = f->body},
                   on_created, f);
    free(path);
}

struct host_files *host_files_start(struct engine *engine, const json_t *images, const json_t *inspects,
                                    const json_t *info, host_files_cb *done, void *ctx)
{
    struct host_files *f = xcalloc(1, sizeof *f);
    unsigned char random[12];
    char name[2 * sizeof random + 1];
    const char *image = NULL;
    const json_t *inspect = choose_image(images, inspects, &image);
    *f = (struct host_files){.engine = engine, .done = done, .ctx = ctx};
    if (!inspect || RAND_bytes(random, sizeof random) != 1) {
        free_files(f);
        return NULL;
    }
    for (EACH(i, random))
        snprintf(name + 2 * i, 3, "%02x", random[i]);
    f->texts = json_object();
    f->present = json_object();
    f->mount = xasprintf("/muster-%s", name);
    f->data_root = xstrdup(json_text_at(info, "DockerRootDir"));
    buf_text(&f->records, "muster-probe 1\n");
    json_t *config = helper_config(f, image, inspect);
    f->body = json_dumps(config, JSON_COMPACT);
    f->name = xasprintf("muster-helper-%s", name);
    json_decref(config);
    engine_request(
        engine,
        (struct engine_call){.method = "GET",
                             .path = "/containers/json?all=1&filters=%7B%22label%22%3A%5B%22" HELPER_LABEL
                                     "%22%5D%7D"},
        on_leftovers, f);
    return f;
}

void host_files_abort(struct host_files *f)
{
    /* By name: it may be in the making. */
    char *path = removal_path(f->name);
    engine_remove_later(f->engine, path);
    free(path);
    free_files(f);
}
