/* visit.h: one host being visited: the way there, the questions, the end. */
#ifndef FLEET_VISIT_H
#define FLEET_VISIT_H

#include <jansson.h>

#include "agentless/collect/collection.h"
#include "agentless/collect/engine.h"
#include "agentless/reach/reach.h"
#include "base/off_loop.h"
#include "base/timeline.h"

struct visit;

struct visit_env {
    struct reach_env reach;
    struct http *http;
    struct off_loop off_loop;
    struct engine_limits limits;
    struct collection_options collect;
    unsigned host_timeout_ms;
    bool ping_only; /* reach, log in, /_ping; nothing more */
};

/* Of a ping the facts have "timings": what each stage of the way took, {stage: milliseconds}.
 * Called once, from the loop. `facts` (owned by the receiver) is never NULL; failure is NULL when all went
 * well. */
typedef void visit_cb(void *ctx, json_t *facts, const struct failure *failure);

struct visit *visit_start(struct visit_env *env, const struct target *target, visit_cb *done, void *ctx);
/* What the visit has done so far; borrowed. */
const struct timeline *visit_timeline(const struct visit *visit);
/* Whether next to nothing has come from the host for a second in which we had time to read it: `idle_us` is
 * the loop's idle time so far, so that a host never counts as silent because we are busy. Call it now and
 * then. */
bool visit_is_silent(struct visit *visit, uint64_t idle_us);
/* Ends the visit now with STAGE_INTERRUPTED; the callback is made before this returns. */
void visit_interrupt(struct visit *visit);

#endif
