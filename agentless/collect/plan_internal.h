/* plan_internal.h: the parts of a plan: the questions to the engine, the shell's probe, and what containers
 * changed. */
#ifndef AGENTLESS_COLLECT_PLAN_INTERNAL_H
#define AGENTLESS_COLLECT_PLAN_INTERNAL_H

#include "agentless/collect/engine.h"
#include "agentless/collect/helper/host_files.h"
#include "agentless/collect/parser.h"
#include "agentless/collect/plan.h"
#include "agentless/collect/probe/probe.h"
#include "agentless/collect/reduce/projection.h"
#include "base/buf.h"
#include "base/loop.h"
#include <jansson.h>

/* More containers than any one host runs; the rest is reported as missing. */
#define CONTAINERS_MAX 10000

#define EXECS_MAX 256

#define IMAGES_MAX 2000

#define PROBE_TIMEOUT_MS 30000

/* File systems that the engine walks at once; where a round trip takes longer than a walk, all there may be.
 */
#define COMPARED_AT_ONCE 4

/* In this order; plan_settle() goes from one to the next. */
enum plan_step {
    PLAN_LISTS,      /* the shell's probe, the engine's lists, and what they lead to */
    PLAN_INSIDE,     /* what neither has shown of containers */
    PLAN_COMPARE,    /* what has changed in containers, a few at once */
    PLAN_HOST_FILES, /* files, where there is no shell */
    PLAN_DONE
};

struct question {
    struct question *next, **link; /* among the plan's open ones */
    struct plan *plan;
    enum answer_kind kind;
    char *name;    /* the key under PART_ENGINE, and in "missing" */
    char *id;      /* of one container or exec; NULL: a list */
    bool again;    /* asked a second time, for less */
    bool answered; /* and the answer is being read */
    size_t length; /* of that */
};

struct plan {
    struct transport *transport;
    struct engine *engine;
    struct engine *plain; /* NULL: not asked */
    struct engine_route plain_route;
    char *plain_url;
    plan_cb *done;
    void *ctx;
    json_t *facts, *answers; /* the latter borrowed from facts */
    json_t *session;         /* what is learned while connecting; borrowed from facts */
    struct http *http;
    struct parser *parser;
    const struct target *target;
    struct engine_limits limits;
    struct shell_run *run;
    char mark[PROBE_MARK_SIZE]; /* of the probe */
    struct buf output, stderr_text;
    enum plan_step step;
    bool output_cut, shell_done, engine_begun;
    size_t shell_span;
    struct later shell_deadline;
    struct later finish; /* the end is made from the loop */
    struct handles handles;
    struct question *open;
    unsigned open_questions;
    struct plan_options options;
    struct host_files *host_files;
    json_t *to_compare; /* ids whose /changes are still to be asked */
    unsigned comparing; /* that are being asked */
    size_t containers, execs;
    size_t kept;    /* weight of all answers, as JSON */
    int shell_exit; /* of the probe */
    struct failure failure;
    bool failed; /* the engine cannot be asked: `failure` */
};

void plan_miss(struct plan *c, const char *name, const char *why);
/* Only the engine can report what is inside the containers, so it is asked at once. */
bool plan_has_no_shell(const struct plan *c);
void plan_ask_top(struct plan *c, const char *id);
void plan_compare_next(struct plan *c);
/* Where no shell will show it, there is nothing to wait for. */
void plan_compare_early(struct plan *c, const char *id, const json_t *container);
void plan_on_read(void *ctx, json_t *kept, const char *why);
void plan_ask(struct plan *c, enum answer_kind kind, const char *path, const char *name, const char *id);
void plan_ask_container_list(struct plan *c);
/* Every connection of TCP's begins with round trips of its own; the first one is free when /_ping was
 * answered, and most questions follow from this list. Through a tunnel they all begin alike. */
bool plan_waits_for_ping(const struct plan *c);
/* The lists are asked beside /_ping, before it is known which version of the API is spoken (see engine.h). */
void plan_ask_lists(struct plan *c);
/* Without a word; `answered`: also those whose answer is being read. */
void plan_drop_questions(struct plan *c, bool answered);
/* A shell tells of the machine it runs on. Unless that is the machine the engine runs on, what it says is
 * about somebody else (a forwarded socket, Docker Desktop, an engine in a container). */
void plan_refuse_foreign_shell(struct plan *c);
/* --- the end --- */

/* What Podman's Docker-like API leaves out, its own one tells. */
void plan_ask_podman(struct plan *c);
void plan_settle(struct plan *c);
/* The probe did not end in time. */
void plan_on_shell_deadline(void *ctx);

#endif
