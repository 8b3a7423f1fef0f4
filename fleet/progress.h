/* progress.h: one line on standard error that tells how far a run is; on terminals only. */
#ifndef FLEET_PROGRESS_H
#define FLEET_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    bool shown; /* standard error is a terminal, and not --quiet */
    size_t total, done, failed, in_flight;
    uint64_t started_ms;
};

void progress_show(const struct progress *progress, uint64_t now_ms);
void progress_clear(const struct progress *progress);

#endif
