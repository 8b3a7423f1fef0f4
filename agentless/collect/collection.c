/* collection.c: the plan of one host. The probe and the engine are asked side by side; of the engine first
 * /_ping, then all lists at once, then each container as soon as the list names it. Who is inside the
 * containers
 * (/top, which costs the engine a `ps` each) is asked only where the probe has not seen their processes.
 *
 * The facts are built as they come; every question without an answer leaves its reason under "missing". */
#include "agentless/collect/collection.h"
#include "agentless/collect/host_files.h"
#include "agentless/collect/probe.h"
#include "agentless/collect/projection.h"
#include "agentless/facts/drift.h"
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
#define IMAGES_MAX 2000
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
    struct engine *plain; /* NULL: not asked */
    struct engine_route plain_route;
    char *plain_url;
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
    struct collection_options options;
    const json_t *policy; /* the target's */
    struct host_files *host_files;
    bool asked_host_files;
    json_t *to_compare; /* ids whose /changes are still to be asked, one after the other */
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

/* "sha256:" and the digest; Podman leaves the prefix out. */
static bool is_image_id(const char *text)
{
    return text && is_id(text_starts(text, "sha256:") ? text + strlen("sha256:") : text);
}

static void ask_images(struct collection *c, const json_t *list)
{
    char path[160];
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_text_at(json_array_get(list, i), "Id");
        if (i == IMAGES_MAX) {
            miss(c, "image_inspects", "there are more images than muster reads of one host");
            return;
        }
        if (!is_image_id(id))
            continue;
        snprintf(path, sizeof path, "/images/%s/json", id);
        ask(c, DOCUMENT_IMAGE, path, "image_inspects", id);
        snprintf(path, sizeof path, "/images/%s/history", id);
        ask(c, DOCUMENT_HISTORY, path, "image_history", id);
    }
}

static void ask_manager(struct collection *c)
{
    ask(c, DOCUMENT_SERVICES, "/services", "services", NULL);
    if (c->options.swarm_nodes)
        ask(c, DOCUMENT_NODES, "/nodes", "nodes", NULL);
}

static void on_answered(struct question *q, json_t *kept)
{
    struct collection *c = q->collection;
    if (q->document == DOCUMENT_CHANGES) {
        json_t *changes = kept;
        kept = drift_from_changes(changes, json_object_get(json_object_get(c->answers, "containers"), q->id));
        json_decref(changes);
    }
    keep(q, kept);
    if (q->document == DOCUMENT_CONTAINER_LIST)
        ask_containers(c, kept);
    else if (q->document == DOCUMENT_CONTAINER)
        ask_execs(c, kept);
    else if (q->document == DOCUMENT_IMAGES)
        ask_images(c, kept);
    else if (q->document == DOCUMENT_INFO && json_true_at(kept, "Swarm.ControlAvailable"))
        ask_manager(c);
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
        /* Go writes an empty list as null. */
        json_t *document = text_starts(answer->body, "null")
                               ? json_array()
                               : json_parse(answer->body, answer->length, why, sizeof why);
        if (document) {
            on_answered(q, project(q->document, document, c->policy));
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
        reach_engine_answered(c->reach);
        json_put(c->answers, "api", json_text(answer->body));
        if (engine_certificate(c->engine))
            json_put(json_object_get(c->facts, "session"), "certificate",
                     json_deep_copy(engine_certificate(c->engine)));
        for (size_t i = 0; i < sizeof FIRST / sizeof *FIRST; i++)
            ask(c, FIRST[i].document, FIRST[i].path, FIRST[i].name, NULL);
    }
    settle(c);
}

/* --- the engine without TLS, when asked for --- */

static void on_plain(void *ctx, const struct answer *answer)
{
    struct collection *c = ctx;
    c->open_questions--;
    json_put(json_object_get(c->facts, "session"), "plain_2375",
             json_text(!answer->error   ? "open"
                       : answer->status ? "answers, but not as an engine"
                                        : "closed"));
    settle(c);
}

