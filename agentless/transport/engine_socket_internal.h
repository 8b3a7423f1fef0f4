/* engine_socket_internal.h: the parts of an engine's socket: how it is found, and the connections to it. */
#ifndef AGENTLESS_TRANSPORT_ENGINE_SOCKET_INTERNAL_H
#define AGENTLESS_TRANSPORT_ENGINE_SOCKET_INTERNAL_H

#include "agentless/transport/engine_socket.h"
#include "agentless/transport/socket_search.h"
#include "agentless/transport/ssh/relay.h"
#include "agentless/transport/ssh/session.h"
#include "base/buf.h"
#include "base/loop.h"

/* 30 streamlocal channels in one session were tried and worked; docs/performance.md has what they bring. */
#define FORWARD_PARALLEL 2

/* MaxSessions is 10 by default, and the shell probe needs one of them. */
#define EXEC_PARALLEL 6

#define SPARE_MAX 12

enum method { METHOD_DEFAULT_FORWARD, METHOD_SEARCH, METHOD_FORWARD, METHOD_TOOL, METHOD_NONE };

/* A stream that is opened ahead of need: a connection that comes later finds it open. */
struct spare {
    struct chan *stream; /* NULL: taken, refused or closed */
};

struct engine_socket {
    struct transport_env *env;
    struct session *session;
    struct engine_socket_events events;
    void *ctx;
    char *asked_socket; /* from the URL; NULL: the usual places */
    bool become;
    enum method means;
    size_t attempt; /* which of the means' possibilities */
    struct socket_search search;
    char *remote_socket; /* the one that is tried or used */
    char *command;       /* NULL: streamlocal */
    char *command_name;  /* what messages call it */
    char *path;
    uv_pipe_t listener;
    struct handles handles;
    bool listening;
    struct relay *relays;
    struct chan *trial;
    struct spare spares[SPARE_MAX];
    struct buf answer, stderr_text;
    char *refusal; /* what the last forward was refused with */
    char *said;    /* what the likeliest command printed, */
    char *said_by; /* and which that was */
};

struct chan *engine_socket_open_stream(struct engine_socket *t, struct chan_events events, void *ctx);
void engine_socket_drop_spares(struct engine_socket *t);
bool engine_socket_is_long(const struct engine_socket *t);
void engine_socket_open_spares(struct engine_socket *t);
void engine_socket_start_listening(struct engine_socket *t);

#endif
