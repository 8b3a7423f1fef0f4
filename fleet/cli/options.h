/* options.h: the command line's options, shared by all subcommands; one table, one parser. */
#ifndef FLEET_CLI_OPTIONS_H
#define FLEET_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "agentless/checks/finding.h"
#include "agentless/checks/judge.h"
#include "base/error.h"
#include "inventory/sources.h"
#include "inventory/target.h"
#include "reports/results/exit_code.h"

struct word_list {
    const char **items;
    size_t count, capacity;
};

/* Groups of options; a command names those that it takes, and refuses all others. */
enum option_group {
    TAKES_ANY = 0, /* every command does */
    TAKES_TARGETS = 1 << 0,
    TAKES_CONNECTION = 1 << 1, /* how a host is reached, as the inventory could say it */
    TAKES_RUN = 1 << 2,        /* pace and bounds of connections */
    TAKES_SCAN = 1 << 3,
    TAKES_SELECTION = 1 << 4,
    TAKES_BENCHMARK = 1 << 5,
    TAKES_POLICY = 1 << 6,
    TAKES_REPORT = 1 << 7,
    TAKES_FORMAT = 1 << 8, /* a form of its own to be printed in */
    TAKES_QUIET = 1 << 9,
    TAKES_EXPLAIN = 1 << 10,
};

struct command;

/* A source that the command line names, and what of it; NULL: all. */
struct named_source {
    const struct inventory_source *source;
    const char *value;
};

struct options {
    const struct command *command;
    struct named_source *sources; /* of the inventory, as given */
    size_t source_count, source_capacity;
    struct word_list outputs, checks, excludes;
    struct word_list words; /* what is left after the options */
    const char *limit, *format, *save_facts, *docker_host, *context, *ssh_config, *baseline, *resume;
    json_t *policy; /* given on the command line; wins over the inventory and the policy file */
    const char *policy_file;
    bool drift, host_files, probe_plain;
    const char *host_key_given; /* the word of --host-key */
    struct target_defaults defaults;
    char *storage[3];   /* of defaults.tls_* */
    char **ssh_options; /* of defaults.ssh_options */
    size_t ssh_option_count;
    char *password; /* of defaults.password */
    bool swarm, explain, stats;
    const char *trace; /* HOST or HOST=FILE */
    long per_jump;     /* 0: no limit */
    long swarm_max;    /* nodes */
    bool no_sandbox;
    long rate; /* new connections a minute; 0: no limit */
    long forks, timeout_ms, host_timeout_ms, run_timeout_ms, retries;
    enum benchmark benchmark;
    bool fail_on[STATUS_COUNT];
    bool fail_on_unscanned, fail_on_given;
    const char *colour; /* auto, always, never */
    int verbosity;
    bool help;
};

/* Parses argv[1..]; argv[0] is the subcommand's name. Options that `command` does not take are refused.
 * Returns 0, or EXIT_USAGE after a message on standard error. */
int options_parse(struct options *options, int argc, char **argv, const struct command *command);
void options_clear(struct options *options);
/* The options' own part of --help. */
void options_help(const struct command *command);
void word_list_add(struct word_list *list, const char *word); /* borrows the word */
bool options_colour(const struct options *options, int fd);

/* Writes "muster: MESSAGE" to standard error, made harmless. Returns EXIT_USAGE, so that callers can return
 * it. */
int fail_with(const struct error *err);

#endif
