/* command.h: one subcommand each: its name, its usage, its options, its function. command.c has the table. */
#ifndef FLEET_CLI_COMMAND_H
#define FLEET_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct options;

struct command {
    const char *name, *arguments;
    const char *summary; /* NULL: for programs, so that --help does not list it */
    const char *help;
    unsigned takes;                            /* enum option_group of options.h */
    const char *(*formats)(size_t n);          /* the n-th that --format may name; NULL past the end */
    int (*run)(const struct options *options); /* returns the exit code */
    const char *(*operands)(size_t n);         /* the n-th word that completion offers; NULL: files */
    bool verbatim;                             /* all words are operands, whatever they begin with */
};

/* The n-th of all, NULL past the end; the one of that name, NULL: none such. */
const struct command *command_at(size_t n);
const struct command *command_named(const char *name);

#endif
