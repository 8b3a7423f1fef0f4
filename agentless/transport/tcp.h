/* tcp.h: a connected, non-blocking socket to the first of several addresses that answers. */
#ifndef AGENTLESS_TRANSPORT_TCP_H
#define AGENTLESS_TRANSPORT_TCP_H

#include "agentless/transport/dns.h"

/* fd >= 0: the caller's own; else error is a libuv error number (UV_ETIMEDOUT after the time). */
typedef void tcp_connected_cb(void *ctx, int fd, int error);

struct tcp_connect;

/* Tries the addresses one after the other, each for at most timeout_ms. Calls back once, from the loop. */
struct tcp_connect *tcp_connect_start(uv_loop_t *loop, const struct addresses *addresses, unsigned timeout_ms,
                                      tcp_connected_cb *done, void *ctx);
/* No callback after this. Call it once for each attempt whose callback has not been made. */
void tcp_connect_cancel(struct tcp_connect *attempt);

#endif
