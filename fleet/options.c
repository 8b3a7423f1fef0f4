/* options.c: see options.h */
#include "fleet/options.h"
#include "base/mem.h"
#include "base/text.h"
#include "inventory/policy.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum id {
    ID_INVENTORY = 256,
    ID_LIMIT,
    ID_OUTPUT,
    ID_FORMAT,
    ID_FORKS,
    ID_TIMEOUT,
    ID_HOST_TIMEOUT,
    ID_RUN_TIMEOUT,
    ID_RETRIES,
    ID_BENCHMARK,
    ID_CHECK,
    ID_EXCLUDE,
    ID_SAVE_FACTS,
    ID_FAIL_ON,
    ID_VERBOSE,
    ID_QUIET,
    ID_COLOR,
    ID_NO_COLOR,
    ID_USER,
    ID_KEY,
    ID_BECOME,
    ID_HOST_KEY,
    ID_TLS_CA,
    ID_TLS_CERT,
    ID_TLS_KEY,
    ID_TLS_VERIFY,
    ID_NO_TLS_VERIFY,
    ID_HOST,
    ID_CONTEXT,
    ID_SSH_CONFIG,
    ID_HELP,
    ID_LEVEL,
    ID_SECTION,
    ID_POLICY_FILE,
    ID_INCLUDE_CONTAINERS,
    ID_EXCLUDE_CONTAINERS,
    ID_INCLUDE_IMAGES,
    ID_EXCLUDE_IMAGES,
    ID_INCLUDE_LABELS,
    ID_EXCLUDE_LABELS,
    ID_TRUSTED_USERS,
    ID_TRUSTED_REGISTRIES,
    ID_EXPECT_SWARM,
    ID_MIN_ENGINE,
    ID_DRIFT,
    ID_HOST_FILES,
    ID_PROBE_PLAIN,
    ID_BASELINE,
    ID_DOCKER_MACHINE,
    ID_CONTEXTS,
    ID_JUMP,
    ID_SSH_OPTION,
    ID_PER_JUMP,
    ID_RATE,
    ID_SWARM,
    ID_EXPLAIN,
    ID_STATS,
    ID_TRACE,
};

