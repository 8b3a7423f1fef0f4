/* probe.h: the shell probe: its script, and what its answer says. */
#ifndef AGENTLESS_COLLECT_PROBE_PROBE_H
#define AGENTLESS_COLLECT_PROBE_PROBE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Embedded from probe.sh at build time; NUL-terminated, the NUL not counted. */
extern const char probe_script[];
extern const size_t probe_script_length;
/* Its last line, which no other one is. */
#define PROBE_LAST_LINE "} # the end of muster's probe"

/* More than this of output is cut off, and said to be: 10,000 container processes stay below. */
#define PROBE_OUTPUT_MAX (8u << 20)

/* 64 bits as text, and a NUL. */
#define PROBE_MARK_SIZE 17

/* Draws the mark of one run, which the probe puts before each of its lines and no host can know. False where
 * there is no randomness. */
bool probe_new_mark(char mark[PROBE_MARK_SIZE]);

/* What `sh -s` is fed. Its standard input then stays open until it has ended: it ends itself when that is
 * closed. The caller frees it. */
char *probe_input(const char *mark);

/* Reads a probe's whole output (cut in place; a NUL follows its `length` bytes). Returns the "shell" part of
 * the facts, owned by the caller; where the output is not complete, or holds what the probe does not write,
 * NULL with a message in `why`. Linear in `length`. Nothing secret leaves this function: daemon settings pass
 * through the allow-list of daemon_settings.h. */
json_t *probe_parse(char *output, size_t length, const char *mark, struct error *why);

#endif
