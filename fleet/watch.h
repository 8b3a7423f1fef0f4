/* watch.h: --stats and --trace of any run: notes what each visit took, and tells it at the end. */
#ifndef FLEET_WATCH_H
#define FLEET_WATCH_H

#include "base/timeline.h"
#include "fleet/options.h"
#include "fleet/stats.h"

struct watch {
    const struct options *options;
    const struct target_list *targets;
    struct stats *stats; /* NULL: not wanted */
    bool traced, trace_lost;
};

/* Borrows both. */
void watch_begin(struct watch *watch, const struct options *options, const struct target_list *targets);
bool watch_is_wanted(const struct watch *watch);
void watch_note(struct watch *watch, size_t index, const struct timeline *timeline);
/* Prints on standard error. False when a trace could not be written, after a message. */
bool watch_end(struct watch *watch);

#endif
