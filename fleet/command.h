/* command.h: one subcommand each: its name, its usage, its function. main.c has the table. */
#ifndef FLEET_COMMAND_H
#define FLEET_COMMAND_H

#include "fleet/options.h"

struct command {
    const char *name, *arguments, *summary, *help;
    int (*run)(const struct options *options); /* returns the exit code */
};

extern const struct command COMMAND_SCAN, COMMAND_PING, COMMAND_HOSTS, COMMAND_CHECKS, COMMAND_EXPLAIN,
    COMMAND_JUDGE, COMMAND_REPORT;

#endif
