/* archive.c: one path of the host, read through the archive endpoint. Nothing below /proc has content; of a
 * socket the engine tells the mode only; a folder's archive is all of its content, so only its first header
 * is read. */
#include "agentless/collect/helper/host_files_internal.h"
#include "base/base64.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define HEADER_ENOUGH 4096 /* a tar header and what may come before it (pax attributes) */

#define FOLDER_MAX (1u << 20)

#define LINKS_MAX 8

/* --- records --- */

void files_record(struct host_files *f, const char *name)
{
    buf_format(&f->records, "%s@%s\n", f->mark, name);
}

void files_field(struct host_files *f, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) >= 0)
        buf_format(&f->records, "%s %s\n", f->mark, text);
    va_end(arguments);
    free(text);
}

static const char *type_name(long mode)
{
    if (S_ISDIR(mode))
        return "directory";
    if (S_ISSOCK(mode))
        return "socket";
    return S_ISREG(mode) ? "regular file" : "special file";
}

bool files_plain(const char *path)
{
    return !strpbrk(path, "\n\r") && *path == '/';
}

static void record_file(struct host_files *f, const char *path, const char *target, long mode,
                        const char *owner, long size, long mtime)
{
    files_record(f, "file");
    files_field(f, "path %s", path);
    files_field(f, "stat %lo %s %ld %ld %s", mode & 07777, owner, size, mtime, type_name(mode));
    if (strcmp(path, target) != 0)
        files_field(f, "target %s", target);
    json_put(f->present, path, json_true());
}

void files_record_state(struct path *p, const char *state, const char *error)
{
    struct host_files *f = p->files;
    bool denied = strcmp(state, "denied") == 0;
    p->state = state;
    if (p->needed && denied && !*f->unread.text)
        error_set(&f->unread, "the engine did not show %.200s: %.200s", p->asked, error);
    int last = p->want == WANT_CONTENT && text_same(p->asked, "/etc/docker/daemon.json") ? 1 : 0;
    for (int i = 0; i <= last && p->want != WANT_LINK; i++) {
        files_record(f, i ? "content" : "file");
        files_field(f, "path %s", p->asked);
        files_field(f, "state %s", state);
    }
}

/* What was not read: absent, or denied where the answer was another, or none. */
static void record_absence(struct path *p, const struct answer *answer)
{
    files_record_state(p, answer->status == 404 ? "absent" : "denied",
                       text_or(answer->error, "it is too long, or a link that leads nowhere"));
}

static void path_over(struct path *p)
{
    struct host_files *f = p->files;
    if (--f->open == 0)
        files_next_stage(f);
}

static void archive_keep_text(struct host_files *f, const char *path, const char *data, size_t length,
                              long mtime)
{
    char *text = xstrndup(data, length);
    json_put(f->texts, path, json_text(text));
    if (strcmp(path, "/etc/docker/daemon.json") == 0) {
        files_record(f, "content");
        files_field(f, "path %s", path);
        files_field(f, "state read");
        files_field(f, "mtime %ld", mtime);
        files_record(f, "text");
        buf_format(&f->records, "%s\n", text);
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
        if (p->want == WANT_CONTENT && S_ISREG(mode)) {
            size_t length;
            char *text = entry_text(tar, &length);
            archive_keep_text(f, p->asked, text, length, p->mtime);
            free(text);
        }
        return;
    }
    /* FOLDER/NAME; the first part is the folder's own name. */
    const char *rest = name ? strchr(name, '/') : NULL;
    if (!rest || !rest[1])
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
        archive_keep_text(f, path, text, length, 0);
        free(text);
    }
    free(path);
}

static void on_archive(void *ctx, const struct answer *answer)
{
    struct path *p = ctx;
    struct archive *tar = archive_read_new();
    struct archive_entry *entry;
    size_t number = 0;
    archive_read_support_format_tar(tar);
    if (!answer->error && archive_read_open_memory(tar, answer->body, answer->length) == ARCHIVE_OK)
        while (archive_read_next_header(tar, &entry) == ARCHIVE_OK && number <= PATHS_MAX &&
               (number == 0 || p->want == WANT_LISTING))
            read_entry(p, tar, entry, number++);
    archive_read_free(tar);
    if (!number)
        record_absence(p, answer);
    path_over(p);
}

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
    struct error why;
    size_t length;
    unsigned char *text = base64_decode(header, strlen(header), &length);
    json_t *stat = text ? json_parse((const char *)text, length, &why) : NULL;
    free(text);
    return stat;
}

static long mtime_of(const json_t *stat)
{
    const char *text = json_text_at(stat, "mtime");
    struct tm when = {0};
    return text && strptime(text, "%Y-%m-%dT%H:%M:%S", &when) ? (long)timegm(&when) : 0;
}

/* The engine resolves a link inside the container: what leads into the mount is a path of the host, and an
 * absolute target that does not is one too, read against the host's root. */
static bool archive_follow(struct path *p, const json_t *stat)
{
    const char *target = json_text_at(stat, "linkTarget");
    size_t prefix = strlen(p->files->mount);
    if (!target || *target != '/' || !files_plain(target) || ++p->links > LINKS_MAX)
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
    bool text = p->want == WANT_CONTENT;
    struct engine_call call = {.method = "GET", .path = whole};
    if (S_ISDIR(p->mode) && p->want == WANT_LISTING)
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
        record_absence(p, answer);
        json_decref(stat);
        path_over(p);
        return;
    }
    p->mode = unix_mode(go);
    p->mtime = mtime_of(stat);
    json_integer_at(stat, "size", &size);
    p->size = (long)size;
    bool link = S_ISLNK(p->mode);
    bool followed = link && archive_follow(p, stat);
    json_decref(stat);
    if (followed) {
        files_ask_stat(p);
    } else if (link || (p->want == WANT_CONTENT && S_ISREG(p->mode) && p->size > (long)CONTENT_MAX)) {
        record_absence(p, answer);
        path_over(p);
    } else if (p->want == WANT_LINK) {
        path_over(p);
    } else if (S_ISREG(p->mode) || S_ISDIR(p->mode)) {
        fetch(p);
    } else {
        /* Nothing reports a socket's owner; "?" is not a number, so the facts have none. */
        record_file(f, p->asked, p->at, p->mode, "? ?", p->size, p->mtime);
        path_over(p);
    }
}

void files_ask_stat(struct path *p)
{
    struct host_files *f = p->files;
    char *escaped = engine_escape(p->at);
    char *path = xasprintf("/containers/%s/archive?path=%s%s", f->id, f->mount, escaped);
    engine_request(f->engine, (struct engine_call){.method = "HEAD", .path = path}, on_stat, p);
    free(path);
    free(escaped);
}
