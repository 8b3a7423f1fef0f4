/* ssh_arguments.h: the words of an ssh command line as inventories and ssh configurations hold them
 * (ansible_ssh_common_args, ProxyCommand ssh -W): what they say of the connection, in ssh's own keywords. */
#ifndef INVENTORY_SSH_ARGUMENTS_H
#define INVENTORY_SSH_ARGUMENTS_H

#include <jansson.h>

#include "base/error.h"

/* Owns its parts. */
struct ssh_arguments {
    json_t *options;   /* "Keyword=value", in order: -o, and -i, -p, -l, -J under their keywords */
    char *config_file; /* -F; NULL: none */
    char *forward;     /* -W; NULL: none */
    char *host;        /* the first word that is not an option; NULL: none */
};

/* Reads the words of a line, quoted as for a shell, without "ssh" itself. Options that say nothing of the
 * connection
 * (-q, -A, -C ...) are passed over. Returns 0, or -1 with a message; the caller clears it in both cases. */
int ssh_arguments_parse(struct ssh_arguments *arguments, const char *line, struct error *err);
void ssh_arguments_clear(struct ssh_arguments *arguments);

#endif
