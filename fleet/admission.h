/* admission.h: which host is visited next: in random order, within the run's limit, the groups' own
 * (max_parallel), the jump hosts' (--per-jump) and the rate of new connections (--rate). It starts nothing
 * and keeps no clock. */
#ifndef FLEET_ADMISSION_H
#define FLEET_ADMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inventory/target.h"

struct admission;

struct admission_limits {
    size_t at_once;                                     /* --forks */
    uint64_t gap_us;                                    /* between two starts; 0: none */
    bool (*jump_has_room)(void *ctx, const char *jump); /* NULL: always */
    void *ctx;
};

/* `targets` is borrowed and may grow. */
struct admission *admission_new(const struct target_list *targets, struct admission_limits limits);
void admission_free(struct admission *admission);

/* Puts a target into the queue: at the beginning all are; a new one, or one to be tried again. */
void admission_add(struct admission *admission, size_t index);
/* Back into the queue, behind the jump host that has no room. */
void admission_defer(struct admission *admission, size_t index, const char *jump);
/* The next to start. False where none may start now: *wait_us is when the rate allows one (0: when another
 * has ended). */
bool admission_next(struct admission *admission, uint64_t now_us, size_t *index, uint64_t *wait_us);
/* The run's own limit for now, within what it was made with. */
void admission_set_limit(struct admission *admission, size_t at_once);
/* So many of those under way only wait for their hosts: their places are lent. */
void admission_lend(struct admission *admission, size_t places);
/* A target that admission_next() gave is over, for now or for good. */
void admission_ended(struct admission *admission, size_t index);
/* Takes any target that still waits; false when there is none. For a run that stops. */
bool admission_take(struct admission *admission, size_t *index);

#endif
