/* pace.h: how many hosts are under way at once: at least so many, and more, up to --forks, only as far as
 * there is time for them: who is busy already gains nothing from more open hosts but memory and misses of the
 * cache. */
#ifndef FLEET_PACE_H
#define FLEET_PACE_H

#include <stddef.h>
#include <stdint.h>

struct pace {
    size_t forks, window;
    uint64_t looked_ns, idle_ns; /* when it was last looked at, and how long the loop had been idle by then */
};

/* How often pace_adjust() is to be called. */
#define PACE_MS 20

/* `now_ns`: by a steady clock. */
struct pace pace_begin(size_t forks, uint64_t now_ns);
/* Widens or narrows the window by how idle the loop was since the last call, and by how many jobs wait for
 * other threads. Returns how many hosts may be under way. */
size_t pace_adjust(struct pace *pace, uint64_t now_ns, uint64_t idle_ns, size_t pending);
size_t pace_limit(const struct pace *pace);

#endif
