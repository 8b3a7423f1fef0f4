/* channel.h: an SSH channel as a byte stream with callbacks: to a socket, to a port, or to a command of the
 * host. */
#ifndef AGENTLESS_TRANSPORT_SSH_CHANNEL_H
#define AGENTLESS_TRANSPORT_SSH_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chan;
struct ssh_session_struct;

/* What a session lends to its channels; they run, and are freed, when the session comes round to them. */
struct chan_host {
    struct ssh_session_struct *ssh;
    struct chan *first;      /* all of them */
    uint64_t delivered;      /* bytes that were received for them, errors' not counted */
    bool overrun;            /* one sent more than there is room for */
    void (*wake)(void *ctx); /* runs the session as soon as the loop comes round: something was queued */
    void *ctx;
};

struct chan_events {
    void (*opened)(void *ctx);
    void (*refused)(void *ctx, const char *why); /* the stream is of no more use; close it */
    void (*data)(void *ctx, const char *bytes, size_t length, bool is_error);
    bool (*has_room)(void *ctx); /* NULL: always; else what is received waits, and the other end with it,
                                    until chan_resume() */
    void (*closed)(void *ctx, int exit_status); /* -1: none was reported, or the session was lost */
};

/* To a unix socket of the host (OpenSSH's direct-streamlocal). */
struct chan *chan_forward(struct chan_host *host, const char *socket_path, struct chan_events events,
                          void *ctx);
/* To a port of a host as that host sees it (direct-tcpip). */
struct chan *chan_tcp(struct chan_host *over, const char *host, unsigned port, struct chan_events events,
                      void *ctx);
/* To the standard streams of a command on the host. The command is fixed text of ours, never a host's. */
struct chan *chan_exec(struct chan_host *host, const char *command, struct chan_events events, void *ctx);
void chan_redirect(struct chan *channel, struct chan_events events, void *ctx); /* a new owner */
/* There is room again; what has waited comes as soon as the session comes round. */
void chan_resume(struct chan *channel);
void chan_write(struct chan *channel, const char *bytes, size_t length);
void chan_close(struct chan *channel);

/* For the session: goes on with each channel where it stopped, and frees those that were closed. */
void chan_host_advance(struct chan_host *host);
/* The session is gone: each channel that is not done gets its closed callback. */
void chan_host_lost(struct chan_host *host);
/* No events any more; chan_host_free_all() follows. */
void chan_host_abandon(struct chan_host *host);
void chan_host_free_all(struct chan_host *host);

#endif
