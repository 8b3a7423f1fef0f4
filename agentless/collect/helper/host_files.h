/* host_files.h: --host-files: reads a host's files through its engine, where there is no shell. A container
 * is created from an image that is there already and is never started; the host's / is mounted in it
 * read-only, and the archive endpoint reads single small files from it. The container is removed at the end,
 * also when the host job is cut short; one that a lost connection left behind is found by its label and
 * removed the next time. SECURITY.md tells users exactly this. */
#ifndef AGENTLESS_COLLECT_HELPER_HOST_FILES_H
#define AGENTLESS_COLLECT_HELPER_HOST_FILES_H

#include "agentless/collect/engine.h"

struct host_files;

/* `files`: as the "shell" part of the facts, as far as files tell; NULL with the reason in `why`. `remains`:
 * NULL, or why the container could not be removed. */
typedef void host_files_cb(void *ctx, json_t *files, const char *why, const char *remains);

/* `images`: the engine's list; `inspects`: {id: inspect}, of which one is used; `info`: for the data root.
 * All are read at once. */
struct host_files *host_files_start(struct engine *engine, const json_t *images, const json_t *inspects,
                                    const json_t *info, host_files_cb *done, void *ctx);
/* Of a helper's label: whether it was left behind by a scan of this machine that is gone, or is old. */
bool host_files_is_leftover(const char *label);
/* Ends early; no callback after this. The container's removal goes on by itself, as long as http lives. */
void host_files_abort(struct host_files *files);

#endif
