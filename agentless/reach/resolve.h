/* resolve.h: names to addresses off the loop. */
#ifndef AGENTLESS_REACH_RESOLVE_H
#define AGENTLESS_REACH_RESOLVE_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <uv.h>

#include "agentless/reach/failure.h"

#define ADDRESSES_MAX 8

struct addresses {
    struct sockaddr_storage items[ADDRESSES_MAX];
    size_t count;
};

typedef void resolved_cb(void *ctx, const struct addresses *addresses, const struct failure *failure);

struct resolution;

/* Calls back once, with addresses or a failure, from the loop. */
struct resolution *resolve_start(uv_loop_t *loop, const char *host, unsigned port, resolved_cb *done,
                                 void *ctx);
/* No callback after this; the look-up itself may go on in its thread and frees itself. Call it once for each
 * resolution whose callback has not been made. */
void resolve_cancel(struct resolution *resolution);

socklen_t address_length(const struct sockaddr_storage *address);
/* Numeric text without port; v6 without brackets. */
void address_text(const struct sockaddr_storage *address, char *text, size_t size);

#endif
