/* timeline.c: see timeline.h */
#include "base/timeline.h"
#include "base/mem.h"

#include <stdlib.h>
#include <time.h>

static uint64_t monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

void timeline_start(struct timeline *t)
{
    *t = (struct timeline){.zero_us = monotonic_us()};
}

void timeline_clear(struct timeline *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->spans[i].name);
    free(t->spans);
    *t = (struct timeline){0};
}

uint64_t timeline_now(const struct timeline *t)
{
    return t ? monotonic_us() - t->zero_us : 0;
}

void timeline_add(struct timeline *t, const char *kind, const char *name, uint64_t begin_us, uint64_t end_us)
{
    if (!t || t->count == TIMELINE_SPANS_MAX)
        return;
    t->spans = grow_array(t->spans, t->count, &t->capacity, sizeof *t->spans);
    t->spans[t->count++] =
        (struct span){.name = xstrdup(name), .kind = kind, .begin_us = begin_us, .end_us = end_us};
}

void timeline_received(struct timeline *t, size_t bytes)
{
    if (t)
        t->received += bytes;
}

void timeline_sent(struct timeline *t, size_t bytes)
{
    if (!t)
        return;
    t->sent += bytes;
    t->requests++;
}

size_t timeline_begin(struct timeline *t, const char *kind, const char *name)
{
    timeline_add(t, kind, name, timeline_now(t), 0);
    return t ? t->count - 1 : 0;
}

void timeline_end(struct timeline *t, size_t span)
{
    if (t && span < t->count && !t->spans[span].end_us)
        t->spans[span].end_us = timeline_now(t);
}

const char *timeline_waits_for(const struct timeline *t)
{
    for (size_t i = 0; t && i < t->count; i++)
        if (!t->spans[i].end_us)
            return t->spans[i].name;
    return NULL;
}
