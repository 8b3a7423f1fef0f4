/* confine.h: which sandbox a command needs, from its options and targets. */
#ifndef FLEET_CLI_CONFINE_H
#define FLEET_CLI_CONFINE_H

#include "fleet/cli/outcome.h"
#include "inventory/target.h"

/* Enters it before hosts are visited. `outcome` is NULL where no report is written. Not entered with
 * --no-sandbox, nor where sudo is to be used on this machine, which needs the privileges that a sandbox
 * takes. */
void confine_run(const struct options *options, const struct target_list *targets,
                 const struct outcome *outcome, const char *run_folder);
/* The same for commands that read files and write reports, and start no program. */
void confine_reports(const struct outcome *outcome);

#endif
