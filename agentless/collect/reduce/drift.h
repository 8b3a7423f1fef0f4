/* drift.h: what changed in a container's file system since it was made, counted, with the paths that tell
 * most. Fed from the writable layer by the shell probe, or from the engine's /changes; both give one form:
 *
 *   {"written": N, "deleted": N, "noise": N, "telling": [{"path", "why"}], "cut": true}
 *
 * "written" counts files added or changed, without noise: what lies under /tmp, /run, /var/log and the like,
 * and files that Docker itself puts there. */
#ifndef AGENTLESS_COLLECT_REDUCE_DRIFT_H
#define AGENTLESS_COLLECT_REDUCE_DRIFT_H

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"

enum drift_kind { DRIFT_WRITTEN, DRIFT_DELETED };

/* The caller owns the result. */
json_t *drift_new(void);
/* One file; `path` as the container sees it. `executable`: a regular file with an x bit and content (false
 * where the source does not tell). */
void drift_add(json_t *drift, enum drift_kind kind, const char *path, bool executable);
/* From the text of the answer of /containers/ID/changes, entry by entry: it may hold millions. `container`:
 * its inspect, for the mount points that the runtime makes (may be NULL). `abandoned`: see json_cursor.h. The
 * caller owns the result; NULL with a message where the text is not a list. Linear in `length`. */
json_t *drift_from_changes(const char *text, size_t length, const json_t *container,
                           const atomic_bool *abandoned, struct error *why);

#endif
