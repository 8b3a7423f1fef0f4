/* known_hosts.h: the host keys that are already trusted, from OpenSSH's files and muster's own. */
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
};

/* `pins` is muster's own file, written by known_hosts_pin(); it need not exist. The result is owned. */
struct known_hosts *known_hosts_new(const char *pins);
void known_hosts_free(struct known_hosts *known);

/* `name` as known_hosts spells it: "host", or "[host]:port" off port 22. `files` ends with NULL: the files to
 * read beside muster's own, each read once a run. *where (borrowed) names file and line of the deciding
 * entry. */
enum host_key_verdict known_hosts_check(struct known_hosts *known, const char *const *files, const char *name,
                                        ssh_key key, const char **where);
/* The algorithms to prefer, so that the server shows a key we know: comma-separated, known types first; NULL
 * when nothing is known of the host. The caller frees it. */
char *known_hosts_algorithms(struct known_hosts *known, const char *const *files, const char *name);
/* Whether a key (as base64 of its public form) is that of an authority trusted for this name
 * (@cert-authority): HOST_KEY_KNOWN, HOST_KEY_REVOKED or HOST_KEY_UNKNOWN; NULL asks whether there is any. */
enum host_key_verdict known_hosts_check_authority(struct known_hosts *known, const char *const *files,
                                                  const char *name, const char *base64, const char **where);
/* Remembers the key, in memory and in muster's own file, with the reason why it is trusted (a line's text).
 * Returns 0, or -1 with errno set (memory holds it still). */
int known_hosts_pin(struct known_hosts *known, const char *name, ssh_key key, const char *reason);
const char *known_hosts_pins_path(const struct known_hosts *known);

#endif
