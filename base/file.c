/* file.c: see file.h */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_file(const char *path, unsigned limit_mb, bool regular, struct buf *content,
                     struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_set(err, "%s: cannot be opened: %s", path, strerror(errno));
    struct stat st = {0};
    int result = 0;
    char chunk[65536];
    ssize_t got = 0;
    content->limit = (size_t)limit_mb << 20;
    if (fstat(fd, &st) || S_ISDIR(st.st_mode))
        result = error_set(err, "%s: is a folder", path);
    else if (regular && !S_ISREG(st.st_mode))
        result = error_set(err, "%s: cannot be read: it is no regular file", path);
    while (!result && (got = read(fd, chunk, sizeof chunk)) > 0)
        if (!buf_add(content, chunk, (size_t)got))
            result = error_set(err, "%s: larger than %u MB", path, limit_mb);
    if (!result && got < 0)
        result = error_set(err, "%s: cannot be read: %s", path, strerror(errno));
    close(fd);
    return result;
}

int file_read(const char *path, unsigned limit_mb, struct buf *content, struct error *err)
{
    return read_file(path, limit_mb, false, content, err);
}

int file_read_regular(const char *path, unsigned limit_mb, struct buf *content, struct error *err)
{
    return read_file(path, limit_mb, true, content, err);
}

bool file_is_exposed(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == getuid() && (st.st_mode & 077);
}
