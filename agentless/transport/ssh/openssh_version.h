/* openssh_version.h: which OpenSSH a server says it is, and libssh's own question after it. */
#ifndef AGENTLESS_TRANSPORT_SSH_OPENSSH_VERSION_H
#define AGENTLESS_TRANSPORT_SSH_OPENSSH_VERSION_H

/* Major * 100 + minor of a server's banner ("SSH-2.0-OpenSSH_10.0p2 Debian-7" is 1000); 0: not OpenSSH, or
 * NULL. Pure. */
int openssh_version(const char *banner);

#endif
