/* scheme.c: see scheme.h */
#include "inventory/scheme.h"
#include "base/text.h"

#include <string.h>

const struct scheme scheme_ssh = {.name = "ssh", .has_user = true, .has_path = true};
/* Docker registered 2375 for plain HTTP and 2376 for TLS. */
const struct scheme scheme_tcp = {.name = "tcp", .port = 2376};
const struct scheme scheme_unix = {.name = "unix", .is_socket = true};

static const struct scheme *const SCHEMES[] = {&scheme_ssh, &scheme_tcp, &scheme_unix};

const struct scheme *scheme_at(size_t n)
{
    return n < sizeof SCHEMES / sizeof *SCHEMES ? SCHEMES[n] : NULL;
}

const struct scheme *scheme_of_url(const char *url, const char **rest)
{
    const struct scheme *scheme;
    for (size_t i = 0; (scheme = scheme_at(i)); i++) {
        size_t length = strlen(scheme->name);
        if (text_starts(url, scheme->name) && text_starts(url + length, "://")) {
            *rest = url + length + strlen("://");
            return scheme;
        }
    }
    return NULL;
}
