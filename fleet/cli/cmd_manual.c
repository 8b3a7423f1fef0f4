/* cmd_manual.c: muster manual: the manual page's sections COMMANDS and OPTIONS, from the tables.
 * packaging/manual puts them into docs/muster.1; a test fails when that is stale. */
#include "fleet/cli/options_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Plain text as roff has it: hyphens that stay hyphens, and no line that is a request. */
static void print_roff(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text; text++) {
        if (*text == '\n')
            putchar(text[1] ? ' ' : '\n');
        else if (*text == '\\')
            fputs("\\e", stdout);
        else
            printf(*text == '-' ? "\\-" : "%c", *text);
    }
}

static void manual_print_commands(void)
{
    puts(".SH COMMANDS");
    for (size_t i = 0; command_at(i); i++) {
        const struct command *command = command_at(i);
        if (!command->summary)
            continue;
        printf(".TP\n.BI %s \" ", command->name);
        print_roff(command->arguments);
        fputs("\"\n", stdout);
        print_roff(command->summary);
        puts(*command->help ? "\n.br" : "");
        print_roff(command->help);
    }
}

/* The commands that take an option that scan does not, or the first that takes it. */
static const struct command *first_command(const struct option_row *row)
{
    for (size_t i = 0; command_at(i); i++)
        if (option_is_taken(command_at(i), row))
            return command_at(i);
    return command_at(0);
}

static void print_commands_of(const struct option_row *row)
{
    const char *between = "(";
    if (first_command(row) == command_at(0))
        return;
    for (size_t i = 0; command_at(i); i++)
        if (option_is_taken(command_at(i), row)) {
            printf("%s%s", between, command_at(i)->name);
            between = ", ";
        }
    fputs(") ", stdout);
}

static void print_option(const struct option_row *row)
{
    char *help = NULL;
    size_t size;
    FILE *text = open_memstream(&help, &size);
    if (!text)
        return;
    option_print_help(text, first_command(row), row);
    if (row->detail)
        fprintf(text, ". %s", row->detail);
    fclose(text);
    fputs(".TP\n.B", stdout);
    if (row->letter)
        printf(" \\-%c,", row->letter);
    fputs(" \\-\\-", stdout);
    print_roff(row->name);
    if (row->metavar)
        printf(" \\fI%s", row->metavar);
    putchar('\n');
    print_commands_of(row);
    print_roff(help);
    putchar('\n');
    free(help);
}

static int run_manual(const struct options *o)
{
    (void)o;
    manual_print_commands();
    puts(".SH OPTIONS");
    struct option_row row;
    for (size_t i = 0; option_row_at(i, &row); i++)
        if (row.help)
            print_option(&row);
    return EXIT_OK;
}

const struct command COMMAND_MANUAL = {.name = "manual", .arguments = "", .help = "", .run = run_manual};
