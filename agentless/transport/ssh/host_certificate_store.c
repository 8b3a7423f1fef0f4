/* host_certificate_store.c: see host_certificate_store.h. The file has a line for each sshd: its name and the
 * certificate in base64. It is only added to; of several lines for one sshd the last counts. */
#include "agentless/transport/ssh/host_certificate_store.h"
#include "base/base64.h"
#include "agentless/transport/ssh/host_certificate.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/xdg.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Some 30,000 certificates; a larger file is begun anew. */
#define FILE_MB_MAX 32

struct entry {
    unsigned char *bytes;
    size_t length;
    bool known, fresh, fetching;
};

struct host_certificate_store {
    char *path;
    bool loaded;
    json_t *index; /* name -> place in entries */
    struct entry *entries;
    size_t count, capacity;
    struct host_certificate_waiter *waiters;
};

struct host_certificate_store *host_certificate_store_new(const char *path)
{
    struct host_certificate_store *c = xcalloc(1, sizeof *c);
    c->path = path && *path ? xstrdup(path) : NULL;
    c->index = json_object();
    return c;
}

void host_certificate_store_free(struct host_certificate_store *c)
{
    for (size_t i = 0; i < c->count; i++)
        free(c->entries[i].bytes);
    free(c->entries);
    json_decref(c->index);
    free(c->path);
    free(c);
}

/* Names are words of a line. */
static char *word_of(const char *sshd)
{
    char *word = xstrdup(sshd);
    for (char *p = word; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == '#')
            *p = '_';
    return word;
}

static struct entry *store_entry_of(struct host_certificate_store *c, const char *word)
{
    json_t *place = json_object_get(c->index, word);
    if (place)
        return &c->entries[json_integer_value(place)];
    c->entries = grow_array(c->entries, c->count, &c->capacity, sizeof *c->entries);
    c->entries[c->count] = (struct entry){0};
    json_put(c->index, word, json_integer((json_int_t)c->count));
    return &c->entries[c->count++];
}

static void store_set(struct entry *entry, const unsigned char *bytes, size_t length)
{
    free(entry->bytes);
    entry->bytes = bytes ? xmalloc(length) : NULL;
    entry->length = bytes ? length : 0;
    if (bytes)
        memcpy(entry->bytes, bytes, length);
    entry->known = true;
}

/* A line that is none of ours is passed over: the sshd is asked again. */
static void store_read_line(struct host_certificate_store *c, char *line)
{
    char *base64 = strchr(line, ' ');
    size_t length = base64 ? strlen(base64 + 1) : 0;
    if (!length || length > CERTIFICATE_BYTES_MAX * 4 / 3 + 4)
        return;
    *base64++ = '\0';
    size_t decoded;
    unsigned char *bytes = base64_decode(base64, length, &decoded);
    if (bytes)
        store_set(store_entry_of(c, line), bytes, decoded);
    free(bytes);
}

static void store_load(struct host_certificate_store *c)
{
    struct buf content = {0};
    struct error unread;
    if (c->loaded || !c->path)
        return;
    c->loaded = true;
    if (file_read(c->path, FILE_MB_MAX, &content, &unread) && content.length)
        unlink(c->path); /* what cannot be read whole is of no use */
    char *rest = content.data, *line;
    while ((line = strsep(&rest, "\n")))
        store_read_line(c, line);
    buf_free(&content);
}

/* A file that cannot be written costs a connection next time, no more. */
static void append(const struct host_certificate_store *c, const char *word, const struct entry *entry)
{
    if (!c->path)
        return;
    char *base64 = base64_encode(entry->bytes, entry->length);
    char *line = xasprintf("%s %s\n", word, base64);
    xdg_make_parents(c->path);
    int fd = open(c->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd >= 0) {
        ssize_t wrote = write(fd, line, strlen(line));
        (void)wrote;
        close(fd);
    }
    free(line);
    free(base64);
}

struct host_certificate_entry host_certificate_store_get(struct host_certificate_store *c, const char *sshd)
{
    char *word = word_of(sshd);
    store_load(c);
    const struct entry *entry = store_entry_of(c, word);
    free(word);
    return (struct host_certificate_entry){
        .bytes = entry->bytes, .length = entry->length, .known = entry->known, .fresh = entry->fresh};
}

bool host_certificate_store_claim(struct host_certificate_store *c, const char *sshd,
                                  struct host_certificate_waiter *waiter)
{
    char *word = word_of(sshd);
    struct entry *entry = store_entry_of(c, word);
    bool mine = !entry->fetching;
    entry->fetching = true;
    host_certificate_store_forget(waiter);
    if (mine) {
        free(word);
        return true;
    }
    waiter->sshd = word;
    waiter->next = c->waiters;
    waiter->link = &c->waiters;
    if (c->waiters)
        c->waiters->link = &waiter->next;
    c->waiters = waiter;
    return false;
}

void host_certificate_store_forget(struct host_certificate_waiter *waiter)
{
    if (!waiter->link)
        return;
    *waiter->link = waiter->next;
    if (waiter->next)
        waiter->next->link = waiter->link;
    waiter->next = NULL;
    waiter->link = NULL;
    free(waiter->sshd);
    waiter->sshd = NULL;
}

static void store_wake(struct host_certificate_store *c, const char *word)
{
    for (struct host_certificate_waiter *w = c->waiters, *next; w; w = next) {
        next = w->next;
        if (strcmp(w->sshd, word) == 0) {
            host_certificate_store_forget(w);
            w->ready(w->ctx);
        }
    }
}

void host_certificate_store_put(struct host_certificate_store *c, const char *sshd,
                                const unsigned char *bytes, size_t length)
{
    char *word = word_of(sshd);
    struct entry *entry = store_entry_of(c, word);
    if (length > CERTIFICATE_BYTES_MAX)
        bytes = NULL;
    bool changed =
        bytes && (!entry->bytes || entry->length != length || memcmp(entry->bytes, bytes, length) != 0);
    store_set(entry, bytes, length);
    entry->fresh = true;
    entry->fetching = false;
    if (changed)
        append(c, word, entry);
    store_wake(c, word);
    free(word);
}

void host_certificate_store_give_up(struct host_certificate_store *c, const char *sshd)
{
    char *word = word_of(sshd);
    store_entry_of(c, word)->fetching = false;
    store_wake(c, word);
    free(word);
}
