/* timeline.h: what took how long, and how much came and went: named spans of one host job, in
 * microseconds of the monotonic clock. Every function takes NULL for a timeline that is not wanted. */
#ifndef BASE_TIMELINE_H
#define BASE_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

struct span {
    char *name;        /* "connect", "GET /info" */
    const char *kind;  /* a literal: "stage", "request" */
    uint64_t begin_us; /* since the timeline's beginning */
    uint64_t end_us;   /* 0: not ended yet */
};

struct timeline {
    uint64_t zero_us;
    struct span *spans;
    size_t count, capacity;
    uint64_t received, sent; /* bytes of answers and questions */
    size_t requests;
};

/* Spans beyond it are not kept: a host decides how many requests there are. */
#define TIMELINE_SPANS_MAX 20000

void timeline_start(struct timeline *timeline);
void timeline_clear(struct timeline *timeline);
/* Returns the span's number, for timeline_end(). */
size_t timeline_begin(struct timeline *timeline, const char *kind, const char *name);
void timeline_end(struct timeline *timeline, size_t span);
/* A span whose times are known already, in microseconds since the timeline's beginning. */
void timeline_add(struct timeline *timeline, const char *kind, const char *name, uint64_t begin_us,
                  uint64_t end_us);
void timeline_received(struct timeline *timeline, size_t bytes);
void timeline_sent(struct timeline *timeline, size_t bytes);
/* The name of the oldest span that has not ended; NULL: none. */
const char *timeline_waits_for(const struct timeline *timeline);
/* Microseconds since the timeline's beginning. */
uint64_t timeline_now(const struct timeline *timeline);

#endif
