/* ssh_bridge.h: one local connection (a pipe of libuv's) and one SSH stream, each fed by the other. Either
 * end's end is the bridge's. */
#ifndef AGENTLESS_REACH_SSH_BRIDGE_H
#define AGENTLESS_REACH_SSH_BRIDGE_H

#include <uv.h>

#include "agentless/reach/ssh_link.h"

/* Owned by itself: it leaves its owner's list and frees itself when it closes. */
struct ssh_bridge {
    struct ssh_bridge *next, **link; /* in the owner's list */
    uv_pipe_t pipe;
    struct ssh_stream *stream;
    bool closing;
};

/* Makes a bridge with an initialized, unconnected pipe in the list. */
struct ssh_bridge *ssh_bridge_new(uv_loop_t *loop, struct ssh_bridge **list);
/* Takes over a stream and begins; the pipe is connected by now. */
void ssh_bridge_start(struct ssh_bridge *bridge, struct ssh_stream *stream);
void ssh_bridge_close(struct ssh_bridge *bridge);
/* The events of a stream that is opened for a bridge (which is their ctx). */
extern const struct ssh_stream_events SSH_BRIDGE_EVENTS;

#endif
