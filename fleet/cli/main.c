/* main.c: which subcommand runs. */
#include "base/text.h"
#include "fleet/cli/command.h"
#include "fleet/cli/options.h"
#include "fleet/process.h"

#include <stdio.h>
#include <string.h>

static void print_help(FILE *out)
{
    fputs("muster inspects fleets of Docker hosts over SSH and TLS, installing nothing and changing nothing "
          "on them,\n"
          "and judges them by the CIS Docker Benchmark.\n\n"
          "  muster scan                                   this machine's Docker\n"
          "  muster scan ssh://audit@10.0.0.5 tcp://10.0.0.6:2376\n"
          "  muster scan -i hosts --limit 'production:!db-*' -o fleet.json\n"
          "  muster ssh://audit@10.0.0.5                   scan is the default\n\n"
          "Commands:\n",
          out);
    for (size_t i = 0; command_at(i); i++)
        if (command_at(i)->summary)
            fprintf(out, "  %-8s %s\n", command_at(i)->name, command_at(i)->summary);
    fputs("\nmuster COMMAND --help tells more; muster --version tells the version.\n"
          "Exit codes: 0 all scanned and nothing to complain of, 1 findings at or above --fail-on, 2 usage "
          "or inventory\n"
          "error, 3 nothing could be scanned or a report not be written, 4 some hosts not scanned (5: and "
          "findings),\n"
          "130 interrupted.\n",
          out);
}

static int main_run(const struct command *command, int argc, char **argv)
{
    struct options options;
    int result = options_parse(&options, argc, argv, command);
    if (!result && options.help) {
        printf("muster %s %s\n%s\n\n%s\n", command->name, command->arguments, command->summary,
               command->help);
        options_help(command);
    } else if (!result) {
        result = command->run(&options);
    }
    options_clear(&options);
    return result;
}

static int main_choose(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 ||
        strcmp(argv[1], "-h") == 0) {
        print_help(argc < 2 ? stderr : stdout);
        return argc < 2 ? EXIT_USAGE : EXIT_OK;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0) {
        puts("muster " MUSTER_VERSION);
        return EXIT_OK;
    }
    const struct command *command = command_named(argv[1]);
    if (command)
        return main_run(command, argc - 1, argv + 1);
    /* A target or an option needs no verb. */
    if (strpbrk(argv[1], ":/.@") || *argv[1] == '-')
        return main_run(command_named("scan"), argc, argv);
    fputs("muster: no command \"", stderr);
    text_print_safe(stderr, argv[1]);
    fputs("\"; muster --help lists them\n", stderr);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    process_prepare();
    int result = main_choose(argc, argv);
    /* A command that has failed has said why. */
    if ((result == EXIT_OK || result == EXIT_FINDINGS) && !process_flush_output())
        result = EXIT_NOTHING;
    process_end(result);
}
