/* test_sandbox.c: what a process may do once it is in the sandbox. Each case is a process of its own; the
 * kernel is the real one, and where it has no Landlock the cases are skipped. */
#include "test.h"

#include "base/mem.h"
#include "fleet/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define NO_LANDLOCK 77
#define SECCOMP 13

static char folder[64];

static int make_folders(void **state)
{
    (void)state;
    /* Not below what programs may write to; only root has such a place. */
    strcpy(folder, geteuid() ? "./muster-sandbox.XXXXXX" : "/run/muster-sandbox.XXXXXX");
    char *inside = NULL;
    if (!mkdtemp(folder))
        return -1;
    for (const char *const *name = (const char *const[]){"in", "out", "home", "out/empty", NULL}; *name;
         name++) {
        inside = xasprintf("%s/%s", folder, *name);
        int result = mkdir(inside, 0700);
        free(inside);
        if (result)
            return -1;
    }
    return 0;
}

static int remove_folders(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command); // NOLINT(cert-env33-c)
}

static int create(const char *name)
{
    char *path = *name == '/' ? xstrdup(name) : xasprintf("%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int error = fd < 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    free(path);
    return error;
}

static int start_program(void)
{
    pid_t child = fork();
    int status = 0;
    if (child == 0) {
        execl("/bin/true", "true", (char *)NULL);
        _exit(errno == EPERM ? SECCOMP : 1); /* Landlock would say EACCES */
    }
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Without arguments that make sense the kernel says something else. */
static bool refused(long number)
{
    return syscall(number, -1, 0, 0, 0, 0, 0) == -1 && errno == EPERM;
}

/* Returns the number of the first check that does not hold; 0: all do. */
static int look_around(bool programs)
{
    char *empty = xasprintf("%s/out/empty", folder), *file = xasprintf("%s/in/a", folder),
         *moved = xasprintf("%s/in/b", folder), *away = xasprintf("%s/out/b", folder);
    int checks[] = {create("in/a") == 0,
                    rename(file, moved) == 0,
                    create("out/x") == EACCES,
                    rename(moved, away) != 0,
                    link(moved, away) != 0,
                    symlink("/etc/passwd", away) != 0,
                    mkdir(away, 0700) != 0,
                    create("/etc/muster-sandbox") != 0,
                    create("/dev/null") == 0,
                    rmdir(empty) != 0,
                    open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0,
                    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1,
                    create("home/x") == (programs ? 0 : EACCES),
                    start_program() == (programs ? 0 : SECCOMP),
                    refused(SYS_bpf),
                    refused(SYS_process_vm_readv),
                    refused(SYS_unshare) == !programs,
                    refused(SYS_mount) == !programs,
                    socket(AF_INET, SOCK_STREAM, 0) >= 0};
    int failed = 0;
    for (int i = 0; i < (int)(sizeof checks / sizeof *checks) && !failed; i++)
        if (!checks[i])
            failed = i + 1;
    free(empty);
    free(file);
    free(moved);
    free(away);
    return failed;
}

static int in_a_process(bool programs)
{
    pid_t child = fork();
    int status = 0;
    if (child == 0) {
        struct sandbox sandbox = {.programs = programs};
        char *inside = xasprintf("%s/in", folder), *home = xasprintf("%s/home", folder);
        setenv("HOME", home, 1);
        setenv("TMPDIR", home, 1);
        sandbox_add_folder(&sandbox, inside);
        sandbox_add_folder(&sandbox, "/nosuch");
        sandbox_add_file(&sandbox, "nosuch/file");
        _exit(sandbox_enter(&sandbox) ? look_around(programs) : NO_LANDLOCK);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void nothing_is_written_elsewhere_and_nothing_started(void **state)
{
    (void)state;
    int result = in_a_process(false);
    if (result == NO_LANDLOCK)
        skip();
    assert_int_equal(result, 0);
}

static void programs_get_the_home_and_no_privileges(void **state)
{
    (void)state;
    int result = geteuid() ? NO_LANDLOCK : in_a_process(true);
    if (result == NO_LANDLOCK)
        skip();
    assert_int_equal(result, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_written_elsewhere_and_nothing_started),
        cmocka_unit_test(programs_get_the_home_and_no_privileges),
    };
    return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