static const struct row {
    const char *name;
    char letter; /* '\0': none */
    bool argument;
    enum id id;
    const char *metavar, *help;
} ROWS[] = {
    {"inventory", 'i', true, ID_INVENTORY, "FILE",
     "inventory as Ansible has it (INI, YAML, folder, program, a,b,); may be given several times"},
    {"limit", 'l', true, ID_LIMIT, "PATTERN",
     "hosts to visit: names, globs, groups; ':' joins, '!' removes, '&' intersects"},
    {"host", 'H', true, ID_HOST, "URL",
     "this engine, as docker's -H (default: DOCKER_HOST, the context, the local socket)"},
    {"context", '\0', true, ID_CONTEXT, "NAME", "this docker context"},
    {"contexts", '\0', true, ID_CONTEXTS, "GLOB", "the docker contexts of these names; '*': all"},
    {"docker-machine", '\0', false, ID_DOCKER_MACHINE, NULL,
     "all machines of Docker Machine's store (MACHINE_STORAGE_PATH, ~/.docker/machine); one is "
     "docker-machine:NAME"},
    {"swarm", '\0', false, ID_SWARM, NULL, "visit the nodes too that scanned swarm managers name, each once"},
    {"explain", '\0', false, ID_EXPLAIN, NULL, "tell where each value came from"},
    {"output", 'o', true, ID_OUTPUT, "FILE",
     "write a report (FILE, or FORMAT:FILE); - is standard output; may be given several times"},
    {"format", '\0', true, ID_FORMAT, "NAME",
     "html, json, jsonl, sarif, junit, csv, markdown, prometheus, text, docker-bench-json, "
     "docker-bench-text; needed "
     "where the extension does not say"},
    {"baseline", '\0', true, ID_BASELINE, "SCAN", "tell what changed since this earlier .json or .jsonl"},
    {"check", 'c', true, ID_CHECK, "LIST",
     "only these checks: ids (5.5), globs (5.*), sections (5), level1, level2, check_5_5"},
    {"exclude", 'e', true, ID_EXCLUDE, "LIST", "all checks but these"},
    {"level", '\0', true, ID_LEVEL, "N", "1: only what the benchmark has in level 1; 2: all"},
    {"section", '\0', true, ID_SECTION, "LIST", "only these sections: 1 to 7, X"},
    {"policy", '\0', true, ID_POLICY_FILE, "FILE",
     "what is expected of all, of groups and of hosts (docs/policy.md)"},
    {"include-containers", '\0', true, ID_INCLUDE_CONTAINERS, "LIST",
     "only containers whose names match these globs"},
    {"exclude-containers", '\0', true, ID_EXCLUDE_CONTAINERS, "LIST", "all containers but these"},
    {"include-images", '\0', true, ID_INCLUDE_IMAGES, "LIST", "only images whose tags match these globs"},
    {"exclude-images", '\0', true, ID_EXCLUDE_IMAGES, "LIST",
     "all images, and containers of images, but these"},
    {"include-labels", '\0', true, ID_INCLUDE_LABELS, "LIST",
     "only containers with these labels (NAME or NAME=VALUE)"},
    {"exclude-labels", '\0', true, ID_EXCLUDE_LABELS, "LIST", "all containers but those with these labels"},
    {"trusted-users", '\0', true, ID_TRUSTED_USERS, "LIST", "who may control the daemon (1.1.2)"},
    {"trusted-registries", '\0', true, ID_TRUSTED_REGISTRIES, "LIST", "where images may come from (4.2)"},
    {"expect-swarm", '\0', false, ID_EXPECT_SWARM, NULL, "swarm mode is wanted (5.1)"},
    {"min-engine", '\0', true, ID_MIN_ENGINE, "VERSION", "older engines are WARN (1.2.2)"},
    {"drift", '\0', false, ID_DRIFT, NULL, "ask for changed files (X.5) also above 20 containers"},
    {"host-files", '\0', false, ID_HOST_FILES, NULL,
     "where there is no shell: read files by a container that is never started (SECURITY.md)"},
    {"probe-plain", '\0', false, ID_PROBE_PLAIN, NULL, "try port 2375 of each host without TLS (X.8)"},
    {"benchmark", '\0', true, ID_BENCHMARK, "VERSION",
     "CIS Docker Benchmark 1.6.0, 1.7.0 or 1.8.0 (default 1.8.0)"},
    {"fail-on", '\0', true, ID_FAIL_ON, "LIST",
     "what makes the exit code 1: warn (default), error, info, note, unreachable, none"},
    {"save-facts", '\0', true, ID_SAVE_FACTS, "DIR", "keep each host's facts there, for `muster judge`"},
    {"forks", 'f', true, ID_FORKS, "N", "hosts visited at once (default 100)"},
    {"per-jump", '\0', true, ID_PER_JUMP, "N",
     "hosts visited at once through one jump host (default: no limit but --forks)"},
    {"rate", '\0', true, ID_RATE, "N", "new visits a second at most; N/m: a minute (default: no limit)"},
    {"timeout", 'T', true, ID_TIMEOUT, "TIME",
     "for each step of connecting (default 10s; 500ms, 2m are understood)"},
    {"host-timeout", '\0', true, ID_HOST_TIMEOUT, "TIME",
     "for one host from beginning to end (default 120s)"},
    {"run-timeout", '\0', true, ID_RUN_TIMEOUT, "TIME", "for the whole run (default: none)"},
    {"retries", '\0', true, ID_RETRIES, "N", "further tries after a transient failure (default 2)"},
    {"user", 'u', true, ID_USER, "NAME", "ssh user where the target names none"},
    {"private-key", '\0', true, ID_KEY, "FILE",
     "ssh private key (a certificate FILE-cert.pub beside it is used)"},
    {"jump", 'J', true, ID_JUMP, "LIST", "go through these jump hosts: [user@]host[:port],... as ssh -J"},
    {"ssh-option", '\0', true, ID_SSH_OPTION, "K=V",
     "an option of the ssh configuration, as ssh -o; may be given several times"},
    {"ssh-config", 'F', true, ID_SSH_CONFIG, "FILE", "ssh configuration; none: use no configuration"},
    {"host-key", '\0', true, ID_HOST_KEY, "POLICY",
     "strict (default): only known keys; accept-new: pin on first contact; no: do not verify"},
    {"become", 'b', false, ID_BECOME, NULL, "use sudo -n on the hosts"},
    {"sudo", '\0', false, ID_BECOME, NULL, NULL},
    {"tlscacert", '\0', true, ID_TLS_CA, "FILE",
     "CA of the engines' certificates (default: DOCKER_CERT_PATH/ca.pem, ~/.docker/ca.pem)"},
    {"tlscert", '\0', true, ID_TLS_CERT, "FILE", "client certificate"},
    {"tlskey", '\0', true, ID_TLS_KEY, "FILE", "client key"},
    {"tlsverify", '\0', false, ID_TLS_VERIFY, NULL, "verify the engines' certificates (default)"},
    {"no-tlsverify", '\0', false, ID_NO_TLS_VERIFY, NULL,
     "do not verify them: whoever is in between can answer for the host"},
    {"stats", '\0', false, ID_STATS, NULL,
     "tell what the run cost: time, CPU, memory, bytes, the slowest hosts"},
    {"trace", '\0', true, ID_TRACE, "HOST",
     "write HOST.trace.json (HOST=FILE: FILE), its timeline for Perfetto or chrome://tracing"},
    {"verbose", 'v', false, ID_VERBOSE, NULL, "evidence and remedies; details of every host"},
    {"quiet", 'q', false, ID_QUIET, NULL, "the fleet's summary only, no progress"},
    {"color", '\0', true, ID_COLOR, "WHEN", "auto (default), always, never"},
    {"no-color", '\0', false, ID_NO_COLOR, NULL, "the same as --color never"},
    {"help", 'h', false, ID_HELP, NULL, "this text"},
};
#define ROW_COUNT (sizeof ROWS / sizeof *ROWS)

