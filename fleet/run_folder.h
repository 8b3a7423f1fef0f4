/* run_folder.h: the private folder of a run, for the sockets of its tunnels. */
#ifndef FLEET_RUN_FOLDER_H
#define FLEET_RUN_FOLDER_H

struct run_folder {
    char *path; /* NULL: there is none */
    int lock;   /* held as long as the process lives, so that others see whose folder is in use */
};

/* Makes one (in XDG_RUNTIME_DIR, TMPDIR or /tmp), and removes, with a line that says so, those that processes
 * left behind that were killed. Returns 0, or -1 after a message. */
int run_folder_make(struct run_folder *folder);
void run_folder_remove(struct run_folder *folder);

#endif
