/* cmd_complete.c: muster complete WORD...: what a shell may offer for the last of the words, one a line. The
 * completion of each shell asks it, so that commands, options and their values stand in one place. ":files"
 * and ":folders" leave it to the shell. */
#include "base/text.h"
#include "fleet/cli/options_internal.h"

#include <stdio.h>
#include <string.h>

static void print_all(const char *(*word)(size_t))
{
    for (size_t i = 0; word(i); i++)
        puts(word(i));
}

static void complete_print_commands(void)
{
    for (size_t i = 0; command_at(i); i++)
        if (command_at(i)->summary)
            puts(command_at(i)->name);
    puts("help\nversion");
}

static void print_options(const struct command *command)
{
    struct option_row row;
    for (size_t i = 0; option_row_at(i, &row); i++)
        if (row.help && option_is_taken(command, &row))
            printf("--%s\n", row.name);
}

/* Finds the option that waits for its value; false: the word before is none. */
static bool waiting(const struct command *command, const char *before, struct option_row *row)
{
    for (size_t i = 0; before[0] == '-' && option_row_at(i, row); i++) {
        bool is_short = row->letter && before[1] == row->letter && !before[2];
        bool is_long = before[1] == '-' && strcmp(before + 2, row->name) == 0;
        if (row->metavar && (is_short || is_long) && option_is_taken(command, row))
            return true;
    }
    return false;
}

static void print_values(const struct command *command, const struct option_row *row)
{
    const char *(*choice)(size_t) = row->read == read_format ? command->formats : row->choice;
    if (choice)
        print_all(choice);
    else if (strcmp(row->metavar, "FILE") == 0 || strcmp(row->metavar, "SCAN") == 0)
        puts(":files");
    else if (strcmp(row->metavar, "DIR") == 0)
        puts(":folders");
}

static int run_complete(const struct options *o)
{
    size_t count = o->words.count;
    const char *last = count ? o->words.items[count - 1] : "";
    const struct command *command = count > 1 ? command_named(o->words.items[0]) : NULL;
    if (!command)
        command = command_named("scan");
    struct option_row row;
    if (count > 1 && waiting(command, o->words.items[count - 2], &row))
        print_values(command, &row);
    else if (*last == '-')
        print_options(command);
    else if (count <= 1)
        complete_print_commands();
    else if (command->operands)
        print_all(command->operands);
    else
        puts(":files");
    return EXIT_OK;
}

const struct command COMMAND_COMPLETE = {"complete", "[WORD...]",         NULL,
                                         "",         .run = run_complete, .verbatim = true};
