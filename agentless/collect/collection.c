/* collection.c: the plan of one host. The probe and the engine are asked side by side; of the engine first
 * /_ping, then all lists at once, then each container as soon as the list names it. Who is inside the
 * containers
 * (/top, which costs the engine a `ps` each) is asked only where the probe has not seen their processes.
 *
 * The facts are built as they come; every question without an answer leaves its reason under "missing". */
#include "agentless/collect/collection.h"
#include "agentless/collect/probe.h"
#include "agentless/collect/projection.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* More containers than any one host runs; the rest is told to be missing. */
#define CONTAINERS_MAX 10000
#define EXECS_MAX 256
#define PROBE_TIMEOUT_MS 30000

struct question {
    struct question *next, **link; /* among the collection's open ones */
    struct collection *collection;
    enum document document;
    char *name; /* the key under "engine", and in "missing" */
    char *id;   /* of one container or exec; NULL: a list */
};

struct collection {
    struct reach *reach;
    struct engine *engine;
    collection_cb *done;
    void *ctx;
    json_t *facts, *answers, *missing; /* the last two borrowed from facts */
    struct shell_run *run;
    struct buf output, complaint;
    bool output_cut, shell_done, asked_inside;
    uv_timer_t shell_deadline;
    uv_timer_t finish_soon;
    struct question *open;
    unsigned open_questions, open_handles;
    size_t containers, execs;
    struct failure failure;
    bool failed, finished;
};

static void settle(struct collection *c);

static void miss(struct collection *c, const char *name, const char *why)
{
    json_put(c->missing, name, json_text(why));
}

/* --- the engine's answers --- */

static void ask(struct collection *c, enum document document, const char *path, const char *name,
                const char *id);

static void keep(struct question *q, json_t *kept)
{
    struct collection *c = q->collection;
    if (!q->id) {
        json_put(c->answers, q->name, kept);
        return;
    }
    json_t *map = json_object_get(c->answers, q->name);
    if (!map) {
        map = json_object();
        json_put(c->answers, q->name, map);
    }
    json_put(map, q->id, kept);
}

/* Ids go into paths: only what Docker itself makes is let through. */
static bool is_id(const char *text)
{
    size_t length = text ? strspn(text, "0123456789abcdef") : 0;
    return length >= 12 && length <= 64 && !text[length];
}

static void ask_containers(struct collection *c, const json_t *list)
{
    char path[160];
    size_t count = json_array_size(list);
    json_put(c->answers, "containers", json_object());
    for (size_t i = 0; i < count; i++) {
        const char *id = json_text_at(json_array_get(list, i), "Id");
        if (c->containers == CONTAINERS_MAX) {
            miss(c, "containers", "there are more containers than muster reads of one host");
            break;
        }
        if (!is_id(id)) {
            miss(c, "containers", "the engine's list holds an entry without a usable id");
            continue;
        }
        c->containers++;
        /* Its place is kept in the list's order, whatever order the answers come in. */
        json_put(json_object_get(c->answers, "containers"), id, json_null());
        snprintf(path, sizeof path, "/containers/%s/json", id);
        ask(c, DOCUMENT_CONTAINER, path, "containers", id);
    }
}

static void ask_execs(struct collection *c, const json_t *container)
{
    const json_t *ids = json_at(container, "ExecIDs");
    char path[160];
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        if (c->execs == EXECS_MAX) {
            miss(c, "execs", "there are more live execs than muster reads of one host");
            return;
        }
        if (!is_id(id))
            continue;
        c->execs++;
        snprintf(path, sizeof path, "/exec/%s/json", id);
        ask(c, DOCUMENT_EXEC, path, "execs", id);
    }
}

static void on_answered(struct question *q, json_t *kept)
{
    struct collection *c = q->collection;
    keep(q, kept);
    if (q->document == DOCUMENT_CONTAINER_LIST)
        ask_containers(c, kept);
    else if (q->document == DOCUMENT_CONTAINER)
        ask_execs(c, kept);
    else if (q->document == DOCUMENT_INFO && json_true_at(kept, "Swarm.ControlAvailable"))
        ask(c, DOCUMENT_SERVICES, "/services", "services", NULL);
}

static void put_missing(struct question *q, const struct answer *answer, const char *why)
{
    struct collection *c = q->collection;
    char *name = q->id ? xasprintf("%s/%s", q->name, q->id) : xstrdup(q->name);
    /* Containers and execs come and go while they are asked: one that is gone is no longer the host's state.
     */
    bool gone = q->id && answer->status == 404;
    if (!gone)
        miss(c, name, why);
    if (q->document == DOCUMENT_CONTAINER)
        json_object_del(json_object_get(c->answers, "containers"), q->id);
    free(name);
    if (q->document == DOCUMENT_INFO || q->document == DOCUMENT_CONTAINER_LIST) {
        c->failed = true;
        failure_set(&c->failure, STAGE_COLLECT, answer->failure.transient, answer->failure.hint, "%s: %s",
                    q->name, why);
    }
}

