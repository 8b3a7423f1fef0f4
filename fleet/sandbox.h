/* sandbox.h: what the scanner may still do once its options, keys and inventory are read and before it hears
 * of any host: by Landlock (Linux 5.13 and later), so that a fault in a reader of foreign bytes is not a
 * fault of this machine. */
#ifndef FLEET_SANDBOX_H
#define FLEET_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#define SANDBOX_FOLDERS_MAX 64

struct sandbox {
    char *folders[SANDBOX_FOLDERS_MAX]; /* in which files may be written */
    size_t count;
    char *emptied; /* in which an empty folder may be removed; NULL: none */
    bool programs; /* others may be started (ssh -G, a ProxyCommand, this machine's shell); they are held by
                      the same rules, but may write below HOME and in the folders for temporary files */
};

/* Notes that files may be written in a folder, or beside a file. What is not there when the sandbox is
 * entered is passed over. */
void sandbox_add_folder(struct sandbox *sandbox, const char *folder);
void sandbox_add_file(struct sandbox *sandbox, const char *path);
/* From now on, for this process and all that it starts: no new privileges, no writing elsewhere, no program
 * at all unless `programs`, and none of the calls of system_calls.h. False where the kernel has no Landlock,
 * which changes nothing for the run. Frees what was noted. */
bool sandbox_enter(struct sandbox *sandbox);

#endif
