/* host_certificate_fetch.h: asks an sshd for its host certificate, over a connection that is used for nothing
 * else. What comes is public and proves nothing by itself: it counts only when an authority signed it and the
 * session proves that the host holds the key. */
#ifndef AGENTLESS_TRANSPORT_SSH_HOST_CERTIFICATE_FETCH_H
#define AGENTLESS_TRANSPORT_SSH_HOST_CERTIFICATE_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "base/buf.h"

struct host_certificate_fetch;

/* `bytes` NULL: the server has none; not even that is known unless it `answered`. */
typedef void host_certificate_cb(void *ctx, const unsigned char *bytes, size_t length, bool answered);

/* Takes over the connected socket. Calls back once, from the loop. */
struct host_certificate_fetch *host_certificate_fetch_start(uv_loop_t *loop, int fd, unsigned timeout_ms,
                                                            host_certificate_cb *done, void *ctx);
/* No callback after this; call it once for each fetch, also after the callback. */
void host_certificate_fetch_close(struct host_certificate_fetch *fetch);

/* What the server has sent so far, read: -1 nothing will come of it, 0 more is needed, 1 the certificate lies
 * at *key. *answered: our part of the exchange is due (the server's KEXINIT was seen). Pure. */
int host_certificate_fetch_read(const struct buf *received, bool *answered, const unsigned char **key,
                                size_t *length);

#endif
