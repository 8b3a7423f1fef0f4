/* known_hosts.c: see known_hosts.h. libssh reads known_hosts only by itself, one session at a time, from two
 * files; we need ours beside the user's, and each file read once a run. Lines are matched by libssh's own
 * parser (hashed names and patterns included). */
#include "agentless/transport/ssh/known_hosts.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/xdg.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* 32 MB is some 150,000 entries. */
#define FILE_BYTES_MAX (32u << 20)

struct line {
    char *text;
    char *where;
    bool revoked, authority;
};

struct file {
    char *path;
    struct line *lines;
    size_t count, capacity;
    json_t *by_name; /* name -> numbers of lines */
    json_t *tried;   /* numbers of lines with patterns and hashed names */
    json_t *found;   /* name that was asked for -> numbers of lines */
};

struct known_hosts {
    char *pins;
    struct file *files;
    size_t count, capacity;
};

/* Whether a line's first word can only be matched by trying: a pattern, or a name that is hashed. */
static bool must_be_tried(const char *text)
{
    size_t length = strcspn(text, " \t");
    return *text == '|' || memchr(text, '*', length) || memchr(text, '?', length) ||
           memchr(text, '!', length);
}

static char *lower_case(const char *text)
{
    char *lower = xstrdup(text);
    for (char *p = lower; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    return lower;
}

/* A line is found by each of its names; those that must be tried are kept apart. */
static void index_line(struct file *file, size_t number)
{
    const char *text = file->lines[number].text;
    if (must_be_tried(text)) {
        json_array_append_new(file->tried, json_integer((json_int_t)number));
        return;
    }
    char *names = lower_case(text), *rest = names, *name;
    names[strcspn(names, " \t")] = '\0';
    while ((name = text_next(&rest, ","))) {
        json_t *numbers = json_object_get(file->by_name, name);
        if (!numbers) {
            numbers = json_array();
            json_put(file->by_name, name, numbers);
        }
        json_array_append_new(numbers, json_integer((json_int_t)number));
    }
    free(names);
}

static void add_line(struct file *file, char *text, size_t number)
{
    static const char REVOKED[] = "@revoked", AUTHORITY[] = "@cert-authority";
    bool revoked = text_starts(text, REVOKED), authority = text_starts(text, AUTHORITY);
    size_t marker = authority ? sizeof AUTHORITY - 1 : 0;
    text = text_trim(text + (revoked ? sizeof REVOKED - 1 : marker));
    if (!*text || *text == '#' || *text == '@')
        return;
    file->lines = grow_array(file->lines, file->count, &file->capacity, sizeof *file->lines);
    file->lines[file->count++] = (struct line){.text = xstrdup(text),
                                               .where = xasprintf("%s:%zu", file->path, number),
                                               .revoked = revoked,
                                               .authority = authority};
    index_line(file, file->count - 1);
}

static void known_hosts_read_lines(struct file *file)
{
    struct buf content = {.limit = FILE_BYTES_MAX};
    char chunk[65536];
    ssize_t got;
    size_t number = 0;
    int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return;
    while ((got = read(fd, chunk, sizeof chunk)) > 0 && buf_add(&content, chunk, (size_t)got))
        ;
    close(fd);
    char *rest = content.data;
    char *line;
    while ((line = strsep(&rest, "\n")))
        add_line(file, line, ++number);
    buf_free(&content);
}

static struct file *file_of(struct known_hosts *known, const char *path)
{
    for (size_t i = 0; i < known->count; i++)
        if (strcmp(known->files[i].path, path) == 0)
            return &known->files[i];
    known->files = grow_array(known->files, known->count, &known->capacity, sizeof *known->files);
    struct file *file = &known->files[known->count++];
    *file = (struct file){
        .path = xstrdup(path), .by_name = json_object(), .tried = json_array(), .found = json_object()};
    known_hosts_read_lines(file);
    return file;
}

struct known_hosts *known_hosts_new(const char *pins)
{
    struct known_hosts *known = xcalloc(1, sizeof *known);
    known->pins = xstrdup(pins);
    return known;
}

void known_hosts_free(struct known_hosts *known)
{
    for (size_t f = 0; f < known->count; f++) {
        for (size_t l = 0; l < known->files[f].count; l++) {
            free(known->files[f].lines[l].text);
            free(known->files[f].lines[l].where);
        }
        json_decref(known->files[f].by_name);
        json_decref(known->files[f].tried);
        json_decref(known->files[f].found);
        free(known->files[f].lines);
        free(known->files[f].path);
    }
    free(known->files);
    free(known->pins);
    free(known);
}

const char *known_hosts_pins_path(const struct known_hosts *known)
{
    return known->pins;
}

typedef bool entry_fn(void *ctx, const struct line *line, const struct ssh_knownhosts_entry *entry);

/* The numbers of the file's lines for this name. Each name of a fleet is asked for a few times, and hashed
 * names are dear to try, so they are kept. Borrowed. */
static const json_t *lines_for(struct file *file, const char *name)
{
    json_t *numbers = json_object_get(file->found, name), *one;
    size_t i;
    if (!file->count)
        return NULL;
    if (numbers)
        return numbers;
    numbers = json_array();
    char *lower = lower_case(name);
    json_array_extend(numbers, json_object_get(file->by_name, lower));
    free(lower);
    json_array_foreach(file->tried, i, one)
    {
        struct ssh_knownhosts_entry *entry = NULL;
        if (ssh_known_hosts_parse_line(name, file->lines[json_integer_value(one)].text, &entry) == SSH_OK) {
            ssh_knownhosts_entry_free(entry);
            json_array_append(numbers, one);
        }
    }
    json_put(file->found, name, numbers);
    return numbers;
}

/* Calls visit for each line that names the host, until it returns false. */
static void for_each_entry(struct known_hosts *known, const char *const *files, const char *name,
                           entry_fn *visit, void *ctx)
{
    const char *paths[16] = {known->pins};
    size_t count = 1, l;
    json_t *number;
    for (size_t i = 0; files[i] && count < sizeof paths / sizeof *paths; i++)
        paths[count++] = files[i];
    for (size_t i = 0; i < count; i++) {
        struct file *file = file_of(known, paths[i]);
        const json_t *numbers = lines_for(file, name);
        json_array_foreach(numbers, l, number)
        {
            const struct line *line = &file->lines[json_integer_value(number)];
            struct ssh_knownhosts_entry *entry = NULL;
            if (ssh_known_hosts_parse_line(name, line->text, &entry) != SSH_OK)
                continue;
            bool more = visit(ctx, line, entry);
            ssh_knownhosts_entry_free(entry);
            if (!more)
                return;
        }
    }
}

struct check {
    ssh_key key;
    enum host_key_verdict verdict;
    const char *where;
};

static bool check_entry(void *ctx, const struct line *line, const struct ssh_knownhosts_entry *entry)
{
    struct check *check = ctx;
    if (line->authority)
        return true;
    bool same = ssh_key_cmp(check->key, entry->publickey, SSH_KEY_CMP_PUBLIC) == 0;
    if (line->revoked && same) {
        check->verdict = HOST_KEY_REVOKED;
        check->where = line->where;
        return false;
    }
    if (line->revoked || check->verdict == HOST_KEY_KNOWN)
        return true;
    if (same)
        check->verdict = HOST_KEY_KNOWN;
    else
        check->verdict = HOST_KEY_CHANGED;
    check->where = line->where;
    return true; /* a later line may still revoke this very key */
}

enum host_key_verdict known_hosts_check(struct known_hosts *known, const char *const *files, const char *name,
                                        ssh_key key, const char **where)
{
    struct check check = {.key = key, .verdict = HOST_KEY_UNKNOWN};
    for_each_entry(known, files, name, check_entry, &check);
    *where = check.where;
    return check.verdict;
}

struct authority_check {
    const char *base64; /* of the authority's key; NULL: any */
    enum host_key_verdict verdict;
    const char *where;
};

static bool check_authority(void *ctx, const struct line *line, const struct ssh_knownhosts_entry *entry)
{
    struct authority_check *check = ctx;
    char *base64 = NULL;
    bool same = !check->base64;
    if (!line->authority && !line->revoked)
        return true;
    if (check->base64 && ssh_pki_export_pubkey_base64(entry->publickey, &base64) == SSH_OK)
        same = strcmp(base64, check->base64) == 0;
    ssh_string_free_char(base64);
    if (!same || (line->revoked && !check->base64))
        return true;
    check->verdict = line->revoked ? HOST_KEY_REVOKED : HOST_KEY_KNOWN;
    check->where = line->where;
    return check->base64 && !line->revoked; /* a later line may still revoke it */
}

enum host_key_verdict known_hosts_check_authority(struct known_hosts *known, const char *const *files,
                                                  const char *name, const char *base64, const char **where)
{
    struct authority_check check = {.base64 = base64, .verdict = HOST_KEY_UNKNOWN};
    for_each_entry(known, files, name, check_authority, &check);
    *where = check.where;
    return check.verdict;
}

/* What libssh can verify, strongest first. */
static const char *const ALGORITHMS[] = {"ssh-ed25519",         "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                                         "ecdsa-sha2-nistp521", "rsa-sha2-512",        "rsa-sha2-256"};
#define ALGORITHM_COUNT (sizeof ALGORITHMS / sizeof *ALGORITHMS)

static bool note_type(void *ctx, const struct line *line, const struct ssh_knownhosts_entry *entry)
{
    bool *known = ctx;
    const char *type = ssh_key_type_to_char(ssh_key_type(entry->publickey));
    for (size_t i = 0; i < ALGORITHM_COUNT && !line->revoked && !line->authority; i++)
        if (strcmp(ALGORITHMS[i], type) == 0 ||
            (strcmp(type, "ssh-rsa") == 0 && text_starts(ALGORITHMS[i], "rsa-")))
            known[i] = true;
    return true;
}

char *known_hosts_algorithms(struct known_hosts *known, const char *const *files, const char *name)
{
    bool types[ALGORITHM_COUNT] = {false};
    bool any = false;
    struct buf list = {0};
    for_each_entry(known, files, name, note_type, types);
    for (int wanted = 1; wanted >= 0; wanted--)
        for (size_t i = 0; i < ALGORITHM_COUNT; i++)
            if (types[i] == (wanted == 1)) {
                any = any || types[i];
                buf_format(&list, "%s%s", list.length ? "," : "", ALGORITHMS[i]);
            }
    if (!any) {
        buf_free(&list);
        return NULL;
    }
    return buf_take(&list);
}

int known_hosts_pin(struct known_hosts *known, const char *name, ssh_key key, const char *reason)
{
    char *base64 = NULL;
    char day[32];
    time_t now = time(NULL);
    struct tm utc;
    if (ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK)
        return -1;
    strftime(day, sizeof day, "%Y-%m-%d", gmtime_r(&now, &utc));
    char *line = xasprintf("%s %s %s pinned by muster on %s: %s\n", name,
                           ssh_key_type_to_char(ssh_key_type(key)), base64, day, reason);
    ssh_string_free_char(base64);
    struct file *pins = file_of(known, known->pins);
    xdg_make_parents(known->pins);
    int fd = open(known->pins, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ssize_t length = (ssize_t)strlen(line);
    int result = fd >= 0 && write(fd, line, (size_t)length) == length ? 0 : -1;
    int saved = errno;
    if (fd >= 0)
        close(fd);
    add_line(pins, line, pins->count + 1);
    json_object_del(pins->found, name);
    free(line);
    errno = saved;
    return result;
}