static void ask_plain(struct collection *c, struct http *http, const struct target *target,
                      const struct engine_limits *limits)
{
    const char *host = target->engine.host ? target->engine.host : target->shell.host;
    if (!c->options.probe_plain || !host)
        return;
    bool v6 = strchr(host, ':') != NULL;
    c->plain_url = xasprintf("http://%s%s%s:2375", v6 ? "[" : "", host, v6 ? "]" : "");
    c->plain_route = (struct engine_route){.base_url = c->plain_url, .parallel = 1};
    c->plain = engine_new(http, &c->plain_route, target, limits);
    c->open_questions++;
    engine_ping(c->plain, on_plain, c);
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

/* Of those whose writable layer the shell has not shown: what the engine says has changed. It walks the
 * container's whole file system for it, so only few are asked, and one at a time. */
static void list_to_compare(struct collection *c)
{
    const char *id;
    json_t *container;
    json_t *layers = json_at(c->facts, "shell.layers");
    c->to_compare = json_array();
    json_object_foreach(json_object_get(c->answers, "containers"), id, container)
    {
        const char *layer = json_text_at(container, "GraphDriver.Data.UpperDir");
        bool helper = json_object_get(json_at(container, "Config.Labels"), HELPER_LABEL) != NULL;
        if (!helper && !(layer && json_object_get(layers, layer)))
            json_array_append_new(c->to_compare, json_text(id));
    }
    if (json_array_size(c->to_compare) <= COLLECTION_DRIFT_MAX || c->options.drift)
        return;
    miss(c, "changes",
         "there are more than 20 containers to compare without a root shell: --drift asks the engine");
    json_array_clear(c->to_compare);
}

static void compare_next(struct collection *c)
{
    char path[160];
    if (!c->to_compare)
        list_to_compare(c);
    if (!json_array_size(c->to_compare))
        return;
    const char *id = json_string_value(json_array_get(c->to_compare, 0));
    snprintf(path, sizeof path, "/containers/%s/changes", id);
    ask(c, DOCUMENT_CHANGES, path, "changes", id);
    json_array_remove(c->to_compare, 0);
}

static void on_host_files(void *ctx, json_t *files, const char *why, const char *remains)
{
    struct collection *c = ctx;
    c->host_files = NULL;
    c->open_questions--;
    if (files)
        json_put(c->facts, "host_files", files);
    else
        miss(c, "host_files", why);
    if (remains)
        miss(c, "host_files_removal", remains);
    settle(c);
}

/* Where there is no shell, and only when asked for. */
static void ask_host_files(struct collection *c)
{
    c->asked_host_files = true;
    if (!c->options.host_files || json_at(c->facts, "shell"))
        return;
    c->host_files =
        host_files_start(c->engine, json_at(c->answers, "images"), json_at(c->answers, "image_inspects"),
                         json_at(c->answers, "info"), on_host_files, c);
    if (c->host_files)
        c->open_questions++;
    else
        miss(c, "host_files", "there is no image on the host to make the helper container from");
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
    json_decref(c->to_compare);
    drop_unanswered(c);
    if (c->host_files)
        host_files_abort(c->host_files);
    engine_free(c->engine);
    if (c->plain)
        engine_free(c->plain);
    free(c->plain_url);
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
    }
    if (!c->failed && !c->open_questions)
        compare_next(c);
    if (!c->failed && !c->open_questions && !c->asked_host_files)
        ask_host_files(c);
    if (c->open_questions)
        return;
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
                                    const struct engine_limits *limits,
                                    const struct collection_options *options, collection_cb *done, void *ctx)
{
    struct collection *c = xcalloc(1, sizeof *c);
    uv_loop_t *loop = http_loop(http);
    c->reach = reach;
    c->options = *options;
    c->policy = target->policy;
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
    ask_plain(c, http, target, limits);
    if (reach_no_engine(reach)) {
        c->failed = true;
        c->failure = *reach_no_engine(reach);
        miss(c, "engine", c->failure.message);
        settle(c);
    } else {
        c->open_questions++;
        engine_ping(c->engine, on_ping, c);
    }
    return c;
}

json_t *collection_abort(struct collection *c)
{
    return dismantle(c);
}
