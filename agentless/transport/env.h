/* env.h: what the connections of a run share. */
#ifndef AGENTLESS_TRANSPORT_ENV_H
#define AGENTLESS_TRANSPORT_ENV_H

#include <stdbool.h>
#include <uv.h>

/* A round trip of more microseconds hides behind further connections, some of which are opened ahead of need.
 */
#define LONG_WAY_US 15000

struct resolver;
struct keyring;
struct agents;
struct known_hosts;
struct host_certificate_store;
struct ssh_config;
struct jump_hosts;
struct jump_opener;

/* Shared by all connections of a run; owned by the caller, outlives every transport. */
struct transport_env {
    uv_loop_t *loop;
    const char *run_dir; /* private folder (0700) for tunnel sockets */
    unsigned long next_socket;
    struct resolver *resolver;
    struct keyring *keys;
    struct agents *agents;
    struct known_hosts *known;
    struct host_certificate_store *certificates;
    struct ssh_config *config;
    struct jump_hosts *jumps;
    const struct jump_opener *jump_opener; /* set with jumps; see ssh/dial.h */
    unsigned connect_timeout_ms;
    unsigned parallel_max; /* requests at once to one host that is far, as open files allow */
    bool eager;            /* many questions will follow: on a long round trip, open channels ahead of need */
};

#endif
