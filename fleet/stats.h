/* stats.h: what a run cost (--stats), and one host's timeline for a trace viewer (--trace). */
#ifndef FLEET_STATS_H
#define FLEET_STATS_H

#include <stdio.h>

#include "base/error.h"
#include "base/timeline.h"

struct stats;

struct stats *stats_new(void);
void stats_free(struct stats *stats);
/* Notes one host job's end; a host that was tried again counts once more. */
void stats_note(struct stats *stats, const char *host, const struct timeline *timeline);
/* Hosts per second, CPU and memory, bytes and requests a host, the slowest hosts and their slowest stage. */
void stats_print(const struct stats *stats, FILE *out);

/* Writes a timeline as a Chrome trace (JSON), which chrome://tracing and Perfetto open. Returns 0, or -1 with
 * a message. */
int trace_write(const char *path, const char *host, const struct timeline *timeline, struct error *err);

#endif
