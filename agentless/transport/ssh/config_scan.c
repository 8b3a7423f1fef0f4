/* config_scan.c: see config_scan.h */
#include "agentless/transport/ssh/config_scan.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/xdg.h"

#include <errno.h>
#include <glob.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEM_FOLDER "/etc/ssh"
#define SYSTEM_CONFIG SYSTEM_FOLDER "/ssh_config"
/* OpenSSH's own bound. */
#define INCLUDES_MAX 16

/* What says nothing of where a connection leads, whom it trusts and how it logs in. All else is ssh's to
 * read, what it would refuse too. */
static bool keyword_is_harmless(const char *keyword)
{
    static const char *const HARMLESS[] = {"host",
                                           "sendenv",
                                           "setenv",
                                           "hashknownhosts",
                                           "gssapiauthentication",
                                           "gssapidelegatecredentials",
                                           "forwardagent",
                                           "forwardx11",
                                           "forwardx11trusted",
                                           "xauthlocation",
                                           "serveraliveinterval",
                                           "serveralivecountmax",
                                           "tcpkeepalive",
                                           "compression",
                                           "loglevel",
                                           "controlmaster",
                                           "controlpath",
                                           "controlpersist",
                                           "addkeystoagent",
                                           "visualhostkey",
                                           "updatehostkeys",
                                           "ipqos"};
    for (size_t i = 0; i < sizeof HARMLESS / sizeof *HARMLESS; i++)
        if (strcasecmp(keyword, HARMLESS[i]) == 0)
            return true;
    return false;
}

static bool file_is_harmless(const char *path, const char *folder, int depth);

/* Every file that the patterns name; a pattern that is not plain is ssh's to read. */
static bool include_is_harmless(char *patterns, const char *folder, int depth)
{
    char *pattern;
    bool harmless = depth < INCLUDES_MAX && !strpbrk(patterns, "\"'\\$%");
    while (harmless && (pattern = text_next(&patterns, " \t"))) {
        glob_t found;
        char *full = *pattern == '/' ? xstrdup(pattern) : xasprintf("%s/%s", folder, pattern);
        int result = glob(full, 0, NULL, &found);
        harmless = *pattern != '~' && (result == 0 || result == GLOB_NOMATCH);
        for (size_t i = 0; result == 0 && i < found.gl_pathc && harmless; i++)
            harmless = file_is_harmless(found.gl_pathv[i], folder, depth + 1);
        globfree(&found);
        free(full);
    }
    return harmless;
}

static bool line_is_harmless(char *line, size_t length, const char *folder, int depth)
{
    if (strlen(line) != length)
        return false;
    char *rest = text_trim(line);
    if (!*rest || *rest == '#')
        return true;
    char *keyword = strsep(&rest, " \t=");
    if (strcasecmp(keyword, "include") == 0)
        return rest && include_is_harmless(rest, folder, depth);
    return keyword_is_harmless(keyword);
}

/* `folder`: where its includes are looked for. A file that is not there says nothing. */
static bool file_is_harmless(const char *path, const char *folder, int depth)
{
    struct stat status;
    FILE *file = stat(path, &status) == 0 && S_ISREG(status.st_mode) ? fopen(path, "re") : NULL;
    bool harmless = file || errno == ENOENT || errno == ENOTDIR;
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    while (file && harmless && (length = getline(&line, &size, file)) > 0)
        harmless = line_is_harmless(line, (size_t)length, folder, depth);
    free(line);
    if (file)
        fclose(file);
    return harmless;
}

/* The folder that ssh takes for ~, whatever HOME is. */
static const char *home_of_ssh(void)
{
    const struct passwd *me = getpwuid(getuid());
    return me && me->pw_dir ? me->pw_dir : user_home();
}

bool ssh_config_says_nothing(void)
{
    const char *home = home_of_ssh();
    char *folder = xasprintf("%s/.ssh", home), *own = xasprintf("%s/config", folder);
    bool harmless = strcmp(home, user_home()) == 0 && file_is_harmless(own, folder, 0) &&
                    file_is_harmless(SYSTEM_CONFIG, SYSTEM_FOLDER, 0);
    free(own);
    free(folder);
    return harmless;
}
