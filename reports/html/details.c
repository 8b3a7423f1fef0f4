/* details.c: see details.h */
#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "reports/html/details.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <openssl/evp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* What is shown of each finding; the JSON report has all of it. */
#define ITEMS_MAX 200
#define EVIDENCE_MAX 100
#define NAME_BYTES_MAX 400
#define TEXT_BYTES_MAX 1500

/* A block is unpacked as a whole: large enough to pack well, small enough to unpack at once. */
#define BLOCK_BYTES ((size_t)256 << 10)
#define ROWS_A_BLOCK 256

struct key {
    unsigned char digest[16]; /* of SHA-256: hosts cannot make two texts that share one */
};

struct slot {
    struct key key;
    uint32_t number; /* 0: free */
};

struct page_details {
    const struct scan *scan;
    size_t *column_of; /* by the check's number in the catalog */
    size_t column_count;
    uint32_t *row;
    FILE *blocks, *rows;
    struct slot *slots;
    size_t slot_count, used;
    struct buf pending; /* lines of the block being filled */
    size_t pending_lines;
};

size_t page_columns(enum benchmark benchmark, size_t *checks)
{
    size_t count = 0;
    for (size_t n = 0; catalog_at(n); n++)
        if (catalog_at(n)->id[benchmark])
            checks[count++] = n;
    return count;
}

char page_letter(unsigned char verdict)
{
    return verdict == NOT_JUDGED ? '-' : *status_name((enum status)verdict);
}

struct page_details *page_details_new(const struct scan *scan)
{
    struct page_details *d = xcalloc(1, sizeof *d);
    d->scan = scan;
    size_t *columns = xcalloc(catalog_count(), sizeof *columns);
    d->column_of = xcalloc(catalog_count(), sizeof *d->column_of);
    d->column_count = page_columns(scan->benchmark, columns);
    for (size_t c = 0; c < d->column_count; c++)
        d->column_of[columns[c]] = c;
    free(columns);
    d->row = xcalloc(d->column_count, sizeof *d->row);
    d->slot_count = 1024;
    d->slots = xcalloc(d->slot_count, sizeof *d->slots);
    d->blocks = scan_temporary(scan);
    d->rows = scan_temporary(scan);
    if (d->blocks && d->rows)
        return d;
    page_details_free(d);
    return NULL;
}

void page_details_free(struct page_details *d)
{
    if (!d)
        return;
    if (d->blocks)
        fclose(d->blocks);
    if (d->rows)
        fclose(d->rows);
    buf_free(&d->pending);
    free(d->column_of);
    free(d->row);
    free(d->slots);
    free(d);
}

/* --- packing --- */

