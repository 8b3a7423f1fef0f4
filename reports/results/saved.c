/* saved.c: see saved.h. Hosts are found without reading them; each is parsed by itself. */
#include "agentless/checks/catalog.h"
#include "reports/results/saved.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/json_cursor.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A host of 10,000 containers stays below. */
#define RECORD_BYTES_MAX ((size_t)256 << 20)

static void add_host(struct saved_scan *s, const char *from, const char *to)
{
    s->hosts = grow_array(s->hosts, s->host_count, &s->capacity, sizeof *s->hosts);
    s->hosts[s->host_count++] =
        (struct saved_host){.offset = (size_t)(from - s->text), .length = (size_t)(to - from)};
}

static json_t *parse(const char *path, const char *text, size_t length, struct error *err)
{
    struct error why;
    json_t *value = NULL;
    if (length > RECORD_BYTES_MAX)
        error_set(&why, "a record of %zu bytes is larger than any host's", length);
    else
        value = json_parse(text, length, &why);
    if (!value)
        error_set(err, "%s: is no muster report: %s", path, why.text);
    return value;
}

static time_t time_of(const char *text)
{
    struct tm utc = {0};
    const char *end = text ? strptime(text, "%Y-%m-%dT%H:%M:%SZ", &utc) : NULL;
    return end && !*end ? timegm(&utc) : 0;
}

static int read_benchmark(struct saved_scan *s, const json_t *from, struct error *err)
{
    const char *name = json_text_at(from, "benchmark");
    if (name && benchmark_parse(name, &s->benchmark))
        return 0;
    return error_set(err, "%s: is no muster report: it names no benchmark", s->path);
}

/* The object's own values, as one object without its hosts. */
static json_t *read_head(const char *path, const char *text, const char *hosts, const char *behind,
                         const char *end, struct error *err)
{
    struct buf head = {0};
    buf_add(&head, text, (size_t)(hosts - text));
    buf_text(&head, "[]");
    buf_add(&head, behind, (size_t)(end - behind));
    json_t *json = parse(path, head.data, head.length, err);
    buf_free(&head);
    return json;
}

static int read_scan(struct saved_scan *s, struct error *err)
{
    struct json_cursor c = {.at = s->text, .end = s->text + s->length};
    const char *hosts = NULL, *behind = NULL;
    json_take(&c, '{');
    do {
        json_skip_blanks(&c);
        const char *key = c.at;
        json_skip_value(&c);
        bool is_hosts = !hosts && c.at - key == 7 && memcmp(key, "\"hosts\"", 7) == 0;
        json_take(&c, ':');
        json_skip_blanks(&c);
        const char *value = c.at;
        if (!is_hosts || !json_take(&c, '[')) {
            json_skip_value(&c);
            continue;
        }
        hosts = value;
        for (json_skip_blanks(&c); c.at < c.end && *c.at == '{'; json_skip_blanks(&c)) {
            const char *from = c.at;
            json_skip_value(&c);
            add_host(s, from, c.at);
            json_take(&c, ',');
        }
        if (!json_take(&c, ']'))
            return error_set(err, "%s: is no muster report: its list of hosts does not end; was it cut off?",
                             s->path);
        behind = c.at;
    } while (json_take(&c, ','));
    if (!hosts)
        return error_set(err, "%s: is no muster report: it has no hosts", s->path);
    json_t *head = read_head(s->path, s->text, hosts, behind, s->text + s->length, err);
    int result = head ? read_benchmark(s, head, err) : -1;
    if (!result && !text_same(json_text_at(head, "schema"), "muster.scan/1"))
        result =
            error_set(err, "%s: is of schema \"%.40s\"; this muster reads muster.scan/1 and muster.host/1",
                      s->path, json_text_at(head, "schema") ? json_text_at(head, "schema") : "none");
    s->started = time_of(json_text_at(head, "started"));
    s->finished = time_of(json_text_at(head, "finished"));
    s->complete = json_true_at(head, "complete");
    json_decref(head);
    return result;
}

static int saved_read_lines(struct saved_scan *s, struct error *err)
{
    struct json_cursor c = {.at = s->text, .end = s->text + s->length};
    json_int_t of = 0;
    for (json_skip_blanks(&c); c.at < c.end; json_skip_blanks(&c)) {
        const char *end = memchr(c.at, '\n', (size_t)(c.end - c.at));
        /* A last line without its end was being written when the run was cut off. */
        if (!end && s->host_count)
            break;
        end = end ? end : c.end;
        add_host(s, c.at, end);
        c.at = end;
    }
    json_t *first = saved_scan_host(s, 0, err);
    int result = first ? read_benchmark(s, first, err) : -1;
    json_decref(first);
    /* Hosts may have been found during the run (--swarm): the last line knows of all. */
    json_t *last = result ? NULL : saved_scan_host(s, s->host_count - 1, err);
    json_integer_at(last, "of", &of);
    s->complete = of >= 0 && (size_t)of == s->host_count;
    result = result || last ? result : -1;
    json_decref(last);
    return result;
}

int saved_scan_parse(struct saved_scan *s, const char *path, const char *text, size_t length,
                     struct error *err)
{
    *s = (struct saved_scan){.path = xstrdup(path), .text = text, .length = length};
    struct json_cursor c = {.at = text, .end = text + length};
    json_skip_blanks(&c);
    if (c.at == c.end || *c.at != '{')
        return error_set(err, "%s: is no muster report: it is no JSON object", path);
    /* Lines of hosts begin with their schema, as muster writes them. */
    static const char LINE[] = "{\"schema\":\"muster.host/1\"";
    size_t known = sizeof LINE - 1;
    return (size_t)(c.end - c.at) >= known && memcmp(c.at, LINE, known) == 0 ? saved_read_lines(s, err)
                                                                             : read_scan(s, err);
}

int saved_scan_open(struct saved_scan *s, const char *path, struct error *err)
{
    struct stat st;
    void *map = MAP_FAILED;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *s = (struct saved_scan){0};
    if (fd < 0)
        return error_set(err, "%s: cannot be opened: %s", path, strerror(errno));
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
        map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    int saved = errno;
    close(fd);
    const char *why = st.st_size ? strerror(saved) : "it is empty";
    if (map == MAP_FAILED)
        return error_set(err, "%s: is no muster report: %s", path,
                         S_ISREG(st.st_mode) ? why : "it is no file");
    madvise(map, (size_t)st.st_size, MADV_SEQUENTIAL);
    int result = saved_scan_parse(s, path, map, (size_t)st.st_size, err);
    s->map = map;
    if (result)
        saved_scan_close(s);
    return result;
}

json_t *saved_scan_host(const struct saved_scan *s, size_t index, struct error *err)
{
    if (index >= s->host_count || !s->hosts) {
        error_set(err, "%s: has no host %zu", s->path, index + 1);
        return NULL;
    }
    json_t *record = parse(s->path, s->text + s->hosts[index].offset, s->hosts[index].length, err);
    if (record && !text_same(json_text_at(record, "schema"), "muster.host/1")) {
        error_set(err, "%s: host %zu is of a schema that this muster does not read (muster.host/1)", s->path,
                  index + 1);
        json_decref(record);
        return NULL;
    }
    return record;
}

void saved_scan_close(struct saved_scan *s)
{
    if (s->map)
        munmap(s->map, s->length);
    free(s->hosts);
    free(s->path);
    *s = (struct saved_scan){0};
}
