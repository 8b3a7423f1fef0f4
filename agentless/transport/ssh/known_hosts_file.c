/* known_hosts_file.c: see known_hosts_file.h. libssh's own reader passes over negated patterns, over markers
 * behind blanks and over tabs, each of which revokes or limits keys for OpenSSH; so lines are read here. */
#include "agentless/transport/ssh/known_hosts_file.h"
#include "agentless/transport/ssh/host_certificate.h"
#include "agentless/transport/ssh/pattern.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 32 MB is some 150,000 entries. */
#define FILE_BYTES_MAX (32u << 20)
#define BLANKS " \t"

struct line {
    char *text;           /* the names, which end with a blank or a tab */
    const char *key_text; /* within it */
    enum known_marker marker;
    bool read; /* `key` is what the text has */
    struct public_key key;
    char *where;
};

struct known_hosts_file {
    char *path, *trouble;
    enum known_hosts_format format;
    struct line *lines;
    size_t count, capacity;
    size_t last;     /* number of the last line */
    json_t *by_name; /* name -> numbers of lines */
    json_t *tried;   /* numbers of lines with patterns and hashed names */
    json_t *always;  /* numbers of lines for all hosts: kept apart, since lists of revoked keys may be long */
    json_t *found;   /* name that was asked for -> numbers of lines that were found by trying */
};

/* --- reading --- */

/* The marker at the beginning of a line, which is moved behind it. A marker that OpenSSH would not take makes
 * the line nothing (NULL), but for a revocation, which counts in every spelling. */
static const char *take_marker(const char *text, enum known_marker *marker)
{
    static const char REVOKED[] = "@revoked", AUTHORITY[] = "@cert-authority";
    *marker = MARKER_NONE;
    if (*text != '@')
        return text;
    size_t length = strcspn(text, BLANKS);
    const char *behind = text + length + strspn(text + length, BLANKS);
    if (length == sizeof REVOKED - 1 && text_starts(text, REVOKED)) {
        *marker = MARKER_REVOKED;
        return behind;
    }
    /* OpenSSH looks for a blank first, so that a tab ends a marker only in a line without any. */
    bool ends = text[length] == ' ' || !strchr(text, ' ');
    if (length != sizeof AUTHORITY - 1 || !text_starts(text, AUTHORITY) || !ends || *behind == '@')
        return NULL;
    *marker = MARKER_AUTHORITY;
    return behind;
}

/* Whether a line's names can only be matched by trying: a pattern, a name that is hashed, or a list so long
 * that one of its names may be too long. */
static bool must_be_tried(const char *names)
{
    size_t length = strcspn(names, BLANKS);
    return *names == '|' || length >= SSH_PATTERN_MAX || memchr(names, '*', length) ||
           memchr(names, '?', length) || memchr(names, '!', length);
}

/* A line is found by each of its names; those that must be tried are kept apart. */
static void index_line(struct known_hosts_file *file, size_t number)
{
    const char *text = file->lines[number].text;
    if (*text == '*' && strspn(text + 1, BLANKS)) {
        json_array_append_new(file->always, json_integer((json_int_t)number));
        return;
    }
    if (must_be_tried(text)) {
        json_array_append_new(file->tried, json_integer((json_int_t)number));
        return;
    }
    char *names = xstrndup(text, strcspn(text, BLANKS)), *rest = names, *name;
    text_lower(names);
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

static void keep_line(struct known_hosts_file *file, enum known_marker marker, char *text)
{
    size_t names = strcspn(text, BLANKS);
    const char *key_text = text + names + strspn(text + names, BLANKS);
    file->lines = grow_array(file->lines, file->count, &file->capacity, sizeof *file->lines);
    file->lines[file->count++] = (struct line){.text = text,
                                               .key_text = key_text,
                                               .marker = marker,
                                               .where = xasprintf("%s:%zu", file->path, file->last)};
    index_line(file, file->count - 1);
}

static void add_known(struct known_hosts_file *file, const char *text)
{
    enum known_marker marker;
    text = take_marker(text, &marker);
    if (text && *text)
        keep_line(file, marker, xstrdup(text));
}

/* As OpenSSH, which checks no host by a list that it cannot read to its end. */
static void add_revoked(struct known_hosts_file *file, const char *text)
{
    struct public_key key;
    bool good = public_key_read(&key, text) != PUBLIC_KEY_MALFORMED;
    public_key_clear(&key);
    if (good)
        keep_line(file, MARKER_REVOKED, xasprintf("* %s", text));
    else if (!file->trouble)
        file->trouble =
            xasprintf("%s:%zu is no public key, so that the list ends there", file->path, file->last);
}

void known_hosts_file_add(struct known_hosts_file *file, const char *text)
{
    file->last++;
    text += strspn(text, BLANKS);
    if (!*text || *text == '#')
        return;
    if (file->format == FORMAT_REVOKED_KEYS)
        add_revoked(file, text);
    else
        add_known(file, text);
}

/* Lines end with a line feed; as for OpenSSH, a NUL ends what is seen of a line, never the file. */
static void split_lines(struct known_hosts_file *file, char *content, size_t length)
{
    for (char *line = content, *end = content + length; line < end;) {
        char *next = memchr(line, '\n', (size_t)(end - line));
        if (!next)
            next = end;
        *next = '\0';
        known_hosts_file_add(file, line);
        line = next + 1;
    }
}

static void read_content(struct known_hosts_file *file, int fd)
{
    static const char KRL[] = {'S', 'S', 'H', 'K', 'R', 'L', '\n', '\0'};
    struct buf content = {.limit = FILE_BYTES_MAX};
    char chunk[65536];
    ssize_t got;
    bool whole = true;
    while ((got = read(fd, chunk, sizeof chunk)) > 0 && whole)
        whole = buf_add(&content, chunk, (size_t)got);
    if (!whole)
        file->trouble = xasprintf("%s is larger than %u MB", file->path, FILE_BYTES_MAX >> 20);
    else if (got < 0 && (errno != EISDIR || file->format == FORMAT_REVOKED_KEYS))
        file->trouble = xasprintf("%s cannot be read: %s", file->path, strerror(errno));
    else if (content.length >= sizeof KRL && memcmp(content.data, KRL, sizeof KRL) == 0)
        file->trouble = xasprintf("%s is a key revocation list (KRL), which muster does not read: list the "
                                  "revoked public keys in a plain file",
                                  file->path);
    else
        split_lines(file, content.data, content.length);
    buf_free(&content);
}

struct known_hosts_file *known_hosts_file_read(const char *path, enum known_hosts_format format)
{
    struct known_hosts_file *file = xcalloc(1, sizeof *file);
    *file = (struct known_hosts_file){.path = xstrdup(path),
                                      .format = format,
                                      .by_name = json_object(),
                                      .tried = json_array(),
                                      .always = json_array(),
                                      .found = json_object()};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0)
        read_content(file, fd);
    else if (format == FORMAT_REVOKED_KEYS)
        file->trouble = xasprintf("%s cannot be read: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return file;
}

void known_hosts_file_free(struct known_hosts_file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        free(file->lines[i].text);
        free(file->lines[i].where);
        public_key_clear(&file->lines[i].key);
    }
    json_decref(file->by_name);
    json_decref(file->tried);
    json_decref(file->always);
    json_decref(file->found);
    free(file->lines);
    free(file->trouble);
    free(file->path);
    free(file);
}

