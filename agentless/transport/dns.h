/* dns.h: names to addresses: off the loop, each name once a run, however many ask for it. */
#ifndef AGENTLESS_TRANSPORT_DNS_H
#define AGENTLESS_TRANSPORT_DNS_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <uv.h>

#include "agentless/transport/failure.h"

#define ADDRESSES_MAX 8

struct addresses {
    struct sockaddr_storage items[ADDRESSES_MAX];
    size_t count;
    struct sockaddr_storage source; /* to connect from; of family 0: any */
};

typedef void resolved_cb(void *ctx, const struct addresses *addresses, const struct failure *failure);

struct resolver;
struct resolver *resolver_new(uv_loop_t *loop);
/* After the loop has ended. False, and nothing is freed, where a thread still looks a name up: it cannot be
 * stopped, and writes into what is here. */
bool resolver_free(struct resolver *resolver);

struct resolution;

/* Calls back once, with addresses or a failure, from the loop. What was found is kept for the run; what was
 * not is asked again. */
struct resolution *resolve_start(struct resolver *resolver, const char *host, unsigned port,
                                 resolved_cb *done, void *ctx);
/* No callback after this. Call it once for each resolution whose callback has not been made. */
void resolve_cancel(struct resolution *resolution);

socklen_t address_length(const struct sockaddr_storage *address);
/* A numeric address, with port 0. False where the text is none. */
bool address_of_text(const char *text, struct sockaddr_storage *address);
/* Numeric text without port; v6 without brackets. */
void address_text(const struct sockaddr_storage *address, char *text, size_t size);

#endif
