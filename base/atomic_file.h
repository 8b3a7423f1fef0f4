/* atomic_file.h: a file that appears whole or not at all: written beside its place, synced, renamed. Mode
 * 0600. */
#ifndef BASE_ATOMIC_FILE_H
#define BASE_ATOMIC_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"

struct atomic_file {
    FILE *stream;
    char *path, *temporary;
};

/* Returns 0, or -1 with a message. */
int atomic_file_open(struct atomic_file *file, const char *path, struct error *err);
/* Puts the file in its place when `good` and everything could be written; else removes it. Returns 0, or -1
 * with a message. Always releases the file. */
int atomic_file_finish(struct atomic_file *file, bool good, struct error *err);

#endif
