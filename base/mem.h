/* mem.h: allocation that never returns NULL. A scanner that cannot get a few kilobytes cannot do its job;
 * it says so and ends with exit code 3 instead of guessing on. Big foreign data never comes through here:
 * those buffers are bounded (buf.h), and one that cannot be had is its host's failure. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *xcalloc(size_t count, size_t size);
void *xmalloc(size_t size); /* not zeroed: for what is read into at once */
void *xrealloc(void *memory, size_t size);
char *xstrdup(const char *text); /* NULL gives NULL */
char *xstrndup(const char *text, size_t length);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Grows *items (element size `size`) so that one more fits behind `count`; capacity is in *capacity. */
void *grow_array(void *items, size_t count, size_t *capacity, size_t size);

/* What is larger is of a host's making. */
#define MEM_FOREIGN (64u << 10)
/* Says so and ends the process. */
_Noreturn void mem_is_out(void);

#endif
