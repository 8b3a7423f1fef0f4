/* session.h: one SSH session on the loop, and the streams (channels) that run over it.
 *
 * The link walks through its states by itself: settings, name, connection, key exchange, host key, login.
 * Streams may be opened once it is ready. One session serves the tunnel and the shell alike. */
#ifndef AGENTLESS_TRANSPORT_SSH_SESSION_H
#define AGENTLESS_TRANSPORT_SSH_SESSION_H

#include <jansson.h>

#include "agentless/transport/transport.h"

struct session;
struct chan;

struct session_events {
    void (*ready)(void *ctx);
    void (*failed)(void *ctx, const struct failure *failure); /* before it was ready */
    void (*lost)(void *ctx, const char *why);                 /* after it was ready */
};

/* The target and what it says of credentials must outlive the link; the timeline (may be NULL) too. */
struct session *session_open(struct transport_env *env, const struct target *target,
                             const struct endpoint *where, struct timeline *timeline,
                             struct session_events events, void *ctx);
/* Closes all streams (their owners get no more events and must not touch them again) and the session. */
void session_close(struct session *link);
/* A new host key that was accepted waits to be written down until it is known why it may be trusted; closing
 * the link writes it down as a first contact. */
bool session_has_pin(const struct session *link);
void session_pin(struct session *link, const char *reason);
/* How long a round trip takes, in microseconds, more or less: half of what we waited, with nothing else to
 * do, while logging in: somebody near may have answered the connection for one who is far, and a near host
 * does not become a far one because we are busy. */
uint64_t session_distance_us(const struct session *link);
/* Whether it was ready once and is no more. */
bool session_is_lost(const struct session *link);
/* What sshd called itself; may be NULL. */
const char *session_banner(const struct session *link);
const char *session_user(const struct session *link);
json_t *session_host_key_json(
    const struct session *link); /* {"type","fingerprint","trusted_by"}; owned by the caller */

struct chan_events {
    void (*opened)(void *ctx);
    void (*refused)(void *ctx, const char *why); /* the stream is of no more use; close it */
    void (*data)(void *ctx, const char *bytes, size_t length, bool is_error);
    void (*closed)(void *ctx, int exit_status); /* -1: none was told, or the link was lost */
};

/* To a unix socket of the host (OpenSSH's direct-streamlocal). */
struct chan *chan_forward(struct session *link, const char *socket_path, struct chan_events events,
                          void *ctx);
/* To a port of a host as that host sees it (direct-tcpip). */
struct chan *chan_tcp(struct session *link, const char *host, unsigned port, struct chan_events events,
                      void *ctx);
/* To the standard streams of a command on the host. The command is fixed text of ours, never a host's. */
struct chan *chan_exec(struct session *link, const char *command, struct chan_events events, void *ctx);
void chan_redirect(struct chan *stream, struct chan_events events, void *ctx); /* a new owner */
void chan_write(struct chan *stream, const char *bytes, size_t length);
void chan_end(struct chan *stream); /* end of input, once all was written */
void chan_close(struct chan *stream);

#endif
