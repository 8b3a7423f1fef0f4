/* parser.c: see parser.h */
#include "agentless/collect/parser.h"
#include "base/mem.h"

#include <stdlib.h>

/* Longer texts would hold up the loop (0.2 ms for this one, a second for the largest that is accepted).
 * Shorter ones cost more to hand over than they hold up: with all of them read by other threads, a fleet's
 * scan took 15 % more CPU and no less time on two cores. */
#define SHORT_BYTES 32768

struct text {
    struct text *next;
    enum answer_kind document;
    parser_reader *reader; /* NULL: project() */
    parser_cb *done;
    char *bytes;
    size_t length;
    json_t *about; /* NULL: the policy */
    void *ctx;
    json_t *kept;
    struct error why;
};

struct queue {
    struct text *first, **last;
};

struct parser {
    struct worker *off;
    const json_t *policy;
    parser_cb *read;
    struct queue waiting;
    struct text *batch; /* that the job reads; nobody else touches it meanwhile */
    bool job, delivering;
    atomic_bool closed; /* what is read then is wanted by nobody */
};

struct parser *parser_new(struct worker *off, const json_t *policy, parser_cb *read)
{
    struct parser *r = xcalloc(1, sizeof *r);
    *r = (struct parser){.off = off, .policy = policy, .read = read};
    r->waiting.last = &r->waiting.first;
    return r;
}

static void parser_read(const struct parser *r, struct text *t)
{
    if (t->reader)
        t->kept = t->reader(t->bytes, t->length, t->about, &t->why);
    else
        t->kept =
            project(t->document, t->bytes, t->length, t->about ? t->about : r->policy, &r->closed, &t->why);
}

static void read_batch(void *ctx)
{
    const struct parser *r = ctx;
    for (struct text *t = r->batch; t && !r->closed; t = t->next)
        parser_read(r, t);
}

static void free_texts(struct text *t)
{
    while (t) {
        struct text *next = t->next;
        json_decref(t->kept);
        json_decref(t->about);
        free(t->bytes);
        free(t);
        t = next;
    }
}

static void on_batch_read(void *ctx);

static void parser_begin(struct parser *r)
{
    if (r->job || !r->waiting.first)
        return;
    r->batch = r->waiting.first;
    r->waiting = (struct queue){.last = &r->waiting.first};
    r->job = true;
    worker_begin(r->off, read_batch, on_batch_read, r);
}

/* Hands over what was read; the callbacks may add more, or close the parser. */
static void on_batch_read(void *ctx)
{
    struct parser *r = ctx;
    struct text *batch = r->batch;
    r->batch = NULL;
    r->job = false;
    r->delivering = true;
    while (batch && !r->closed) {
        struct text *t = batch;
        batch = t->next;
        t->next = NULL;
        json_t *kept = t->kept;
        t->kept = NULL;
        t->done(t->ctx, kept, t->why.text);
        free_texts(t);
    }
    free_texts(batch);
    r->delivering = false;
    if (!r->closed)
        parser_begin(r);
    else if (!r->job)
        free(r);
}

static void parser_take(struct parser *r, struct text *t)
{
    if (t->length > SHORT_BYTES) {
        *r->waiting.last = t;
        r->waiting.last = &t->next;
        parser_begin(r);
        return;
    }
    parser_read(r, t);
    json_t *kept = t->kept;
    t->kept = NULL;
    t->done(t->ctx, kept, t->why.text);
    free_texts(t);
}

static struct text *make_text(struct buf *text, json_t *about, parser_cb *done, void *ctx)
{
    struct text *t = xcalloc(1, sizeof *t);
    *t = (struct text){.length = text->length, .about = about, .done = done, .ctx = ctx};
    t->bytes = buf_take(text);
    return t;
}

void parser_add(struct parser *r, enum answer_kind document, struct buf *text, json_t *about, void *ctx)
{
    struct text *t = make_text(text, about, r->read, ctx);
    t->document = document;
    parser_take(r, t);
}

void parser_add_other(struct parser *r, parser_reader *reader, struct buf *text, json_t *about,
                      parser_cb *done, void *ctx)
{
    struct text *t = make_text(text, about, done, ctx);
    t->reader = reader;
    parser_take(r, t);
}

void parser_close(struct parser *r)
{
    free_texts(r->waiting.first);
    r->waiting = (struct queue){.last = &r->waiting.first};
    r->closed = true;
    if (!r->job && !r->delivering)
        free(r);
}
