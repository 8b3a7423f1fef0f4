/* listeners.h: where a daemon listens, by its hosts (-H and daemon.json) and by the sockets that systemd
 * opens for it. */
#ifndef AGENTLESS_CHECKS_LISTENERS_H
#define AGENTLESS_CHECKS_LISTENERS_H

#include <stdbool.h>

#include "agentless/facts/view.h"
#include <jansson.h>

struct listeners {
    json_t *tcp;       /* [{"address": "0.0.0.0:2376", "unit": true where systemd opens it}] */
    json_t *sockets;   /* paths of unix sockets */
    bool activated;    /* with fd:// among the hosts: systemd opens what docker.socket says */
    bool unit_unknown; /* and whether docker.socket is active could not be seen */
};

/* `hosts`: the setting's value, an array of strings; NULL: it is set nowhere. `usual`: the socket where none
 * is named. To be cleared. */
struct listeners listeners_read(const struct facts *facts, const json_t *hosts, const char *usual);
void listeners_clear(struct listeners *listeners);
/* Whether one of the sockets is at this path. */
bool listeners_have(const struct listeners *listeners, const char *path);

#endif
