/* host_job.c: see host_job.h. One enum of states; change_state() is the only place that sets it. */
#include "agentless/facts/document.h"
#include "fleet/host_job.h"
#include "agentless/collect/plan.h"
#include "base/json.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/timeline.h"

#include <stdlib.h>
#include <string.h>

enum host_job_state { HOST_JOB_REACHING, HOST_JOB_PINGING, HOST_JOB_COLLECTING, HOST_JOB_OVER };

struct host_job {
    struct host_job_env *env;
    const struct target *target;
    host_job_cb *done;
    void *ctx;
    enum host_job_state state;
    struct transport *transport;
    struct engine *engine; /* while pinging */
    struct plan *plan;     /* while collecting */
    struct later deadline;
    struct later
        ending; /* the end is made from the loop, never from inside a callback of what it takes down */
    struct handles handles;
    struct timeline timeline;
    size_t span;
    uint64_t heard,
        heard_idle_us; /* bytes at the last look at which something new had come, and when that was */
    json_t *facts;
    struct failure failure;
    bool failed, engine_settled, shell_settled;
};

static void host_job_release(void *owner)
{
    struct host_job *v = owner;
    timeline_clear(&v->timeline);
    free(v);
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

static void take_down(struct host_job *v)
{
    if (v->plan) {
        json_t *facts = plan_abort(v->plan);
        json_decref(v->facts);
        v->facts = facts;
        /* The connection was lost, or never found, while the other part was being asked. */
        if (v->failed && !json_at(facts, "engine.api"))
            document_miss(facts, PART_ENGINE, v->failure.message);
    }
    if (v->engine)
        engine_free(v->engine);
    if (v->transport)
        transport_close(v->transport);
    v->plan = NULL;
    v->engine = NULL;
    v->transport = NULL;
    if (!v->facts)
        v->facts = document_new(NULL);
    if (v->env->ping_only)
        json_put(v->facts, "timings", timings(&v->timeline));
    later_close(&v->deadline, &v->handles);
    later_close(&v->ending, &v->handles);
    v->done(v->ctx, v->facts, v->failed ? &v->failure : NULL);
    handles_end(&v->handles);
}

static void on_ending(void *ctx)
{
    take_down(ctx);
}

static void change_state(struct host_job *v, enum host_job_state state)
{
    v->state = state;
    if (state == HOST_JOB_OVER) {
        later_drop(&v->deadline);
        later_call(&v->ending);
    }
}

static void host_job_end(struct host_job *v, const struct failure *failure)
{
    if (v->state == HOST_JOB_OVER)
        return;
    if (failure) {
        v->failure = *failure;
        v->failed = true;
    }
    change_state(v, HOST_JOB_OVER);
}

static void on_collected(void *ctx, json_t *facts, const struct failure *failure)
{
    struct host_job *v = ctx;
    v->plan = NULL;
    v->facts = facts;
    host_job_end(v, failure);
}

static void host_job_on_ping(void *ctx, const struct answer *answer)
{
    struct host_job *v = ctx;
    v->facts = document_new(NULL);
    timeline_end(&v->timeline, v->span);
    if (!answer->error)
        transport_engine_answered(v->transport);
    if (!answer->error)
        json_put(json_object_get(v->facts, "engine"), "api", json_text(answer->body));
    json_put(v->facts, "session", transport_session_json(v->transport));
    host_job_end(v, answer->error ? &answer->failure : NULL);
}

static void ping(struct host_job *v)
{
    if (!v->engine_settled || !v->shell_settled)
        return;
    if (transport_no_engine(v->transport)) {
        host_job_end(v, transport_no_engine(v->transport));
        return;
    }
    change_state(v, HOST_JOB_PINGING);
    v->span = timeline_begin(&v->timeline, "stage", "engine");
    v->engine =
        engine_new(v->env->http, transport_route(v->transport), v->target, &v->env->limits, &v->timeline);
    engine_ping(v->engine, host_job_on_ping, v);
}

/* The engine and the shell come in whatever order; each begins to be asked at once. */
static void on_settled(struct host_job *v, bool *settled, void (*begin)(struct plan *))
{
    struct plan_options options = v->env->collect;
    if (v->state == HOST_JOB_OVER)
        return;
    *settled = true;
    if (v->env->ping_only) {
        ping(v);
        return;
    }
    if (!v->plan) {
        change_state(v, HOST_JOB_COLLECTING);
        options.timeline = &v->timeline;
        v->plan = plan_new(v->env->http, v->env->worker, v->transport, v->target, &v->env->limits, &options,
                           on_collected, v);
    }
    begin(v->plan);
}

static void on_engine(void *ctx)
{
    struct host_job *v = ctx;
    on_settled(v, &v->engine_settled, plan_engine);
}

static void on_shell(void *ctx)
{
    struct host_job *v = ctx;
    on_settled(v, &v->shell_settled, plan_shell);
}

static void on_failed(void *ctx, const struct failure *failure)
{
    host_job_end(ctx, failure);
}

/* By the names that transport and ssh give to what they do. */
static enum stage stage_of_span(const char *name)
{
    static const struct {
        const char *name;
        enum stage stage;
    } STAGES[] = {{"resolve", STAGE_RESOLVE},
                  {"log in", STAGE_AUTHENTICATE},
                  {"tunnel", STAGE_TUNNEL},
                  {"engine", STAGE_ENGINE}};
    for (size_t i = 0; name && i < sizeof STAGES / sizeof *STAGES; i++)
        if (strcmp(name, STAGES[i].name) == 0)
            return STAGES[i].stage;
    return STAGE_CONNECT;
}

static void host_job_on_deadline(void *ctx)
{
    struct host_job *v = ctx;
    struct failure failure;
    const char *waits_for = timeline_waits_for(&v->timeline);
    failure_set(&failure, v->engine_settled ? STAGE_COLLECT : stage_of_span(waits_for), false,
                "--host-timeout allows more", "the visit took longer than %g s%s%.200s",
                v->env->host_timeout_ms / 1000.0, text_if(waits_for, ", waiting for: "),
                text_or(waits_for, ""));
    host_job_end(v, &failure);
}

struct host_job *host_job_start(struct host_job_env *env, const struct target *target, host_job_cb *done,
                                void *ctx)
{
    struct host_job *v = xcalloc(1, sizeof *v);
    struct failure failure;
    *v = (struct host_job){.env = env, .target = target, .done = done, .ctx = ctx};
    handles_init(&v->handles, host_job_release, v);
    timeline_start(&v->timeline);
    later_init(&v->deadline, env->transport.loop, host_job_on_deadline, v);
    later_init(&v->ending, env->transport.loop, on_ending, v);
    if (target->problem) {
        failure_set(&failure, STAGE_INVENTORY, false, "mend the inventory's entry", "%s", target->problem);
        host_job_end(v, &failure);
        return v;
    }
    later_call_in(&v->deadline, env->host_timeout_ms);
    v->transport = transport_open(
        &env->transport, target, &v->timeline,
        (struct transport_events){.engine = on_engine, .shell = on_shell, .failed = on_failed}, v);
    return v;
}

const struct timeline *host_job_timeline(const struct host_job *v)
{
    return &v->timeline;
}

/* A drip of single bytes is silence too. */
#define HEARD_BYTES 1024
#define SILENCE_US 1000000

bool host_job_is_silent(struct host_job *v, uint64_t idle_us)
{
    if (!v->heard_idle_us || v->timeline.received - v->heard >= HEARD_BYTES) {
        v->heard = v->timeline.received;
        v->heard_idle_us = idle_us + 1;
    }
    return idle_us + 1 - v->heard_idle_us >= SILENCE_US;
}

void host_job_interrupt(struct host_job *v)
{
    if (!v->failed && v->state != HOST_JOB_OVER) {
        failure_set(&v->failure, STAGE_INTERRUPTED, false, "scan it again",
                    "the run was ended before this host was done");
        v->failed = true;
    }
    take_down(v);
}
