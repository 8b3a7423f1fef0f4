/* plan.c: the plan of one host. The probe and the engine are asked side by side; of the engine first
 * /_ping, then all lists at once, then each container as soon as the list names it. Who is inside the
 * containers
 * (/top, which costs the engine a `ps` each) is asked only where the probe has not seen their processes.
 *
 * The facts are built as they come; every question without an answer leaves its reason under "missing". */
#include "agentless/facts/document.h"
#include "agentless/collect/plan.h"
#include "agentless/collect/helper/host_files.h"
#include "agentless/collect/probe/probe.h"
#include "agentless/collect/reduce/projection.h"
#include "agentless/collect/parser.h"
#include "agentless/collect/reduce/drift.h"
#include "agentless/facts/view.h"
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
/* File systems that the engine walks at once; where a round trip takes longer than a walk, all there may be.
 */
#define COMPARED_AT_ONCE 4

struct question {
    struct question *next, **link; /* among the collection's open ones */
    struct plan *collection;
    enum answer_kind document;
    char *name; /* the key under PART_ENGINE, and in "missing" */
    char *id;   /* of one container or exec; NULL: a list */
    bool again; /* asked a second time, for less */
};

struct plan {
    struct transport *transport;
    struct engine *engine;
    struct engine *plain; /* NULL: not asked */
    struct engine_route plain_route;
    char *plain_url;
    plan_cb *done;
    void *ctx;
    json_t *facts, *answers, *missing; /* the last two borrowed from facts */
    json_t *session;                   /* what is learned of it on the way; borrowed from facts */
    struct http *http;
    struct reader *reader;
    const struct target *target;
    struct engine_limits limits;
    struct shell_run *run;
    struct buf output, complaint;
    bool output_cut, shell_done, engine_begun, asked_inside;
    size_t shell_span;
    uv_timer_t shell_deadline;
    uv_timer_t finish_soon;
    struct question *open;
    unsigned open_questions, open_handles;
    struct plan_options options;
    struct host_files *host_files;
    bool asked_host_files;
    json_t *to_compare; /* ids whose /changes are still to be asked */
    unsigned comparing; /* that are being asked */
    size_t containers, execs;
    struct failure failure;
    bool failed, finished;
};

static void settle(struct plan *c);

static void miss(struct plan *c, const char *name, const char *why)
{
    document_miss(c->facts, name, why);
}

/* --- the engine's answers --- */

static void ask(struct plan *c, enum answer_kind document, const char *path, const char *name,
                const char *id);

static void keep(struct question *q, json_t *kept)
{
    struct plan *c = q->collection;
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

/* Nobody but the engine will tell what is inside the containers, so it is asked at once. */
static bool has_no_shell(const struct plan *c)
{
    return c->shell_done && !json_object_get(c->facts, PART_SHELL);
}

static void ask_top(struct plan *c, const char *id)
{
    char path[192];
    snprintf(path, sizeof path, "/containers/%s/top?ps_args=-eo%%20pid,uid,comm", id);
    ask(c, ANSWER_TOP, path, "top", id);
}

static void ask_containers(struct plan *c, const json_t *list)
{
    char path[160];
    size_t count = json_array_size(list);
    json_put(c->answers, PART_CONTAINERS, json_object());
    for (size_t i = 0; i < count; i++) {
        const char *id = json_text_at(json_array_get(list, i), "Id");
        if (c->containers == CONTAINERS_MAX) {
            miss(c, PART_CONTAINERS, "there are more containers than muster reads of one host");
            break;
        }
        if (!is_id(id)) {
            miss(c, PART_CONTAINERS, "the engine's list holds an entry without a usable id");
            continue;
        }
        c->containers++;
        /* Its place is kept in the list's order, whatever order the answers come in. */
        json_put(json_object_get(c->answers, PART_CONTAINERS), id, json_null());
        snprintf(path, sizeof path, "/containers/%s/json", id);
        ask(c, ANSWER_CONTAINER, path, PART_CONTAINERS, id);
        if (has_no_shell(c) && text_same(json_text_at(json_array_get(list, i), "State"), "running"))
            ask_top(c, id);
    }
}

static void ask_execs(struct plan *c, const json_t *container)
{
    const json_t *ids = json_at(container, "ExecIDs");
    char path[160];
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        if (c->execs == EXECS_MAX) {
            miss(c, PART_EXECS, "there are more live execs than muster reads of one host");
            return;
        }
        if (!is_id(id))
            continue;
        c->execs++;
        snprintf(path, sizeof path, "/exec/%s/json", id);
        ask(c, ANSWER_EXEC, path, PART_EXECS, id);
    }
}

