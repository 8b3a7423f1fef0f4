/* fuzz_host_files.c: --host-files against a simulated engine: the input is a host's files, as the archive
 * endpoint would answer for them, read and judged. Two properties: what was written down for the probe's
 * parser is never refused by it, and the helper container is removed.
 *
 * The input is chunks that end at 0xFF, each a path, a line end, a letter, and the answer: "f" and a text;
 * "d" and a folder of files "NAME<tab>TEXT", each ended by 0xFE; "l" and a link's target; "t" and a tar; "h"
 * and the header's text; anything else: an error. A path that no chunk has is absent. */
#include "agentless/checks/judge.h"
#include "agentless/collect/helper/host_files.h"
#include "agentless/facts/document.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <archive.h>
#include <archive_entry.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct question {
    struct question *next;
    char *method, *path;
    engine_cb *done;
    void *ctx;
};

static struct question *first, **last = &first;
static const uint8_t *input;
static size_t input_size;
static bool made, removed, over;
static char *mount_point;

/* --- in place of engine.c --- */

void engine_request(struct engine *engine, struct engine_call call, engine_cb *done, void *ctx)
{
    struct question *q = xcalloc(1, sizeof *q);
    (void)engine;
    *q = (struct question){
        .method = xstrdup(call.method), .path = xstrdup(call.path), .done = done, .ctx = ctx};
    *last = q;
    last = &q->next;
    if (call.body) {
        struct error why;
        json_t *body = json_parse(call.body, strlen(call.body), &why);
        free(mount_point);
        mount_point = xstrdup(json_text_at(json_array_get(json_at(body, "HostConfig.Mounts"), 0), "Target"));
        json_decref(body);
    }
}

void engine_remove_later(struct engine *engine, const char *path)
{
    (void)engine, (void)path;
}

char *engine_escape(const char *path)
{
    return xstrdup(path);
}

/* --- the host --- */

static const uint8_t *chunk_of(const char *path, size_t *length)
{
    size_t size = strlen(path);
    for (const uint8_t *at = input, *end = input + input_size; at < end;) {
        const uint8_t *stop = memchr(at, 0xff, (size_t)(end - at));
        stop = stop ? stop : end;
        if ((size_t)(stop - at) > size + 1 && memcmp(at, path, size) == 0 && at[size] == '\n') {
            *length = (size_t)(stop - at) - size - 1;
            return at + size + 1;
        }
        at = stop + 1;
    }
    return NULL;
}

static void add_entry(struct archive *tar, const char *name, unsigned type, const uint8_t *text,
                      size_t length)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, type == AE_IFREG ? (la_int64_t)length : 0);
    archive_write_header(tar, entry);
    if (type == AE_IFREG)
        archive_write_data(tar, text, length);
    archive_entry_free(entry);
}

static void add_folder(struct archive *tar, const uint8_t *list, size_t length)
{
    add_entry(tar, "folder/", AE_IFDIR, NULL, 0);
    for (const uint8_t *at = list, *end = list + length; at < end;) {
        const uint8_t *stop = memchr(at, 0xfe, (size_t)(end - at));
        stop = stop ? stop : end;
        const uint8_t *tab = memchr(at, '\t', (size_t)(stop - at));
        size_t size = tab ? (size_t)(tab - at) : (size_t)(stop - at);
        char *name = xstrndup((const char *)at, size);
        char *path = xasprintf("folder/%s", name);
        if (tab)
            add_entry(tar, path, AE_IFREG, tab + 1, (size_t)(stop - tab) - 1);
        free(path);
        free(name);
        at = stop + 1;
    }
}

/* The body of GET. */
static void put_archive(uint8_t kind, const uint8_t *rest, size_t length, struct buf *body)
{
    static char bytes[1 << 20];
    size_t used = 0;
    if (kind == 't') {
        buf_add(body, rest, length);
        return;
    }
    struct archive *tar = archive_write_new();
    archive_write_set_format_pax_restricted(tar);
    archive_write_set_bytes_in_last_block(tar, 1);
    if (archive_write_open_memory(tar, bytes, sizeof bytes, &used) == ARCHIVE_OK) {
        if (kind == 'd')
            add_folder(tar, rest, length);
        else
            add_entry(tar, "file", AE_IFREG, rest, length);
        archive_write_close(tar);
    }
    archive_write_free(tar);
    buf_add(body, bytes, used);
}