/* Whether a command knows an option. */
static bool is_known(const char *known, const struct row *row)
{
    char word[64];
    snprintf(word, sizeof word, " %s ", row->name);
    return !known || row->id == ID_HELP || strstr(known, word);
}

void options_help(const char *known)
{
    puts("Options:");
    for (size_t i = 0; i < ROW_COUNT; i++) {
        char left[64];
        if (!ROWS[i].help || !is_known(known, &ROWS[i]))
            continue;
        snprintf(left, sizeof left, "%s%c%s--%s%s%s", ROWS[i].letter ? "-" : "",
                 ROWS[i].letter ? ROWS[i].letter : ' ', ROWS[i].letter ? ", " : "   ", ROWS[i].name,
                 ROWS[i].metavar ? " " : "", ROWS[i].metavar ? ROWS[i].metavar : "");
        printf("  %-28s %s\n", left, ROWS[i].help);
    }
}

static void add(struct word_list *list, const char *word)
{
    list->items = grow_array(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = word;
}

/* Commas separate; the pieces live as long as argv. */
static void add_list(struct word_list *list, char *words)
{
    char *word;
    while ((word = text_next(&words, ", ")))
        add(list, word);
}

int complain(const struct error *err)
{
    fputs("muster: ", stderr);
    text_print_safe(stderr, err->text);
    fputc('\n', stderr);
    return EXIT_USAGE;
}

static int bad(const char *option, const char *value, const char *expected)
{
    fprintf(stderr, "muster: --%s ", option);
    text_print_safe(stderr, value);
    fprintf(stderr, ": %s is expected\n", expected);
    return EXIT_USAGE;
}

static int read_fail_on(struct options *o, char *words)
{
    char *word;
    char *all = xstrdup(words);
    int result = 0;
    memset(o->fail_on, 0, sizeof o->fail_on);
    o->fail_on_unscanned = false;
    o->fail_on_given = true;
    while (!result && (word = text_next(&words, ", "))) {
        enum status status;
        if (strcmp(word, "none") == 0)
            continue;
        if (strcmp(word, "unreachable") == 0)
            o->fail_on_unscanned = true;
        else if (strcmp(word, "fail") == 0)
            o->fail_on[STATUS_WARN] = true;
        else if (status_parse(word, &status) && status != STATUS_PASS)
            /* At or above: a level takes all that are worse with it. */
            for (size_t s = status; s < STATUS_COUNT; s++)
                o->fail_on[s] = true;
        else
            result = bad("fail-on", all, "a list of warn, error, info, note, unreachable or none");
    }
    free(all);
    return result;
}

static int read_number(const char *option, const char *text, long low, long high, long *value)
{
    char expected[64];
    snprintf(expected, sizeof expected, "a number from %ld to %ld", low, high);
    return text_number(text, low, high, value) ? 0 : bad(option, text, expected);
}

static int read_time(const char *option, const char *text, long *ms)
{
    return text_duration_ms(text, ms) && *ms > 0 ? 0 : bad(option, text, "a time (10, 10s, 500ms, 2m)");
}

static int expect(struct options *o, const char *key, const char *text)
{
    struct error err;
    if (!o->policy)
        o->policy = json_object();
    return policy_set(o->policy, key, text, &err) ? complain(&err) : 0;
}

static int add_ssh_option(struct options *o, const char *keyword, const char *value)
{
    char *option = keyword ? xasprintf("%s=%s", keyword, value) : xstrdup(value);
    o->ssh_options = xrealloc(o->ssh_options, (o->ssh_option_count + 2) * sizeof(char *));
    o->ssh_options[o->ssh_option_count++] = option;
    o->ssh_options[o->ssh_option_count] = NULL;
    o->defaults.ssh_options = (const char *const *)o->ssh_options;
    return 0;
}

/* Kept as so many a minute. */
static int read_rate(struct options *o, char *value)
{
    size_t length = strlen(value);
    bool minute = length > 2 && strcmp(value + length - 2, "/m") == 0;
    bool second = length > 2 && strcmp(value + length - 2, "/s") == 0;
    if (minute || second)
        value[length - 2] = '\0';
    int result = read_number("rate", value, 1, 100000, &o->rate);
    o->rate *= minute ? 1 : 60;
    return result;
}

/* The whole file but for its last line's end. A file, since an environment is seen by other programs. */
static int read_password(struct options *o)
{
    const char *path = getenv("MUSTER_SSH_PASSWORD_FILE");
    char line[1024];
    if (!path || !*path)
        return 0;
    FILE *file = fopen(path, "re");
    size_t length = file ? fread(line, 1, sizeof line - 1, file) : 0;
    if (file)
        fclose(file);
    line[length] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    if (!*line) {
        fprintf(stderr, "muster: MUSTER_SSH_PASSWORD_FILE: ");
        text_print_safe(stderr, path);
        fputs(" cannot be read, or holds no password\n", stderr);
        return EXIT_USAGE;
    }
    o->password = xstrdup(line);
    o->defaults.password = o->password;
    explicit_bzero(line, sizeof line);
    return 0;
}

static int apply(struct options *o, enum id id, char *value)
{
    switch (id) {
    case ID_INVENTORY:
        add(&o->inventories, value);
        return 0;
    case ID_LIMIT:
        o->limit = value;
        return 0;
    case ID_OUTPUT:
        add(&o->outputs, value);
        return 0;
    case ID_FORMAT:
        o->format = value;
        return 0;
    case ID_FORKS:
        return read_number("forks", value, 1, 100000, &o->forks);
    case ID_TIMEOUT:
        return read_time("timeout", value, &o->timeout_ms);
    case ID_HOST_TIMEOUT:
        return read_time("host-timeout", value, &o->host_timeout_ms);
    case ID_RUN_TIMEOUT:
        return read_time("run-timeout", value, &o->run_timeout_ms);
    case ID_RETRIES:
        return read_number("retries", value, 0, 100, &o->retries);
    case ID_BENCHMARK:
        return benchmark_parse(value, &o->benchmark) ? 0 : bad("benchmark", value, "1.6.0, 1.7.0 or 1.8.0");
    case ID_CHECK:
        add_list(&o->checks, value);
        return 0;
    case ID_EXCLUDE:
        add_list(&o->excludes, value);
        return 0;
    case ID_SAVE_FACTS:
        o->save_facts = value;
        return 0;
    case ID_FAIL_ON:
        return read_fail_on(o, value);
    case ID_VERBOSE:
        o->verbosity = 1;
        return 0;
    case ID_QUIET:
        o->verbosity = -1;
        return 0;
    case ID_COLOR:
        o->colour = value;
        return strcmp(value, "auto") == 0 || strcmp(value, "always") == 0 || strcmp(value, "never") == 0
                   ? 0
                   : bad("color", value, "auto, always or never");
    case ID_NO_COLOR:
        o->colour = "never";
        return 0;
    case ID_USER:
        o->defaults.user = value;
        return 0;
    case ID_KEY:
        o->defaults.private_key = value;
        return 0;
    case ID_BECOME:
        o->defaults.become = true;
        return 0;
    case ID_DOCKER_MACHINE:
        o->docker_machine = true;
        return 0;
    case ID_CONTEXTS:
        o->contexts = value;
        return 0;
    case ID_HOST_KEY:
        o->host_key_given = value;
        return host_key_policy_parse(value, &o->defaults.host_key)
                   ? 0
                   : bad("host-key", value, "strict, accept-new or no");
    case ID_TLS_CA:
        o->defaults.tls_ca = value;
        return 0;
    case ID_TLS_CERT:
        o->defaults.tls_cert = value;
        return 0;
    case ID_TLS_KEY:
        o->defaults.tls_key = value;
        return 0;
    case ID_TLS_VERIFY:
        o->defaults.tls_verify = true;
        return 0;
    case ID_NO_TLS_VERIFY:
        o->defaults.tls_verify = false;
        return 0;
    case ID_HOST:
        o->docker_host = value;
        return 0;
    case ID_CONTEXT:
        o->context = value;
        return 0;
    case ID_SSH_CONFIG:
        o->ssh_config = value;
        return 0;
    case ID_LEVEL:
        return expect(o, "level", value);
    case ID_SECTION:
        return expect(o, "sections", value);
    case ID_INCLUDE_CONTAINERS:
        return expect(o, "include_containers", value);
    case ID_EXCLUDE_CONTAINERS:
        return expect(o, "exclude_containers", value);
    case ID_INCLUDE_IMAGES:
        return expect(o, "include_images", value);
    case ID_EXCLUDE_IMAGES:
        return expect(o, "exclude_images", value);
    case ID_INCLUDE_LABELS:
        return expect(o, "include_labels", value);
    case ID_EXCLUDE_LABELS:
        return expect(o, "exclude_labels", value);
    case ID_TRUSTED_USERS:
        return expect(o, "trusted_users", value);
    case ID_TRUSTED_REGISTRIES:
        return expect(o, "trusted_registries", value);
    case ID_MIN_ENGINE:
        return expect(o, "min_engine", value);
    case ID_EXPECT_SWARM:
        return expect(o, "expect_swarm", "yes");
    case ID_POLICY_FILE:
        o->policy_file = value;
        return 0;
    case ID_DRIFT:
        o->drift = true;
        return 0;
    case ID_HOST_FILES:
        o->host_files = true;
        return 0;
    case ID_PROBE_PLAIN:
        o->probe_plain = true;
        return 0;
    case ID_BASELINE:
        o->baseline = value;
        return 0;
    case ID_JUMP:
        return add_ssh_option(o, "ProxyJump", value);
    case ID_SSH_OPTION:
        return strchr(value, '=') > value ? add_ssh_option(o, NULL, value)
                                          : bad("ssh-option", value, "Keyword=value");
    case ID_PER_JUMP:
        return read_number("per-jump", value, 1, 100000, &o->per_jump);
    case ID_RATE:
        return read_rate(o, value);
    case ID_SWARM:
        o->swarm = true;
        return 0;
    case ID_STATS:
        o->stats = true;
        return 0;
    case ID_TRACE:
        o->trace = value;
        return 0;
    case ID_EXPLAIN:
        o->explain = true;
        return 0;
    case ID_HELP:
        o->help = true;
        return 0;
    }
    return EXIT_USAGE;
}

static const struct row *row_of(int c)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if ((int)ROWS[i].id == c || (ROWS[i].letter && ROWS[i].letter == c))
            return &ROWS[i];
    return NULL;
}

