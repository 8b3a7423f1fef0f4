/* judge.h: all checks of a benchmark on one host's facts. */
#ifndef AGENTLESS_CHECKS_JUDGE_H
#define AGENTLESS_CHECKS_JUDGE_H

#include <jansson.h>

#include "agentless/checks/finding.h"
#include "agentless/checks/check.h"
#include "base/error.h"

/* Which checks are judged. */
struct selection {
    enum benchmark benchmark;
    const char *const *include; /* words of --check; count 0: all */
    size_t include_count;
    const char *const *exclude;
    size_t exclude_count;
    const json_t *policy; /* level, sections, checks, exclude_checks; may be NULL, borrowed */
};

/* A word is an id (5.5), a glob over ids (5.*), a section (5), level1 / level2, check_5_5, or a docker-bench
 * group name of a section (docker_daemon_configuration, container_runtime). Returns 0, or -1 with a message
 * when the word selects nothing. */
int selection_check(const struct selection *selection, struct error *err);
/* The words of a policy, in the same way. */
int selection_check_policy(const json_t *policy, enum benchmark benchmark, struct error *err);
bool selection_has(const struct selection *selection, const struct check *check);

/* One check; the caller clears the finding. */
void judge_one(const struct facts *facts, const struct check *check, struct finding *out);
void finding_clear(struct finding *finding);

/* All selected checks as the report's "findings"; *counts is added to, by status. The caller owns the result.
 */
json_t *judge_all(const struct facts *facts, const struct selection *selection, size_t counts[STATUS_COUNT]);

#endif
