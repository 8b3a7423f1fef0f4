/* host_path.h: comparing paths of a host by their components, after the links every current system has. */
#ifndef AGENTLESS_CHECKS_HOST_PATH_H
#define AGENTLESS_CHECKS_HOST_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* Normalises into `out`: double and trailing slashes and "." go, ".." goes up, /var/run becomes /run. False
 * for a path that is not absolute or does not fit. */
bool host_path(const char *path, char *out, size_t size);
/* Both normalised: `path` is `folder` or lies below it. "/" is above everything. */
bool path_within(const char *path, const char *folder);

#endif
