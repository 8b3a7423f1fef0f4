/* queue.h: which host is scanned next: in random order, within the run's limit, the groups' own
 * (max_parallel), the jump hosts' (--per-jump) and the rate of new connections (--rate). It starts nothing
 * and keeps no clock. */
#ifndef FLEET_QUEUE_H
#define FLEET_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inventory/target.h"

struct queue;

struct queue_limits {
    size_t at_once;                                     /* --forks */
    uint64_t gap_us;                                    /* between two starts; 0: none */
    bool (*jump_has_room)(void *ctx, const char *jump); /* NULL: always */
    void *ctx;
};

/* `targets` is borrowed and may grow. */
struct queue *queue_new(const struct target_list *targets, struct queue_limits limits);
void queue_free(struct queue *queue);

/* Puts a target into the queue: at the beginning all are; a new one, or one to be tried again. */
void queue_add(struct queue *queue, size_t index);
/* Back into the queue, behind the jump host that has no room. */
void queue_defer(struct queue *queue, size_t index, const char *jump);
/* The next to start. False where none may start now: *wait_us is when the rate allows one (0: when another
 * has ended). */
bool queue_next(struct queue *queue, uint64_t now_us, size_t *index, uint64_t *wait_us);
/* The run's own limit for now, within what it was made with. */
void queue_set_limit(struct queue *queue, size_t at_once);
/* So many of those under way only wait for their hosts: their places are lent. */
void queue_lend(struct queue *queue, size_t places);
/* A target that queue_next() gave is over, for now or for good. */
void queue_ended(struct queue *queue, size_t index);
/* Takes any target that still waits; false when there is none. For a run that stops. */
bool queue_take(struct queue *queue, size_t *index);

#endif
