/* golden_case.h: one case of a check: the golden facts, a merge patch (RFC 7386; ' stands for ") that changes
 * them, and what the check must then decide. */
#ifndef TESTS_UNIT_GOLDEN_CASE_H
#define TESTS_UNIT_GOLDEN_CASE_H

#include <jansson.h>
#include <stdbool.h>

#include "agentless/checks/finding.h"
#include "agentless/checks/judge.h"

struct test_case {
    const char *id; /* of 1.8.0 */
    const char *patch;
    enum status status;
    const char *text; /* must occur in the finding's reason, items or evidence; NULL: any */
};

/* The golden facts with the patch; the caller owns them. */
json_t *patched(const char *patch);
/* Tells what is wrong; false then. */
bool check_case(const struct test_case *test);
/* All of them; each that fails is told. */
void check_cases(const struct test_case *tests, size_t count);

#endif
