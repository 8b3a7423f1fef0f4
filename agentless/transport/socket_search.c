/* socket_search.c: see socket_search.h. Places: Docker's own, rootless Docker's
 * ($XDG_RUNTIME_DIR/docker.sock), Podman's of root and of the user, what the remote user's DOCKER_HOST names,
 * and last what other users' rootless engines have in /run/user, which root alone can see. */
#include "agentless/transport/socket_search.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

/* Single quotes keep every login shell (csh and fish too) from reading it before sh does. */
#define SEARCH                                                                                               \
    "sh -c 'echo \"env ${DOCKER_HOST:-}\"; r=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}; "                       \
    "for s in \"${DOCKER_HOST#unix://}\" /var/run/docker.sock \"$r/docker.sock\" /run/podman/podman.sock "   \
    "\"$r/podman/podman.sock\" /run/user/*/docker.sock /run/user/*/podman/podman.sock; do "                  \
    "if [ -S \"$s\" ]; then echo \"socket $s\"; fi; done; "                                                  \
    "for t in docker socat nc perl python3; do if command -v $t >/dev/null 2>&1; then echo \"tool $t\"; "    \
    "fi; done; "                                                                                             \
    "echo end'"

const char SOCKET_SEARCH_PLACES[] =
    "DOCKER_HOST there, /var/run/docker.sock, /run/podman/podman.sock, docker.sock and podman/podman.sock in "
    "$XDG_RUNTIME_DIR and, for root, in /run/user/*";

/* Joins the socket and the standard streams, as socat does. Single quotes around it hold in every login shell
 * where it has neither those nor an exclamation mark. */
#define PERL                                                                                                 \
    "use IO::Socket::UNIX; $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die \"$@\\n\"; "                  \
    "sub put { my ($to, $b) = @_; while (length $b) { my $n = syswrite $to, $b; exit 1 unless defined $n; "  \
    "substr($b, 0, $n) = \"\" } } $in = 1; for (;;) { my $r = \"\"; vec($r, fileno $s, 1) = 1; "             \
    "vec($r, 0, 1) = 1 if $in; next if select($r, undef, undef, undef) < 0; my $b; "                         \
    "if (vec($r, fileno $s, 1)) { exit unless sysread $s, $b, 65536; put(\\*STDOUT, $b) } "                  \
    "if ($in and vec($r, 0, 1)) { if (sysread STDIN, $b, 65536) { put($s, $b) } else { $in = 0; "            \
    "shutdown $s, 1 } } }"
#define PYTHON                                                                                               \
    "exec(\"import "                                                                                         \
    "os,select,socket,sys\\ns=socket.socket(socket.AF_UNIX)\\ns.connect(sys.argv[1])\\nr=[s,0]\\n"           \
    "while 1:\\n for f in select.select(r,[],[])[0]:\\n  if f is s:\\n   b=s.recv(65536)\\n"                 \
    "   if not b: sys.exit()\\n   while b: b=b[os.write(1,b):]\\n  else:\\n   b=os.read(0,65536)\\n"         \
    "   if b: s.sendall(b)\\n   else: r=[s]; s.shutdown(1)\")"

/* A script stands in single quotes. Only its presence is reported. */
static const struct {
    const char *program, *before, *script, *after;
} TOOLS[TOOL_COUNT] = {[TOOL_DOCKER] = {"docker", "docker -H unix://", NULL, " system dial-stdio"},
                       [TOOL_SOCAT] = {"socat", "socat - UNIX-CONNECT:", NULL, ""},
                       [TOOL_NC] = {"nc", "nc -U ", NULL, ""},
                       [TOOL_PERL] = {"perl", "perl -e ", PERL, ""},
                       [TOOL_PYTHON] = {"python3", "python3 -c ", PYTHON, ""}};

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
            search->tools[t] = search->tools[t] || strcmp(value, TOOLS[t].program) == 0;
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

static char *tool_text(enum socket_tool tool, const char *script, const char *socket, bool become)
{
    return xasprintf("%s%s%s%s%s%s%s", text_if(become, "sudo -n "), TOOLS[tool].before, text_if(script, "'"),
                     text_or(script, ""), text_if(script, "' "), socket, TOOLS[tool].after);
}

char *socket_tool_command(enum socket_tool tool, const char *socket, bool become)
{
    return tool_text(tool, TOOLS[tool].script, socket, become);
}

char *socket_tool_name(enum socket_tool tool, const char *socket, bool become)
{
    return tool_text(tool, TOOLS[tool].script ? "..." : NULL, socket, become);
}
