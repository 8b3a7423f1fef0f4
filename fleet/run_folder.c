/* run_folder.c: see run_folder.h */
#include "fleet/run_folder.h"
#include "base/mem.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PREFIX "muster-run."
/* Between its making and its locking a folder looks left behind. */
#define YOUNG_S 60

/* Removes what a run may have made there: sockets. What else there is keeps the folder. */
static void remove_sockets(int folder)
{
    int copy = dup(folder);
    DIR *list = copy >= 0 ? fdopendir(copy) : NULL;
    const struct dirent *entry;
    struct stat st;
    while (list && (entry = readdir(list)))
        if (fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISSOCK(st.st_mode))
            unlinkat(folder, entry->d_name, 0);
    if (list)
        closedir(list);
    else if (copy >= 0)
        close(copy);
}

/* A folder of ours that no living process holds. */
static bool folder_is_left(int folder, time_t now)
{
    struct stat st;
    return fstat(folder, &st) == 0 && st.st_uid == geteuid() && now - st.st_mtime > YOUNG_S &&
           flock(folder, LOCK_EX | LOCK_NB) == 0;
}

static void remove_left(int place, const char *place_name)
{
    int copy = dup(place);
    DIR *list = copy >= 0 ? fdopendir(copy) : NULL;
    const struct dirent *entry;
    time_t now = time(NULL);
    while (list && (entry = readdir(list))) {
        if (!text_starts(entry->d_name, PREFIX))
            continue;
        int folder = openat(place, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (folder < 0)
            continue;
        if (folder_is_left(folder, now)) {
            remove_sockets(folder);
            if (unlinkat(place, entry->d_name, AT_REMOVEDIR) == 0) {
                fputs("muster: removed what a run that was killed had left: ", stderr);
                text_print_safe(stderr, place_name);
                fputc('/', stderr);
                text_print_safe(stderr, entry->d_name);
                fputc('\n', stderr);
            }
        }
        close(folder);
    }
    if (list)
        closedir(list);
    else if (copy >= 0)
        close(copy);
}

int run_folder_make(struct run_folder *folder)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    const char *temporary = getenv("TMPDIR");
    const char *place = "/tmp";
    if (runtime && *runtime)
        place = runtime;
    else if (temporary && *temporary)
        place = temporary;
    int above = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (above >= 0) {
        remove_left(above, place);
        close(above);
    }
    *folder = (struct run_folder){.path = xasprintf("%s/" PREFIX "XXXXXX", place), .lock = -1};
    if (!mkdtemp(folder->path)) {
        fputs("muster: no private folder can be made as ", stderr);
        text_print_safe(stderr, folder->path);
        fprintf(stderr, ": %s; set TMPDIR to a folder that can be written to\n", strerror(errno));
        free(folder->path);
        folder->path = NULL;
        return -1;
    }
    folder->lock = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->lock >= 0)
        flock(folder->lock, LOCK_EX);
    return 0;
}

void run_folder_remove(struct run_folder *folder)
{
    if (folder->path)
        rmdir(folder->path);
    if (folder->lock >= 0)
        close(folder->lock);
    free(folder->path);
    *folder = (struct run_folder){.lock = -1};
}
