/* atomic_file.c: see atomic_file.h */
#include "base/atomic_file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A place that is not a regular file (/dev/stdout, a pipe) cannot be replaced and is written to directly. */
static bool is_special(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

int atomic_file_open(struct atomic_file *file, const char *path, struct error *err)
{
    *file = (struct atomic_file){.path = xstrdup(path)};
    if (is_special(path)) {
        file->stream = fopen(path, "we");
    } else {
        file->temporary = xasprintf("%s.XXXXXX", path);
        int fd = mkostemp(file->temporary, O_CLOEXEC);
        file->stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    }
    if (file->stream)
        return 0;
    error_set(err, "%s: cannot be written: %s", path, strerror(errno));
    free(file->path);
    free(file->temporary);
    return -1;
}

/* stdio forgets why a write failed before: asked once more of the file, which is dropped anyway. */
static int why_not_written(const struct atomic_file *file)
{
    int saved = errno;
    bool refused = file->temporary && write(fileno(file->stream), "\n", 1) < 0;
    return refused ? errno : saved;
}

int atomic_file_finish(struct atomic_file *file, bool good, struct error *err)
{
    int result = 0;
    good = fflush(file->stream) == 0 && good;
    good = (!file->temporary || fsync(fileno(file->stream)) == 0) && good;
    int saved = good ? 0 : why_not_written(file);
    if (fclose(file->stream) && good) {
        saved = errno;
        good = false;
    }
    if (good && file->temporary && rename(file->temporary, file->path)) {
        saved = errno;
        good = false;
    }
    if (!good) {
        if (file->temporary)
            unlink(file->temporary);
        result = error_set(err, "%s: cannot be written: %s", file->path, strerror(saved));
    }
    free(file->path);
    free(file->temporary);
    return result;
}
