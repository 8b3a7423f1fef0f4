/* reach.h: an open way to one host: an engine that HTTP can be spoken to and, where there is one, a shell.
 *
 * Everything runs on one libuv loop and nothing blocks it. A reach belongs to one visit. Callbacks are never
 * made from inside the function that was called, and none after reach_close(). */
#ifndef AGENTLESS_REACH_REACH_H
#define AGENTLESS_REACH_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "agentless/reach/failure.h"
#include "inventory/target.h"

struct ssh_keyring;
struct known_hosts;
struct ssh_certificates;
struct ssh_config;
struct ssh_jumps;
struct timeline;

/* Shared by all visits of a run; owned by the caller and outliving every reach. */
struct reach_env {
    uv_loop_t *loop;
    const char *run_dir; /* private folder (0700) for tunnel sockets */
    unsigned long next_socket;
    struct resolver *resolver;
    struct ssh_keyring *keys;
    struct known_hosts *known;
    struct ssh_certificates *certificates;
    struct ssh_config *config;
    struct ssh_jumps *jumps;
    unsigned connect_timeout_ms;
    unsigned parallel_max; /* requests at once to one host that is far, as open files allow */
    bool eager;            /* many questions will follow: on a long way, open streams ahead of need */
};

/* How the engine client talks to the engine. Borrowed from the reach. */
struct engine_route {
    const char *socket_path; /* unix socket to connect to; NULL for tcp */
    const char *base_url;    /* "http://localhost" or "https://host:port" */
    const char
        *resolve; /* "host:port:address[,address]", so that the client never looks names up; NULL for unix */
    const char *ca, *cert, *key;
    bool verify;
    unsigned parallel; /* requests at once that this way bears */
};

struct reach_events {
    /* The way to the engine is settled: it is open, or reach_no_engine() says why not. */
    void (*engine)(void *ctx);
    /* The shell is settled: reach_run() may be called, or reach_no_shell() says why not. Each is told once,
     * in whatever order. */
    void (*shell)(void *ctx);
    /* Before they were settled, or later where the way to the engine was lost. STAGE_DEFERRED: a jump host is
     * busy with as many as it may be (its key is the message). */
    void (*failed)(void *ctx, const struct failure *failure);
};

struct reach;

/* Starts on the way to a target, which must outlive the reach, as must the timeline (may be NULL). */
struct reach *reach_open(struct reach_env *env, const struct target *target, struct timeline *timeline,
                         struct reach_events events, void *ctx);
void reach_close(struct reach *reach);

const struct engine_route *reach_route(const struct reach *reach);
/* NULL when there is a way to the engine; else why the tunnel to it failed. Valid once it is settled. */
const struct failure *reach_no_engine(const struct reach *reach);
/* NULL when a shell is there; else why there is none. Valid once it is settled. */
const char *reach_no_shell(const struct reach *reach);
/* The engine has answered: where that was over TLS that verified, a host key accepted just now is trusted for
 * that. */
void reach_engine_answered(struct reach *reach);
/* What the way itself showed: {"transport", "user", "host_key": {...}, "tunnel"}. The caller owns it. */
json_t *reach_session_json(const struct reach *reach);

struct shell_events {
    void (*output)(void *ctx, const char *bytes, size_t length, bool is_error);
    void (*ended)(void *ctx, int exit_status); /* -1: the way was lost or the shell was killed */
};

struct shell_run;

/* Feeds a script to one `sh -s` on the host. NULL when there is no shell. */
struct shell_run *reach_run(struct reach *reach, const char *script, size_t length,
                            struct shell_events events, void *ctx);
/* Ends and frees the run; always called once for each run, also after `ended`. */
void shell_run_close(struct shell_run *run);

#endif