bool known_hosts_file_is(const struct known_hosts_file *file, const char *path,
                         enum known_hosts_format format)
{
    return file->format == format && strcmp(file->path, path) == 0;
}

const char *known_hosts_file_trouble(const struct known_hosts_file *file)
{
    return file->trouble;
}

/* --- looking up --- */

/* How many of the bytes that base64 of this length decodes to are padding. */
static int padding_of(const char *base64, size_t length)
{
    int padding = 0;
    while (padding < 2 && length > (size_t)padding && base64[length - 1 - (size_t)padding] == '=')
        padding++;
    return padding;
}

/* "|1|SALT|HASH": HMAC-SHA1 of the name, keyed with the salt, both in base64. */
static bool hash_fits(const char *text, const char *name)
{
    unsigned char salt[64], hash[EVP_MAX_MD_SIZE];
    char base64[EVP_MAX_MD_SIZE * 2];
    unsigned length = 0;
    if (!text_starts(text, "|1|"))
        return false;
    const char *begin = text + 3;
    size_t salt_length = strcspn(begin, "|" BLANKS);
    if (begin[salt_length] != '|' || salt_length > sizeof salt)
        return false;
    int got = EVP_DecodeBlock(salt, (const unsigned char *)begin, (int)salt_length);
    got -= padding_of(begin, salt_length);
    if (got <= 0 || !HMAC(EVP_sha1(), salt, got, (const unsigned char *)name, strlen(name), hash, &length))
        return false;
    const char *wanted = begin + salt_length + 1;
    EVP_EncodeBlock((unsigned char *)base64, hash, (int)length);
    return strlen(base64) == strcspn(wanted, BLANKS) && text_starts(wanted, base64);
}

/* The numbers of the lines whose patterns fit, or whose hashes are of the name. Each name of a fleet is asked
 * for a few times, and hashed names are dear to try, so they are kept. Borrowed. */
static const json_t *lines_by_trying(struct known_hosts_file *file, const char *name)
{
    json_t *numbers = json_object_get(file->found, name), *one;
    size_t i;
    if (numbers || !json_array_size(file->tried))
        return numbers;
    numbers = json_array();
    json_array_foreach(file->tried, i, one)
    {
        const char *text = file->lines[json_integer_value(one)].text;
        bool hashed = *text == '|';
        if ((hashed && hash_fits(text, name)) || (!hashed && ssh_pattern_list(text, name)))
            json_array_append(numbers, one);
    }
    json_put(file->found, name, numbers);
    return numbers;
}

bool known_hosts_file_each(struct known_hosts_file *file, const char *name, known_line_fn *visit, void *ctx)
{
    const json_t *lists[] = {json_object_get(file->by_name, name), lines_by_trying(file, name), file->always};
    json_t *number;
    size_t i;
    for (size_t list = 0; list < sizeof lists / sizeof *lists; list++)
        json_array_foreach(lists[list], i, number)
        {
            struct line *line = &file->lines[json_integer_value(number)];
            if (!line->read)
                public_key_read(&line->key, line->key_text);
            line->read = true;
            if (line->key.key &&
                !visit(ctx,
                       &(struct known_line){.marker = line->marker, .key = line->key, .where = line->where}))
                return false;
        }
    return true;
}