static void release_question(struct question *q)
{
    free(q->name);
    free(q->id);
    free(q);
}

static void close_question(struct question *q)
{
    *q->link = q->next;
    if (q->next)
        q->next->link = q->link;
    release_question(q);
}

static void on_answer(void *ctx, const struct answer *answer)
{
    struct question *q = ctx;
    struct collection *c = q->collection;
    char why[256];
    c->open_questions--;
    if (answer->error) {
        put_missing(q, answer, answer->error);
    } else {
        json_t *document = json_parse(answer->body, answer->length, why, sizeof why);
        if (document) {
            on_answered(q, project(q->document, document));
        } else {
            char text[320];
            snprintf(text, sizeof text, "the answer is no JSON: %s", why);
            put_missing(q, answer, text);
        }
        json_decref(document);
    }
    close_question(q);
    settle(c);
}

static void ask(struct collection *c, enum document document, const char *path, const char *name,
                const char *id)
{
    struct question *q = xcalloc(1, sizeof *q);
    *q = (struct question){.next = c->open,
                           .link = &c->open,
                           .collection = c,
                           .document = document,
                           .name = xstrdup(name),
                           .id = xstrdup(id)};
    if (c->open)
        c->open->link = &q->next;
    c->open = q;
    c->open_questions++;
    engine_get(c->engine, path, on_answer, q);
}

static void on_ping(void *ctx, const struct answer *answer)
{
    static const struct {
        enum document document;
        const char *path, *name;
    } FIRST[] = {
        {DOCUMENT_INFO, "/info", "info"},
        {DOCUMENT_CONTAINER_LIST, "/containers/json?all=1", "container_list"},
        {DOCUMENT_VERSION, "/version", "version"},
        {DOCUMENT_NETWORKS, "/networks", "networks"},
        {DOCUMENT_VOLUMES, "/volumes", "volumes"},
        {DOCUMENT_IMAGES, "/images/json", "images"},
    };
    struct collection *c = ctx;
    c->open_questions--;
    if (answer->error) {
        c->failed = true;
        c->failure = answer->failure;
        miss(c, "engine", answer->error);
    } else {
        json_put(c->answers, "api", json_text(answer->body));
        for (size_t i = 0; i < sizeof FIRST / sizeof *FIRST; i++)
            ask(c, FIRST[i].document, FIRST[i].path, FIRST[i].name, NULL);
    }
    settle(c);
}

/* --- the shell --- */

static void shell_missing(struct collection *c, const char *why)
{
    miss(c, "shell", why);
}

/* A shell tells of the machine it runs on. Unless that is the machine the engine runs on, what it says is
 * about somebody else (a forwarded socket, Docker Desktop, an engine in a container). */
static void refuse_foreign_shell(struct collection *c)
{
    const char *shell = json_text_at(c->facts, "shell.name");
    const char *engine = json_text_at(c->answers, "info.Name");
    char why[256];
    if (!shell || !engine || strcmp(shell, engine) == 0)
        return;
    snprintf(why, sizeof why,
             "the shell is on \"%.80s\", the engine on \"%.80s\": they are not the same host", shell, engine);
    json_object_del(c->facts, "shell");
    shell_missing(c, why);
}

static void end_shell(struct collection *c)
{
    c->shell_done = true;
    uv_timer_stop(&c->shell_deadline);
    if (c->run)
        shell_run_close(c->run);
    c->run = NULL;
}

static void on_shell_output(void *ctx, const char *bytes, size_t length, bool is_error)
{
    struct collection *c = ctx;
    if (!buf_add(is_error ? &c->complaint : &c->output, bytes, length) && !is_error)
        c->output_cut = true;
}

static void on_shell_ended(void *ctx, int exit_status)
{
    struct collection *c = ctx;
    char why[256] = "";
    json_t *shell = c->output.length ? probe_parse(c->output.data, c->output.length, why, sizeof why) : NULL;
    if (shell) {
        json_put(c->facts, "shell", shell);
    } else {
        char said[256];
        text_last_line(c->complaint.length ? c->complaint.data : why, said, sizeof said);
        char *text = xasprintf("the shell probe failed (exit %d)%s%s%s", exit_status, *said ? ": " : "", said,
                               c->output_cut ? "; its output was too large" : "");
        shell_missing(c, text);
        free(text);
    }
    buf_free(&c->output);
    end_shell(c);
    settle(c);
}

