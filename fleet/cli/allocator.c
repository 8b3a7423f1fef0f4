/* allocator.c: malloc and its kin of the whole process, libraries too: mimalloc's (half the time of glibc's
 * in a scan of many hosts), but for one thing. Who asks for little and gets nothing ends the process with
 * words: libraries that go on with half of what was meant would lose findings, or fall over (libssh). More
 * than MEM_FOREIGN may be of a host's making: NULL then, and whoever asked fails that host. Not a part of
 * sanitized builds, which have an allocator of their own. */
#include "base/mem.h"

#include <mimalloc.h>
#include <stdbool.h>
#include <stdlib.h>

static void *or_end(void *memory, size_t size)
{
    if (!memory && size <= MEM_FOREIGN)
        mem_is_out();
    return memory;
}

void *malloc(size_t size)
{
    return or_end(mi_malloc(size), size);
}

void *calloc(size_t count, size_t size)
{
    void *memory = mi_calloc(count, size);
    bool foreign = size && count > MEM_FOREIGN / size;
    return or_end(memory, foreign ? MEM_FOREIGN + 1 : 0);
}

void *realloc(void *old, size_t size)
{
    return or_end(mi_realloc(old, size), size);
}

void free(void *memory)
{
    mi_free(memory);
}
