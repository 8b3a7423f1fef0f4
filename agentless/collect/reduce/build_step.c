/* build_step.c: see build_step.h */
#include "agentless/collect/reduce/build_step.h"
#include "agentless/collect/reduce/secret_shape.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* The instruction's name into `name`; returns its arguments. A shell's command line is a RUN. */
static const char *instruction_of(const char *text, char *name, size_t size)
{
    static const char *const NAMES[] = {"ADD",    "ARG",   "CMD",         "COPY",  "ENTRYPOINT", "ENV",
                                        "EXPOSE", "FROM",  "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
                                        "RUN",    "SHELL", "STOPSIGNAL",  "USER",  "VOLUME",     "WORKDIR"};
    const char *nop = strstr(text, "#(nop)");
    const char *at = skip_blanks(nop ? nop + strlen("#(nop)") : text);
    size_t length = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strlen(NAMES[i]) == length && strncmp(at, NAMES[i], length) == 0 &&
            (!at[length] || at[length] == ' ')) {
            snprintf(name, size, "%s", NAMES[i]);
            return skip_blanks(at + length);
        }
    snprintf(name, size, "%s", *at ? "RUN" : "");
    return at;
}

/* --- package managers --- */

static const struct manager {
    const char *command;
    const char *refresh[3];
    const char *install[8];
} MANAGERS[] = {
    {"apt-get", {"update"}, {"install", "upgrade", "dist-upgrade", "full-upgrade", "build-dep", "satisfy"}},
    {"apt", {"update"}, {"install", "upgrade", "full-upgrade", "build-dep", "satisfy"}},
    {"aptitude", {"update"}, {"install", "upgrade", "safe-upgrade", "full-upgrade"}},
    {"apk", {"update"}, {"add", "upgrade", "fix"}},
    /* `yum update` upgrades packages; the index alone is refreshed by makecache and check-update. */
    {"yum", {"makecache", "check-update"}, {"install", "update", "upgrade", "localinstall", "groupinstall"}},
    {"dnf", {"makecache", "check-update"}, {"install", "update", "upgrade", "group"}},
    {"microdnf", {"makecache"}, {"install", "update", "upgrade"}},
    {"zypper", {"refresh", "ref"}, {"install", "in", "update", "up", "patch", "dist-upgrade", "dup"}},
};
#define MANAGER_COUNT (sizeof MANAGERS / sizeof *MANAGERS)

static bool step_among(const char *word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count && list[i]; i++)
        if (strcmp(word, list[i]) == 0)
            return true;
    return false;
}

static const struct manager *manager_named(const char *command)
{
    const char *slash = strrchr(command, '/');
    for (size_t i = 0; i < MANAGER_COUNT; i++)
        if (strcmp(slash ? slash + 1 : command, MANAGERS[i].command) == 0)
            return &MANAGERS[i];
    return NULL;
}

/* One simple command of a step, its words separated by blanks. */
struct packages {
    const char *refreshed; /* the manager whose index a command refreshed */
    bool installed;
};

static void read_command(char *command, struct packages *p)
{
    char *word;
    const struct manager *manager = NULL;
    while ((word = text_next(&command, " \t\n\\\"'(){}"))) {
        if (!manager) {
            static const char *const PREFIXES[] = {"sudo", "exec", "env", "time", "then", "do", "if", "!"};
            bool prefix = strchr(word, '=') ||
                          step_among(word, PREFIXES, sizeof PREFIXES / sizeof *PREFIXES) || *word == '-';
            if (prefix)
                continue;
            manager = manager_named(word);
            if (!manager)
                return;
            continue;
        }
        if (step_among(word, manager->install, 8)) {
            p->installed = true;
            return;
        }
        if (step_among(word, manager->refresh, 3)) {
            p->refreshed = manager->command;
            return;
        }
        /* An option, or an option's value such as -o Acquire::Check=false: the verb comes later. apk's
         * --update-cache add is an install. */
    }
}

static bool is_shell_program(const char *word, size_t length)
{
    static const char *const SHELLS[] = {"/sh", "/ash", "/bash", "/dash", "/ksh", "/zsh"};
    bool shell = false;
    for (size_t i = 0; i < sizeof SHELLS / sizeof *SHELLS && !shell; i++) {
        size_t size = strlen(SHELLS[i]);
        shell = length >= size && strncmp(word + length - size, SHELLS[i], size) == 0;
    }
    return shell;
}

/* Behind "|1 FOO=bar /bin/bash -euo pipefail -c ": build arguments, and the SHELL with its options up to that
 * of the command. The text itself where it does not begin so. */
static const char *skip_shell(const char *text)
{
    bool arguments = *text == '|', shell = false;
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, " \t");
        bool option = *at == '-' && at[1] != '-';
        if (shell && option && memchr(at, 'c', length))
            return skip_blanks(at + length);
        if (!shell && is_shell_program(at, length))
            shell = true;
        else if (!shell && !arguments)
            return text;
        at = skip_blanks(at + length);
    }
    return text;
}