/* "sha256:" and the digest; Podman leaves the prefix out. */
static bool is_image_id(const char *text)
{
    return text && is_id(text_starts(text, "sha256:") ? text + strlen("sha256:") : text);
}

static void ask_images(struct plan *c, const json_t *list)
{
    char path[160];
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_text_at(json_array_get(list, i), "Id");
        if (i == IMAGES_MAX) {
            miss(c, PART_IMAGE_INSPECTS, "there are more images than muster reads of one host");
            return;
        }
        if (!is_image_id(id))
            continue;
        snprintf(path, sizeof path, "/images/%s/json", id);
        ask(c, ANSWER_IMAGE, path, PART_IMAGE_INSPECTS, id);
        snprintf(path, sizeof path, "/images/%s/history", id);
        ask(c, ANSWER_HISTORY, path, "image_history", id);
    }
}

/* Of those whose writable layer the shell has not shown: what the engine says has changed. It walks the
 * container's whole file system for it, so only few are asked, and few at a time. */
static void add_to_compare(struct plan *c, const char *id, const json_t *container)
{
    const char *layer = facts_layer(json_at(c->facts, PART_SHELL), id, container);
    bool helper = json_object_get(json_at(container, "Config.Labels"), HELPER_LABEL) != NULL;
    if (!helper && !(layer && json_object_get(json_at(c->facts, "shell.layers"), layer)))
        json_array_append_new(c->to_compare, json_text(id));
}

static void list_to_compare(struct plan *c)
{
    const char *id;
    json_t *container;
    c->to_compare = json_array();
    json_object_foreach(json_object_get(c->answers, PART_CONTAINERS), id, container)
    {
        add_to_compare(c, id, container);
    }
    if (json_array_size(c->to_compare) <= COLLECTION_DRIFT_MAX || c->options.drift)
        return;
    miss(c, PART_CHANGES,
         "there are more than 20 containers to compare without a root shell: --drift asks the engine");
    json_array_clear(c->to_compare);
}

static void compare_next(struct plan *c)
{
    char path[160];
    unsigned at_once = engine_is_far(c->engine) ? COLLECTION_DRIFT_MAX : COMPARED_AT_ONCE;
    if (!c->to_compare)
        list_to_compare(c);
    while (json_array_size(c->to_compare) && c->comparing < at_once) {
        const char *id = json_string_value(json_array_get(c->to_compare, 0));
        snprintf(path, sizeof path, "/containers/%s/changes", id);
        c->comparing++;
        ask(c, ANSWER_CHANGES, path, PART_CHANGES, id);
        json_array_remove(c->to_compare, 0);
    }
}

/* Where no shell will show it, there is nothing to wait for. */
static void compare_early(struct plan *c, const char *id, const json_t *container)
{
    if (!has_no_shell(c) || (c->containers > COLLECTION_DRIFT_MAX && !c->options.drift))
        return;
    if (!c->to_compare)
        c->to_compare = json_array();
    add_to_compare(c, id, container);
    compare_next(c);
}

static void ask_manager(struct plan *c)
{
    ask(c, ANSWER_SERVICES, "/services", "services", NULL);
    if (c->options.swarm_nodes)
        ask(c, ANSWER_NODES, "/nodes", "nodes", NULL);
}

/* What an answer leads to. */
static void follow(struct question *q, const json_t *kept)
{
    struct plan *c = q->collection;
    if (q->document == ANSWER_CONTAINER_LIST)
        ask_containers(c, kept);
    else if (q->document == ANSWER_CONTAINER) {
        ask_execs(c, kept);
        compare_early(c, q->id, kept);
    } else if (q->document == ANSWER_IMAGES)
        ask_images(c, kept);
    else if (q->document == ANSWER_INFO && json_true_at(kept, "Swarm.ControlAvailable"))
        ask_manager(c);
}

static void put_missing(struct question *q, long status, const struct failure *failure, const char *why)
{
    struct plan *c = q->collection;
    char *name = q->id ? xasprintf("%s/%s", q->name, q->id) : xstrdup(q->name);
    /* Containers and execs come and go while they are asked: one that is gone is no longer the host's state.
     */
    bool gone = q->id && status == 404;
    /* Between two starts, or just stopped: nothing runs in it. */
    bool not_running = q->document == ANSWER_TOP && (status == 409 || status == 404);
    if (not_running)
        keep(q, json_pack("{s:b}", "not_running", 1));
    else if (!gone)
        miss(c, name, why);
    if (q->document == ANSWER_CONTAINER)
        json_object_del(json_object_get(c->answers, PART_CONTAINERS), q->id);
    free(name);
    if (c->failed || (q->document != ANSWER_INFO && q->document != ANSWER_CONTAINER_LIST))
        return;
    /* Before anything was answered it is the way that failed, not the question. */
    c->failed = true;
    if (!engine_api(c->engine) && failure->stage)
        c->failure = *failure;
    else
        failure_set(&c->failure, STAGE_COLLECT, failure->transient, failure->hint, "%s: %s", q->name, why);
}

