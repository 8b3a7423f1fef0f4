/* process.c: see process.h */
#include "fleet/process.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

/* Else the next file that is opened, a spool for instance, would be standard output. */
static void open_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            /* The lowest number that is free is fd, since those below it are open. */
            (void)!open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

void process_prepare(void)
{
    open_standard_descriptors();
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit on file sizes fails instead */
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    /* LeakSanitizer reads the process from a thread's clone, which this would forbid. */
#ifndef __SANITIZE_ADDRESS__
    prctl(PR_SET_DUMPABLE, 0);
#endif
}

bool process_can_open(unsigned count)
{
    int fds[64];
    unsigned opened = 0;
    while (opened < count && opened < sizeof fds / sizeof *fds &&
           (fds[opened] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0)
        opened++;
    for (unsigned i = 0; i < opened; i++)
        close(fds[i]);
    return opened == count;
}

static void wait_for(void *semaphore)
{
    uv_sem_wait(semaphore);
}

bool process_can_start_threads(void)
{
    const char *text = getenv("UV_THREADPOOL_SIZE"); /* libuv's own */
    long wanted = 4;
    uv_thread_t threads[64];
    uv_sem_t semaphore;
    unsigned started = 0;
    if (text && !text_number(text, 1, sizeof threads / sizeof *threads, &wanted))
        wanted = sizeof threads / sizeof *threads;
    if (uv_sem_init(&semaphore, 0))
        return false;
    while (started < (unsigned)wanted && uv_thread_create(&threads[started], wait_for, &semaphore) == 0)
        started++;
    for (unsigned i = 0; i < started; i++)
        uv_sem_post(&semaphore);
    for (unsigned i = 0; i < started; i++)
        uv_thread_join(&threads[i]);
    uv_sem_destroy(&semaphore);
    return started == (unsigned)wanted;
}

static bool abandons_threads;

void process_abandon_threads(void)
{
    abandons_threads = true;
}

_Noreturn void process_end(int code)
{
    if (!abandons_threads)
        exit(code);
    fflush(NULL);
    _exit(code);
}

bool process_flush_output(void)
{
    bool good = fflush(stdout) == 0 && !ferror(stdout);
    /* Who reads the beginning only (head) has closed the pipe. */
    if (!good && errno != EPIPE)
        fprintf(stderr, "muster: standard output cannot be written: %s\n", strerror(errno));
    return good;
}
