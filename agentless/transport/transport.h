/* transport.h: an open connection to one host: its engine, for HTTP, and its shell where there is one.
 *
 * Everything runs on one libuv loop and nothing blocks it. A transport belongs to one host job. Callbacks are
 * never made from inside the function that was called, and none after transport_close(). */
#ifndef AGENTLESS_TRANSPORT_TRANSPORT_H
#define AGENTLESS_TRANSPORT_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "agentless/transport/env.h"
#include "agentless/transport/failure.h"
#include "agentless/transport/shell.h"
#include "inventory/target.h"

/* How the engine client talks to the engine. Borrowed from the transport. */
struct engine_route {
    const char *socket_path; /* unix socket to connect to; NULL for tcp */
    const char *base_url;    /* "http://localhost" or "https://host:port" */
    const char
        *resolve; /* "host:port:address[,address]", so that the client never looks names up; NULL for unix */
    const char *ca, *cert, *key;
    bool verify;
    unsigned parallel; /* requests at once that it takes */
};

struct transport_events {
    /* The engine is settled: its connection is open, or transport_no_engine() says why not. */
    void (*engine)(void *ctx);
    /* The shell is settled: transport_run() may be called, or transport_no_shell() says why not. Each is
     * called once, in any order. */
    void (*shell)(void *ctx);
    /* Before they were settled, or later where the connection to the engine was lost. STAGE_DEFERRED: a jump
     * host is busy with as many as it may be (its key is the message). */
    void (*failed)(void *ctx, const struct failure *failure);
};

struct timeline;
struct transport;

/* Connects to a target, which must outlive the transport, as must the timeline (may be NULL). */
struct transport *transport_open(struct transport_env *env, const struct target *target,
                                 struct timeline *timeline, struct transport_events events, void *ctx);
void transport_close(struct transport *transport);

const struct engine_route *transport_route(const struct transport *transport);
/* NULL when the engine is connected; else why the tunnel to it failed. Valid once it is settled. */
const struct failure *transport_no_engine(const struct transport *transport);
/* NULL when a shell is there; else why there is none. Valid once it is settled. */
const char *transport_no_shell(const struct transport *transport);
/* The engine has answered: where that was over TLS that verified, a host key accepted just now is trusted for
 * that. */
void transport_engine_answered(struct transport *transport);
/* What the connection itself showed: {"transport", "user", "host_key": {...}, "tunnel"}. The caller owns it.
 */
json_t *transport_session_json(const struct transport *transport);

/* Feeds a script to one `sh -s` on the host. NULL when there is no shell. */
struct shell_run *transport_run(struct transport *transport, const char *script, size_t length,
                                struct shell_events events, void *ctx);
#endif
