/* xdg.c: see xdg.h */
#include "base/xdg.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *user_home(void)
{
    const char *folder = getenv("HOME");
    return folder && *folder ? folder : "/";
}

char *path_from_home(const char *path)
{
    if (!path || strncmp(path, "~/", 2) != 0)
        return xstrdup(path);
    return xasprintf("%s%s", user_home(), path + 1);
}

char *xdg_state_path(const char *name)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    if (state && *state == '/')
        return xasprintf("%s/muster/%s", state, name);
    return home && *home == '/' ? xasprintf("%s/.local/state/muster/%s", home, name) : NULL;
}

void xdg_make_parents(const char *path)
{
    char *copy = xstrdup(path);
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(copy, 0700);
        *slash = '/';
    }
    free(copy);
}
