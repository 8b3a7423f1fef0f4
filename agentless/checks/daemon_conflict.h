/* daemon_conflict.h: the judge of X.11, for section_x.c. */
#ifndef AGENTLESS_CHECKS_DAEMON_CONFLICT_H
#define AGENTLESS_CHECKS_DAEMON_CONFLICT_H

#include "agentless/checks/finding.h"
#include "agentless/checks/check.h"

/* Judges whether the running daemon agrees with its arguments, daemon.json and unit. */
void daemon_conflict(const struct facts *facts, struct finding *out);

#endif
