/* host_file.h: what was seen of a file of the host, by the shell or by --host-files. */
#ifndef AGENTLESS_CHECKS_HOST_FILE_H
#define AGENTLESS_CHECKS_HOST_FILE_H

#include "agentless/facts/view.h"

enum file_state { FILE_UNSEEN, FILE_ABSENT, FILE_DENIED, FILE_PRESENT };

/* What was seen of a path: {"mode", "uid", "gid", "type", "target"} for a present one. */
enum file_state host_file(const struct facts *facts, const char *path, const json_t **file);

#endif
