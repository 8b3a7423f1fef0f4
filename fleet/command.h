/* command.h: one subcommand each: its name, its usage, its function. main.c has the table. */
#ifndef FLEET_COMMAND_H
#define FLEET_COMMAND_H

#include "fleet/options.h"

#define OPTIONS_REPORT " output format baseline fail-on verbose quiet color no-color "
#define OPTIONS_SELECT " benchmark check exclude level section "
#define OPTIONS_POLICY                                                                                       \
    " include-containers exclude-containers include-images exclude-images include-labels "                   \
    "exclude-labels trusted-users trusted-registries expect-swarm min-engine "

struct command {
    const char *name, *arguments, *summary, *help;
    const char *options; /* the long names of those it knows, each between blanks; NULL: all */
    int (*run)(const struct options *options); /* returns the exit code */
};

extern const struct command COMMAND_SCAN, COMMAND_PING, COMMAND_HOSTS, COMMAND_CHECKS, COMMAND_EXPLAIN,
    COMMAND_JUDGE, COMMAND_REPORT;

#endif
