/* sandbox.c: see sandbox.h. glibc has no functions for Landlock, so that the kernel is called by number. */
#include "fleet/sandbox.h"
#include "fleet/system_calls.h"
#include "base/mem.h"
#include "base/xdg.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Since version 2 and 3; older headers lack them. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define CHANGES                                                                                              \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |        \
     LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |              \
     LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |           \
     LANDLOCK_ACCESS_FS_MAKE_SYM)

static void sandbox_add(struct sandbox *s, char *folder)
{
    if (s->count < SANDBOX_FOLDERS_MAX)
        s->folders[s->count++] = folder;
    else
        free(folder);
}

void sandbox_add_folder(struct sandbox *s, const char *folder)
{
    sandbox_add(s, xstrdup(folder));
}

void sandbox_add_file(struct sandbox *s, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        sandbox_add(s, xstrdup("."));
    else
        sandbox_add(s, xstrndup(path, slash == path ? 1 : (size_t)(slash - path)));
}

static void allow(int rules, const char *folder, unsigned long long what)
{
    struct stat st;
    struct landlock_path_beneath_attr rule = {.allowed_access = what,
                                              .parent_fd = open(folder, O_PATH | O_CLOEXEC)};
    if (rule.parent_fd < 0)
        return;
    if (fstat(rule.parent_fd, &st) == 0 && S_ISDIR(st.st_mode))
        syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
}

/* What programs that are the user's own may need: their caches, their temporary files. */
static void allow_programs(int rules, unsigned long long changes)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR"), *temporary = getenv("TMPDIR");
    allow(rules, user_home(), changes);
    allow(rules, "/tmp", changes);
    allow(rules, "/var/tmp", changes);
    if (runtime)
        allow(rules, runtime, changes);
    if (temporary)
        allow(rules, temporary, changes);
}

static bool restrict_by(const struct sandbox *s, int version)
{
    unsigned long long changes = CHANGES;
    if (version >= 2)
        changes |= LANDLOCK_ACCESS_FS_REFER;
    if (version >= 3)
        changes |= LANDLOCK_ACCESS_FS_TRUNCATE;
    struct landlock_ruleset_attr attr = {.handled_access_fs =
                                             changes | (s->programs ? 0 : LANDLOCK_ACCESS_FS_EXECUTE)};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (rules < 0)
        return false;
    /* The terminal and /dev/null. */
    allow(rules, "/dev",
          changes & ~(unsigned long long)(LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK));
    for (size_t i = 0; i < s->count; i++)
        allow(rules, s->folders[i], changes);
    if (s->emptied)
        allow(rules, s->emptied, LANDLOCK_ACCESS_FS_REMOVE_DIR);
    if (s->programs)
        allow_programs(rules, changes);
    bool good =
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    close(rules);
    return good;
}

bool sandbox_enter(struct sandbox *s)
{
    int version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    bool good = version >= 1 && restrict_by(s, version);
    if (!good)
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    system_calls_refuse(s->programs);
    for (size_t i = 0; i < s->count; i++)
        free(s->folders[i]);
    free(s->emptied);
    *s = (struct sandbox){0};
    return good;
}
