/* exit_code.h: the exit code of a command, decided in one place from how the run went. */
#ifndef REPORTS_RESULTS_EXIT_CODE_H
#define REPORTS_RESULTS_EXIT_CODE_H

#include <stdbool.h>
#include <stddef.h>

/* Exit codes, as conventions have them. */
enum {
    EXIT_OK = 0,
    EXIT_FINDINGS = 1,
    EXIT_USAGE = 2,
    EXIT_NOTHING = 3,
    EXIT_UNSCANNED = 4, /* with findings: 5 */
    EXIT_INTERRUPTED = 130
};

/* How the visits ended. */
enum run_end { RUN_COMPLETE, RUN_INTERRUPTED, RUN_TIMED_OUT, RUN_FAILED };

struct exit_reasons {
    enum run_end end;
    size_t scanned, failed; /* hosts */
    bool failing;           /* --fail-on applies to what was found */
    bool lost;              /* something that was asked for (a report, facts, a trace) could not be written */
};

/* Pure. */
int exit_code(const struct exit_reasons *reasons);

#endif
