/* file.h: reading whole files of a bounded size. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

/* Reads a whole file into `content`, at most `limit` MB of it. Never waits for a writer (a named pipe). The
 * caller frees the buffer, also after an error. Returns 0, or -1 with a message that names the file. */
int file_read(const char *path, unsigned limit_mb, struct buf *content, struct error *err);

/* The same of a regular file only. */
int file_read_regular(const char *path, unsigned limit_mb, struct buf *content, struct error *err);

/* Whether a file with a secret can be read by others than its owner, by ssh's rule: a regular file of this
 * user's own with any permission for group or others. A descriptor (fd) is that of the file already opened.
 */
bool file_is_exposed(int fd);

#endif
