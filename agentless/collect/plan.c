/* plan.c: see plan.h. What is asked in which order, and when it is all done. Facts are built as they come;
 * every question without an answer leaves its reason under "missing". */
#include "agentless/collect/plan_internal.h"
#include "base/text.h"
#include "agentless/facts/document.h"
#include "agentless/collect/probe/probe.h"
#include "agentless/collect/reduce/drift.h"
#include "agentless/facts/view.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

void plan_miss(struct plan *c, const char *name, const char *why)
{
    document_miss(c->facts, name, why);
}

static void plan_on_ping(void *ctx, const struct answer *answer)
{
    struct plan *c = ctx;
    c->open_questions--;
    if (answer->error) {
        /* Nothing else will come either: nobody waits for it. What did come is kept. */
        c->failed = true;
        c->failure = answer->failure;
        plan_miss(c, PART_ENGINE, answer->error);
        engine_cancel(c->engine);
        plan_drop_questions(c, false);
    } else {
        if (plan_waits_for_ping(c))
            plan_ask_container_list(c);
        transport_engine_answered(c->transport);
        json_put(c->answers, "api", json_text(answer->body));
        if (engine_certificate(c->engine))
            json_put(c->session, "certificate", json_deep_copy(engine_certificate(c->engine)));
    }
    plan_settle(c);
}

/* --- the engine without TLS, when asked for --- */

static void on_plain(void *ctx, const struct answer *answer)
{
    struct plan *c = ctx;
    c->open_questions--;
    const char *seen = answer->status ? "answers, but not as an engine" : "closed";
    json_put(c->session, "plain_2375", json_text(answer->error ? seen : "open"));
    plan_settle(c);
}

static void ask_plain(struct plan *c)
{
    const struct target *target = c->target;
    const char *host = target->engine.host ? target->engine.host : target->shell.host;
    if (!c->options.probe_plain || !host)
        return;
    bool v6 = strchr(host, ':') != NULL;
    c->plain_url = xasprintf("http://%s%s%s:2375", text_if(v6, "["), host, text_if(v6, "]"));
    c->plain_route = (struct engine_route){.base_url = c->plain_url, .parallel = 1};
    c->plain = engine_new(c->http, &c->plain_route, target, &c->limits, NULL);
    c->open_questions++;
    engine_ping(c->plain, on_plain, c);
}

/* Running containers whose processes neither the shell nor the engine has shown. */
static void ask_inside(struct plan *c)
{
    const char *id;
    json_t *container;
    json_t *seen = json_at(c->facts, "shell.containers"), *reported = json_object_get(c->answers, "top");
    char part[96];
    json_object_foreach(json_object_get(c->answers, PART_CONTAINERS), id, container)
    {
        snprintf(part, sizeof part, "top/%s", id);
        if (json_true_at(container, "State.Running") && !json_array_size(json_object_get(seen, id)) &&
            !json_object_get(reported, id) && !document_missing(c->facts, part))
            plan_ask_top(c, id);
    }
    plan_ask_podman(c);
}

static void on_host_files(void *ctx, json_t *files, const char *why, const char *remains)
{
    struct plan *c = ctx;
    c->host_files = NULL;
    c->open_questions--;
    if (files)
        json_put(c->facts, PART_HOST_FILES, files);
    else
        plan_miss(c, PART_HOST_FILES, why);
    if (remains)
        plan_miss(c, PART_HOST_FILES_REMOVAL, remains);
    plan_settle(c);
}

/* Where there is no shell, and only when asked for. */
static void ask_host_files(struct plan *c)
{
    if (!c->options.host_files || json_at(c->facts, PART_SHELL))
        return;
    c->host_files =
        host_files_start(c->engine, json_at(c->answers, "images"), json_at(c->answers, PART_IMAGE_INSPECTS),
                         json_at(c->answers, "info"), on_host_files, c);
    if (c->host_files)
        c->open_questions++;
    else
        plan_miss(c, PART_HOST_FILES, "there is no image on the host to make the helper container from");
}

static void plan_release(void *owner)
{
    free(owner);
}

/* A plan that ends early leaves places without answers: those containers are missing evidence. */
static void drop_unanswered(struct plan *c)
{
    json_t *containers = json_object_get(c->answers, PART_CONTAINERS);
    const char *id;
    json_t *container;
    void *next;
    char part[96];
    json_object_foreach_safe(containers, next, id, container)
    {
        if (!json_is_null(container))
            continue;
        snprintf(part, sizeof part, "containers/%s", id);
        plan_miss(c, part, "the visit ended before it was answered");
        json_object_del(containers, id);
    }
}

