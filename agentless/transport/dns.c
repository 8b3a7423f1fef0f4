/* dns.c: see dns.h. getaddrinfo runs on libuv's threads, so a slow name server holds up only the host
 * whose name is asked for. */
#include "agentless/transport/dns.h"
#include "base/loop.h"
#include "base/mem.h"

#include <jansson.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct name {
    struct resolver *resolver;
    char *host;
    struct sockaddr_storage *found; /* `count` of them; 0: not known */
    size_t count;
    struct failure *failure; /* of the last look-up, where none is known */
    bool looking;
    uv_getaddrinfo_t request;
    struct resolution *waiting;
};

struct resolver {
    uv_loop_t *loop;
    json_t *index; /* {host: number of its name} */
    struct name **names;
    size_t count, capacity;
};

struct resolution {
    struct resolution *next;
    struct name *name; /* NULL: `host` was an address */
    struct addresses address;
    unsigned port;
    struct later known; /* what is known is reported from the loop too */
    struct handles handles;
    resolved_cb *done;
    void *ctx;
};

struct resolver *resolver_new(uv_loop_t *loop)
{
    struct resolver *resolver = xcalloc(1, sizeof *resolver);
    resolver->loop = loop;
    resolver->index = json_object();
    return resolver;
}

bool resolver_free(struct resolver *resolver)
{
    for (size_t i = 0; i < resolver->count; i++)
        if (resolver->names[i]->looking)
            return false;
    for (size_t i = 0; i < resolver->count; i++) {
        free(resolver->names[i]->host);
        free(resolver->names[i]->found);
        free(resolver->names[i]->failure);
        free(resolver->names[i]);
    }
    free(resolver->names);
    json_decref(resolver->index);
    free(resolver);
    return true;
}

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

static void leave(struct resolution *r)
{
    struct resolution **at = r->name ? &r->name->waiting : NULL;
    while (at && *at != r)
        at = &(*at)->next;
    if (at)
        *at = r->next;
    later_close(&r->known, &r->handles);
    handles_end(&r->handles);
}

static void dns_set_port(struct sockaddr_storage *address, unsigned port)
{
    if (address->ss_family == AF_INET6)
        ((struct sockaddr_in6 *)address)->sin6_port = htons((uint16_t)port);
    else
        ((struct sockaddr_in *)address)->sin_port = htons((uint16_t)port);
}

static void on_known(void *ctx)
{
    struct resolution *r = ctx;
    const struct name *name = r->name;
    struct addresses found = r->address;
    struct failure failure = {0};
    for (size_t i = 0; name && i < name->count; i++)
        found.items[found.count++] = name->found[i];
    for (size_t i = 0; i < found.count; i++)
        dns_set_port(&found.items[i], r->port);
    if (name && !name->count)
        failure = *name->failure;
    leave(r);
    if (found.count)
        r->done(r->ctx, &found, NULL);
    else
        r->done(r->ctx, NULL, &failure);
}

static void collect(struct name *name, const struct addrinfo *info)
{
    name->found = xcalloc(ADDRESSES_MAX, sizeof *name->found);
    for (; info && name->count < ADDRESSES_MAX; info = info->ai_next)
        if ((info->ai_family == AF_INET || info->ai_family == AF_INET6) &&
            info->ai_addrlen <= sizeof *name->found)
            memcpy(&name->found[name->count++], info->ai_addr, info->ai_addrlen);
    if (name->count) {
        name->found = xrealloc(name->found, name->count * sizeof *name->found);
        return;
    }
    free(name->found);
    name->found = NULL;
}

static void end_look_up(struct name *name, int status)
{
    name->looking = false;
    if (!name->count && !name->failure)
        name->failure = xcalloc(1, sizeof *name->failure);
    if (!name->count)
        failure_set(name->failure, STAGE_RESOLVE, status == UV_EAI_AGAIN || status == UV_EAI_MEMORY,
                    "check the name, or give the address (ansible_host= or endpoint=)",
                    "the name \"%s\" does not resolve: %s", name->host,
                    status ? uv_strerror(status) : "no address");
    for (struct resolution *r = name->waiting; r; r = r->next)
        later_call(&r->known);
}

static void look_up(struct name *name);

static void on_looked_up(uv_getaddrinfo_t *request, int status, struct addrinfo *info)
{
    struct name *name = request->data;
    collect(name, info);
    uv_freeaddrinfo(info);
    if (status == UV_EAI_CANCELED && name->waiting)
        look_up(name); /* cancelled for one, and asked for by another meanwhile */
    else
        end_look_up(name, status);
}

/* A name that is none (too long, no UTF-8) is refused at once. */
static void look_up(struct name *name)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    name->looking = true;
    name->request.data = name;
    int status = uv_getaddrinfo(name->resolver->loop, &name->request, on_looked_up, name->host, NULL, &hints);
    if (status)
        end_look_up(name, status);
}

static struct name *name_of(struct resolver *resolver, const char *host)
{
    const json_t *known = json_object_get(resolver->index, host);
    if (known)
        return resolver->names[json_integer_value(known)];
    struct name *name = xcalloc(1, sizeof *name);
    *name = (struct name){.resolver = resolver, .host = xstrdup(host)};
    json_object_set_new_nocheck(resolver->index, host, json_integer((json_int_t)resolver->count));
    resolver->names =
        grow_array(resolver->names, resolver->count, &resolver->capacity, sizeof(struct name *));
    resolver->names[resolver->count++] = name;
    return name;
}

/* An address as text needs no look-up, and no thread. */
static bool dns_is_address(const char *host, struct addresses *address)
{
    struct sockaddr_storage *one = &address->items[0];
    bool v4 = uv_ip4_addr(host, 0, (struct sockaddr_in *)one) == 0;
    bool v6 = !v4 && !strchr(host, '%') && uv_ip6_addr(host, 0, (struct sockaddr_in6 *)one) == 0;
    address->count = v4 || v6;
    return v4 || v6;
}

struct resolution *resolve_start(struct resolver *resolver, const char *host, unsigned port,
                                 resolved_cb *done, void *ctx)
{
    struct resolution *r = xcalloc(1, sizeof *r);
    r->port = port;
    r->done = done;
    r->ctx = ctx;
    handles_init(&r->handles, free, r);
    later_init(&r->known, resolver->loop, on_known, r);
    if (!dns_is_address(host, &r->address)) {
        r->name = name_of(resolver, host);
        r->next = r->name->waiting;
        r->name->waiting = r;
    }
    if (!r->name || r->name->count)
        later_call(&r->known);
    else if (!r->name->looking)
        look_up(r->name);
    return r;
}

void resolve_cancel(struct resolution *r)
{
    struct name *name = r->name;
    leave(r);
    if (name && !name->waiting && name->looking)
        uv_cancel((uv_req_t *)&name->request);
}

bool address_of_text(const char *text, struct sockaddr_storage *address)
{
    *address = (struct sockaddr_storage){0};
    return uv_ip4_addr(text, 0, (struct sockaddr_in *)address) == 0 ||
           uv_ip6_addr(text, 0, (struct sockaddr_in6 *)address) == 0;
}
