/* daemon_settings.h: dockerd's settings as one table: their flag, their daemon.json key, their kind.
 *
 * It serves twice: to read an argv or a daemon.json into one canonical form, and as the allow-list of what
 * may be kept. A setting that is not in the table keeps its name only, so that a token in --log-opt or a
 * password in a proxy's address never enters the facts. */
#ifndef AGENTLESS_COLLECT_REDUCE_DAEMON_SETTINGS_H
#define AGENTLESS_COLLECT_REDUCE_DAEMON_SETTINGS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Whether the first word of a command is dockerd itself, so that the others are its arguments. */
bool daemon_settings_is_program(const char *path);
/* Settings from dockerd's arguments (argv[0] included), every value of a repeated flag kept in order:
 * {"debug": ["true"], "host": ["fd://"], "log-opt": ["(hidden)"]}. pflag's forms are all read: --flag=value,
 * --flag value, -Hvalue, -H value, bare booleans. The caller owns the result. */
json_t *daemon_settings_from_arguments(const char *const *arguments, size_t count);

/* Settings from a parsed daemon.json under the same names; values keep their JSON type, hidden ones become
 * "(hidden)". NULL when the document is not an object. The caller owns the result. */
json_t *daemon_settings_from_config(const json_t *config);

#endif