int options_parse(struct options *o, int argc, char **argv, const char *known)
{
    struct option longs[ROW_COUNT + 1] = {{0}};
    char shorts[2 * ROW_COUNT + 2] = ":";
    size_t length = 1;
    int result = 0, c;
    *o = (struct options){.forks = 100,
                          .timeout_ms = 10000,
                          .host_timeout_ms = 120000,
                          .retries = 2,
                          .benchmark = BENCHMARK_NEWEST,
                          .colour = "auto",
                          .defaults = {.tls_verify = true}};
    o->fail_on[STATUS_WARN] = true;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        longs[i] = (struct option){.name = ROWS[i].name, .has_arg = ROWS[i].argument, .val = (int)ROWS[i].id};
        if (ROWS[i].letter) {
            shorts[length++] = ROWS[i].letter;
            if (ROWS[i].argument)
                shorts[length++] = ':';
        }
    }
    optind = 0;
    opterr = 0;
    while (!result && (c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        const struct row *row = c == '?' || c == ':' ? NULL : row_of(c);
        const char *word = argv[optind - 1];
        if (row && !is_known(known, row)) {
            fprintf(stderr, "muster: --%s has no meaning for %s; see muster %s --help\n", row->name, argv[0],
                    argv[0]);
            result = EXIT_USAGE;
        } else if (row) {
            result = apply(o, row->id, optarg);
        } else {
            fprintf(stderr,
                    c == ':' ? "muster: option %s needs a value\n"
                             : "muster: unknown option %s; see muster %s --help\n",
                    word, argv[0]);
            result = EXIT_USAGE;
        }
    }
    for (int i = optind; i < argc && !result; i++)
        add(&o->words, argv[i]);
    defaults_from_environment(&o->defaults, o->storage);
    return result ? result : read_password(o);
}

void options_clear(struct options *o)
{
    free(o->inventories.items);
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
