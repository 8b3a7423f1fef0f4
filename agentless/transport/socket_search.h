/* socket_search.h: where a host's engine listens and with what a command could speak to it: the one command
 * that asks, the reading of its answer, and the commands that follow from it. Pure. */
#ifndef AGENTLESS_TRANSPORT_SOCKET_SEARCH_H
#define AGENTLESS_TRANSPORT_SOCKET_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#define SOCKETS_MAX 12

/* The likeliest and lightest first. */
enum socket_tool { TOOL_DOCKER, TOOL_SOCAT, TOOL_NC, TOOL_PERL, TOOL_PYTHON, TOOL_COUNT };

struct socket_search {
    char *sockets[SOCKETS_MAX]; /* existing ones, the likeliest first; owned */
    size_t count;
    bool tools[TOOL_COUNT];
    char *other_engine; /* the remote user's DOCKER_HOST where it is not a local socket; owned, NULL: none */
    bool whole;         /* the answer was not cut off */
};

/* A command for any login shell: prints what socket_search_parse() reads. */
const char *socket_search_command(bool become);
/* Reads the answer, which is foreign: paths that could mean anything to a shell are passed over. */
void socket_search_parse(struct socket_search *search, const char *answer);
void socket_search_clear(struct socket_search *search);

/* A path that may stand in a command: absolute, and of harmless characters only. */
bool socket_path_is_harmless(const char *path);
/* The command that joins its standard channels to the socket, which must be harmless; and how it is asked to
 * people, without a script's text. The caller frees them. */
char *socket_tool_command(enum socket_tool tool, const char *socket, bool become);
char *socket_tool_name(enum socket_tool tool, const char *socket, bool become);
/* Where the search looks, in words. */
extern const char SOCKET_SEARCH_PLACES[];

#endif
