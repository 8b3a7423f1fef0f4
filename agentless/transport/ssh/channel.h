/* channel.h: what link and streams know of each other; for session.c and chan.c only. */
#ifndef AGENTLESS_TRANSPORT_SSH_CHANNEL_H
#define AGENTLESS_TRANSPORT_SSH_CHANNEL_H

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include "agentless/transport/ssh/session.h"
#include "base/buf.h"

enum chan_state { CHAN_OPENING, CHAN_REQUESTING, CHAN_OPEN, CHAN_DONE };

struct chan {
    struct session *link;
    struct chan *next;
    ssh_channel channel;
    struct ssh_channel_callbacks_struct callbacks;
    struct chan_events events;
    void *ctx;
    char *socket_path; /* forward to a socket */
    char *tcp_host;    /* forward to a port */
    unsigned tcp_port;
    char *command; /* exec */
    enum chan_state state;
    struct buf early;   /* received before the opening was told */
    struct buf pending; /* accepted for writing, not yet taken by the channel's window */
    bool end_wanted, end_sent, remote_closed, told_closed, abandoned;
    int exit_status;
};

/* Goes on where the stream stopped: open, request, flush, tell. */
void chan_advance(struct chan *stream);
void chan_lost(struct chan *stream);
void chan_free(struct chan *stream);

ssh_session session_session(struct session *link);
void session_add(struct session *link, struct chan *stream);
/* Runs the session as soon as the loop comes round: something was queued. */
void session_wake(struct session *link);

#endif
