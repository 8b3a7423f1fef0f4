/* host_path.c: see host_path.h */
#include "agentless/checks/host_path.h"

#include <string.h>

static void go_up(char *out, size_t *length)
{
    while (*length && out[--*length] != '/')
        ;
    out[*length] = '\0';
}

bool host_path(const char *path, char *out, size_t size)
{
    size_t length = 0;
    if (!path || *path != '/' || size < 2)
        return false;
    *out = '\0';
    while (*path) {
        path += strspn(path, "/");
        size_t part = strcspn(path, "/");
        if (part == 2 && strncmp(path, "..", 2) == 0) {
            go_up(out, &length);
        } else if (part && !(part == 1 && *path == '.')) {
            if (length + part + 2 > size)
                return false;
            out[length++] = '/';
            memcpy(out + length, path, part);
            length += part;
            out[length] = '\0';
        }
        path += part;
    }
    if (length >= 8 && memcmp(out, "/var/run", 8) == 0 && (!out[8] || out[8] == '/'))
        memmove(out, out + 4, length - 3);
    if (!*out)
        memcpy(out, "/", 2);
    return true;
}

bool path_within(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    if (strcmp(folder, "/") == 0)
        return true;
    return strncmp(path, folder, length) == 0 && (!path[length] || path[length] == '/');
}
