/* resume.h: scan --resume: what an earlier scan learned before it was cut off, and what such scans have left.
 */
#ifndef FLEET_CLI_RESUME_H
#define FLEET_CLI_RESUME_H

#include "fleet/cli/outcome.h"

/* Takes the records of a saved scan (a spool, or a report as JSON or JSON Lines) into the outcome: of those
 * of the targets that it holds and that were not interrupted, which leave the list. Returns 0, or an exit
 * code after a message. */
int resume_from(const char *path, struct outcome *outcome, struct target_list *targets);
/* All of it is in the reports now: removes it where it is a spool of the state folder. */
void resume_forget(const char *path, const struct outcome *outcome);
/* Tells which spools other scans have left (none that is being written), unless the run is quiet; those older
 * than 30 days are removed. */
void resume_tell(const struct options *options);

#endif
