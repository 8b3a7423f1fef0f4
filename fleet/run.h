/* run.h: many visits at once on one loop: admission, retries, progress, signals. */
#ifndef FLEET_RUN_H
#define FLEET_RUN_H

#include "fleet/options.h"
#include "fleet/visit.h"

enum run_end { RUN_COMPLETE, RUN_INTERRUPTED, RUN_TIMED_OUT, RUN_FAILED };

/* Called for every target exactly once, as its visit ends, in the order of ending. `facts` has a "host" part
 * with name, groups, target, order, status and error; borrowed. False ends the run (a result could not be
 * kept). */
typedef bool run_result_cb(void *ctx, size_t index, const json_t *facts);

/* Visits all targets. `folder` is private to the run. Messages and progress go to standard error. */
enum run_end run_visits(const struct options *options, const struct target_list *targets, const char *folder,
                        bool ping_only, run_result_cb *result, void *ctx);

/* Makes a private folder for tunnels and the spool (XDG_RUNTIME_DIR, TMPDIR, /tmp); the caller frees the name
 * and removes the folder. NULL after a message. */
char *run_folder(void);

#endif
