/* known_hosts_file.h: one file of host keys, a known_hosts or a list of revoked keys: its lines, read once a
 * run, and those that name a host. The rules are OpenSSH's (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT; its own
 * reader where that says nothing). */
#ifndef AGENTLESS_TRANSPORT_SSH_KNOWN_HOSTS_FILE_H
#define AGENTLESS_TRANSPORT_SSH_KNOWN_HOSTS_FILE_H

#include <stdbool.h>

#include "agentless/transport/ssh/public_key.h"

enum known_marker { MARKER_NONE, MARKER_AUTHORITY, MARKER_REVOKED };

/* What a visitor sees of a line; borrowed. */
struct known_line {
    enum known_marker marker;
    struct public_key key;
    const char *where; /* "FILE:LINE" */
};

struct known_hosts_file;

enum known_hosts_format {
    FORMAT_KNOWN_HOSTS,
    FORMAT_REVOKED_KEYS, /* of RevokedHostKeys: keys alone, each of which is revoked for all hosts */
};

/* A known_hosts that is not there has no lines. */
struct known_hosts_file *known_hosts_file_read(const char *path, enum known_hosts_format format);
void known_hosts_file_free(struct known_hosts_file *file);
bool known_hosts_file_is(const struct known_hosts_file *file, const char *path,
                         enum known_hosts_format format);
/* Why nothing may be concluded from the file, since it could not be read whole; NULL: it could. */
const char *known_hosts_file_trouble(const struct known_hosts_file *file);

/* Calls visit for each line that names the host and has a key that can be read, until it returns false;
 * returns false then. `name`: "host" or "[host]:port", in small letters. */
typedef bool known_line_fn(void *ctx, const struct known_line *line);
bool known_hosts_file_each(struct known_hosts_file *file, const char *name, known_line_fn *visit, void *ctx);
/* Adds a line behind the last. */
void known_hosts_file_add(struct known_hosts_file *file, const char *text);

#endif
