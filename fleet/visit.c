/* visit.c: see visit.h. One enum of states; change_state() is the only place that sets it. */
#include "agentless/facts/document.h"
#include "fleet/visit.h"
#include "agentless/collect/collection.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/timeline.h"

#include <stdlib.h>

enum visit_state { VISIT_REACHING, VISIT_PINGING, VISIT_COLLECTING, VISIT_OVER };

struct visit {
    struct visit_env *env;
    const struct target *target;
    visit_cb *done;
    void *ctx;
    enum visit_state state;
    struct reach *reach;
    struct engine *engine;         /* while pinging */
    struct collection *collection; /* while collecting */
    uv_timer_t deadline;
    uv_timer_t ending; /* the end is made from the loop, never from inside a callback of what it takes down */
    int open_handles;
    struct timeline timeline;
    size_t span;
    uint64_t heard,
        heard_idle_us; /* bytes at the last look at which something new had come, and when that was */
    json_t *facts;
    struct failure failure;
    bool failed, engine_settled, shell_settled;
};

static void on_handle_closed(uv_handle_t *handle)
{
    struct visit *v = handle->data;
    if (--v->open_handles == 0) {
        timeline_clear(&v->timeline);
        free(v);
    }
}

static json_t *timings(const struct timeline *timeline)
{
    json_t *json = json_object();
    for (size_t i = 0; i < timeline->count; i++) {
        const struct span *span = &timeline->spans[i];
        if (span->end_us && *span->kind == 's')
            json_put(json, span->name, json_real((double)(span->end_us - span->begin_us) / 1000));
    }
    return json;
}

static void take_down(struct visit *v)
{
    if (v->collection) {
        json_t *facts = collection_abort(v->collection);
        json_decref(v->facts);
        v->facts = facts;
        /* The way was lost, or never found, while the other part was being asked. */
        if (v->failed && !json_at(facts, "engine.api"))
            document_miss(facts, PART_ENGINE, v->failure.message);
    }
    if (v->engine)
        engine_free(v->engine);
    if (v->reach)
        reach_close(v->reach);
    v->collection = NULL;
    v->engine = NULL;
    v->reach = NULL;
    if (!v->facts)
        v->facts = document_new(NULL);
    if (v->env->ping_only)
        json_put(v->facts, "timings", timings(&v->timeline));
    uv_close((uv_handle_t *)&v->deadline, on_handle_closed);
    uv_close((uv_handle_t *)&v->ending, on_handle_closed);
    v->done(v->ctx, v->facts, v->failed ? &v->failure : NULL);
}

static void on_ending(uv_timer_t *timer)
{
    take_down(timer->data);
}

static void change_state(struct visit *v, enum visit_state state)
{
    v->state = state;
    if (state == VISIT_OVER) {
        uv_timer_stop(&v->deadline);
        uv_timer_start(&v->ending, on_ending, 0, 0);
    }
}

static void end(struct visit *v, const struct failure *failure)
{
    if (v->state == VISIT_OVER)
        return;
    if (failure) {
        v->failure = *failure;
        v->failed = true;
    }
    change_state(v, VISIT_OVER);
}

static void on_collected(void *ctx, json_t *facts, const struct failure *failure)
{
    struct visit *v = ctx;
    v->collection = NULL;
    v->facts = facts;
    end(v, failure);
}

static void on_ping(void *ctx, const struct answer *answer)
{
    struct visit *v = ctx;
    v->facts = document_new(NULL);
    timeline_end(&v->timeline, v->span);
    if (!answer->error)
        reach_engine_answered(v->reach);
    if (!answer->error)
        json_put(json_object_get(v->facts, "engine"), "api", json_text(answer->body));
    json_put(v->facts, "session", reach_session_json(v->reach));
    end(v, answer->error ? &answer->failure : NULL);
}

static void ping(struct visit *v)
{
    if (!v->engine_settled || !v->shell_settled)
        return;
    if (reach_no_engine(v->reach)) {
        end(v, reach_no_engine(v->reach));
        return;
    }
    change_state(v, VISIT_PINGING);
    v->span = timeline_begin(&v->timeline, "stage", "engine");
    v->engine = engine_new(v->env->http, reach_route(v->reach), v->target, &v->env->limits, &v->timeline);
    engine_ping(v->engine, on_ping, v);
}

/* The engine and the shell come in whatever order; each begins to be asked at once. */
static void on_settled(struct visit *v, bool *settled, void (*begin)(struct collection *))
{
    struct collection_options options = v->env->collect;
    if (v->state == VISIT_OVER)
        return;
    *settled = true;
    if (v->env->ping_only) {
        ping(v);
        return;
    }
    if (!v->collection) {
        change_state(v, VISIT_COLLECTING);
        options.timeline = &v->timeline;
        v->collection = collection_new(v->env->http, &v->env->off_loop, v->reach, v->target, &v->env->limits,
                                       &options, on_collected, v);
    }
    begin(v->collection);
}

static void on_engine(void *ctx)
{
    struct visit *v = ctx;
    on_settled(v, &v->engine_settled, collection_engine);
}

static void on_shell(void *ctx)
{
    struct visit *v = ctx;
    on_settled(v, &v->shell_settled, collection_shell);
}

static void on_failed(void *ctx, const struct failure *failure)
{
    end(ctx, failure);
}

static void on_deadline(uv_timer_t *timer)
{
    struct visit *v = timer->data;
    struct failure failure;
    failure_set(&failure, v->engine_settled ? STAGE_COLLECT : STAGE_CONNECT, false,
                "--host-timeout allows more", "the visit took longer than %g s",
                v->env->host_timeout_ms / 1000.0);
    end(v, &failure);
}

struct visit *visit_start(struct visit_env *env, const struct target *target, visit_cb *done, void *ctx)
{
    struct visit *v = xcalloc(1, sizeof *v);
    struct failure failure;
    *v = (struct visit){.env = env, .target = target, .done = done, .ctx = ctx, .open_handles = 2};
    timeline_start(&v->timeline);
    uv_timer_init(env->reach.loop, &v->deadline);
    uv_timer_init(env->reach.loop, &v->ending);
    v->deadline.data = v->ending.data = v;
    if (target->problem) {
        failure_set(&failure, STAGE_INVENTORY, false, "mend the inventory's entry", "%s", target->problem);
        end(v, &failure);
        return v;
    }
    uv_timer_start(&v->deadline, on_deadline, env->host_timeout_ms, 0);
    v->reach =
        reach_open(&env->reach, target, &v->timeline,
                   (struct reach_events){.engine = on_engine, .shell = on_shell, .failed = on_failed}, v);
    return v;
}

const struct timeline *visit_timeline(const struct visit *v)
{
    return &v->timeline;
}

/* A drip of single bytes is silence too. */
#define HEARD_BYTES 1024
#define SILENCE_US 1000000

bool visit_is_silent(struct visit *v, uint64_t idle_us)
{
    if (!v->heard_idle_us || v->timeline.received - v->heard >= HEARD_BYTES) {
        v->heard = v->timeline.received;
        v->heard_idle_us = idle_us + 1;
    }
    return idle_us + 1 - v->heard_idle_us >= SILENCE_US;
}

void visit_interrupt(struct visit *v)
{
    if (!v->failed && v->state != VISIT_OVER) {
        failure_set(&v->failure, STAGE_INTERRUPTED, false, "scan it again",
                    "the run was ended before this host was done");
        v->failed = true;
    }
    take_down(v);
}
