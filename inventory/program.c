/* program.c: inventory programs: run without a shell, with --list (and --host NAME where that has no _meta),
 * bounded in time and size. It is the user's own program, named by the user. */
#include "inventory/program.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "inventory/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_BYTES_MAX (64u << 20)
#define SAID_BYTES_MAX 8192

static long now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000L + t.tv_nsec / 1000000L;
}

#define WORDS_MAX 8

static void become_program(const char *const *words, const int out[2], const int said[2])
{
    char *args[WORDS_MAX] = {NULL};
    for (size_t i = 0; i < WORDS_MAX - 1 && words[i]; i++)
        args[i] = xstrdup(words[i]);
    int null = open("/dev/null", O_RDONLY);
    if (null >= 0)
        dup2(null, STDIN_FILENO);
    else
        close(STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(said[1], STDERR_FILENO);
    /* A group of its own, so that its children end with it. */
    setpgid(0, 0);
    /* Not execvp: it has a shell run what the kernel does not, a file of hosts for instance. */
    execv(args[0], args);
    dprintf(STDERR_FILENO, "%s", strerror(errno));
    _exit(127);
}

/* Reads both pipes until they end; false when time or size is over. */
static bool gather(int out, int said, struct buf *answer, struct buf *words, long end_ms, const char **why)
{
    struct pollfd fds[2] = {{.fd = out, .events = POLLIN}, {.fd = said, .events = POLLIN}};
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        long left = end_ms - now_ms();
        if (left <= 0 || poll(fds, 2, (int)left) == 0) {
            *why = "took longer than a minute";
            return false;
        }
        for (size_t i = 0; i < 2; i++) {
            char chunk[65536];
            if (!fds[i].revents)
                continue;
            ssize_t got = read(fds[i].fd, chunk, sizeof chunk);
            if (got <= 0)
                fds[i].fd = -1;
            else if (i == 0 && !buf_add(answer, chunk, (size_t)got)) {
                *why = "printed more than 64 MB";
                return false;
            } else if (i == 1)
                buf_add(words, chunk, (size_t)got);
        }
    }
    return true;
}

/* Waits for the end of a program that has closed its outputs; false when the time is over. */
static bool await_end(pid_t child, int *status, long end_ms)
{
    pid_t ended;
    while ((ended = waitpid(child, status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
        if (now_ms() >= end_ms)
            return false;
        poll(NULL, 0, 10);
    }
    return true;
}

/* Runs words[0], a path, with the words behind it, until NULL. */
static int program_run(const char *const *words, long end_ms, struct buf *answer, struct error *err)
{
    const char *path = words[0], *option = words[1];
    int out[2], said[2], status = 0;
    struct buf stderr_text = {.limit = SAID_BYTES_MAX};
    const char *why = NULL;
    char line[300] = "";
    answer->limit = ANSWER_BYTES_MAX;
    if (pipe2(out, O_CLOEXEC))
        return error_set(err, "%s: cannot be run: %s", path, strerror(errno));
    if (pipe2(said, O_CLOEXEC)) {
        close(out[0]);
        close(out[1]);
        return error_set(err, "%s: cannot be run: %s", path, strerror(errno));
    }
    pid_t child = fork();
    if (child == 0)
        become_program(words, out, said);
    close(out[1]);
    close(said[1]);
    bool whole = child > 0 && gather(out[0], said[0], answer, &stderr_text, end_ms, &why);
    close(out[0]);
    close(said[0]);
    if (whole && !await_end(child, &status, end_ms)) {
        whole = false;
        why = "closed its output, but did not end in time (a minute)";
    }
    if (child > 0 && !whole) {
        kill(-child, SIGKILL);
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            ;
    }
    if (stderr_text.length)
        text_last_line(stderr_text.data, line, sizeof line);
    buf_free(&stderr_text);
    if (child < 0)
        return error_set(err, "%s: cannot be run: %s", path, strerror(errno));
    if (!whole)
        return error_set(err, "%s %s: %s", path, option, why);
    bool exited = WIFEXITED(status);
    int number = exited ? WEXITSTATUS(status) : WTERMSIG(status);
    if (!exited || number)
        return error_set(
            err,
            "%s %s: ended with %s %d%s%s; where this is a hosts file, it must not be executable (chmod -x)",
            path, option, exited ? "exit code" : "signal", number, text_if(*line, ", saying: "), line);
    return 0;
}

/* Older programs tell each host's variables when asked for it. */
static int ask_each_host(struct inventory *inventory, json_t *before, const char *path, long end_ms,
                         struct error *err)
{
    const char *host;
    json_t *vars;
    int result = 0;
    json_object_foreach(inventory->hosts, host, vars)
    {
        struct buf answer = {0};
        if (result || json_object_get(before, host))
            continue;
        const char *const words[] = {path, "--host", host, NULL};
        result = program_run(words, end_ms, &answer, err);
        if (!result)
            result = yaml_add_variables(inventory, host, vars, path, answer.data ? answer.data : "",
                                        answer.length, err);
        buf_free(&answer);
    }
    return result;
}

int program_add(struct inventory *inventory, const char *path, long time_ms, struct error *err)
{
    struct buf answer = {0};
    bool has_meta = false;
    long end_ms = now_ms() + time_ms;
    /* execv takes a name without a slash from the current folder, as -i means it. */
    char *program = strchr(path, '/') ? xstrdup(path) : xasprintf("./%s", path);
    json_t *before = json_copy(inventory->hosts);
    const char *const words[] = {program, "--list", NULL};
    int result = program_run(words, end_ms, &answer, err);
    if (!result)
        result = yaml_add(inventory, path, answer.data ? answer.data : "", answer.length, &has_meta, err);
    if (!result && !has_meta)
        result = ask_each_host(inventory, before, program, end_ms, err);
    json_decref(before);
    buf_free(&answer);
    free(program);
    return result;
}

int program_add_plugin(struct inventory *inventory, const char *path, struct error *err)
{
    static const char NAME[] = "ansible-inventory";
    const char *folders = getenv("PATH");
    char *copy = xstrdup(folders ? folders : ""), *rest = copy, *folder, *program = NULL;
    bool has_meta;
    while (!program && (folder = text_next(&rest, ":"))) {
        program = xasprintf("%s/%s", folder, NAME);
        if (access(program, X_OK) != 0) {
            free(program);
            program = NULL;
        }
    }
    free(copy);
    if (!program)
        return 1;
    struct buf answer = {0};
    const char *const words[] = {program, "-i", path, "--list", "--export", NULL};
    int result = program_run(words, now_ms() + PROGRAM_TIME_MS, &answer, err);
    if (!result)
        result = yaml_add(inventory, path, answer.data ? answer.data : "", answer.length, &has_meta, err);
    buf_free(&answer);
    free(program);
    return result;
}