static void on_shell_deadline(uv_timer_t *timer)
{
    struct collection *c = timer->data;
    shell_missing(c, "the shell probe did not end within 30 s");
    end_shell(c);
    settle(c);
}

static void start_shell(struct collection *c)
{
    c->output.limit = PROBE_OUTPUT_MAX;
    c->complaint.limit = 4096;
    c->run = reach_run(c->reach, probe_script, probe_script_length,
                       (struct shell_events){.output = on_shell_output, .ended = on_shell_ended}, c);
    if (c->run) {
        uv_timer_start(&c->shell_deadline, on_shell_deadline, PROBE_TIMEOUT_MS, 0);
    } else {
        shell_missing(c, reach_no_shell(c->reach) ? reach_no_shell(c->reach) : "no shell");
        c->shell_done = true;
    }
}

/* --- the end --- */

/* Running containers whose processes the shell has not shown. */
static void ask_inside(struct collection *c)
{
    const char *id;
    json_t *container;
    char path[192];
    json_t *seen = json_at(c->facts, "shell.containers");
    c->asked_inside = true;
    json_object_foreach(json_object_get(c->answers, "containers"), id, container)
    {
        if (!json_true_at(container, "State.Running") || json_array_size(json_object_get(seen, id)))
            continue;
        snprintf(path, sizeof path, "/containers/%s/top?ps_args=-eo%%20pid,uid,comm", id);
        ask(c, DOCUMENT_TOP, path, "top", id);
    }
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct collection *c = handle->data;
    if (--c->open_handles == 0)
        free(c);
}

/* A visit that ends early leaves places without answers: those containers are missing evidence. */
static void drop_unanswered(struct collection *c)
{
    json_t *containers = json_object_get(c->answers, "containers");
    const char *id;
    json_t *container;
    void *next;
    char part[96];
    json_object_foreach_safe(containers, next, id, container)
    {
        if (!json_is_null(container))
            continue;
        snprintf(part, sizeof part, "containers/%s", id);
        miss(c, part, "the visit ended before it was answered");
        json_object_del(containers, id);
    }
}

static json_t *dismantle(struct collection *c)
{
    json_t *facts = c->facts;
    c->finished = true;
    json_object_del(c->answers, "container_list");
    drop_unanswered(c);
    engine_free(c->engine);
    for (struct question *q = c->open, *next; q; q = next) {
        next = q->next;
        release_question(q);
    }
    if (c->run)
        shell_run_close(c->run);
    buf_free(&c->output);
    buf_free(&c->complaint);
    uv_close((uv_handle_t *)&c->shell_deadline, on_handle_closed);
    uv_close((uv_handle_t *)&c->finish_soon, on_handle_closed);
    return facts;
}

static void on_finish(uv_timer_t *timer)
{
    struct collection *c = timer->data;
    struct failure failure = c->failure;
    bool failed = c->failed;
    collection_cb *done = c->done;
    void *ctx = c->ctx;
    json_t *facts = dismantle(c);
    done(ctx, facts, failed ? &failure : NULL);
}

static void settle(struct collection *c)
{
    if (c->open_questions || !c->shell_done || c->finished)
        return;
    if (!c->asked_inside && !c->failed) {
        refuse_foreign_shell(c);
        ask_inside(c);
        if (c->open_questions)
            return;
    }
    c->finished = true;
    uv_timer_start(&c->finish_soon, on_finish, 0, 0);
}

static json_t *now_text(void)
{
    char text[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    return json_text(text);
}

struct collection *collection_start(struct http *http, struct reach *reach, const struct target *target,
                                    const struct engine_limits *limits, collection_cb *done, void *ctx)
{
    struct collection *c = xcalloc(1, sizeof *c);
    uv_loop_t *loop = http_loop(http);
    c->reach = reach;
    c->done = done;
    c->ctx = ctx;
    c->facts = json_object();
    json_put(c->facts, "schema", json_text("muster.facts/1"));
    json_put(c->facts, "collected", now_text());
    json_put(c->facts, "session", reach_session_json(reach));
    json_put(c->facts, "engine", c->answers = json_object());
    json_put(c->facts, "missing", c->missing = json_object());
    c->engine = engine_new(http, reach_route(reach), target, limits);
    uv_timer_init(loop, &c->shell_deadline);
    uv_timer_init(loop, &c->finish_soon);
    c->shell_deadline.data = c->finish_soon.data = c;
    c->open_handles = 2;
    start_shell(c);
    c->open_questions = 1;
    engine_ping(c->engine, on_ping, c);
    return c;
}

json_t *collection_abort(struct collection *c)
{
    return dismantle(c);
}
