/* handshake.h: why a key exchange did not come about, as far as the other end lets it be known. */
#ifndef AGENTLESS_TRANSPORT_SSH_HANDSHAKE_H
#define AGENTLESS_TRANSPORT_SSH_HANDSHAKE_H

#include <stdbool.h>

#include "agentless/transport/failure.h"
#include "agentless/transport/ssh/settings.h"

/* What came in place of SSH's own greeting, of one line the beginning; all zero before. */
struct greeting {
    char text[96];
    bool noted;
};

/* An sshd that turns us away says so in a line before SSH begins, which libssh passes over: looks at what has
 * come on the socket, without taking it. */
void greeting_note(struct greeting *greeting, int fd);
/* `error`: libssh's word; `stderr_text`: what a ProxyCommand wrote last, NULL: nothing. */
void handshake_explain(const struct greeting *greeting, int fd, const char *error, const char *stderr_text,
                       const struct ssh_settings *settings, struct failure *failure);

#endif
