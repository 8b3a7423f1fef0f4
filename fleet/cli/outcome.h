/* outcome.h: what becomes of a run's results: spooled as they come, reports written, exit code chosen; for
 * scan, judge and report alike. */
#ifndef FLEET_CLI_OUTCOME_H
#define FLEET_CLI_OUTCOME_H

#include "fleet/cli/options.h"
#include "reports/formats.h"

struct outcome {
    const struct options *options;
    struct selection selection;
    struct scan scan;
    struct report_set *reports;
    bool sees_arrivals; /* a report looks at records as hosts finish */
    bool converting;   /* saved scans: how they went was reported by their own exit codes; --fail-on counts if
                        * given
                        */
    bool lost;         /* a result could not be kept or written, or was not as it should be */
    struct error told; /* the last of those: a full disk is one message, not one a host */
};

/* Checks --format and the -o files' formats, the checks and the baseline before anything is scanned. Returns
 * 0, or EXIT_USAGE after a message. */
int outcome_check(const struct options *options);
/* The file that an -o names, without its format; borrowed. */
const char *outcome_path(const struct options *options, const char *output);
/* The checks that the command line selects; borrows from the options. */
void outcome_selection(const struct options *options, struct selection *selection);
/* Makes the spool in the state folder (else TMPDIR, /tmp). Returns 0, or an exit code after a message. */
int outcome_open(struct outcome *outcome, const struct options *options, enum benchmark benchmark,
                 size_t host_count);
/* Judges the facts of host `index` into an entry. Any thread, several at once. */
void outcome_judge(const struct outcome *outcome, size_t index, const json_t *facts,
                   struct scan_entry *entry);
/* Adds what is known of a host, and clears the entry; or takes a record as it is (and its reference). False
 * after a message. */
bool outcome_add(struct outcome *outcome, struct scan_entry *entry);
bool outcome_add_record(struct outcome *outcome, size_t index, json_t *record);
/* Writes all reports. Where one could not be written the spool is left and named. */
void outcome_write(struct outcome *outcome);
/* Ends it. `end`: how the run went; `lost`: something else that was asked for could not be written.
 * Returns the exit code. */
int outcome_close(struct outcome *outcome, enum run_end end, bool lost);
/* Ends it without reports; the spool goes too. */
void outcome_abandon(struct outcome *outcome);

#endif
