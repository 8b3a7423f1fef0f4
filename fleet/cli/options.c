/* options.c: see options.h */
#include "agentless/checks/finding.h"
#include "base/mem.h"
#include "base/text.h"
#include "fleet/cli/options_internal.h"
#include "inventory/docker_context.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_ROWS = 128, FIRST_LONG = 256 };

bool option_is_taken(const struct command *command, const struct option_row *row)
{
    return row->groups == TAKES_ANY || (row->groups & command->takes);
}

static bool name_is_taken(const struct command *command, const char *name)
{
    struct option_row row;
    for (size_t i = 0; option_row_at(i, &row); i++)
        if (strcmp(row.name, name) == 0 && option_is_taken(command, &row))
            return true;
    return false;
}

/* What {} in a row's help stands for: the words that are understood, or the default. */
static void print_placeholder(FILE *out, const struct command *command, const struct option_row *row)
{
    const char *(*choice)(size_t) = row->read == read_format ? command->formats : row->choice;
    for (size_t i = 0; choice && choice(i); i++)
        fprintf(out, "%s%s", i ? ", " : "", choice(i));
    if (!choice && row->read == read_time)
        fprintf(out, "%lds", row->initial / 1000);
    else if (!choice)
        fprintf(out, "%ld", row->initial);
}

void option_print_help(FILE *out, const struct command *command, const struct option_row *row)
{
    const char *place = strstr(row->help, "{}");
    size_t before = place ? (size_t)(place - row->help) : strlen(row->help);
    fprintf(out, "%.*s", (int)before, row->help);
    if (place) {
        print_placeholder(out, command, row);
        fputs(place + strlen("{}"), out);
    }
}

void options_help(const struct command *command)
{
    struct option_row row;
    puts("Options:");
    for (size_t i = 0; option_row_at(i, &row); i++) {
        char left[64];
        if (!row.help || !option_is_taken(command, &row))
            continue;
        char letter[8] = "    ";
        if (row.letter)
            snprintf(letter, sizeof letter, "-%c, ", row.letter);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, row.name, text_if(row.metavar, " "),
                 text_or(row.metavar, ""));
        printf("  %-28s ", left);
        option_print_help(stdout, command, &row);
        putchar('\n');
    }
}

void word_list_add(struct word_list *list, const char *word)
{
    list->items = grow_array(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = word;
}

int fail_with(const struct error *err)
{
    fputs("muster: ", stderr);
    text_print_safe(stderr, err->text);
    fputc('\n', stderr);
    return EXIT_USAGE;
}

static void set_initial(struct options *o)
{
    o->benchmark = BENCHMARK_NEWEST;
    o->colour = "auto";
    o->defaults.tls_verify = true;
    o->fail_on[STATUS_WARN] = true;
    struct option_row row;
    for (size_t i = 0; option_row_at(i, &row); i++)
        if (row.read == read_number || row.read == read_time)
            *(long *)((char *)o + row.field) = row.initial;
}

/* What getopt_long wants: all rows, so that those without a meaning for this command are known as such. */
static void describe(const struct command *command, struct option *longs, char *shorts)
{
    size_t count = 0, length = 1;
    struct option_row row;
    shorts[0] = ':';
    for (size_t i = 0; option_row_at(i, &row) && count < MAX_ROWS; i++) {
        if (!option_is_taken(command, &row) && name_is_taken(command, row.name))
            continue;
        longs[count++] = (struct option){.name = row.name,
                                         .has_arg = row.metavar ? required_argument : no_argument,
                                         .val = FIRST_LONG + (int)i};
        if (row.letter) {
            shorts[length++] = row.letter;
            if (row.metavar)
                shorts[length++] = ':';
        }
    }
    longs[count] = (struct option){0};
    shorts[length] = '\0';
}

/* Of what getopt_long returned. */
static bool row_of(int c, struct option_row *row)
{
    if (c >= FIRST_LONG)
        return option_row_at((size_t)(c - FIRST_LONG), row);
    for (size_t i = 0; option_row_at(i, row); i++)
        if (row->letter && row->letter == c)
            return true;
    return false;
}

int options_parse(struct options *o, int argc, char **argv, const struct command *command)
{
    struct option longs[MAX_ROWS + 1];
    char shorts[2 * MAX_ROWS + 2];
    int result = 0, c;
    *o = (struct options){.command = command};
    set_initial(o);
    describe(command, longs, shorts);
    optind = 0;
    opterr = 0;
    while (!result && !command->verbatim && (c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        struct option_row row;
        bool known = c != '?' && c != ':' && row_of(c, &row);
        const char *word = argv[optind - 1];
        result = EXIT_USAGE;
        if (known && option_is_taken(command, &row))
            result = row.read(o, &row, optarg);
        else if (known)
            fprintf(stderr, "muster: --%s has no meaning for %s; see muster %s --help\n", row.name, argv[0],
                    argv[0]);
        else if (c == ':')
            fprintf(stderr, "muster: option %s needs a value\n", word);
        else
            fprintf(stderr, "muster: unknown option %s; see muster %s --help\n", word, argv[0]);
    }
    for (int i = command->verbatim ? 1 : optind; i < argc && !result; i++)
        word_list_add(&o->words, argv[i]);
    defaults_from_environment(&o->defaults, o->storage);
    return result ? result : options_read_password(o);
}

void options_clear(struct options *o)
{
    free(o->sources);
    free(o->outputs.items);
    free(o->checks.items);
    free(o->excludes.items);
    free(o->words.items);
    json_decref(o->policy);
    for (size_t i = 0; i < o->ssh_option_count; i++)
        free(o->ssh_options[i]);
    free(o->ssh_options);
    if (o->password)
        explicit_bzero(o->password, strlen(o->password));
    free(o->password);
    for (size_t i = 0; i < 3; i++)
        free(o->storage[i]);
    *o = (struct options){0};
}

bool options_colour(const struct options *o, int fd)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    const char *forced = getenv("CLICOLOR_FORCE");
    if (strcmp(o->colour, "auto") != 0)
        return strcmp(o->colour, "always") == 0;
    if (no_color && *no_color)
        return false;
    if (forced && *forced && strcmp(forced, "0") != 0)
        return true;
    return isatty(fd) && term && strcmp(term, "dumb") != 0;
}