static json_t *dismantle(struct plan *c)
{
    json_t *facts = c->facts;
    c->step = PLAN_DONE;
    http_keep_bytes(c->http, -(ptrdiff_t)c->kept);
    parser_close(c->parser);
    json_object_del(c->answers, PART_CONTAINER_LIST);
    json_decref(c->to_compare);
    drop_unanswered(c);
    if (c->host_files)
        host_files_abort(c->host_files);
    /* What the connection showed, and what was learned on it. */
    json_t *session = transport_session_json(c->transport);
    json_object_update(session, c->session);
    json_put(c->facts, "session", session);
    if (c->engine)
        engine_free(c->engine);
    if (c->plain)
        engine_free(c->plain);
    free(c->plain_url);
    plan_drop_questions(c, true);
    if (c->run)
        shell_run_close(c->run);
    buf_free(&c->output);
    buf_free(&c->stderr_text);
    later_close(&c->shell_deadline, &c->handles);
    later_close(&c->finish, &c->handles);
    handles_end(&c->handles);
    return facts;
}

static void on_finish(void *ctx_plan)
{
    struct plan *c = ctx_plan;
    struct failure failure = c->failure;
    bool failed = c->failed;
    plan_cb *done = c->done;
    void *ctx = c->ctx;
    json_t *facts = dismantle(c);
    done(ctx, facts, failed ? &failure : NULL);
}

static void begin_inside(struct plan *c)
{
    plan_refuse_foreign_shell(c);
    ask_inside(c);
}

static void begin_end(struct plan *c)
{
    later_call(&c->finish);
}

typedef void step_fn(struct plan *c);

/* The one place that changes the step. */
static void set_step(struct plan *c, enum plan_step step)
{
    static step_fn *const BEGIN[] = {
        [PLAN_INSIDE] = begin_inside, [PLAN_HOST_FILES] = ask_host_files, [PLAN_DONE] = begin_end};
    c->step = step;
    if (BEGIN[step])
        BEGIN[step](c);
}

static bool has_to_wait(struct plan *c)
{
    if (c->failed && c->step != PLAN_DONE)
        return c->open_questions || !c->shell_done || !c->engine_begun;
    switch (c->step) {
    case PLAN_LISTS:
        return c->open_questions > c->comparing || !c->shell_done || !c->engine_begun;
    case PLAN_INSIDE:
        return c->open_questions > c->comparing;
    case PLAN_COMPARE:
        plan_compare_next(c);
        return c->open_questions > 0;
    case PLAN_HOST_FILES:
        return c->open_questions > 0;
    case PLAN_DONE:
        return true;
    }
    return true;
}

void plan_settle(struct plan *c)
{
    while (!has_to_wait(c))
        set_step(c, c->failed ? PLAN_DONE : c->step + 1);
}

static void now_text(char text[32])
{
    time_t now = time(NULL);
    struct tm utc;
    strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
}

struct plan *plan_new(struct http *http, struct worker *off, struct transport *transport,
                      const struct target *target, const struct engine_limits *limits,
                      const struct plan_options *options, plan_cb *done, void *ctx)
{
    struct plan *c = xcalloc(1, sizeof *c);
    uv_loop_t *loop = http_loop(http);
    c->http = http;
    c->transport = transport;
    c->target = target;
    c->limits = *limits;
    c->options = *options;
    c->parser = parser_new(off, target->policy, plan_on_read);
    c->done = done;
    c->ctx = ctx;
    char collected[32];
    now_text(collected);
    c->facts = document_new(collected);
    c->session = json_object_get(c->facts, "session");
    c->answers = json_object_get(c->facts, PART_ENGINE);
    handles_init(&c->handles, plan_release, c);
    later_init(&c->shell_deadline, loop, plan_on_shell_deadline, c);
    later_init(&c->finish, loop, on_finish, c);
    ask_plain(c);
    return c;
}

void plan_engine(struct plan *c)
{
    c->engine_begun = true;
    if (transport_no_engine(c->transport)) {
        c->failed = true;
        c->failure = *transport_no_engine(c->transport);
        plan_miss(c, PART_ENGINE, c->failure.message);
        plan_settle(c);
        return;
    }
    c->engine =
        engine_new(c->http, transport_route(c->transport), c->target, &c->limits, c->options.timeline);
    c->open_questions++;
    engine_ping(c->engine, plan_on_ping, c);
    plan_ask_lists(c);
}

json_t *plan_abort(struct plan *c)
{
    return dismantle(c);
}
