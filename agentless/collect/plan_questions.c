/* plan_questions.c: the questions to the engine: each is asked, read off the loop, kept, and may lead to
 * further ones. */
#include "agentless/collect/budget.h"
#include "agentless/collect/helper/host_files.h"
#include "agentless/collect/plan_internal.h"
#include "agentless/facts/document.h"
#include "agentless/collect/reduce/drift.h"
#include "agentless/facts/view.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void plan_keep(struct question *q, json_t *kept)
{
    struct plan *c = q->plan;
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

void plan_ask_top(struct plan *c, const char *id)
{
    char path[192];
    snprintf(path, sizeof path, "/containers/%s/top?ps_args=-eo%%20pid,uid,comm", id);
    plan_ask(c, ANSWER_TOP, path, "top", id);
}

static void ask_containers(struct plan *c, const json_t *list)
{
    char path[160];
    size_t count = json_array_size(list);
    json_put(c->answers, PART_CONTAINERS, json_object());
    for (size_t i = 0; i < count; i++) {
        const char *id = json_text_at(json_array_get(list, i), "Id");
        if (c->containers == CONTAINERS_MAX) {
            plan_miss(c, PART_CONTAINERS, "there are more containers than muster reads of one host");
            break;
        }
        if (!is_id(id)) {
            plan_miss(c, PART_CONTAINERS, "the engine's list holds an entry without a usable id");
            continue;
        }
        c->containers++;
        /* Its place is kept in the list's order, whatever order the answers come in. */
        json_put(json_object_get(c->answers, PART_CONTAINERS), id, json_null());
        snprintf(path, sizeof path, "/containers/%s/json", id);
        plan_ask(c, ANSWER_CONTAINER, path, PART_CONTAINERS, id);
        if (plan_has_no_shell(c) && text_same(json_text_at(json_array_get(list, i), "State"), "running"))
            plan_ask_top(c, id);
    }
}

static void ask_execs(struct plan *c, const json_t *container)
{
    const json_t *ids = json_at(container, "ExecIDs");
    char path[160];
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        if (c->execs == EXECS_MAX) {
            plan_miss(c, PART_EXECS, "there are more live execs than muster reads of one host");
            return;
        }
        if (!is_id(id))
            continue;
        c->execs++;
        snprintf(path, sizeof path, "/exec/%s/json", id);
        plan_ask(c, ANSWER_EXEC, path, PART_EXECS, id);
    }
}

/* "sha256:" and the digest; Podman leaves the prefix out. */
static bool plan_is_image_id(const char *text)
{
    return text && is_id(text_starts(text, "sha256:") ? text + strlen("sha256:") : text);
}

static void ask_images(struct plan *c, const json_t *list)
{
    char path[160];
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_text_at(json_array_get(list, i), "Id");
        if (i == IMAGES_MAX) {
            plan_miss(c, PART_IMAGE_INSPECTS, "there are more images than muster reads of one host");
            return;
        }
        if (!plan_is_image_id(id))
            continue;
        snprintf(path, sizeof path, "/images/%s/json", id);
        plan_ask(c, ANSWER_IMAGE, path, PART_IMAGE_INSPECTS, id);
        snprintf(path, sizeof path, "/images/%s/history", id);
        plan_ask(c, ANSWER_HISTORY, path, "image_history", id);
    }
}

static void ask_manager(struct plan *c)
{
    plan_ask(c, ANSWER_SERVICES, "/services", "services", NULL);
    if (c->options.swarm_nodes)
        plan_ask(c, ANSWER_NODES, "/nodes", "nodes", NULL);
}

/* A scan that was killed could not remove its helper. One with --host-files does. */
static void tell_leftover(struct plan *c, const char *id, const json_t *container)
{
    char text[160];
    const char *label = json_string_value(json_object_get(json_at(container, "Config.Labels"), HELPER_LABEL));
    if (c->options.host_files || !label || !host_files_is_leftover(label))
        return;
    snprintf(text, sizeof text,
             "the helper container %.12s of a scan that was killed is still there; a scan with --host-files "
             "removes it",
             id);
    plan_miss(c, PART_HOST_FILES_REMOVAL, text);
}

/* What an answer leads to. */
static void plan_follow(struct question *q, const json_t *kept)
{
    struct plan *c = q->plan;
    if (q->kind == ANSWER_CONTAINER_LIST)
        ask_containers(c, kept);
    else if (q->kind == ANSWER_CONTAINER) {
        tell_leftover(c, q->id, kept);
        ask_execs(c, kept);
        plan_compare_early(c, q->id, kept);
    } else if (q->kind == ANSWER_IMAGES)
        ask_images(c, kept);
    else if (q->kind == ANSWER_INFO && json_true_at(kept, "Swarm.ControlAvailable"))
        ask_manager(c);
}

