/* serving_daemon.h: which of the daemons that run on a host serves the API that was asked. Decided here
 * alone; all that speaks of the daemon's settings, files and sockets speaks of that one. */
#ifndef AGENTLESS_CHECKS_SERVING_DAEMON_H
#define AGENTLESS_CHECKS_SERVING_DAEMON_H

#include "agentless/facts/view.h"
#include "base/error.h"
#include <jansson.h>

/* One of the shell's "daemons", borrowed; NULL, with the reason, where none was seen or nothing tells which.
 */
const json_t *serving_daemon(const struct facts *facts, struct error *why);
/* The daemon.json in use by it, whether it is there or not; borrowed. NULL: not known where. */
const char *daemon_file_of(const struct facts *facts, const json_t *daemon);
/* The socket on the host by which the engine was asked; NULL: by none, or not known. */
const char *asked_socket(const struct facts *facts);

#endif
