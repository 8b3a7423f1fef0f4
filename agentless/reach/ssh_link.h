/* ssh_link.h: one SSH session on the loop, and the streams (channels) that run over it.
 *
 * The link walks through its states by itself: settings, name, connection, key exchange, host key, login.
 * Streams may be opened once it is ready. One session serves the tunnel and the shell alike. */
#ifndef AGENTLESS_REACH_SSH_LINK_H
#define AGENTLESS_REACH_SSH_LINK_H

#include <jansson.h>

#include "agentless/reach/reach.h"

struct ssh_link;
struct ssh_stream;

struct ssh_link_events {
    void (*ready)(void *ctx);
    void (*failed)(void *ctx, const struct failure *failure); /* before it was ready */
    void (*lost)(void *ctx, const char *why);                 /* after it was ready */
};

/* The target and what it says of credentials must outlive the link; the timeline (may be NULL) too. */
struct ssh_link *ssh_link_open(struct reach_env *env, const struct target *target,
                               const struct endpoint *where, struct timeline *timeline,
                               struct ssh_link_events events, void *ctx);
/* Closes all streams (their owners get no more events and must not touch them again) and the session. */
void ssh_link_close(struct ssh_link *link);
/* A new host key that was accepted waits to be written down until it is known why it may be trusted; closing
 * the link writes it down as a first contact. */
bool ssh_link_has_pin(const struct ssh_link *link);
void ssh_link_pin(struct ssh_link *link, const char *reason);
/* How long a round trip takes, in microseconds, more or less: half of what we waited, with nothing else to
 * do, while logging in: somebody near may have answered the connection for one who is far, and a near host
 * does not become a far one because we are busy. */
uint64_t ssh_link_distance_us(const struct ssh_link *link);
/* Whether it was ready once and is no more. */
bool ssh_link_is_lost(const struct ssh_link *link);
/* What sshd called itself; may be NULL. */
const char *ssh_link_banner(const struct ssh_link *link);
const char *ssh_link_user(const struct ssh_link *link);
json_t *ssh_link_host_key_json(
    const struct ssh_link *link); /* {"type","fingerprint","trusted_by"}; owned by the caller */

struct ssh_stream_events {
    void (*opened)(void *ctx);
    void (*refused)(void *ctx, const char *why); /* the stream is of no more use; close it */
    void (*data)(void *ctx, const char *bytes, size_t length, bool is_error);
    void (*closed)(void *ctx, int exit_status); /* -1: none was told, or the link was lost */
};

/* To a unix socket of the host (OpenSSH's direct-streamlocal). */
struct ssh_stream *ssh_stream_forward(struct ssh_link *link, const char *socket_path,
                                      struct ssh_stream_events events, void *ctx);
/* To a port of a host as that host sees it (direct-tcpip). */
struct ssh_stream *ssh_stream_tcp(struct ssh_link *link, const char *host, unsigned port,
                                  struct ssh_stream_events events, void *ctx);
/* To the standard streams of a command on the host. The command is fixed text of ours, never a host's. */
struct ssh_stream *ssh_stream_exec(struct ssh_link *link, const char *command,
                                   struct ssh_stream_events events, void *ctx);
void ssh_stream_redirect(struct ssh_stream *stream, struct ssh_stream_events events,
                         void *ctx); /* a new owner */
void ssh_stream_write(struct ssh_stream *stream, const char *bytes, size_t length);
void ssh_stream_end(struct ssh_stream *stream); /* end of input, once all was written */
void ssh_stream_close(struct ssh_stream *stream);

#endif
