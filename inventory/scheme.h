/* scheme.h: the schemes of an engine's address: one row each. */
#ifndef INVENTORY_SCHEME_H
#define INVENTORY_SCHEME_H

#include <stdbool.h>
#include <stddef.h>

struct scheme {
    const char *name;        /* as in NAME:// */
    bool is_socket;          /* the address is the path of a socket on this machine */
    bool has_user, has_path; /* of a host: may the URL name a user, and a socket there? */
    unsigned port;           /* where the URL names none; 0: whatever the scheme's own configuration says */
};

/* Those that other modules speak of by name. */
extern const struct scheme scheme_ssh, scheme_tcp, scheme_unix;
#define SCHEME_SSH (&scheme_ssh)
#define SCHEME_TCP (&scheme_tcp)
#define SCHEME_UNIX (&scheme_unix)

/* The n-th; NULL past the end. */
const struct scheme *scheme_at(size_t n);
/* The one that a URL begins with, and what follows its "://"; NULL: none that is known. */
const struct scheme *scheme_of_url(const char *url, const char **rest);

#endif