static void release_question(struct question *q)
{
    free(q->name);
    free(q->id);
    free(q);
}

static void close_question(struct question *q)
{
    struct plan *c = q->collection;
    *q->link = q->next;
    if (q->next)
        q->next->link = q->link;
    c->open_questions--;
    c->comparing -= q->document == ANSWER_CHANGES;
    release_question(q);
    settle(c);
}

static void on_read(void *ctx, json_t *kept, const char *why)
{
    struct question *q = ctx;
    struct plan *c = q->collection;
    char text[320];
    if (!kept) {
        const struct failure none = {0};
        snprintf(text, sizeof text, "the answer is no JSON: %s", why);
        put_missing(q, 200, &none, text);
        close_question(q);
        return;
    }
    if (q->document == ANSWER_CHANGES) {
        json_t *changes = kept;
        kept =
            drift_from_changes(changes, json_object_get(json_object_get(c->answers, PART_CONTAINERS), q->id));
        json_decref(changes);
    }
    keep(q, kept);
    if (!c->finished)
        follow(q, kept);
    close_question(q);
}

static void on_answer(void *ctx, const struct answer *answer)
{
    struct question *q = ctx;
    if (!answer->error) {
        reader_add(q->collection->reader, q->document, answer->text, q);
        return;
    }
    /* Podman runs the container's own ps, and BusyBox's knows few columns: the names alone. */
    if (q->document == ANSWER_TOP && answer->status == 500 && !q->again) {
        struct plan *c = q->collection;
        char path[192];
        snprintf(path, sizeof path, "/containers/%s/top?ps_args=-o%%20comm", q->id);
        ask(c, ANSWER_TOP, path, q->name, q->id);
        c->open->again = true;
        close_question(q);
        return;
    }
    put_missing(q, answer->status, &answer->failure, answer->error);
    close_question(q);
}

static void ask(struct plan *c, enum answer_kind document, const char *path, const char *name, const char *id)
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

static void ask_container_list(struct plan *c)
{
    ask(c, ANSWER_CONTAINER_LIST, "/containers/json?all=1", PART_CONTAINER_LIST, NULL);
}

/* Every connection of TCP's begins with round trips of its own; the first one is free when /_ping was
 * answered, and most questions follow from this list. Through a tunnel they all begin alike. */
static bool waits_for_ping(const struct plan *c)
{
    return transport_route(c->transport)->socket_path == NULL;
}

/* The lists are asked beside /_ping, before it is known which version of the API is spoken (see engine.h). */
static void ask_lists(struct plan *c)
{
    static const struct {
        enum answer_kind document;
        const char *path, *name;
    } LISTS[] = {
        {ANSWER_IMAGES, "/images/json", "images"}, {ANSWER_INFO, "/info", "info"},
        {ANSWER_VERSION, "/version", "version"},   {ANSWER_NETWORKS, "/networks", "networks"},
        {ANSWER_VOLUMES, "/volumes", "volumes"},
    };
    if (!waits_for_ping(c))
        ask_container_list(c);
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++)
        ask(c, LISTS[i].document, LISTS[i].path, LISTS[i].name, NULL);
}

static void drop_questions(struct plan *c)
{
    for (struct question *q = c->open, *next; q; q = next) {
        next = q->next;
        c->open_questions--;
        release_question(q);
    }
    c->open = NULL;
}

static void on_ping(void *ctx, const struct answer *answer)
{
    struct plan *c = ctx;
    c->open_questions--;
    if (answer->error) {
        /* Nothing else will come either: nobody waits for it. What did come is kept. */
        c->failed = true;
        c->failure = answer->failure;
        miss(c, PART_ENGINE, answer->error);
        reader_drain(c->reader);
        engine_cancel(c->engine);
        drop_questions(c);
    } else {
        if (waits_for_ping(c))
            ask_container_list(c);
        transport_engine_answered(c->transport);
        json_put(c->answers, "api", json_text(answer->body));
        if (engine_certificate(c->engine))
            json_put(c->session, "certificate", json_deep_copy(engine_certificate(c->engine)));
    }
    settle(c);
}

/* --- the engine without TLS, when asked for --- */