/* The header of HEAD. */
static void put_stat(uint8_t kind, const uint8_t *rest, size_t length, char *header, size_t size)
{
    if (kind == 'h') {
        snprintf(header, size, "%.*s", (int)(length < 2000 ? length : 2000), (const char *)rest);
        return;
    }
    uint64_t mode = kind == 'd' ? 1u << 31 | 0755 : kind == 'l' ? 1u << 27 | 0777 : 0644;
    char *target = xstrndup((const char *)rest, kind == 'l' && length < 500 ? length : 0);
    json_t *stat = json_pack("{s:s, s:I, s:I, s:s}", "name", "x", "size", (json_int_t)length, "mode",
                             (json_int_t)mode, "mtime", "2026-01-01T00:00:00Z");
    json_put(stat, "linkTarget", json_text(target));
    char *text = json_dumps(stat, JSON_COMPACT);
    if (strlen(text) / 3 * 4 + 8 < size)
        EVP_EncodeBlock((unsigned char *)header, (const unsigned char *)text, (int)strlen(text));
    free(text);
    free(target);
    json_decref(stat);
}

static void answer_for(const struct question *q, struct answer *answer, struct buf *body)
{
    const char *at = strstr(q->path, "archive?path=");
    size_t length = 0;
    answer->status = 200;
    if (strcmp(q->method, "POST") == 0) {
        made = true;
        buf_text(body, "{\"Id\":\"0123456789abcdef\"}");
    } else if (strcmp(q->method, "DELETE") == 0) {
        removed = true;
    } else if (!at) {
        buf_text(body, "[]");
    } else {
        at += strlen("archive?path=") + strlen(mount_point);
        const uint8_t *chunk = chunk_of(at, &length);
        if (!chunk) {
            answer->status = 404;
            answer->error = "HTTP 404";
        } else if (!strchr("fdlth", *chunk)) {
            answer->status = 500;
            answer->error = "HTTP 500";
        } else if (strcmp(q->method, "HEAD") == 0) {
            put_stat(*chunk, chunk + 1, length - 1, answer->path_stat, sizeof answer->path_stat);
        } else {
            put_archive(*chunk, chunk + 1, length - 1, body);
        }
    }
}

static void on_files(void *ctx, json_t *files, const char *why, const char *remains)
{
    (void)ctx, (void)remains;
    over = true;
    if (!files) {
        fprintf(stderr, "what was written down is refused: %s\n", why);
        abort();
    }
    json_t *document = document_new("2026-01-01T00:00:00Z");
    json_put(document, PART_SHELL, files);
    for (int benchmark = BENCHMARK_1_6_0; benchmark <= BENCHMARK_1_8_0; benchmark++) {
        struct facts facts;
        struct error error;
        size_t counts[STATUS_COUNT] = {0};
        const struct selection all = {.benchmark = (enum benchmark)benchmark};
        if (facts_open(&facts, document, &error)) {
            json_decref(judge_all(&facts, &all, counts));
            facts_close(&facts);
        }
    }
    json_decref(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *images = json_pack("[{s:s, s:i}]", "Id", "sha256:0", "Size", 1);
    json_t *inspects = json_pack("{s:{}}", "sha256:0");
    json_t *info = json_pack("{s:s}", "DockerRootDir", "/var/lib/docker");
    input = data;
    input_size = size;
    made = removed = over = false;
    host_files_start(NULL, images, inspects, info, on_files, NULL);
    while (first) {
        struct question *q = first;
        struct answer answer = {0};
        struct buf body = {0};
        first = q->next;
        if (!first)
            last = &first;
        answer_for(q, &answer, &body);
        answer.body = body.data ? body.data : "";
        answer.length = body.length;
        answer.text = &body;
        q->done(q->ctx, &answer);
        buf_free(&body);
        free(q->method);
        free(q->path);
        free(q);
    }
    if (!over || !made || !removed)
        abort();
    free(mount_point);
    mount_point = NULL;
    json_decref(images);
    json_decref(inspects);
    json_decref(info);
    return 0;
}
