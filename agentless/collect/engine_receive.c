/* engine_receive.c: what an engine sends, within the budgets of its host and of the run. */
#include "agentless/collect/budget.h"
#include "agentless/collect/engine_internal.h"
#include "base/text.h"
#include "base/timeline.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* An answer waits for memory that others hold; they free it without a word. */
#define LONG_WAITS_MS 20

static void on_engine_resume(void *ctx)
{
    struct engine *engine = ctx;
    engine->turn_cost = 0;
    for (struct request *r = engine->started; r; r = r->next) {
        if (!r->paused || !r->transfer)
            continue;
        r->paused = false;
        curl_easy_pause(r->easy, CURLPAUSE_CONT);
    }
}

static size_t pause_request(struct request *r, unsigned ms)
{
    r->paused = true;
    http_resume_in(r->engine->pool, ms, on_engine_resume, r->engine);
    return CURL_WRITEFUNC_PAUSE;
}

/* libcurl reads as long as something comes: a fast sender would keep the loop from all other hosts. */
static bool turn_is_over(struct engine *engine, size_t length)
{
    uint64_t now = uv_now(http_loop(http_of(engine->pool)));
    if (now != engine->turn_ms) {
        engine->turn_ms = now;
        engine->turn_cost = 0;
    }
    if (engine->turn_cost >= BUDGET_TURN)
        return true;
    engine->turn_cost += length + BUDGET_PIECE;
    return false;
}

void engine_hold(struct engine *engine, ptrdiff_t more)
{
    engine->long_bytes += (size_t)more;
    http_hold_bytes(http_of(engine->pool), more);
}

enum long_verdict { LONG_GOES_ON, LONG_WAITS, LONG_REFUSED };

static enum long_verdict may_be_long(struct request *r, size_t length)
{
    struct engine *engine = r->engine;
    if (!r->is_long && (engine->long_answer || engine->long_bytes))
        return LONG_WAITS;
    if (http_hold_bytes(http_of(engine->pool), 0) + r->body.length + length > BUDGET_LONG_RUN)
        return engine->long_bytes > BUDGET_LONG_FAIR ? LONG_REFUSED : LONG_WAITS;
    engine_hold(engine, (ptrdiff_t)(r->is_long ? length : r->body.length + length));
    r->is_long = true;
    engine->long_answer = r;
    return LONG_GOES_ON;
}

static size_t refuse_rest(struct request *r, const char *why)
{
    r->refused = why;
    return 0;
}

size_t engine_on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct request *r = ctx;
    struct engine *engine = r->engine;
    size_t length = size * count;
    if (turn_is_over(engine, length))
        return pause_request(r, 0);
    if (engine->received + length > BUDGET_RECEIVED)
        return refuse_rest(r, "the engine has sent more than 512 MB in all");
    if (r->body.length + length > r->body.limit)
        return refuse_rest(r, r->body.limit == engine->limits.answer_max
                                  ? "the answer is larger than 64 MB"
                                  : "the answer is larger than what was asked for");
    if (r->body.length + length > BUDGET_LONG) {
        enum long_verdict verdict = may_be_long(r, length);
        if (verdict == LONG_WAITS)
            return pause_request(r, LONG_WAITS_MS);
        if (verdict == LONG_REFUSED)
            return refuse_rest(r, "the memory for long answers is used up, much of it by this host's");
    }
    engine->received += length;
    timeline_received(engine->timeline, length);
    if (!buf_add(&r->body, bytes, length)) {
        engine_hold(engine, r->is_long ? -(ptrdiff_t)length : 0);
        return refuse_rest(r, "there is no memory for the answer");
    }
    r->has_enough = r->enough && r->body.length >= r->enough;
    return r->has_enough ? 0 : length;
}

void engine_text_gone(struct engine *engine, size_t length)
{
    if (length <= BUDGET_LONG)
        return;
    engine_hold(engine, -(ptrdiff_t)length);
    on_engine_resume(engine);
}

size_t engine_on_header(char *line, size_t size, size_t count, void *ctx)
{
    struct request *r = ctx;
    static const char NAME[] = "api-version:";
    static const char STAT[] = "x-docker-container-path-stat:";
    size_t length = size * count;
    timeline_received(r->engine->timeline, length);
    r->header_bytes += length;
    if (r->header_bytes > BUDGET_HEADERS)
        return refuse_rest(r, "its headers are longer than 256 kB");
    if (length > sizeof STAT && strncasecmp(line, STAT, sizeof STAT - 1) == 0) {
        char value[sizeof r->path_stat];
        snprintf(value, sizeof value, "%.*s", (int)(length - sizeof STAT + 1), line + sizeof STAT - 1);
        snprintf(r->path_stat, sizeof r->path_stat, "%s", text_trim(value));
    }
    if (length > sizeof NAME && strncasecmp(line, NAME, sizeof NAME - 1) == 0) {
        char value[16];
        snprintf(value, sizeof value, "%.*s", (int)(length - sizeof NAME + 1), line + sizeof NAME - 1);
        snprintf(r->engine->offered_api, sizeof r->engine->offered_api, "%s", text_trim(value));
    }
    return length;
}
