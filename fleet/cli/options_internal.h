/* options_internal.h: how a row of the options' table is made; for options.c, option_rows.c and
 * option_values.c. */
#ifndef FLEET_CLI_OPTIONS_INTERNAL_H
#define FLEET_CLI_OPTIONS_INTERNAL_H

#include "fleet/cli/command.h"
#include "fleet/cli/options.h"

#include <stdio.h>

struct option_row {
    const char *name;
    char letter;         /* '\0': none */
    const char *metavar; /* what the value is called; NULL: takes no value */
    /* One line; NULL: another row's second name, not shown. {} stands for the default or the choices. */
    const char *help;
    unsigned groups; /* enum option_group: commands that take one of them take the option */
    /* Stores the value in the row's field. Returns 0, or EXIT_USAGE after a message. */
    int (*read)(struct options *options, const struct option_row *row, char *value);
    size_t field;                    /* offset within struct options */
    long low, high, initial;         /* of a number; of a time, in ms: initial only, 0: none */
    const char *(*choice)(size_t n); /* the n-th word that is understood, or offered; NULL past the end */
    const char *key;                 /* of the policy, where the option sets one */
    const struct inventory_source *source; /* of an option that names hosts; NULL: not one of those */
    const char *detail;                    /* further sentences, for the manual only; NULL: none */
};

/* The n-th option: the inventory's sources first, then the table's rows. False past the end. */
bool option_row_at(size_t n, struct option_row *row);

bool option_is_taken(const struct command *command, const struct option_row *row);
/* One line of plain text: the row's help. */
void option_print_help(FILE *out, const struct command *command, const struct option_row *row);

/* One more value for a source of hosts. */
int read_source(struct options *options, const struct option_row *row, char *value);
int read_flag(struct options *options, const struct option_row *row, char *value);
int read_off(struct options *options, const struct option_row *row, char *value);
int read_word(struct options *options, const struct option_row *row, char *value);
/* One more word for a word_list. */
int read_words(struct options *options, const struct option_row *row, char *value);
/* One of the command's formats. */
int read_format(struct options *options, const struct option_row *row, char *value);
/* Words separated by commas for a word_list. */
int read_list(struct options *options, const struct option_row *row, char *value);
int read_number(struct options *options, const struct option_row *row, char *value);
int read_time(struct options *options, const struct option_row *row, char *value);
/* A key of the policy; without a value: yes. */
int read_policy(struct options *options, const struct option_row *row, char *value);
int read_benchmark(struct options *options, const struct option_row *row, char *value);
int read_fail_on(struct options *options, const struct option_row *row, char *value);
int read_verbose(struct options *options, const struct option_row *row, char *value);
int read_quiet(struct options *options, const struct option_row *row, char *value);
int read_color(struct options *options, const struct option_row *row, char *value);
int read_no_color(struct options *options, const struct option_row *row, char *value);
int read_host_key(struct options *options, const struct option_row *row, char *value);
int read_jump(struct options *options, const struct option_row *row, char *value);
int read_tls_flag(struct options *options, const struct option_row *row, char *value);
int read_tls_word(struct options *options, const struct option_row *row, char *value);
int read_ssh_option(struct options *options, const struct option_row *row, char *value);
int read_rate(struct options *options, const struct option_row *row, char *value);

const char *choice_of_benchmark(size_t n);
/* What -c and -e take most often: the ids of the newest benchmark. */
const char *choice_of_check(size_t n);
const char *choice_of_fail_on(size_t n);
const char *choice_of_color(size_t n);
const char *choice_of_host_key(size_t n);

/* The value that the environment gives: the password file. Returns 0, or EXIT_USAGE after a message. */
int options_read_password(struct options *options);

#endif
