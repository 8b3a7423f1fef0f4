/* failing_allocator.c: fleet/cli/allocator.c for tests: of all requests for memory the one with the number
 * FAIL_AT gets nothing, once. Their count is written to COUNT_TO (a file) at the end, and the numbers of
 * those that are larger than MEM_FOREIGN. */
#include <fcntl.h>
#include <mimalloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LARGE_MAX 10000

static atomic_long counted;
static atomic_int large_count;
static long fail_at = -1;
static long large[LARGE_MAX];

static bool fails(size_t size)
{
    if (fail_at < 0) {
        const char *text = getenv("FAIL_AT");
        fail_at = text ? strtol(text, NULL, 10) : 0;
    }
    long number = atomic_fetch_add(&counted, 1) + 1;
    if (size > 64u << 10) {
        int at = atomic_fetch_add(&large_count, 1);
        if (at < LARGE_MAX)
            large[at] = number;
    }
    return number == fail_at;
}

static void *failing_malloc(size_t size)
{
    return fails(size) ? NULL : mi_malloc(size);
}

static void *failing_calloc(size_t count, size_t size)
{
    return fails(count * size) ? NULL : mi_calloc(count, size);
}

static void *failing_realloc(void *old, size_t size)
{
    return fails(size) ? NULL : mi_realloc(old, size);
}

#define mi_malloc failing_malloc
#define mi_calloc failing_calloc
#define mi_realloc failing_realloc
#include "fleet/cli/allocator.c"

static void tell(void) __attribute__((destructor));
static void tell(void)
{
    const char *path = getenv("COUNT_TO");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    if (fd < 0)
        return;
    dprintf(fd, "%ld\n", atomic_load(&counted));
    for (int i = 0; i < atomic_load(&large_count) && i < LARGE_MAX; i++)
        dprintf(fd, "%ld\n", large[i]);
    close(fd);
}
