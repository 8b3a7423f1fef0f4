/* outcome.h: what becomes of a scan's results: reports written, exit code chosen; for scan and judge alike.
 */
#ifndef FLEET_OUTCOME_H
#define FLEET_OUTCOME_H

#include "fleet/options.h"
#include "reports/report.h"

/* Checks --format and the -o files' formats before anything is scanned. Returns 0, or EXIT_USAGE after a
 * message. */
int outcome_check(const struct options *options);
void outcome_selection(const struct options *options, struct selection *selection);
/* Writes all reports and returns the exit code. */
int outcome_write(const struct options *options, const struct scan *scan);

#endif
