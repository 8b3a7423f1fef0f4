/* ssh_stream.h: what link and streams know of each other; for ssh_link.c and ssh_stream.c only. */
#ifndef AGENTLESS_REACH_SSH_STREAM_H
#define AGENTLESS_REACH_SSH_STREAM_H

#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include "agentless/reach/ssh_link.h"
#include "base/buf.h"

enum stream_state { STREAM_OPENING, STREAM_REQUESTING, STREAM_OPEN, STREAM_DONE };

struct ssh_stream {
    struct ssh_link *link;
    struct ssh_stream *next;
    ssh_channel channel;
    struct ssh_channel_callbacks_struct callbacks;
    struct ssh_stream_events events;
    void *ctx;
    char *socket_path; /* forward to a socket */
    char *tcp_host;    /* forward to a port */
    unsigned tcp_port;
    char *command; /* exec */
    enum stream_state state;
    struct buf early;   /* received before the opening was told */
    struct buf pending; /* accepted for writing, not yet taken by the channel's window */
    bool end_wanted, end_sent, remote_closed, told_closed, abandoned;
    int exit_status;
};

/* Goes on where the stream stopped: open, request, flush, tell. */
void ssh_stream_advance(struct ssh_stream *stream);
void ssh_stream_lost(struct ssh_stream *stream);
void ssh_stream_free(struct ssh_stream *stream);

ssh_session ssh_link_session(struct ssh_link *link);
void ssh_link_add(struct ssh_link *link, struct ssh_stream *stream);
/* Runs the session as soon as the loop comes round: something was queued. */
void ssh_link_wake(struct ssh_link *link);

#endif
