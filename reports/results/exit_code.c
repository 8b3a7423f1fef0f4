/* exit_code.c: see exit_code.h */
#include "reports/results/exit_code.h"

int exit_code(const struct exit_reasons *r)
{
    int findings = r->failing ? EXIT_FINDINGS : EXIT_OK;
    if (r->end == RUN_INTERRUPTED)
        return EXIT_INTERRUPTED;
    if (r->end == RUN_FAILED || r->lost || !r->scanned)
        return EXIT_NOTHING;
    return (r->failed || r->end == RUN_TIMED_OUT ? EXIT_UNSCANNED : EXIT_OK) | findings;
}