/* Deflates (raw, RFC 1951) and writes as base64 in a script element. */
static bool write_block(FILE *out, const char *class, const char *text, size_t length, size_t lines)
{
    z_stream z = {0};
    if (deflateInit2(&z, 6, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t room = deflateBound(&z, length);
    unsigned char *packed = xcalloc(room, 1);
    unsigned char *bytes = (unsigned char *)xstrndup(text, length);
    z.next_in = bytes;
    z.avail_in = (uInt)length;
    z.next_out = packed;
    z.avail_out = (uInt)room;
    bool good = deflate(&z, Z_FINISH) == Z_STREAM_END;
    size_t size = room - z.avail_out;
    deflateEnd(&z);
    unsigned char *base64 = xcalloc(size / 3 * 4 + 8, 1);
    EVP_EncodeBlock(base64, packed, (int)size);
    good = good && fprintf(out, "<script type=\"text/plain\" class=\"%s\" data-lines=\"%zu\">%s</script>\n",
                           class, lines, (const char *)base64) > 0;
    free(base64);
    free(bytes);
    free(packed);
    return good;
}

static bool flush_pending(struct page_details *d)
{
    if (!d->pending_lines)
        return true;
    bool good = write_block(d->blocks, "details", d->pending.data, d->pending.length, d->pending_lines);
    buf_free(&d->pending);
    d->pending_lines = 0;
    return good;
}

/* --- what is equal is kept once --- */

static struct slot *details_find(struct slot *slots, size_t count, const struct key *key)
{
    size_t at;
    memcpy(&at, key->digest, sizeof at);
    for (at &= count - 1; slots[at].number && memcmp(&slots[at].key, key, sizeof *key) != 0;)
        at = (at + 1) & (count - 1);
    return &slots[at];
}

static void grow(struct page_details *d)
{
    size_t count = d->slot_count * 2;
    struct slot *slots = xcalloc(count, sizeof *slots);
    for (size_t i = 0; i < d->slot_count; i++)
        if (d->slots[i].number)
            *details_find(slots, count, &d->slots[i].key) = d->slots[i];
    free(d->slots);
    d->slots = slots;
    d->slot_count = count;
}

/* The number of a text, which is appended when it is new; 0 with errno set when that fails. */
static uint32_t number_of(struct page_details *d, const char *text, size_t length)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct key key;
    EVP_Digest(text, length, digest, NULL, EVP_sha256(), NULL);
    memcpy(key.digest, digest, sizeof key.digest);
    struct slot *slot = details_find(d->slots, d->slot_count, &key);
    if (slot->number)
        return slot->number;
    *slot = (struct slot){.key = key, .number = (uint32_t)++d->used};
    uint32_t number = slot->number;
    if (d->used * 4 > d->slot_count * 3)
        grow(d);
    buf_add(&d->pending, text, length);
    buf_text(&d->pending, "\n");
    d->pending_lines++;
    return d->pending.length < BLOCK_BYTES || flush_pending(d) ? number : 0;
}

/* --- one finding as a line --- */

/* Text cut at a character's border; nothing of a host's makes the page large. */
static json_t *cut(const char *text, size_t bytes_max)
{
    if (!text)
        return json_text("");
    size_t end = text_cut(text, bytes_max);
    if (!text[end])
        return json_text(text);
    char *copy = xasprintf("%.*s\xe2\x80\xa6", (int)end, text);
    json_t *json = json_text(copy);
    free(copy);
    return json;
}

static json_t *item_row(const json_t *item)
{
    const char *status = json_text_at(item, "status");
    const char *state = json_text_at(item, "state");
    const char letter[2] = {status && *status ? *status : '-', '\0'};
    json_t *row = json_array();
    json_array_append_new(row, cut(json_text_at(item, "kind"), NAME_BYTES_MAX));
    json_array_append_new(row, cut(json_text_at(item, "name"), NAME_BYTES_MAX));
    json_array_append_new(row, cut(json_text_at(item, "reason"), TEXT_BYTES_MAX));
    json_array_append_new(row, json_text(letter));
    if (state && *state)
        json_array_append_new(row, cut(state, NAME_BYTES_MAX));
    return row;
}

static json_t *evidence_row(const json_t *evidence)
{
    const json_t *value = json_at(evidence, "value");
    json_t *row = json_array();
    json_array_append_new(row, cut(json_text_at(evidence, "source"), NAME_BYTES_MAX));
    json_array_append_new(row, cut(json_text_at(evidence, "fact"), NAME_BYTES_MAX));
    if (json_is_string(value)) {
        json_array_append_new(row, cut(json_string_value(value), TEXT_BYTES_MAX));
    } else {
        char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        json_array_append_new(row, cut(text ? text : "null", TEXT_BYTES_MAX));
        free(text);
    }
    return row;
}

static json_t *rows_of(const json_t *list, size_t max, json_t *(*row)(const json_t *))
{
    json_t *rows = json_array();
    for (size_t i = 0; i < json_array_size(list) && i < max; i++)
        json_array_append_new(rows, row(json_array_get(list, i)));
    return rows;
}

static json_t *more_than(const json_t *list, size_t max)
{
    size_t size = json_array_size(list);
    return json_integer(size > max ? (json_int_t)(size - max) : 0);
}

static char *detail_line(const json_t *finding)
{
    const json_t *items = json_at(finding, "items");
    const json_t *evidence = json_at(finding, "evidence");
    json_t *detail = json_array();
    json_array_append_new(detail, cut(json_text_at(finding, "reason"), TEXT_BYTES_MAX));
    json_array_append_new(detail, rows_of(items, ITEMS_MAX, item_row));
    json_array_append_new(detail, rows_of(evidence, EVIDENCE_MAX, evidence_row));
    json_array_append_new(detail, more_than(items, ITEMS_MAX));
    json_array_append_new(detail, more_than(evidence, EVIDENCE_MAX));
    char *line = json_dumps(detail, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(detail);
    return line;
}

bool page_details_add(struct page_details *d, size_t index, const json_t *record)
{
    const json_t *findings = json_at(record, "findings");
    size_t size = d->column_count * sizeof *d->row;
    size_t n = 0;
    bool good = true;
    memset(d->row, 0, size);
    for (size_t i = 0; i < json_array_size(findings) && good; i++) {
        const json_t *finding = json_array_get(findings, i);
        n = scan_check_number(d->scan, json_text_at(finding, "id"), i ? n + 1 : 0);
        if (n == catalog_count())
            continue;
        char *line = detail_line(finding);
        uint32_t *cell = &d->row[d->column_of[n]];
        *cell = number_of(d, line, strlen(line));
        good = *cell > 0;
        free(line);
    }
    return good && fseek(d->rows, (long)(index * size), SEEK_SET) == 0 &&
           fwrite(d->row, 1, size, d->rows) == size;
}

/* --- the end --- */

static bool copy(FILE *from, FILE *to)
{
    char chunk[1 << 16];
    size_t size;
    if (fseek(from, 0, SEEK_SET))
        return false;
    while ((size = fread(chunk, 1, sizeof chunk, from)) > 0)
        if (fwrite(chunk, 1, size, to) != size)
            return false;
    return !ferror(from);
}

/* The row of the next host; one that has none yet is all zeros. */
static void row_text(struct page_details *d, struct buf *text)
{
    size_t size = d->column_count * sizeof *d->row;
    if (fread(d->row, 1, size, d->rows) != size)
        memset(d->row, 0, size);
    for (size_t c = 0; c < d->column_count; c++)
        buf_format(text, c ? ",%u" : "%u", (unsigned)d->row[c]);
    buf_text(text, "\n");
}

bool page_details_write(struct page_details *d, FILE *out)
{
    bool good = flush_pending(d) && fflush(d->blocks) == 0 && copy(d->blocks, out) &&
                fseek(d->rows, 0, SEEK_SET) == 0;
    for (size_t host = 0; host < d->scan->host_count && good; host += ROWS_A_BLOCK) {
        struct buf text = {0};
        size_t lines = 0;
        for (; lines < ROWS_A_BLOCK && host + lines < d->scan->host_count; lines++)
            row_text(d, &text);
        good = write_block(out, "rows", text.data, text.length, lines);
        buf_free(&text);
    }
    return good;
}
