/* run.h: many hosts at once on one loop: queue, retries, progress, signals. */
#ifndef FLEET_RUN_H
#define FLEET_RUN_H

#include "fleet/cli/options.h"
#include "fleet/host_job.h"

struct run_events {
    /* Makes of a host's facts what is kept of them. Off the loop, for several hosts at once: what it reads of
     * `ctx` must not change meanwhile. NULL: nothing is made. */
    void *(*judge)(void *ctx, size_t index, const json_t *facts);
    /* Called on the loop for every target exactly once, in the order of ending, with what judge made, which
     * is its own. `facts` has a "host" part with name, groups, target, order, status and error, and "timings"
     * where the job was timed; borrowed. False ends the run (a result could not be kept). */
    bool (*result)(void *ctx, size_t index, const json_t *facts, void *judged);
    /* Called as a host job ends, each attempt, with what it did; NULL: not wanted. */
    void (*timed)(void *ctx, size_t index, const struct timeline *timeline);
    /* Called when all are done: may add targets to the list that are to be scanned too, and says whether it
     * has. NULL: there are never any. */
    bool (*more)(void *ctx, struct target_list *targets);
};

struct run_mode {
    const char *folder; /* private to the run */
    bool ping_only;     /* reach, log in, /_ping; nothing more */
};

/* Scans all targets. Messages and progress go to standard error. */
enum run_end run_hosts(const struct options *options, struct target_list *targets,
                       const struct run_mode *mode, const struct run_events *events, void *ctx);

#endif
