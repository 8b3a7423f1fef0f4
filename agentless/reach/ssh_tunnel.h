/* ssh_tunnel.h: a local unix socket behind which the host's engine answers, carried by one SSH session.
 *
 * libcurl speaks to a socket path, so the tunnel listens on one in the run's private folder and bridges every
 * connection to a stream of its own: a streamlocal forward, or, where the server forbids or fails that, a
 * `docker system dial-stdio` over exec (with sudo -n when the target says become). */
#ifndef AGENTLESS_REACH_SSH_TUNNEL_H
#define AGENTLESS_REACH_SSH_TUNNEL_H

#include "agentless/reach/ssh_link.h"

struct ssh_tunnel;

struct ssh_tunnel_events {
    void (*ready)(void *ctx);
    void (*failed)(void *ctx, const struct failure *failure);
};

/* `remote_socket` is the engine's socket on the host; NULL: where engines usually have theirs. */
struct ssh_tunnel *ssh_tunnel_open(struct reach_env *env, struct ssh_link *link, const char *remote_socket,
                                   bool become, struct ssh_tunnel_events events, void *ctx);
/* Before the link is closed. */
void ssh_tunnel_close(struct ssh_tunnel *tunnel);
const char *ssh_tunnel_path(const struct ssh_tunnel *tunnel);
/* Streams at once: sshd's MaxSessions (10) limits exec channels, not forwards. */
unsigned ssh_tunnel_parallel(const struct ssh_tunnel *tunnel);
/* "streamlocal" or the command in use; and the engine's socket it leads to. */
const char *ssh_tunnel_means(const struct ssh_tunnel *tunnel);
const char *ssh_tunnel_socket(const struct ssh_tunnel *tunnel);

#endif
