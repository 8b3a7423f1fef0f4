/* queue.c: see queue.h. Who is held up by a full group or jump host waits in that one's own queue, so
 * that no host is looked at again and again. */
#include "fleet/queue.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct fifo {
    size_t *items;
    size_t first, count, capacity;
};

struct group {
    size_t at_once, in_flight;
    struct fifo waiting;
};

struct jump {
    struct jump *next;
    char *key;
    struct fifo waiting;
};

struct queue {
    const struct target_list *targets;
    struct queue_limits limits;
    struct fifo ready;
    json_t *group_numbers; /* name -> number */
    struct group *groups;
    size_t group_count, group_capacity;
    struct jump *jumps;
    size_t in_flight, lent;
    uint64_t next_us;
    uint64_t random;
};

static void push(struct fifo *q, size_t index)
{
    if (q->first && q->first + q->count == q->capacity) {
        memmove(q->items, q->items + q->first, q->count * sizeof *q->items);
        q->first = 0;
    }
    q->items = grow_array(q->items, q->first + q->count, &q->capacity, sizeof *q->items);
    q->items[q->first + q->count++] = index;
}

static bool pop(struct fifo *q, size_t *index)
{
    if (!q->count)
        return false;
    *index = q->items[q->first++];
    if (--q->count == 0)
        q->first = 0;
    return true;
}

/* xorshift64*; only for an order, nothing depends on its strength. */
static uint64_t random_next(struct queue *a)
{
    a->random ^= a->random >> 12;
    a->random ^= a->random << 25;
    a->random ^= a->random >> 27;
    return a->random * 0x2545F4914F6CDD1Du;
}

static void shuffle(struct queue *a)
{
    for (size_t i = a->ready.count; i > 1; i--) {
        size_t k = (size_t)(random_next(a) % i);
        size_t kept = a->ready.items[i - 1];
        a->ready.items[i - 1] = a->ready.items[k];
        a->ready.items[k] = kept;
    }
}

struct queue *queue_new(const struct target_list *targets, struct queue_limits limits)
{
    struct queue *a = xcalloc(1, sizeof *a);
    a->targets = targets;
    a->limits = limits;
    a->group_numbers = json_object();
    if (getrandom(&a->random, sizeof a->random, GRND_NONBLOCK) != (ssize_t)sizeof a->random || !a->random)
        a->random = 1;
    for (size_t i = 0; i < targets->count; i++)
        push(&a->ready, i);
    shuffle(a);
    return a;
}

void queue_free(struct queue *a)
{
    for (size_t i = 0; i < a->group_count; i++)
        free(a->groups[i].waiting.items);
    for (struct jump *jump = a->jumps, *next; jump; jump = next) {
        next = jump->next;
        free(jump->waiting.items);
        free(jump->key);
        free(jump);
    }
    free(a->groups);
    free(a->ready.items);
    json_decref(a->group_numbers);
    free(a);
}

void queue_add(struct queue *a, size_t index)
{
    push(&a->ready, index);
}

static struct group *group_of(struct queue *a, const struct group_limit *limit)
{
    json_t *number = json_object_get(a->group_numbers, limit->group);
    if (number)
        return &a->groups[json_integer_value(number)];
    a->groups = grow_array(a->groups, a->group_count, &a->group_capacity, sizeof *a->groups);
    json_put(a->group_numbers, limit->group, json_integer((json_int_t)a->group_count));
    a->groups[a->group_count] = (struct group){.at_once = limit->at_once};
    return &a->groups[a->group_count++];
}

/* Adds to, or takes from, what is under way in each group of a target. */
static void count_groups(struct queue *a, size_t index, bool starts)
{
    const struct target *t = a->targets->items[index];
    for (size_t i = 0; i < t->limit_count; i++) {
        struct group *group = group_of(a, &t->limits[i]);
        size_t freed;
        group->in_flight = starts ? group->in_flight + 1 : group->in_flight - 1;
        if (!starts && pop(&group->waiting, &freed))
            push(&a->ready, freed);
    }
}

/* Who gives up a place for now hands it on. */
static void hand_on(struct queue *a, size_t index)
{
    const struct target *t = a->targets->items[index];
    for (size_t i = 0; i < t->limit_count; i++) {
        struct group *group = group_of(a, &t->limits[i]);
        size_t freed;
        if (group->in_flight < group->at_once && pop(&group->waiting, &freed))
            push(&a->ready, freed);
    }
}

static struct group *full_group(struct queue *a, size_t index)
{
    const struct target *t = a->targets->items[index];
    for (size_t i = 0; i < t->limit_count; i++) {
        struct group *group = group_of(a, &t->limits[i]);
        if (group->in_flight >= group->at_once)
            return group;
    }
    return NULL;
}

void queue_defer(struct queue *a, size_t index, const char *key)
{
    struct jump *jump = a->jumps;
    while (jump && strcmp(jump->key, key) != 0)
        jump = jump->next;
    if (!jump) {
        jump = xcalloc(1, sizeof *jump);
        jump->key = xstrdup(key);
        jump->next = a->jumps;
        a->jumps = jump;
    }
    push(&jump->waiting, index);
}

/* One of each jump host that has room again. */
static void release_jumps(struct queue *a)
{
    size_t freed;
    for (struct jump *jump = a->jumps; jump; jump = jump->next)
        if ((!a->limits.jump_has_room || a->limits.jump_has_room(a->limits.ctx, jump->key)) &&
            pop(&jump->waiting, &freed))
            push(&a->ready, freed);
}

bool queue_next(struct queue *a, uint64_t now_us, size_t *index, uint64_t *wait_us)
{
    *wait_us = 0;
    if (a->in_flight >= a->limits.at_once + a->lent)
        return false;
    if (!a->ready.count)
        release_jumps(a);
    while (a->ready.count) {
        if (a->limits.gap_us && now_us < a->next_us) {
            *wait_us = a->next_us - now_us;
            return false;
        }
        pop(&a->ready, index);
        struct group *full = full_group(a, *index);
        if (full) {
            push(&full->waiting, *index);
            hand_on(a, *index);
            continue;
        }
        count_groups(a, *index, true);
        a->in_flight++;
        a->next_us = now_us + a->limits.gap_us;
        return true;
    }
    return false;
}

void queue_set_limit(struct queue *a, size_t at_once)
{
    a->limits.at_once = at_once;
}

void queue_lend(struct queue *a, size_t places)
{
    a->lent = places;
}

void queue_ended(struct queue *a, size_t index)
{
    a->in_flight--;
    count_groups(a, index, false);
    release_jumps(a);
}

bool queue_take(struct queue *a, size_t *index)
{
    if (pop(&a->ready, index))
        return true;
    for (size_t i = 0; i < a->group_count; i++)
        if (pop(&a->groups[i].waiting, index))
            return true;
    for (struct jump *jump = a->jumps; jump; jump = jump->next)
        if (pop(&jump->waiting, index))
            return true;
    return false;
}
