/* command.c: the table of subcommands. */
#include "fleet/cli/command.h"

#include <string.h>

extern const struct command COMMAND_SCAN, COMMAND_PING, COMMAND_HOSTS, COMMAND_JUDGE, COMMAND_REPORT,
    COMMAND_CHECKS, COMMAND_EXPLAIN, COMMAND_COMPLETE, COMMAND_MANUAL, COMMAND_PROBE;

static const struct command *const COMMANDS[] = {
    &COMMAND_SCAN,   &COMMAND_PING,    &COMMAND_HOSTS,    &COMMAND_JUDGE,  &COMMAND_REPORT,
    &COMMAND_CHECKS, &COMMAND_EXPLAIN, &COMMAND_COMPLETE, &COMMAND_MANUAL, &COMMAND_PROBE,
};
#define COMMAND_COUNT (sizeof COMMANDS / sizeof *COMMANDS)

const struct command *command_at(size_t n)
{
    return n < COMMAND_COUNT ? COMMANDS[n] : NULL;
}

const struct command *command_named(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(COMMANDS[i]->name, name) == 0)
            return COMMANDS[i];
    return NULL;
}
