/* profile.h: --stats and --trace of any run: notes what each host job took, and reports it at the end. */
#ifndef FLEET_PROFILE_H
#define FLEET_PROFILE_H

#include "base/timeline.h"
#include "fleet/cli/options.h"
#include "fleet/stats.h"

struct profile {
    const struct options *options;
    const struct target_list *targets;
    struct stats *stats; /* NULL: not wanted */
    bool traced, trace_lost;
};

/* Borrows both. */
void profile_begin(struct profile *profile, const struct options *options, const struct target_list *targets);
bool profile_is_wanted(const struct profile *profile);
void profile_note(struct profile *profile, size_t index, const struct timeline *timeline);
/* Prints on standard error. False when a trace could not be written, after a message. */
bool profile_end(struct profile *profile);

#endif
