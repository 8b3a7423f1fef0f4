/* test_exit_code.c: the exit code of every way that a run can go. */
#include "test.h"

#include "reports/results/exit_code.h"

static void every_way(void **state)
{
    static const struct {
        struct exit_reasons reasons;
        int code;
    } CASES[] = {
        {{.scanned = 3}, EXIT_OK},
        {{.scanned = 3, .failing = true}, EXIT_FINDINGS},
        {{.scanned = 2, .failed = 1}, EXIT_UNSCANNED},
        {{.scanned = 2, .failed = 1, .failing = true}, EXIT_UNSCANNED + EXIT_FINDINGS},
        {{.failed = 3}, EXIT_NOTHING},
        {{.failed = 3, .failing = true}, EXIT_NOTHING},
        {{.scanned = 3, .lost = true}, EXIT_NOTHING},
        {{.scanned = 3, .end = RUN_FAILED}, EXIT_NOTHING},
        {{.scanned = 3, .end = RUN_INTERRUPTED}, EXIT_INTERRUPTED},
        {{.scanned = 3, .end = RUN_INTERRUPTED, .lost = true}, EXIT_INTERRUPTED},
        {{.scanned = 3, .end = RUN_TIMED_OUT}, EXIT_UNSCANNED},
        {{.scanned = 3, .end = RUN_TIMED_OUT, .failing = true}, EXIT_UNSCANNED + EXIT_FINDINGS},
        {{.scanned = 3, .end = RUN_TIMED_OUT, .lost = true}, EXIT_NOTHING},
        {{.end = RUN_TIMED_OUT}, EXIT_NOTHING},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        if (exit_code(&CASES[i].reasons) != CASES[i].code)
            fail_msg("case %zu: %d, not %d", i, exit_code(&CASES[i].reasons), CASES[i].code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_way)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
