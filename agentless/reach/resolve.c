/* resolve.c: see resolve.h. getaddrinfo runs on libuv's threads, so a slow name server holds up only the host
 * whose name is asked for. */
#include "agentless/reach/resolve.h"
#include "base/mem.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct resolution {
    uv_getaddrinfo_t request;
    char *host;
    resolved_cb *done; /* NULL: cancelled */
    void *ctx;
};

socklen_t address_length(const struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

void address_text(const struct sockaddr_storage *address, char *text, size_t size)
{
    if (getnameinfo((const struct sockaddr *)address, address_length(address), text, (socklen_t)size, NULL, 0,
                    NI_NUMERICHOST))
        snprintf(text, size, "?");
}

static void collect(struct addresses *found, const struct addrinfo *info)
{
    for (; info && found->count < ADDRESSES_MAX; info = info->ai_next)
        if (info->ai_addrlen <= sizeof found->items[0])
            memcpy(&found->items[found->count++], info->ai_addr, info->ai_addrlen);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *info)
{
    struct resolution *r = request->data;
    struct addresses found = {0};
    struct failure failure;
    collect(&found, info);
    uv_freeaddrinfo(info);
    if (r->done && found.count) {
        r->done(r->ctx, &found, NULL);
    } else if (r->done) {
        bool transient = status == UV_EAI_AGAIN || status == UV_EAI_MEMORY;
        failure_set(&failure, STAGE_RESOLVE, transient,
                    "check the name, or give the address (ansible_host= or endpoint=)",
                    "the name \"%s\" does not resolve: %s", r->host,
                    status ? uv_strerror(status) : "no address");
        r->done(r->ctx, NULL, &failure);
    }
    free(r->host);
    free(r);
}

struct resolution *resolve_start(uv_loop_t *loop, const char *host, unsigned port, resolved_cb *done,
                                 void *ctx)
{
    struct resolution *r = xcalloc(1, sizeof *r);
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    char service[16];
    r->request.data = r;
    r->host = xstrdup(host);
    r->done = done;
    r->ctx = ctx;
    snprintf(service, sizeof service, "%u", port);
    /* The only failures here are programming errors and lack of memory. */
    if (uv_getaddrinfo(loop, &r->request, on_resolved, host, service, &hints)) {
        fprintf(stderr, "muster: out of memory\n");
        exit(3);
    }
    return r;
}

void resolve_cancel(struct resolution *r)
{
    r->done = NULL;
    uv_cancel((uv_req_t *)&r->request);
}
