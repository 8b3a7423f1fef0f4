/* child.h: a child process on the loop: its words, what it is fed, what it prints, its time, its end. Never
 * through a shell. */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

struct child;

struct child_options {
    char *const *argv; /* argv[0] is looked up on PATH; NULL ends it */
    const char *input; /* fed to its standard input, then closed; NULL: it has none. Copied. */
    size_t input_length;
    bool hold_input; /* not closed while it runs: its end is a sign for the child */
    int socket; /* 0: none; else its standard input and output both are this descriptor, the caller's own */
    unsigned timeout_ms; /* 0: none; then it is killed, and its exit status is CHILD_TIMED_OUT */
    bool group;          /* a process group of its own, which is killed whole */
    /* What it prints; `is_error`: on its standard error. NULL: not wanted. */
    void (*output)(void *ctx, const char *bytes, size_t length, bool is_error);
    /* Once, from the loop, when it has ended and all it printed was reported: its exit status, or -1 where a
     * signal ended it or it could not be started. NULL: not wanted. */
    void (*ended)(void *ctx, int exit_status);
};
enum { CHILD_TIMED_OUT = -2 };

/* The words and options may go once this returns. */
struct child *child_start(uv_loop_t *loop, const struct child_options *options, void *ctx);
/* Why it could not be started, as libuv's error number; 0: it was. */
int child_error(const struct child *child);
/* Delivers at once what it has written to its standard error and was not read yet. */
void child_read_errors(struct child *child);
/* Kills it where it still runs. No callback after this. */
void child_close(struct child *child);

#endif
