/* run_env.h: what all hosts of a run share: resolver, keys, known hosts, connections, limits. */
#ifndef FLEET_RUN_ENV_H
#define FLEET_RUN_ENV_H

#include "fleet/cli/options.h"
#include "fleet/host_job.h"

/* `worker`: of the run's loop; `folder`: the run's private one; ping_only: nothing but /_ping is asked. The
 * jump hosts (transport.jumps) come later. */
struct host_job_env run_env_make(struct worker *worker, const struct options *options, size_t forks,
                                 const char *folder, bool ping_only);
/* Once the loop has ended. False where a thread still works on what is then not freed. */
bool run_env_free(struct host_job_env *env);
/* What jump hosts get from the command line; the caller owns it. */
struct target *run_env_jump_like(const struct options *options);
/* Tells how many hosts are not verified, as asked. */
void run_env_warn(const struct target_list *targets);

#endif
