/* session_internal.h: a session's parts, for session.c (states, login, channels), session_open.c (from the
 * settings to a connected socket) and session_line.c (libssh's session on it). */
#ifndef AGENTLESS_TRANSPORT_SSH_SESSION_INTERNAL_H
#define AGENTLESS_TRANSPORT_SSH_SESSION_INTERNAL_H

#include <libssh/libssh.h>

#include "agentless/transport/ssh/agent.h"
#include "agentless/transport/ssh/auth.h"
#include "agentless/transport/ssh/config.h"
#include "agentless/transport/ssh/dial.h"
#include "agentless/transport/ssh/handshake.h"
#include "agentless/transport/ssh/host_certificate_fetch.h"
#include "agentless/transport/ssh/host_certificate_store.h"
#include "agentless/transport/ssh/host_key.h"
#include "agentless/transport/ssh/session.h"
#include "base/buf.h"
#include "base/loop.h"

enum session_state {
    SESSION_CONFIGURE,
    SESSION_CERTIFICATE, /* an authority may vouch for the host: its certificate is fetched, or waited for */
    SESSION_CONNECT,
    SESSION_HANDSHAKE,
    SESSION_LOGIN,
    SESSION_READY,
    SESSION_DEAD
};

/* libssh's session and its count of what goes through the socket: freed together, maybe later than the
 * session (see agent.h). */
struct ssh_line {
    ssh_session ssh;
    struct ssh_counter_struct traffic;
};

struct session {
    struct transport_env *env;
    const struct target *target;
    struct endpoint where; /* borrowed strings */
    struct session_events events;
    void *ctx;
    enum session_state state;
    struct timeline *timeline;
    size_t span;                     /* of the state */
    struct ssh_config_query *config; /* under way */
    struct dial *dial;               /* stays as long as the session */
    struct host_certificate_fetch *fetch;
    struct host_certificate_waiter waiter;
    char *sshd; /* what its certificate is kept by; NULL: no authority, so that none is wanted */
    bool fetching, used_fresh, out_of_date, unanswered;
    struct ssh_settings settings;
    unsigned timeout_ms;
    uint64_t idle_before_ns, distance_us;
    char *known_as;         /* the name in known_hosts, in small letters */
    char *certified_as;     /* the name that a host certificate has to be for */
    char *address;          /* known_hosts' name of the address, with CheckHostIP */
    struct buf certificate; /* of the host, as it was sent; empty: none */
    struct ssh_line *line;
    ssh_session ssh; /* the line's */
    ssh_event event;
    struct auth login;
    struct agent_login *agent; /* NULL: not asked yet */
    bool asking;               /* libssh's session is another thread's until the agent has answered */
    /* On the loop's clock. The agent's time is not the server's. */
    uint64_t login_until_ms, asked_ms;
    struct chan_host channels;
    struct host_key host_key;
    struct greeting greeting;
    int fd;
    uv_poll_t *poll;         /* of the connection; NULL: none */
    int watched;             /* uv_poll_event */
    struct later deadline;   /* of handshake and login; the connection keeps its own */
    struct later look_again; /* for the host's certificate */
    uv_idle_t wake;
    bool advancing, closing;
    struct handles handles;
};

/* The one place that changes the state. */
void session_enter(struct session *session, enum session_state state);
/* Goes on where the session stopped. */
void session_advance(struct session *session);
/* Ends it before it was ready, and says why. */
void session_fail(struct session *session, const struct failure *failure);
struct host_key_question session_host_key_question(const struct session *session);
void session_unwatch(struct session *session);
/* session_line.c */
/* libssh's session on a descriptor, which it owns from now on. False with the keyword of the configuration
 * that allows nothing that libssh has. */
bool session_make(struct session *session, int own, const char **keyword);
/* Whether the server sent more beside the channels' data than there is a reason for. */
bool session_is_flooded(const struct session *session);
/* Ends libssh's session and its channels. */
void session_end(struct session *session);

/* session_open.c */
void session_on_configured(void *ctx, const struct ssh_settings *settings, const struct failure *failure);
/* The session, its descriptor (after the poll was stopped, before the handle is gone) and its dial. */
void session_drop_connection(struct session *session);
/* The session that has just been opened is of no use; from within the walk. */
void session_seek_again(struct session *session);
/* What brought the certificate goes, and it is looked what there is. */
void session_look_again(void *ctx);
/* Those who wait for us to fetch a certificate fetch it themselves. */
void session_give_up_fetching(struct session *session);

#endif