static void put_missing(struct question *q, long status, const struct failure *failure, const char *why)
{
    struct plan *c = q->plan;
    char *name = q->id ? xasprintf("%s/%s", q->name, q->id) : xstrdup(q->name);
    /* Containers and execs come and go while they are asked: one that is gone is no longer the host's state.
     */
    bool gone = q->id && status == 404;
    /* Between two starts, or just stopped: nothing runs in it. */
    bool not_running = q->kind == ANSWER_TOP && (status == 409 || status == 404);
    if (not_running)
        plan_keep(q, json_pack("{s:b}", "not_running", 1));
    else if (!gone)
        plan_miss(c, name, why);
    if (q->kind == ANSWER_CONTAINER)
        json_object_del(json_object_get(c->answers, PART_CONTAINERS), q->id);
    free(name);
    if (c->failed || (q->kind != ANSWER_INFO && q->kind != ANSWER_CONTAINER_LIST))
        return;
    /* Before anything was answered it is the connection that failed, not the question. */
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

static void unlink_question(struct question *q)
{
    struct plan *c = q->plan;
    *q->link = q->next;
    if (q->next)
        q->next->link = q->link;
    c->open_questions--;
    c->comparing -= q->kind == ANSWER_CHANGES;
}

static void close_question(struct question *q)
{
    struct plan *c = q->plan;
    unlink_question(q);
    release_question(q);
    plan_settle(c);
}

/* Counts what is kept of all answers; false where there is no room for one more. */
static bool plan_has_room(struct plan *c, const json_t *kept)
{
    size_t left = BUDGET_KEPT_HOST - c->kept, weight = json_weight(kept, left);
    size_t run = http_keep_bytes(c->http, 0);
    if (weight > left || (run + weight > BUDGET_KEPT_RUN && c->kept + weight > BUDGET_KEPT_FAIR))
        return false;
    c->kept += weight;
    http_keep_bytes(c->http, (ptrdiff_t)weight);
    return true;
}

void plan_on_read(void *ctx, json_t *kept, const char *why)
{
    struct question *q = ctx;
    struct plan *c = q->plan;
    char text[320];
    engine_text_gone(c->engine, q->length);
    if (kept && !plan_has_room(c, kept)) {
        static const struct failure FULL = {
            .hint = "scan the host alone; if it says so still, its engine is not to be believed"};
        json_decref(kept);
        put_missing(q, 200, &FULL, "what the engine says fills the memory for facts");
        close_question(q);
        return;
    }
    if (!kept) {
        static const struct failure UNREADABLE = {.hint = "this is not what an engine answers: is it Docker, "
                                                          "or something in between that answers for it?"};
        snprintf(text, sizeof text, "the answer is no JSON: %s", why);
        put_missing(q, 200, &UNREADABLE, text);
        close_question(q);
        return;
    }
    plan_keep(q, kept);
    if (c->step != PLAN_DONE)
        plan_follow(q, kept);
    close_question(q);
}

/* What another thread has to know to read the answer, as its own copy. */
static json_t *about(const struct question *q)
{
    if (q->kind != ANSWER_CHANGES)
        return NULL;
    const json_t *container = json_object_get(json_object_get(q->plan->answers, PART_CONTAINERS), q->id);
    return json_is_object(container) ? json_deep_copy(container) : json_object();
}

static void on_answer(void *ctx, const struct answer *answer)
{
    struct question *q = ctx;
    if (!answer->error) {
        q->answered = true;
        q->length = answer->length;
        parser_add(q->plan->parser, q->kind, answer->text, about(q), q);
        return;
    }
    /* Podman runs the container's own ps, and BusyBox's knows few columns: the names alone. */
    if (q->kind == ANSWER_TOP && answer->status == 500 && !q->again) {
        struct plan *c = q->plan;
        char path[192];
        snprintf(path, sizeof path, "/containers/%s/top?ps_args=-o%%20comm", q->id);
        plan_ask(c, ANSWER_TOP, path, q->name, q->id);
        c->open->again = true;
        close_question(q);
        return;
    }
    put_missing(q, answer->status, &answer->failure, answer->error);
    close_question(q);
}

void plan_ask(struct plan *c, enum answer_kind kind, const char *path, const char *name, const char *id)
{
    struct question *q = xcalloc(1, sizeof *q);
    *q = (struct question){
        .next = c->open, .link = &c->open, .plan = c, .kind = kind, .name = xstrdup(name), .id = xstrdup(id)};
    if (c->open)
        c->open->link = &q->next;
    c->open = q;
    c->open_questions++;
    engine_get(c->engine, path, on_answer, q);
}

void plan_ask_container_list(struct plan *c)
{
    plan_ask(c, ANSWER_CONTAINER_LIST, "/containers/json?all=1", PART_CONTAINER_LIST, NULL);
}

bool plan_waits_for_ping(const struct plan *c)
{
    return transport_route(c->transport)->socket_path == NULL;
}

void plan_ask_lists(struct plan *c)
{
    static const struct {
        enum answer_kind kind;
        const char *path, *name;
    } LISTS[] = {
        {ANSWER_IMAGES, "/images/json", "images"}, {ANSWER_INFO, "/info", "info"},
        {ANSWER_VERSION, "/version", "version"},   {ANSWER_NETWORKS, "/networks", "networks"},
        {ANSWER_VOLUMES, "/volumes", "volumes"},
    };
    if (!plan_waits_for_ping(c))
        plan_ask_container_list(c);
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++)
        plan_ask(c, LISTS[i].kind, LISTS[i].path, LISTS[i].name, NULL);
}

void plan_drop_questions(struct plan *c, bool answered)
{
    for (struct question *q = c->open, *next; q; q = next) {
        next = q->next;
        if (q->answered && !answered)
            continue;
        unlink_question(q);
        release_question(q);
    }
}

/* What Podman's Docker-like API leaves out, its own one tells. */
void plan_ask_podman(struct plan *c)
{
    static const struct {
        const char *of, *name, *path;
        enum answer_kind kind;
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
            plan_ask(c, OWN[i].kind, path, OWN[i].name, id);
            free(path);
        }
    }
}
