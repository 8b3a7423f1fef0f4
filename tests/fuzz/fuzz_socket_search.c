/* fuzz_socket_search.c: any text as a host's answer to the search for its engine's socket, and as words of an
 * ssh command line. What comes out must be fit for a command. */
#include "agentless/transport/socket_search.h"
#include "base/mem.h"
#include "inventory/ssh_arguments.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xcalloc(size + 1, 1);
    struct socket_search search;
    struct ssh_arguments arguments;
    struct error err;
    memcpy(text, data, size);
    socket_search_parse(&search, text);
    for (size_t i = 0; i < search.count; i++)
        if (!socket_path_is_harmless(search.sockets[i]) || strpbrk(search.sockets[i], " \t'\"$`;|&<>()\\"))
            abort();
    socket_search_clear(&search);
    ssh_arguments_parse(&arguments, text, &err);
    ssh_arguments_clear(&arguments);
    free(text);
    return 0;
}
