/* simulated_archive.h: a simulated engine in place of engine.c, with the archive endpoint of --host-files: a
 * host's files, and questions that fail.
 *
 * The files are chunks that end at 0xFF, each a path, a line end, a letter, and the answer: "f" and a text;
 * "d" and a folder of files "NAME<tab>TEXT", each ended by 0xFE; "l" and a link's target; "t" and a tar; "h"
 * and the header's text; anything else: an error. A path that no chunk has is absent. */
#ifndef TESTS_FUZZ_SIMULATED_ARCHIVE_H
#define TESTS_FUZZ_SIMULATED_ARCHIVE_H

#include "agentless/collect/helper/host_files.h"
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

struct simulated_host {
    const uint8_t *files;
    size_t size;
    /* The questions, counted from 0, that get this HTTP status instead of an answer; 0: none at all. */
    size_t fails_from, fails_until;
    long failure;
    /* What came of it. */
    size_t questions;
    bool made, removed;
};

struct question {
    struct question *next;
    char *method, *path;
    engine_cb *done;
    void *ctx;
};

static struct question *first, **last = &first;
static struct simulated_host *asked;
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
    for (const uint8_t *at = asked->files, *end = at + asked->size; at < end;) {
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
    size_t number = asked->questions++;
    if (asked->fails_from <= number && number < asked->fails_until) {
        answer->status = asked->failure;
        answer->error = asked->failure ? "HTTP error" : "the connection was lost";
        return;
    }
    const char *at = strstr(q->path, "archive?path=");
    size_t length = 0;
    answer->status = 200;
    if (strcmp(q->method, "POST") == 0) {
        asked->made = true;
        buf_text(body, "{\"Id\":\"0123456789abcdef\"}");
    } else if (strcmp(q->method, "DELETE") == 0) {
        asked->removed = true;
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

/* Reads all of the host's files; `done` as for host_files_start. */
static void simulated_host_read(struct simulated_host *host, host_files_cb *done, void *ctx)
{
    json_t *images = json_pack("[{s:s, s:i}]", "Id", "sha256:0", "Size", 1);
    json_t *inspects = json_pack("{s:{}}", "sha256:0");
    json_t *info = json_pack("{s:s}", "DockerRootDir", "/var/lib/docker");
    asked = host;
    host_files_start(NULL, images, inspects, info, done, ctx);
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
    free(mount_point);
    mount_point = NULL;
    json_decref(images);
    json_decref(inspects);
    json_decref(info);
}

#endif
