/* host_job.h: one host being scanned: connect, ask, end. */
#ifndef FLEET_HOST_JOB_H
#define FLEET_HOST_JOB_H

#include <jansson.h>

#include "agentless/collect/plan.h"
#include "agentless/collect/engine.h"
#include "agentless/transport/transport.h"
#include "base/worker.h"
#include "base/timeline.h"

struct host_job;

struct host_job_env {
    struct transport_env transport;
    struct http *http;
    struct worker *worker;
    struct engine_limits limits;
    struct plan_options collect;
    unsigned host_timeout_ms;
    bool ping_only; /* reach, log in, /_ping; nothing more */
};

/* Of a ping the facts have "timings": what each stage took, {stage: milliseconds}.
 * Called once, from the loop. `facts` (owned by the receiver) is never NULL; failure is NULL when all went
 * well. */
typedef void host_job_cb(void *ctx, json_t *facts, const struct failure *failure);

struct host_job *host_job_start(struct host_job_env *env, const struct target *target, host_job_cb *done,
                                void *ctx);
/* What the job has done so far; borrowed. */
const struct timeline *host_job_timeline(const struct host_job *job);
/* Whether next to nothing has come from the host for a second in which we had time to read it: `idle_us` is
 * the loop's idle time so far, so that a host never counts as silent because we are busy. Call it now and
 * then. */
bool host_job_is_silent(struct host_job *job, uint64_t idle_us);
/* Ends the job now with STAGE_INTERRUPTED; the callback is made before this returns. */
void host_job_interrupt(struct host_job *job);

#endif
