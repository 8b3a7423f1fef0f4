/* run_folder.h: the private folder of a run. */
#ifndef FLEET_RUN_FOLDER_H
#define FLEET_RUN_FOLDER_H

/* Makes a private folder for tunnels and the spool (XDG_RUNTIME_DIR, TMPDIR, /tmp); the caller frees the name
 * and removes the folder. NULL after a message. */
char *run_folder(void);

#endif
