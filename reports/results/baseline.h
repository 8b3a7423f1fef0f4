/* baseline.h: what is different between a scan and an earlier one, its baseline: hosts that came and went,
 * verdicts that became worse or better. */
#ifndef REPORTS_RESULTS_BASELINE_H
#define REPORTS_RESULTS_BASELINE_H

#include "reports/results/store.h"

/* Host of the baseline for each host of the scan; NO_HOST: it is new. The caller frees the array. */
#define NO_HOST ((size_t)-1)
size_t *change_match(const struct scan *scan);

/* A verdict that moved between good (PASS, INFO, NOTE) and bad (WARN, ERROR): -1 became worse, 1 became
 * better, 0 neither, or one of the two was not judged. */
int change_of(unsigned char before, unsigned char now);

struct changes {
    size_t worse, better;         /* verdicts */
    size_t worse_hosts;           /* hosts with at least one */
    size_t new_hosts, gone_hosts; /* by name */
    size_t lost_hosts;            /* scanned then, not now */
};
struct changes change_count(const struct scan *scan);

#endif
