/* off_loop.h: work done on libuv's threads instead of on the loop, counted, so that whoever starts it knows
 * how far they are behind. */
#ifndef BASE_OFF_LOOP_H
#define BASE_OFF_LOOP_H

#include <stddef.h>
#include <uv.h>

struct off_loop {
    uv_loop_t *loop;
    size_t pending; /* begun, and not yet told to be done */
};

struct off_loop_job;

/* Calls `work` on another thread, several at once, and `done` (may be NULL) on the loop afterwards. What
 * `ctx` points to belongs to `work` until then. The loop runs until all are done. */
struct off_loop_job *off_loop_begin(struct off_loop *off, void (*work)(void *ctx), void (*done)(void *ctx),
                                    void *ctx);
/* Returns when the work is done, which may mean doing it here; `done` is not called any more, and the job is
 * gone. */
void off_loop_join(struct off_loop_job *job);

#endif
