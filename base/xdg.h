/* xdg.h: the user's folders, as the XDG Base Directory Specification has them. */
#ifndef BASE_XDG_H
#define BASE_XDG_H

/* HOME, or "/" where that is not set. */
const char *user_home(void);
/* A copy of the path, "~/" at its beginning replaced by user_home(); NULL of NULL. The caller frees it. */
char *path_from_home(const char *path);
/* $XDG_STATE_HOME/muster/NAME, else ~/.local/state/muster/NAME; "" for the folder itself. NULL where there is
 * no home. The caller frees it. */
char *xdg_state_path(const char *name);
/* Makes the folders that a path names before its last slash, mode 0700; what is there already stays as it is.
 */
void xdg_make_parents(const char *path);

#endif
