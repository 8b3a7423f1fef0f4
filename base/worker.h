/* worker.h: work done on libuv's threads instead of on the loop, counted, so that whoever starts it knows
 * how far they are behind. */
#ifndef BASE_WORKER_H
#define BASE_WORKER_H

#include <stddef.h>
#include <uv.h>

struct worker {
    uv_loop_t *loop;
    size_t pending; /* begun, and not yet reported as done */
};

/* Calls `work` on another thread, several at once, and `done` (may be NULL) on the loop afterwards. What
 * `ctx` points to belongs to `work` until then: who wants it no more marks it, and `done` frees it. The loop
 * runs until all are done. */
void worker_begin(struct worker *off, void (*work)(void *ctx), void (*done)(void *ctx), void *ctx);

#endif
