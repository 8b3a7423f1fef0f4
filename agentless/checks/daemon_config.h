/* daemon_config.h: the daemon's effective configuration: what its arguments, its daemon.json and its defaults
 * say together, each value with the place it came from. dockerd refuses to start when a flag and the file
 * both set a value, so an argument takes precedence over the file; that they disagree is reported by X.11
 * (daemon_conflict.c). */
#ifndef AGENTLESS_CHECKS_DAEMON_CONFIG_H
#define AGENTLESS_CHECKS_DAEMON_CONFIG_H

#include "agentless/checks/finding.h"
#include "agentless/checks/check.h"
#include "base/error.h"

enum knowledge {
    SETTING_UNKNOWN, /* the evidence is missing; see why */
    SETTING_DEFAULT, /* seen to be set nowhere */
    SETTING_GIVEN,
};

struct setting_value {
    enum knowledge knowledge;
    const json_t *value; /* as the source has it: from arguments always an array of strings */
    char source[300];    /* "dockerd arguments", or the file's path */
    struct error why;
};

/* What the configuration is made of. */
struct daemon_sources {
    const json_t *arguments; /* settings, by name; see daemon_settings.h */
    const char *arguments_source;
    const json_t *file; /* settings the file has now; NULL: there is no file, or it is not known */
    const char *path;
    bool file_changed; /* after dockerd started, so that what is in force is another thing */
};

/* False, with the reason, when a source is not known; what is known is filled in all the same. */
bool daemon_sources(const struct facts *facts, struct daemon_sources *sources, struct error *why);

/* By the flag's name without dashes ("icc", "host"). */
struct setting_value daemon_setting(const struct facts *facts, const char *name);
/* The daemon.json in use, whether it is there or not; NULL, with the reason, when not known. */
const char *daemon_config_path(const struct facts *facts, struct error *why);
/* Where a rootless daemon has what root's has in /etc and /run. */
struct rootless_daemon {
    json_int_t uid;      /* -1: its process was not seen */
    const char *config;  /* ~/.config, or what XDG_CONFIG_HOME says; NULL: not seen */
    const char *runtime; /* $XDG_RUNTIME_DIR; NULL: not seen */
};
/* Whether the engine is rootless; what is known of its daemon is filled in. */
bool daemon_is_rootless(const struct facts *facts, struct rootless_daemon *rootless);
/* A variable of the daemon's environment, where the probe keeps it; NULL: unset or not known. */
const char *daemon_environment(const struct facts *facts, const char *name);
/* The daemon's own program; NULL when not known. */
const char *daemon_program(const struct facts *facts);
/* A boolean; false when it is not known (then *why of the value says so). */
bool daemon_setting_bool(const struct facts *facts, const char *name, bool by_default,
                         struct setting_value *seen, bool *value);
/* The last string of a setting, "" where it is the default. NULL when not known. */
const char *daemon_setting_text(const struct setting_value *value);
/* Adds the value, with its source, as evidence. */
void finding_setting(struct finding *out, const char *name, const struct setting_value *value);

/* /info SecurityOptions. The caller owns it. */
json_t *security_options(const struct facts *facts);
/* Whether the engine itself says so. */
bool engine_is_rootless(const struct facts *facts);
/* The finding of a setting whose value is not known. */
void setting_unknown(struct finding *out, const char *name, const struct setting_value *value);

#endif