static struct packages read_packages(const char *text)
{
    struct packages p = {0};
    char *copy = xstrdup(skip_shell(text));
    char *rest = copy;
    char *command;
    while ((command = text_next(&rest, ";&|\n")))
        read_command(command, &p);
    free(copy);
    return p;
}

static const char *unverified(const char *text)
{
    static const char *const SWITCHES[] = {
        "--allow-unauthenticated", "--force-yes",       "--nogpgcheck", "--no-gpg-checks",
        "--no-gpg-check",          "--allow-untrusted", "trusted=yes",  "AllowUnauthenticated=true",
        "--no-check-certificate",  "--trusted-host"};
    for (size_t i = 0; i < sizeof SWITCHES / sizeof *SWITCHES; i++)
        if (strstr(text, SWITCHES[i]))
            return SWITCHES[i];
    return NULL;
}

/* `ADD file:DIGEST in /`: how base images begin. BuildKit's form is "ADD rootfs.tar.xz / # buildkit". */
static bool adds_root(const char *arguments)
{
    char *copy = xstrdup(arguments);
    char *comment = strstr(copy, "# buildkit");
    if (comment)
        *comment = '\0';
    char *text = text_trim(copy);
    size_t length = strlen(text);
    bool root = length > 2 && strcmp(text + length - 2, " /") == 0;
    bool file = text_starts(text, "file:");
    bool tar = strstr(text, ".tar") != NULL;
    bool address = strstr(text, "://") != NULL;
    free(copy);
    return root && (file || tar) && !address;
}

static void add_secret(json_t *secrets, const char *name)
{
    for (size_t i = 0; i < json_array_size(secrets); i++)
        if (text_same(json_string_value(json_array_get(secrets, i)), name))
            return;
    json_array_append_new(secrets, json_text(name));
}

/* A secret's name is not longer, nor are there more of them in a step. */
#define PAIR_MAX 4096
#define SECRETS_MAX 64
/* Nor does a step have more values that begin behind a quote. */
#define QUOTED_MAX 1024

/* NAME= and what follows up to a quote, as far as it matters. */
static char *quoted_pair(const char *word, const char *rest)
{
    size_t length = 0;
    while (length < PAIR_MAX && rest[length] && rest[length] != '"' && rest[length] != '\'')
        length++;
    return xasprintf("%.*s%.*s", PAIR_MAX, word, (int)length, rest);
}

/* Every NAME=value of the step, at the beginning of a word. */
static json_t *secrets_of(const char *instruction, const char *arguments)
{
    json_t *secrets = json_array();
    char *copy = xstrdup(arguments);
    char *rest = copy;
    char *word;
    bool named = false;
    unsigned quoted = 0;
    bool assigns = strcmp(instruction, "ENV") == 0 || strcmp(instruction, "ARG") == 0 ||
                   strcmp(instruction, "LABEL") == 0 || strcmp(instruction, "RUN") == 0;
    while (assigns && (word = text_next(&rest, " \t\n;&|\"'"))) {
        char *equals = strchr(word, '=');
        /* --password=value too */
        while (*word == '-')
            word++;
        if (!equals || equals == word)
            continue;
        /* A quoted value was split off at its quote. */
        bool split = !equals[1] && rest && quoted++ < QUOTED_MAX;
        char *pair = split ? quoted_pair(word, rest) : xstrndup(word, PAIR_MAX);
        if (secret_pair(pair) && json_array_size(secrets) < SECRETS_MAX) {
            *equals = '\0';
            add_secret(secrets, word);
            named = true;
        }
        free(pair);
    }
    free(copy);
    if (!named && secret_value(arguments))
        add_secret(secrets, "(text)");
    return secrets;
}

/* A shell's command line is one argument of a program, which Linux bounds by 128 kB (MAX_ARG_STRLEN): what is
 * longer is no step that was ever run. */
#define STEP_MAX (256u << 10)

static json_t *read_step(const char *text)
{
    char instruction[16];
    const char *arguments = instruction_of(text, instruction, sizeof instruction);
    json_t *step = json_object();
    json_put(step, "instruction", json_text(instruction));
    json_t *secrets = secrets_of(instruction, arguments);
    if (json_array_size(secrets))
        json_put(step, "secrets", json_incref(secrets));
    json_decref(secrets);
    if (strcmp(instruction, "ADD") == 0 && adds_root(arguments))
        json_put(step, "base", json_true());
    if (strcmp(instruction, "RUN") == 0) {
        struct packages packages = read_packages(arguments);
        const char *option = unverified(arguments);
        if (packages.refreshed && !packages.installed)
            json_put(step, "update_alone", json_text(packages.refreshed));
        if (option)
            json_put(step, "unverified", json_text(option));
    }
    return step;
}

json_t *build_step(const char *created_by)
{
    char *text = xstrndup(text_or(created_by, ""), STEP_MAX);
    json_t *step = read_step(text);
    free(text);
    return step;
}
