/* end_of_life.h: until when engines and distributions get security updates, as a table of a known date. */
#ifndef AGENTLESS_CHECKS_END_OF_LIFE_H
#define AGENTLESS_CHECKS_END_OF_LIFE_H

#include <stdbool.h>

#include "agentless/facts/view.h"

/* The day the tables are of, and where they are from. */
extern const char END_OF_LIFE_AS_OF[];
extern const char END_OF_LIFE_SOURCE[];

/* Dates are "YYYY-MM-DD"; NULL: no end is known. `version` is facts_docker_version()'s. */
const char *engine_end_of_life(int version);
/* By os-release's ID and VERSION_ID (either may be NULL). Where a distribution has a free long-term support,
 * that one's end. */
const char *system_end_of_life(const char *id, const char *version);
/* Whether a date lies before a moment ("YYYY-MM-DDT..."); false where either is NULL. */
bool ended_before(const char *date, const char *moment);
/* Whether the tables are more than a year older than a moment. */
bool end_of_life_is_old(const char *moment);

/* What is known of the support of the host's own system, for a build that is the distribution's; NULL:
 * nothing. */
const char *system_support_end(const struct facts *facts);

#endif
