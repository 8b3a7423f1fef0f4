/* socket_search.c: see socket_search.h. Places: Docker's own, rootless Docker's
 * ($XDG_RUNTIME_DIR/docker.sock), Podman's of root and of the user, and what the remote user's DOCKER_HOST
 * names. */
#include "agentless/reach/socket_search.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

/* Single quotes keep every login shell (csh and fish too) from reading it before sh does. */
#define SEARCH                                                                                               \
    "sh -c 'echo \"env ${DOCKER_HOST:-}\"; r=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}; "                       \
    "for s in \"${DOCKER_HOST#unix://}\" /var/run/docker.sock \"$r/docker.sock\" /run/podman/podman.sock "   \
    "\"$r/podman/podman.sock\"; do if [ -S \"$s\" ]; then echo \"socket $s\"; fi; done; "                    \
    "for t in docker socat nc; do if command -v $t >/dev/null 2>&1; then echo \"tool $t\"; fi; done; "       \
    "echo end'"

static const char *const TOOLS[TOOL_COUNT] = {
    [TOOL_DOCKER] = "docker", [TOOL_SOCAT] = "socat", [TOOL_NC] = "nc"};

const char *socket_search_command(bool become)
{
    return become ? "sudo -n " SEARCH : SEARCH;
}

bool socket_path_is_harmless(const char *path)
{
    static const char HARMLESS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@%=";
    size_t length = strlen(path);
    return *path == '/' && length < sizeof((struct sockaddr_un *)0)->sun_path &&
           strspn(path, HARMLESS) == length;
}

static void add_socket(struct socket_search *search, const char *path)
{
    for (size_t i = 0; i < search->count; i++)
        if (strcmp(search->sockets[i], path) == 0)
            return;
    if (search->count < SOCKETS_MAX && socket_path_is_harmless(path))
        search->sockets[search->count++] = xstrdup(path);
}

void socket_search_parse(struct socket_search *search, const char *answer)
{
    char *copy = xstrdup(answer), *rest = copy, *line;
    *search = (struct socket_search){0};
    while ((line = text_next(&rest, "\r\n"))) {
        char *value = strchr(line, ' ');
        search->whole = strcmp(line, "end") == 0;
        if (!value)
            continue;
        *value++ = '\0';
        if (strcmp(line, "socket") == 0)
            add_socket(search, value);
        else if (strcmp(line, "env") == 0 && *value && !text_starts(value, "unix://") &&
                 !search->other_engine)
            search->other_engine = xstrndup(value, 200);
        for (size_t t = 0; t < TOOL_COUNT && strcmp(line, "tool") == 0; t++)
            search->tools[t] = search->tools[t] || strcmp(value, TOOLS[t]) == 0;
    }
    free(copy);
}

void socket_search_clear(struct socket_search *search)
{
    for (size_t i = 0; i < search->count; i++)
        free(search->sockets[i]);
    free(search->other_engine);
    *search = (struct socket_search){0};
}

char *socket_tool_command(enum socket_tool tool, const char *socket, bool become)
{
    static const char *const FORMS[TOOL_COUNT][2] = {
        [TOOL_DOCKER] = {"docker -H unix://", " system dial-stdio"},
        [TOOL_SOCAT] = {"socat - UNIX-CONNECT:", ""},
        [TOOL_NC] = {"nc -U ", ""}};
    return xasprintf("%s%s%s%s", become ? "sudo -n " : "", FORMS[tool][0], socket, FORMS[tool][1]);
}
