/* failing_program.c: stands for one of the programs that the probe starts, by its name (a link to it): the
 * one that FAILING_NUMBER counts, from 1, fails as FAILING_HOW says; all others are the real ones, looked for
 * behind this one's folder. For probe_failing. FAILING_COUNT names a file that holds how many were started.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static long counted(const char *path)
{
    char text[32] = "";
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || flock(fd, LOCK_EX) || read(fd, text, sizeof text - 1) < 0)
        abort();
    long count = strtol(text, NULL, 10) + 1;
    int length = snprintf(text, sizeof text, "%ld", count);
    if (pwrite(fd, text, (size_t)length, 0) != length)
        abort();
    close(fd);
    return count;
}

static void run(const char *name, char **argv)
{
    static const char *const FOLDERS[] = {"/usr/bin", "/bin", "/usr/sbin", "/sbin"};
    char path[256];
    for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
        snprintf(path, sizeof path, "%s/%s", FOLDERS[i], name);
        execv(path, argv);
    }
    _exit(127);
}

/* Killed after half of what it would have written. */
static void run_half(const char *name, char **argv)
{
    static char output[1 << 20];
    int from[2];
    size_t length = 0;
    ssize_t got;
    if (pipe(from))
        abort();
    pid_t pid = fork();
    if (!pid) {
        dup2(from[1], STDOUT_FILENO);
        close(from[0]);
        close(from[1]);
        run(name, argv);
    }
    close(from[1]);
    while ((got = read(from[0], output + length, sizeof output - length)) > 0)
        length += (size_t)got;
    waitpid(pid, NULL, 0);
    if (write(STDOUT_FILENO, output, length / 2) < 0)
        abort();
    raise(SIGKILL);
}

int main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
    const char *number = getenv("FAILING_NUMBER"), *how = getenv("FAILING_HOW"),
               *count = getenv("FAILING_COUNT");
    (void)argc;
    if (number && how && count && counted(count) == strtol(number, NULL, 10)) {
        if (strcmp(how, "missing") == 0)
            return 127;
        run_half(name, argv);
    }
    run(name, argv);
}
