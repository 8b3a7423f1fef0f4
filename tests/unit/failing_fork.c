/* failing_fork.c: preloaded into a shell, lets one of its forks fail, and all of those of the processes that
 * it has made: the one that FAILING_NUMBER counts, from 1, as where a host has no room for another process.
 * For probe_failing. FAILING_COUNT names a file that holds how many there were. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static int is_failing(void)
{
    char text[32] = "";
    const char *number = getenv("FAILING_NUMBER"), *path = getenv("FAILING_COUNT");
    int fd = number && path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (fd < 0 || flock(fd, LOCK_EX) || read(fd, text, sizeof text - 1) < 0)
        return 0;
    long count = strtol(text, NULL, 10) + 1;
    int length = snprintf(text, sizeof text, "%ld", count);
    int failing = pwrite(fd, text, (size_t)length, 0) == length && count == strtol(number, NULL, 10);
    close(fd);
    return failing;
}

pid_t fork(void)
{
    pid_t (*real)(void);
    *(void **)&real = dlsym(RTLD_NEXT, "fork");
    if (is_failing()) {
        errno = EAGAIN;
        return -1;
    }
    return real();
}

/* A child that shares its parent's memory must not return from here. */
pid_t vfork(void)
{
    return fork();
}
