/* session.h: one SSH session on the loop.
 *
 * It walks through its states by itself: settings, name, connection, key exchange, host key, login.
 * Channels may be opened once it is ready. One session serves the tunnel and the shell alike. */
#ifndef AGENTLESS_TRANSPORT_SSH_SESSION_H
#define AGENTLESS_TRANSPORT_SSH_SESSION_H

#include <jansson.h>

#include "agentless/transport/env.h"
#include "agentless/transport/failure.h"
#include "agentless/transport/ssh/channel.h"
#include "base/timeline.h"
#include "inventory/target.h"

struct session;

struct session_events {
    void (*ready)(void *ctx);
    void (*failed)(void *ctx, const struct failure *failure); /* before it was ready */
    void (*lost)(void *ctx, const char *why);                 /* after it was ready */
};

/* The target and what it says of credentials must outlive the session; the timeline (may be NULL) too. */
struct session *session_open(struct transport_env *env, const struct target *target,
                             const struct endpoint *where, struct timeline *timeline,
                             struct session_events events, void *ctx);
/* Closes all channels (their owners get no more events and must not touch them again) and the session. */
void session_close(struct session *session);
/* A new host key that was accepted waits to be written down until it is known why it may be trusted; closing
 * the session writes it down as a first contact. */
bool session_has_pin(const struct session *session);
void session_pin(struct session *session, const char *reason);
/* How long a round trip takes, in microseconds, more or less: half of what we waited, with nothing else to
 * do, while logging in: somebody near may have answered the connection for one who is far, and a near host
 * does not become a far one because we are busy. */
uint64_t session_distance_us(const struct session *session);
/* Whether it was ready once and was lost since. */
bool session_is_lost(const struct session *session);
/* What sshd called itself; may be NULL. */
const char *session_banner(const struct session *session);
/* What its channels are opened on. */
struct chan_host *session_channels(struct session *session);
const char *session_user(const struct session *session);
json_t *session_host_key_json(
    const struct session *session); /* {"type","fingerprint","trusted_by"}; owned by the caller */

#endif
