/* probe.h: the shell probe: its script, and what its answer says. */
#ifndef AGENTLESS_COLLECT_PROBE_PROBE_H
#define AGENTLESS_COLLECT_PROBE_PROBE_H

#include <jansson.h>
#include <stddef.h>

#include "base/error.h"

/* Embedded from probe.sh at build time; NUL-terminated, the NUL not counted. */
extern const char probe_script[];
extern const size_t probe_script_length;

/* More than this of output is cut off, and said to be: 10,000 container processes stay below. */
#define PROBE_OUTPUT_MAX (8u << 20)

/* Reads a probe's whole output (cut in place). Returns the "shell" part of the facts, owned by the caller;
 * when the output is not a complete answer, NULL with a message in `why`. Nothing secret leaves this
 * function: daemon settings pass through the allow-list of daemon_settings.h. */
json_t *probe_parse(char *output, size_t length, struct error *why);

#endif
