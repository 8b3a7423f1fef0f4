/* mem.c: see mem.h */
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn void mem_is_out(void)
{
    static const char WORDS[] = "muster: out of memory\n";
    /* Nothing more: other threads go on meanwhile, and what exit() calls takes memory too. What was learned
     * is in the spool. */
    (void)!write(STDERR_FILENO, WORDS, sizeof WORDS - 1);
    _exit(3);
}

static void *checked(void *memory)
{
    if (!memory)
        mem_is_out();
    return memory;
}

void *xcalloc(size_t count, size_t size)
{
    if (!count || !size)
        count = size = 1;
    return checked(calloc(count, size));
}

void *xmalloc(size_t size)
{
    return xrealloc(NULL, size ? size : 1);
}

void *xrealloc(void *memory, size_t size)
{
    return checked(realloc(memory, size ? size : 1));
}

char *xstrdup(const char *text)
{
    return text ? checked(strdup(text)) : NULL;
}

char *xstrndup(const char *text, size_t length)
{
    return checked(strndup(text, length));
}

char *xasprintf(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    return checked(length < 0 ? NULL : text);
}

void *grow_array(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity ? *capacity * 2 : 8;
    return xrealloc(items, *capacity * size);
}
