/* pace.c: see pace.h */
#include "fleet/pace.h"

#include <stdbool.h>

#define WINDOW_MIN 64
#define WINDOW_STEP 32
/* Jobs on libuv's threads (4 by default); with more of them waiting, the threads are what is busy. */
#define PENDING_MAX 12

struct pace pace_begin(size_t forks, uint64_t now_ns)
{
    return (struct pace){.forks = forks, .window = WINDOW_MIN, .looked_ns = now_ns};
}

size_t pace_limit(const struct pace *pace)
{
    return pace->window < pace->forks ? pace->window : pace->forks;
}

size_t pace_adjust(struct pace *pace, uint64_t now_ns, uint64_t idle_ns, size_t pending)
{
    uint64_t passed_ns = now_ns - pace->looked_ns, waited_ns = idle_ns - pace->idle_ns;
    bool behind = pending > PENDING_MAX;
    pace->looked_ns = now_ns;
    pace->idle_ns = idle_ns;
    if (waited_ns * 5 >= passed_ns && !behind && pace->window < pace->forks)
        pace->window += WINDOW_STEP;
    else if ((waited_ns * 20 < passed_ns || behind) && pace->window > WINDOW_MIN)
        pace->window -= WINDOW_STEP;
    return pace_limit(pace);
}
