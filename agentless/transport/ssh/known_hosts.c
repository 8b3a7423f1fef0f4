/* known_hosts.c: see known_hosts.h. libssh reads known_hosts only by itself, one session at a time, from two
 * files; we need ours beside the user's, and each file read once a run. */
#include "agentless/transport/ssh/known_hosts.h"
#include "agentless/transport/ssh/known_hosts_file.h"
#include "agentless/transport/ssh/pattern.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/xdg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct known_hosts {
    char *pins;
    struct known_hosts_file **files;
    size_t count, capacity;
};

static struct known_hosts_file *file_of(struct known_hosts *known, const char *path,
                                        enum known_hosts_format format)
{
    for (size_t i = 0; i < known->count; i++)
        if (known_hosts_file_is(known->files[i], path, format))
            return known->files[i];
    known->files = grow_array(known->files, known->count, &known->capacity, sizeof *known->files);
    return known->files[known->count++] = known_hosts_file_read(path, format);
}

struct known_hosts *known_hosts_new(const char *pins)
{
    struct known_hosts *known = xcalloc(1, sizeof *known);
    known->pins = xstrdup(pins);
    return known;
}

void known_hosts_free(struct known_hosts *known)
{
    for (size_t i = 0; i < known->count; i++)
        known_hosts_file_free(known->files[i]);
    free(known->files);
    free(known->pins);
    free(known);
}

const char *known_hosts_pins_path(const struct known_hosts *known)
{
    return known->pins;
}

/* Calls visit for each line that names the host, until it returns false. Returns NULL, or what keeps a file
 * from being read. */
static const char *each_known_line(struct known_hosts *known, const struct known_hosts_sources *sources,
                                   const char *name, known_line_fn *visit, void *ctx)
{
    struct known_hosts_file *file = file_of(known, known->pins, FORMAT_KNOWN_HOSTS);
    bool more = known_hosts_file_each(file, name, visit, ctx);
    const char *trouble = known_hosts_file_trouble(file);
    for (size_t i = 0; sources->files[i] && !trouble && more; i++) {
        file = file_of(known, sources->files[i], FORMAT_KNOWN_HOSTS);
        more = known_hosts_file_each(file, name, visit, ctx);
        trouble = known_hosts_file_trouble(file);
    }
    if (sources->revoked && !trouble && more) {
        file = file_of(known, sources->revoked, FORMAT_REVOKED_KEYS);
        known_hosts_file_each(file, name, visit, ctx);
        trouble = known_hosts_file_trouble(file);
    }
    return trouble;
}

struct check {
    ssh_key key; /* NULL: any authority's */
    enum host_key_verdict verdict;
    const char *where;
};

static bool same_key(const struct check *check, const struct known_line *line)
{
    return check->key && ssh_key_cmp(check->key, line->key.key, SSH_KEY_CMP_PUBLIC) == 0;
}

static void decide(struct check *check, enum host_key_verdict verdict, const struct known_line *line)
{
    check->verdict = verdict;
    check->where = line->where;
}

/* A revocation decides, wherever it stands. */
static bool check_entry(void *ctx, const struct known_line *line)
{
    struct check *check = ctx;
    bool same = same_key(check, line);
    if (line->marker == MARKER_REVOKED && same) {
        decide(check, HOST_KEY_REVOKED, line);
        return false;
    }
    if (line->marker == MARKER_NONE && !line->key.certificate && check->verdict != HOST_KEY_KNOWN)
        decide(check, same ? HOST_KEY_KNOWN : HOST_KEY_CHANGED, line);
    return true;
}

static enum host_key_verdict verdict_of(struct known_hosts *known, const struct known_hosts_sources *sources,
                                        const char *name, known_line_fn *visit, struct check *check,
                                        const char **where)
{
    const char *trouble = each_known_line(known, sources, name, visit, check);
    *where = trouble ? trouble : check->where;
    return trouble ? HOST_KEY_UNCERTAIN : check->verdict;
}

enum host_key_verdict known_hosts_check(struct known_hosts *known, const struct known_hosts_sources *sources,
                                        const char *name, ssh_key key, const char **where)
{
    struct check check = {.key = key, .verdict = HOST_KEY_UNKNOWN};
    return verdict_of(known, sources, name, check_entry, &check, where);
}

static bool check_authority(void *ctx, const struct known_line *line)
{
    struct check *check = ctx;
    bool same = same_key(check, line);
    if (line->marker == MARKER_REVOKED && same) {
        decide(check, HOST_KEY_REVOKED, line);
        return false;
    }
    if (line->marker == MARKER_AUTHORITY && !line->key.certificate && (same || !check->key) &&
        check->verdict == HOST_KEY_UNKNOWN)
        decide(check, HOST_KEY_KNOWN, line);
    return true;
}

