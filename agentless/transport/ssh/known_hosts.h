/* known_hosts.h: the host keys that are already trusted, or revoked: from OpenSSH's files and muster's own.
 */
#ifndef AGENTLESS_TRANSPORT_SSH_KNOWN_HOSTS_H
#define AGENTLESS_TRANSPORT_SSH_KNOWN_HOSTS_H

#include <libssh/libssh.h>
#include <stdbool.h>

struct known_hosts;

enum host_key_verdict {
    HOST_KEY_KNOWN,
    HOST_KEY_UNKNOWN, /* no line for this name */
    HOST_KEY_CHANGED, /* lines for this name, none with this key */
    HOST_KEY_REVOKED,
    HOST_KEY_UNCERTAIN, /* a file that may revoke the key could not be read */
};

/* Which files count for a host, beside muster's own; each is read once a run. */
struct known_hosts_sources {
    const char *const *files; /* known_hosts; ends with NULL */
    const char *revoked;      /* RevokedHostKeys; NULL: none */
};

/* `pins` is muster's own file, written by known_hosts_pin(); it need not exist. The result is owned. */
struct known_hosts *known_hosts_new(const char *pins);
void known_hosts_free(struct known_hosts *known);

/* `name` as known_hosts spells it, in small letters: "host", or "[host]:port" off port 22. *where (borrowed)
 * names file and line of the deciding entry; for HOST_KEY_UNCERTAIN it says what is wrong. */
enum host_key_verdict known_hosts_check(struct known_hosts *known, const struct known_hosts_sources *sources,
                                        const char *name, ssh_key key, const char **where);
/* Whether a key is that of an authority trusted for this name (@cert-authority): HOST_KEY_KNOWN,
 * HOST_KEY_REVOKED, HOST_KEY_UNCERTAIN or HOST_KEY_UNKNOWN; NULL asks whether there is any. */
enum host_key_verdict known_hosts_check_authority(struct known_hosts *known,
                                                  const struct known_hosts_sources *sources, const char *name,
                                                  ssh_key key, const char **where);
/* Whether any key is revoked for this name, so that a certificate must be seen even where the key is known.
 */
bool known_hosts_revokes(struct known_hosts *known, const struct known_hosts_sources *sources,
                         const char *name);
/* The algorithms to prefer, so that the server shows a key we know: comma-separated, known types first, those
 * alone that the list `allowed` has (NULL: all). NULL when nothing is known of the host and all are allowed;
 * empty when none is. The caller frees it. */
char *known_hosts_algorithms(struct known_hosts *known, const struct known_hosts_sources *sources,
                             const char *name, const char *allowed);
/* Whether any key of an algorithm that is allowed is known of the host. */
bool known_hosts_knows(struct known_hosts *known, const struct known_hosts_sources *sources, const char *name,
                       const char *allowed);
/* Whether a key can be pinned for this name: it is no pattern and no two words. */
bool known_hosts_can_pin(const char *name);
/* Remembers the key, in memory and in muster's own file, with the reason why it is trusted (a line's text).
 * Returns 0, or -1 with errno set (memory holds it still). */
int known_hosts_pin(struct known_hosts *known, const char *name, ssh_key key, const char *reason);
const char *known_hosts_pins_path(const struct known_hosts *known);

#endif
