/* listeners.c: see listeners.h. How dockerd reads a host: moby, opts/hosts.go. */
#include "agentless/checks/listeners.h"
#include "agentless/checks/host_path.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static void listeners_add_tcp(struct listeners *l, const char *address, bool unit)
{
    json_t *one = json_object();
    json_put(one, "address", json_text(address));
    json_put(one, "unit", json_boolean(unit));
    json_array_append_new(l->tcp, one);
}

/* "/run/docker.sock (Stream)", "0.0.0.0:2375 (Stream)" or "2375", a line each; blanks part them where several
 * were joined. "@name" is an abstract socket. */
static void listeners_add_activated(struct listeners *l, const char *listen)
{
    char *copy = xstrdup(listen);
    char *rest = copy, *word;
    while ((word = text_next(&rest, " \n")))
        if (*word == '/')
            json_array_append_new(l->sockets, json_text(word));
        else if (*word != '(' && *word != '@')
            listeners_add_tcp(l, word, true);
    free(copy);
}

static void listeners_add_unit(struct listeners *l, const struct facts *f, const char *usual)
{
    const json_t *unit = json_object_get(json_at(f->host, "units"), "docker.socket");
    const char *listen = json_text_at(unit, "Listen");
    l->activated = true;
    l->unit_unknown = text_same(json_text_at(unit, "ActiveState"), "unknown");
    if (listen && *listen)
        listeners_add_activated(l, listen);
    else
        json_array_append_new(l->sockets, json_text(usual));
}

/* A host without a scheme is TCP; an empty one is the default. */
static void listeners_add(struct listeners *l, const struct facts *f, const char *host, const char *usual)
{
    const char *address = strstr(host, "://");
    if (!*host || (text_starts(host, "unix://") && !host[strlen("unix://")]))
        json_array_append_new(l->sockets, json_text(usual));
    else if (text_starts(host, "unix://"))
        json_array_append_new(l->sockets, json_text(host + strlen("unix://")));
    else if (text_starts(host, "fd://"))
        listeners_add_unit(l, f, usual);
    else if (!address || text_starts(host, "tcp://"))
        listeners_add_tcp(l, address ? address + strlen("://") : host, false);
}

struct listeners listeners_read(const struct facts *f, const json_t *hosts, const char *usual)
{
    struct listeners l = {.tcp = json_array(), .sockets = json_array()};
    for (size_t i = 0; i < json_array_size(hosts); i++) {
        const char *host = json_string_value(json_array_get(hosts, i));
        if (host)
            listeners_add(&l, f, host, usual);
    }
    if (!json_array_size(hosts))
        json_array_append_new(l.sockets, json_text(usual));
    return l;
}

void listeners_clear(struct listeners *l)
{
    json_decref(l->tcp);
    json_decref(l->sockets);
}

bool listeners_have(const struct listeners *l, const char *path)
{
    char wanted[1024], other[1024];
    bool found = false;
    if (!host_path(path, wanted, sizeof wanted))
        return false;
    for (size_t i = 0; i < json_array_size(l->sockets) && !found; i++) {
        const char *socket = json_string_value(json_array_get(l->sockets, i));
        found = host_path(socket, other, sizeof other) && strcmp(wanted, other) == 0;
    }
    return found;
}
