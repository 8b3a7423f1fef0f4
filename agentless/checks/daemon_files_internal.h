/* daemon_files_internal.h: a search for the paths of one of the daemon's objects, and who finds them. */
#ifndef AGENTLESS_CHECKS_DAEMON_FILES_INTERNAL_H
#define AGENTLESS_CHECKS_DAEMON_FILES_INTERNAL_H

#include "agentless/checks/daemon_config.h"
#include "agentless/checks/daemon_files.h"

struct search {
    const struct facts *facts;
    json_t *paths;
    struct error *why;
    bool is_rootless;
    struct rootless_daemon rootless; /* where it is */
};

/* Once, whoever names it. */
void daemon_files_add_path(struct search *s, const char *path);

/* Each false, with the reason in *s->why, where the paths are not known; with no paths, *s->why says why
 * there are none. `name`: the unit. */
bool daemon_unit_paths(struct search *s, const char *name);
/* The user's own unit, which dockerd-rootless-setuptool.sh writes; where there is none, it is started
 * otherwise. */
bool daemon_user_unit_paths(struct search *s, const char *name);
/* The usual environment file, and those of the unit in its folder. */
bool daemon_environment_files(struct search *s, const char *usual);

#endif