enum host_key_verdict known_hosts_check_authority(struct known_hosts *known,
                                                  const struct known_hosts_sources *sources, const char *name,
                                                  ssh_key key, const char **where)
{
    struct check check = {.key = key, .verdict = HOST_KEY_UNKNOWN};
    return verdict_of(known, sources, name, check_authority, &check, where);
}

static bool note_revocation(void *ctx, const struct known_line *line)
{
    bool *revokes = ctx;
    *revokes = *revokes || line->marker == MARKER_REVOKED;
    return true;
}

bool known_hosts_revokes(struct known_hosts *known, const struct known_hosts_sources *sources,
                         const char *name)
{
    bool revokes = false;
    return each_known_line(known, sources, name, note_revocation, &revokes) || revokes;
}

/* What libssh can verify, strongest first. */
static const char *const ALGORITHMS[] = {"ssh-ed25519",         "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                                         "ecdsa-sha2-nistp521", "rsa-sha2-512",        "rsa-sha2-256"};
#define ALGORITHM_COUNT (sizeof ALGORITHMS / sizeof *ALGORITHMS)

static bool note_type(void *ctx, const struct known_line *line)
{
    bool *known = ctx;
    const char *type = ssh_key_type_to_char(ssh_key_type(line->key.key));
    for (size_t i = 0; i < ALGORITHM_COUNT && line->marker == MARKER_NONE && !line->key.certificate; i++)
        if (strcmp(ALGORITHMS[i], type) == 0 ||
            (strcmp(type, "ssh-rsa") == 0 && text_starts(ALGORITHMS[i], "rsa-")))
            known[i] = true;
    return true;
}

/* Notes the algorithms of the keys that are known, of those that are allowed; false where there is none. */
static bool note_types(struct known_hosts *known, const struct known_hosts_sources *sources, const char *name,
                       const char *allowed, bool *types)
{
    bool any = false;
    each_known_line(known, sources, name, note_type, types);
    for (size_t i = 0; i < ALGORITHM_COUNT; i++) {
        types[i] = types[i] && ssh_list_allows(allowed, ALGORITHMS[i]);
        any = any || types[i];
    }
    return any;
}

bool known_hosts_knows(struct known_hosts *known, const struct known_hosts_sources *sources, const char *name,
                       const char *allowed)
{
    bool types[ALGORITHM_COUNT] = {false};
    return note_types(known, sources, name, allowed, types);
}

char *known_hosts_algorithms(struct known_hosts *known, const struct known_hosts_sources *sources,
                             const char *name, const char *allowed)
{
    bool types[ALGORITHM_COUNT] = {false};
    struct buf list = {0};
    if (!note_types(known, sources, name, allowed, types) && !allowed)
        return NULL;
    for (int wanted = 1; wanted >= 0; wanted--)
        for (size_t i = 0; i < ALGORITHM_COUNT; i++)
            if (types[i] == (wanted == 1) && ssh_list_allows(allowed, ALGORITHMS[i]))
                buf_format(&list, "%s%s", list.length ? "," : "", ALGORITHMS[i]);
    return buf_take(&list);
}

bool known_hosts_can_pin(const char *name)
{
    bool plain = *name && !strchr("#@|", *name);
    for (; *name && plain; name++)
        plain = (unsigned char)*name > ' ' && !strchr("*?!,", *name);
    return plain;
}

/* One write, so that another run's pin cannot come between; behind a line that a full disk cut short, a line
 * end first. */
static int append_line(const char *path, const char *line)
{
    char last = '\n';
    xdg_make_parents(path);
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    if (lseek(fd, -1, SEEK_END) >= 0 && read(fd, &last, 1) != 1)
        last = '\n';
    char *text = xasprintf("%s%s\n", text_if(last != '\n', "\n"), line);
    ssize_t length = (ssize_t)strlen(text), written = write(fd, text, (size_t)length);
    int saved = written < 0 ? errno : ENOSPC;
    free(text);
    close(fd);
    errno = saved;
    return written == length ? 0 : -1;
}

int known_hosts_pin(struct known_hosts *known, const char *name, ssh_key key, const char *reason)
{
    char *base64 = NULL;
    char day[32];
    time_t now = time(NULL);
    struct tm utc;
    errno = EINVAL;
    if (!known_hosts_can_pin(name) || ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK)
        return -1;
    strftime(day, sizeof day, "%Y-%m-%d", gmtime_r(&now, &utc));
    char *line = xasprintf("%s %s %s pinned by muster on %s: %s", name,
                           ssh_key_type_to_char(ssh_key_type(key)), base64, day, reason);
    ssh_string_free_char(base64);
    struct known_hosts_file *pins = file_of(known, known->pins, FORMAT_KNOWN_HOSTS);
    int result = append_line(known->pins, line), saved = errno;
    known_hosts_file_add(pins, line);
    free(line);
    errno = saved;
    return result;
}
