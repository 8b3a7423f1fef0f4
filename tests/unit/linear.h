/* linear.h: whether a reader of foreign text is linear: twice the text takes at most 2.5 times the CPU time
 * (a quadratic one takes four times it). A ratio within one run, never a time. */
#ifndef TESTS_UNIT_LINEAR_H
#define TESTS_UNIT_LINEAR_H

#include "base/buf.h"
#include "test.h"

#include <time.h>

/* A text of a head, one part again and again, and a tail. */
struct linear_case {
    const char *head, *part, *tail;
};

/* Reads the text, which it may change. */
typedef void linear_fn(char *text, size_t length);

static double linear_seconds(linear_fn *read, const struct linear_case *one, size_t length)
{
    struct buf text = {0};
    struct timespec from, to;
    buf_text(&text, one->head);
    while (text.length < length)
        buf_text(&text, one->part);
    buf_text(&text, one->tail);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    read(text.data, text.length);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    buf_free(&text);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* Reading that takes less than 75 ms a megabyte is not worth measuring, and cannot be measured: a quadratic
 * reader takes seconds for two. The least of five is taken, because the machine has other things to do. */
static void assert_linear(linear_fn *read, const struct linear_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double half = 1e9, whole = 1e9;
        for (int turn = 0; turn < 5; turn++) {
            double one = linear_seconds(read, &cases[i], 1u << 20);
            double two = linear_seconds(read, &cases[i], 2u << 20);
            half = one < half ? one : half;
            whole = two < whole ? two : whole;
        }
        if (whole > 0.15 && whole > 2.5 * half)
            fail_msg("case %zu: %.3f s for twice what takes %.3f s", i, whole, half);
    }
}

#endif
