/* system_calls.h: which of the kernel's calls the scanner can do without, and is refused (seccomp): what
 * takes over a kernel, other processes or mounts. An allow-list would be tighter, but libraries and the
 * user's own programs (a ProxyCommand) ask for what their next release needs. */
#ifndef FLEET_SYSTEM_CALLS_H
#define FLEET_SYSTEM_CALLS_H

#include <stdbool.h>

/* From now on, for this process and all that it starts. Of `programs` that are started less is refused: they
 * may need namespaces and keyrings. False where the kernel has no seccomp, which changes nothing for the run.
 */
bool system_calls_refuse(bool programs);

#endif