static void on_plain(void *ctx, const struct answer *answer)
{
    struct plan *c = ctx;
    c->open_questions--;
    json_put(c->session, "plain_2375",
             json_text(!answer->error   ? "open"
                       : answer->status ? "answers, but not as an engine"
                                        : "closed"));
    settle(c);
}

static void ask_plain(struct plan *c)
{
    const struct target *target = c->target;
    const char *host = target->engine.host ? target->engine.host : target->shell.host;
    if (!c->options.probe_plain || !host)
        return;
    bool v6 = strchr(host, ':') != NULL;
    c->plain_url = xasprintf("http://%s%s%s:2375", v6 ? "[" : "", host, v6 ? "]" : "");
    c->plain_route = (struct engine_route){.base_url = c->plain_url, .parallel = 1};
    c->plain = engine_new(c->http, &c->plain_route, target, &c->limits, NULL);
    c->open_questions++;
    engine_ping(c->plain, on_plain, c);
}

/* --- the shell --- */

static void shell_missing(struct plan *c, const char *why)
{
    miss(c, PART_SHELL, why);
}

/* A shell tells of the machine it runs on. Unless that is the machine the engine runs on, what it says is
 * about somebody else (a forwarded socket, Docker Desktop, an engine in a container). */
static void refuse_foreign_shell(struct plan *c)
{
    const char *shell = json_text_at(c->facts, "shell.name");
    const char *engine = json_text_at(c->answers, "info.Name");
    char why[256];
    if (!shell || !engine || strcmp(shell, engine) == 0)
        return;
    snprintf(why, sizeof why,
             "the shell is on \"%.80s\", the engine on \"%.80s\": they are not the same host", shell, engine);
    json_object_del(c->facts, PART_SHELL);
    shell_missing(c, why);
}

static void end_shell(struct plan *c)
{
    c->shell_done = true;
    timeline_end(c->options.timeline, c->shell_span);
    uv_timer_stop(&c->shell_deadline);
    if (c->run)
        shell_run_close(c->run);
    c->run = NULL;
}

static void on_shell_output(void *ctx, const char *bytes, size_t length, bool is_error)
{
    struct plan *c = ctx;
    timeline_received(c->options.timeline, length);
    if (!buf_add(is_error ? &c->complaint : &c->output, bytes, length) && !is_error)
        c->output_cut = true;
}

static void on_shell_ended(void *ctx, int exit_status)
{
    struct plan *c = ctx;
    char why[256] = "";
    json_t *shell = c->output.length ? probe_parse(c->output.data, c->output.length, why, sizeof why) : NULL;
    if (shell) {
        json_put(c->facts, PART_SHELL, shell);
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
    struct plan *c = timer->data;
    shell_missing(c, "the shell probe did not end within 30 s");
    end_shell(c);
    settle(c);
}

void plan_shell(struct plan *c)
{
    c->output.limit = PROBE_OUTPUT_MAX;
    c->complaint.limit = 4096;
    c->run = transport_run(c->transport, probe_script, probe_script_length,
                           (struct shell_events){.output = on_shell_output, .ended = on_shell_ended}, c);
    if (c->run) {
        c->shell_span = timeline_begin(c->options.timeline, "probe", "probe");
        uv_timer_start(&c->shell_deadline, on_shell_deadline, PROBE_TIMEOUT_MS, 0);
    } else {
        shell_missing(c, transport_no_shell(c->transport) ? transport_no_shell(c->transport) : "no shell");
        c->shell_done = true;
        settle(c);
    }
}

/* --- the end --- */

/* What Podman's Docker-like API leaves out, its own one tells. */
static void ask_podman(struct plan *c)
{
    static const struct {
        const char *of, *name, *path;
        enum answer_kind document;
    } OWN[] = {{PART_CONTAINERS, PART_PODMAN_CONTAINERS, "/libpod/containers/", ANSWER_PODMAN_CONTAINER},
               {PART_IMAGE_INSPECTS, PART_PODMAN_IMAGES, "/libpod/images/", ANSWER_PODMAN_IMAGE}};
    bool podman = version_is_podman(json_object_get(c->answers, "version"));
    for (size_t i = 0; podman && i < sizeof OWN / sizeof *OWN; i++) {
        const char *id;
        json_t *unused;
        json_object_foreach(json_object_get(c->answers, OWN[i].of), id, unused)
        {
            char *path =
                xasprintf("%s%s/json", OWN[i].path, text_starts(id, "sha256:") ? id + strlen("sha256:") : id);
            ask(c, OWN[i].document, path, OWN[i].name, id);
            free(path);
        }
    }
}

/* Running containers whose processes neither the shell nor the engine has shown. */
static void ask_inside(struct plan *c)
{
    const char *id;
    json_t *container;
    json_t *seen = json_at(c->facts, "shell.containers"), *told = json_object_get(c->answers, "top");
    char part[96];
    c->asked_inside = true;
    json_object_foreach(json_object_get(c->answers, PART_CONTAINERS), id, container)
    {
        snprintf(part, sizeof part, "top/%s", id);
        if (json_true_at(container, "State.Running") && !json_array_size(json_object_get(seen, id)) &&
            !json_object_get(told, id) && !document_missing(c->facts, part))
            ask_top(c, id);
    }
    ask_podman(c);
}

static void on_host_files(void *ctx, json_t *files, const char *why, const char *remains)
{
    struct plan *c = ctx;
    c->host_files = NULL;
    c->open_questions--;
    if (files)
        json_put(c->facts, PART_HOST_FILES, files);
    else
        miss(c, PART_HOST_FILES, why);
    if (remains)
        miss(c, PART_HOST_FILES_REMOVAL, remains);
    settle(c);
}

/* Where there is no shell, and only when asked for. */
static void ask_host_files(struct plan *c)
{
    c->asked_host_files = true;
    if (!c->options.host_files || json_at(c->facts, PART_SHELL))
        return;
    c->host_files =
        host_files_start(c->engine, json_at(c->answers, "images"), json_at(c->answers, PART_IMAGE_INSPECTS),
                         json_at(c->answers, "info"), on_host_files, c);
    if (c->host_files)
        c->open_questions++;
    else
        miss(c, PART_HOST_FILES, "there is no image on the host to make the helper container from");
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct plan *c = handle->data;
    if (--c->open_handles == 0)
        free(c);
}

/* A visit that ends early leaves places without answers: those containers are missing evidence. */
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
        miss(c, part, "the visit ended before it was answered");
        json_object_del(containers, id);
    }
}

