/* engine_socket.h: a local unix socket behind which the host's engine answers, carried by one SSH session.
 *
 * libcurl speaks to a socket path, so the tunnel listens on one in the run's private folder and relays every
 * connection to a stream of its own: a streamlocal forward, or, where the server forbids or fails that, a
 * `docker system dial-stdio` over exec (with sudo -n when the target says become). */
#ifndef AGENTLESS_TRANSPORT_ENGINE_SOCKET_H
#define AGENTLESS_TRANSPORT_ENGINE_SOCKET_H

#include "agentless/transport/ssh/session.h"

struct engine_socket;

struct engine_socket_events {
    void (*ready)(void *ctx);
    void (*failed)(void *ctx, const struct failure *failure);
};

/* `remote_socket` is the engine's socket on the host; NULL: where engines usually have theirs. */
struct engine_socket *engine_socket_open(struct transport_env *env, struct session *session,
                                         const char *remote_socket, bool become,
                                         struct engine_socket_events events, void *ctx);
/* Before the session is closed. */
void engine_socket_close(struct engine_socket *tunnel);
const char *engine_socket_path(const struct engine_socket *tunnel);
/* Channels at once: sshd's MaxSessions (10) limits exec channels, not forwards. */
unsigned engine_socket_parallel(const struct engine_socket *tunnel);
/* "streamlocal" or the command in use; and the engine's socket it leads to. */
const char *engine_socket_method(const struct engine_socket *tunnel);
const char *engine_socket_socket(const struct engine_socket *tunnel);

#endif
