/* plan.h: asks one host everything that the checks need, and makes its facts. */
#ifndef AGENTLESS_COLLECT_PLAN_H
#define AGENTLESS_COLLECT_PLAN_H

#include <jansson.h>

#include "agentless/collect/engine.h"
#include "base/worker.h"
#include "base/timeline.h"

/* What is asked only by request. */
struct plan_options {
    bool drift;                /* /changes also above PLAN_DRIFT_MAX containers */
    bool probe_plain;          /* one GET to port 2375 of the host's address */
    bool swarm_nodes;          /* a swarm manager's list of nodes */
    struct timeline *timeline; /* of the host job; NULL: none */
    bool host_files; /* read the host's files through a container that is never started, where there is no
                        shell */
};

/* The engine walks a container's whole file system for /changes: above this many it is asked only by request.
 */
#define PLAN_DRIFT_MAX 20

struct plan;

/* `failure` is NULL when the engine was asked everything it could be asked; single questions that had no
 * answer are in the facts under "missing". The facts (owned by the receiver) are never NULL: what was learned
 * before a failure is in them. */
typedef void plan_cb(void *ctx, json_t *facts, const struct failure *failure);

/* Answers are read off the loop by `off`. */
struct plan *plan_new(struct http *http, struct worker *off, struct transport *transport,
                      const struct target *target, const struct engine_limits *limits,
                      const struct plan_options *options, plan_cb *done, void *ctx);
/* The connection to the engine, and to the shell, is settled: each part begins as soon as it can. Call each
 * once. */
void plan_engine(struct plan *plan);
void plan_shell(struct plan *plan);
/* Ends at once and hands over what is there, by return value; no callback after this. */
json_t *plan_abort(struct plan *plan);

#endif
