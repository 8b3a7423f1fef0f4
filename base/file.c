/* file.c: see file.h */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read(const char *path, unsigned limit_mb, struct buf *content, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_set(err, "%s: cannot be opened: %s", path, strerror(errno));
    struct stat st;
    int result = 0;
    char chunk[65536];
    ssize_t got = 0;
    content->limit = (size_t)limit_mb << 20;
    if (fstat(fd, &st) || S_ISDIR(st.st_mode))
        result = error_set(err, "%s: is a folder", path);
    while (!result && (got = read(fd, chunk, sizeof chunk)) > 0)
        if (!buf_add(content, chunk, (size_t)got))
            result = error_set(err, "%s: larger than %u MB; this is no inventory", path, limit_mb);
    if (!result && got < 0)
        result = error_set(err, "%s: cannot be read: %s", path, strerror(errno));
    close(fd);
    return result;
}

int file_open_regular(const char *path, const char **why)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *why = strerror(errno);
    if (fd >= 0 && (fstat(fd, &st) || !S_ISREG(st.st_mode))) {
        close(fd);
        fd = -1;
        *why = "it is no regular file";
    }
    return fd;
}

bool file_is_exposed(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == getuid() && (st.st_mode & 077);
}