static json_t *dismantle(struct plan *c)
{
    json_t *facts = c->facts;
    c->finished = true;
    reader_drain(c->reader);
    reader_free(c->reader);
    json_object_del(c->answers, PART_CONTAINER_LIST);
    json_decref(c->to_compare);
    drop_unanswered(c);
    if (c->host_files)
        host_files_abort(c->host_files);
    /* What the way showed, and what was learned on it. */
    json_t *session = transport_session_json(c->transport);
    json_object_update(session, c->session);
    json_put(c->facts, "session", session);
    if (c->engine)
        engine_free(c->engine);
    if (c->plain)
        engine_free(c->plain);
    free(c->plain_url);
    drop_questions(c);
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
    struct plan *c = timer->data;
    struct failure failure = c->failure;
    bool failed = c->failed;
    plan_cb *done = c->done;
    void *ctx = c->ctx;
    json_t *facts = dismantle(c);
    done(ctx, facts, failed ? &failure : NULL);
}

static void settle(struct plan *c)
{
    if ((c->open_questions && c->open_questions > c->comparing) || !c->shell_done || !c->engine_begun ||
        c->finished)
        return;
    if (!c->asked_inside && !c->failed) {
        refuse_foreign_shell(c);
        ask_inside(c);
    }
    if (!c->failed && (!c->open_questions || c->comparing))
        compare_next(c);
    if (!c->failed && !c->open_questions && !c->asked_host_files)
        ask_host_files(c);
    if (c->open_questions)
        return;
    c->finished = true;
    uv_timer_start(&c->finish_soon, on_finish, 0, 0);
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
    c->reader = reader_new(off, target->policy, on_read);
    c->done = done;
    c->ctx = ctx;
    char collected[32];
    now_text(collected);
    c->facts = document_new(collected);
    c->session = json_object_get(c->facts, "session");
    c->answers = json_object_get(c->facts, PART_ENGINE);
    uv_timer_init(loop, &c->shell_deadline);
    uv_timer_init(loop, &c->finish_soon);
    c->shell_deadline.data = c->finish_soon.data = c;
    c->open_handles = 2;
    ask_plain(c);
    return c;
}

void plan_engine(struct plan *c)
{
    c->engine_begun = true;
    if (transport_no_engine(c->transport)) {
        c->failed = true;
        c->failure = *transport_no_engine(c->transport);
        miss(c, PART_ENGINE, c->failure.message);
        settle(c);
        return;
    }
    c->engine =
        engine_new(c->http, transport_route(c->transport), c->target, &c->limits, c->options.timeline);
    c->open_questions++;
    engine_ping(c->engine, on_ping, c);
    ask_lists(c);
}

json_t *plan_abort(struct plan *c)
{
    return dismantle(c);
}
