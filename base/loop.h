/* loop.h: chores of a libuv loop: calling something later, and freeing a structure once all of its handles
 * are closed.
 *
 * The closing rule of every module that has callbacks: it is closed exactly once, and no callback is made
 * after that. */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdbool.h>
#include <uv.h>

/* The handles of one structure. libuv closes a handle some time later, so the structure outlives its closing.
 */
struct handles {
    unsigned open; /* that are being closed */
    bool ended;
    void (*release)(void *owner); /* frees the structure */
    void *owner;
};

void handles_init(struct handles *handles, void (*release)(void *owner), void *owner);
/* Closes a handle (of any of libuv's types); nothing is done for one that is closing. Its `data` is no longer
 * the owner's. */
void handles_close(struct handles *handles, void *handle);
/* No further one follows: releases the owner once the last is closed, which may be now. */
void handles_end(struct handles *handles);

/* A call that is made from the loop, never from within the function that asks for it. A timer of 0 ms that is
 * started by a timer runs in the same turn of libuv's loop (until 1.45), so two that start each other, or one
 * that libcurl asks for again and again, would keep all sockets waiting: "now" is an idle handle, which runs
 * once a turn. */
struct later {
    uv_timer_t timer;
    uv_idle_t soon;
    void (*call)(void *ctx);
    void *ctx;
};

void later_init(struct later *later, uv_loop_t *loop, void (*call)(void *ctx), void *ctx);
/* As soon as the loop comes round, or after so many milliseconds. Asked again, the call is made once. */
void later_call(struct later *later);
void later_call_in(struct later *later, uint64_t ms);
/* The call is not made, unless it is asked for again. */
void later_drop(struct later *later);
void later_close(struct later *later, struct handles *handles);
/* For what is freed only after the loop has ended. */
void later_close_for_good(struct later *later);

/* Runs the loop until no handle is left, and `jobs` (of a worker) is 0. What else threads still work on, a
 * name that a silent name server is asked for, is not waited for: false where there is such, which must then
 * outlive the loop. */
bool loop_run(uv_loop_t *loop, const size_t *jobs);

/* A uv_alloc_cb: the reader frees buf->base. */
void loop_read_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buf);

#endif
