/* host_certificate_store.h: the host certificates that were fetched, so that each sshd is asked once: within
 * a run by whoever needs it first, between runs by a file. To ask takes a connection without a login, which
 * an OpenSSH of 9.8 or later counts against our address (PerSourcePenalties). What is kept is public and
 * proves nothing: it counts only when an authority signed it and the session proves that the host holds the
 * key. */
#ifndef AGENTLESS_TRANSPORT_SSH_HOST_CERTIFICATE_STORE_H
#define AGENTLESS_TRANSPORT_SSH_HOST_CERTIFICATE_STORE_H

#include <stdbool.h>
#include <stddef.h>

struct host_certificate_store;

/* What is known of one sshd's certificate. */
struct host_certificate_entry {
    const unsigned char *bytes; /* NULL: it has none, as far as known */
    size_t length;
    bool known; /* was asked, now or in an earlier run */
    bool fresh; /* was asked in this run */
};

/* Somebody who waits for what another one is fetching; lives in the waiting object, zeroed while it waits for
 * nothing. */
struct host_certificate_waiter {
    struct host_certificate_waiter *next, **link;
    char *sshd;
    void (*ready)(void *ctx); /* look again; may call none of the functions here */
    void *ctx;
};

/* `path` is the file between runs; NULL or "" for none. */
struct host_certificate_store *host_certificate_store_new(const char *path);
void host_certificate_store_free(struct host_certificate_store *certificates);

/* `sshd` is any text that names one sshd and the connection to it. Borrowed until the next call for it. */
struct host_certificate_entry host_certificate_store_get(struct host_certificate_store *certificates,
                                                         const char *sshd);
/* Takes it upon the caller to fetch: false where somebody already does, who then calls `waiter`. Who got true
 * calls host_certificate_store_put(), or host_certificate_store_give_up(). */
bool host_certificate_store_claim(struct host_certificate_store *certificates, const char *sshd,
                                  struct host_certificate_waiter *waiter);
/* Waits no longer; harmless for one who does not wait. */
void host_certificate_store_forget(struct host_certificate_waiter *waiter);
/* `bytes` NULL: the sshd has no certificate, which is remembered for this run only. */
void host_certificate_store_put(struct host_certificate_store *certificates, const char *sshd,
                                const unsigned char *bytes, size_t length);
void host_certificate_store_give_up(struct host_certificate_store *certificates, const char *sshd);

#endif
