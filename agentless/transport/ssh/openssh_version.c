/* openssh_version.c: see openssh_version.h. libssh 0.10 takes a major number of two digits for no OpenSSH at
 * all, and then refuses to ask for a forward to a socket, without which each connection to an engine starts a
 * process on its host. It asks itself by a public function, which ELF lets a program replace; so this program
 * answers. Where libssh was linked to itself (-Bsymbolic-functions, as Ubuntu builds) it goes on with its own
 * answer, and engine_socket falls back to commands on the host. */
#include "agentless/transport/ssh/openssh_version.h"
#include "base/text.h"

#include <libssh/libssh.h>
#include <stdio.h>
#include <string.h>

int openssh_version(const char *banner)
{
    const char *name = banner ? strstr(banner, "OpenSSH_") : NULL;
    int major, minor;
    return name && sscanf(name, "OpenSSH_%3d.%2d", &major, &minor) == 2 && major > 0 && minor >= 0
               ? major * 100 + minor
               : 0;
}

int ssh_get_openssh_version(ssh_session session)
{
    int version = openssh_version(ssh_get_serverbanner(session));
    return version ? SSH_VERSION_INT(version / 100, version % 100, 0) : 0;
}
