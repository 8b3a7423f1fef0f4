/* relay.h: one local connection (a pipe of libuv's) and one SSH stream, each fed by the other. Either
 * end's end is the relay's. */
#ifndef AGENTLESS_TRANSPORT_SSH_RELAY_H
#define AGENTLESS_TRANSPORT_SSH_RELAY_H

#include <uv.h>

#include "agentless/transport/ssh/channel.h"
#include "base/loop.h"

/* Owned by itself: it leaves its owner's list and frees itself when it closes. */
struct relay {
    struct relay *next, **link; /* in the owner's list */
    uv_pipe_t pipe;
    struct handles handles;
    struct chan *channel;
    size_t waiting; /* bytes that the pipe's reader has not taken */
    bool closing;
};

/* Makes a relay with an initialized, unconnected pipe in the list. */
struct relay *relay_new(uv_loop_t *loop, struct relay **list);
/* Takes over a stream and begins; the pipe is connected by now. */
void relay_start(struct relay *relay, struct chan *channel);
void relay_close(struct relay *relay);
/* The events of a stream that is opened for a relay (which is their ctx). */
extern const struct chan_events RELAY_EVENTS;

#endif
