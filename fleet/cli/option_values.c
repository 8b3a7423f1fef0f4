/* option_values.c: how each kind of option reads its value. See options_internal.h */
#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/text.h"
#include "fleet/cli/options_internal.h"
#include "inventory/policy.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *option_field_of(struct options *o, const struct option_row *row)
{
    return (char *)o + row->field;
}

static int bad(const struct option_row *row, const char *value, const char *expected)
{
    fprintf(stderr, "muster: --%s ", row->name);
    text_print_safe(stderr, value);
    fprintf(stderr, ": %s is expected\n", expected);
    return EXIT_USAGE;
}

/* "a, b or c" of the words that are understood. */
static int bad_choice(const struct option_row *row, const char *(*choice)(size_t), const char *value,
                      const char *before)
{
    struct buf expected = {0};
    buf_text(&expected, before);
    for (size_t i = 0; choice(i); i++) {
        const char *between = choice(i + 1) ? ", " : " or ";
        buf_format(&expected, "%s%s", i ? between : "", choice(i));
    }
    int result = bad(row, value, expected.data);
    buf_free(&expected);
    return result;
}

static bool is_choice(const char *(*choice)(size_t), const char *value)
{
    for (size_t i = 0; choice(i); i++)
        if (strcmp(choice(i), value) == 0)
            return true;
    return false;
}

int read_source(struct options *o, const struct option_row *row, char *value)
{
    o->sources = grow_array(o->sources, o->source_count, &o->source_capacity, sizeof *o->sources);
    o->sources[o->source_count++] = (struct named_source){.source = row->source, .value = value};
    return 0;
}

int read_flag(struct options *o, const struct option_row *row, char *value)
{
    (void)value;
    *(bool *)option_field_of(o, row) = true;
    return 0;
}

int read_off(struct options *o, const struct option_row *row, char *value)
{
    (void)value;
    *(bool *)option_field_of(o, row) = false;
    return 0;
}

/* As read_flag() and read_word(); who says anything of TLS wants it. */
int read_tls_flag(struct options *o, const struct option_row *row, char *value)
{
    o->defaults.tls_asked = true;
    return read_flag(o, row, value);
}

int read_tls_word(struct options *o, const struct option_row *row, char *value)
{
    o->defaults.tls_asked = true;
    return read_word(o, row, value);
}

int read_word(struct options *o, const struct option_row *row, char *value)
{
    *(const char **)option_field_of(o, row) = value;
    return 0;
}

int read_words(struct options *o, const struct option_row *row, char *value)
{
    word_list_add(option_field_of(o, row), value);
    return 0;
}

int read_format(struct options *o, const struct option_row *row, char *value)
{
    const char *(*formats)(size_t) = o->command->formats;
    o->format = value;
    return is_choice(formats, value) ? 0 : bad_choice(row, formats, value, "");
}

int read_list(struct options *o, const struct option_row *row, char *value)
{
    char *word;
    while ((word = text_next(&value, ", ")))
        word_list_add(option_field_of(o, row), word);
    return 0;
}

static int number(const struct option_row *row, const char *text, long *value)
{
    char expected[64];
    snprintf(expected, sizeof expected, "a number from %ld to %ld", row->low, row->high);
    return text_number(text, row->low, row->high, value) ? 0 : bad(row, text, expected);
}

int read_number(struct options *o, const struct option_row *row, char *value)
{
    return number(row, value, option_field_of(o, row));
}

int read_time(struct options *o, const struct option_row *row, char *value)
{
    long *ms = option_field_of(o, row);
    return text_duration_ms(value, ms) && *ms > 0 ? 0 : bad(row, value, "a time (10, 10s, 500ms, 2m)");
}

/* Kept as so many a minute. */
int read_rate(struct options *o, const struct option_row *row, char *value)
{
    long *rate = option_field_of(o, row);
    size_t length = strlen(value);
    bool minute = length > 2 && strcmp(value + length - 2, "/m") == 0;
    bool second = length > 2 && strcmp(value + length - 2, "/s") == 0;
    if (minute || second)
        value[length - 2] = '\0';
    int result = number(row, value, rate);
    *rate *= minute ? 1 : 60;
    return result;
}

int read_policy(struct options *o, const struct option_row *row, char *value)
{
    struct error err;
    if (!o->policy)
        o->policy = json_object();
    return policy_set(o->policy, row->key, text_or(value, "yes"), &err) ? fail_with(&err) : 0;
}

int read_benchmark(struct options *o, const struct option_row *row, char *value)
{
    return benchmark_parse(value, &o->benchmark) ? 0 : bad_choice(row, row->choice, value, "");
}

const char *choice_of_benchmark(size_t n)
{
    return n < BENCHMARK_COUNT ? benchmark_name((enum benchmark)n) : NULL;
}

const char *choice_of_check(size_t n)
{
    size_t skipped = 0;
    const struct check *check;
    for (size_t i = 0; (check = catalog_at(i)); i++) {
        if (check->id[BENCHMARK_NEWEST] && i - skipped == n)
            return check->id[BENCHMARK_NEWEST];
        skipped += !check->id[BENCHMARK_NEWEST];
    }
    return NULL;
}

int read_fail_on(struct options *o, const struct option_row *row, char *value)
{
    char *word;
    char *all = xstrdup(value);
    int result = 0;
    memset(o->fail_on, 0, sizeof o->fail_on);
    o->fail_on_unscanned = false;
    o->fail_on_given = true;
    while (!result && (word = text_next(&value, ", "))) {
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
            result = bad_choice(row, row->choice, all, "a list of ");
    }
    free(all);
    return result;
}

const char *choice_of_fail_on(size_t n)
{
    static const char *const WORDS[] = {"warn", "error", "info", "note", "unreachable", "none"};
    return n < sizeof WORDS / sizeof *WORDS ? WORDS[n] : NULL;
}

int read_verbose(struct options *o, const struct option_row *row, char *value)
{
    (void)row, (void)value;
    o->verbosity = 1;
    return 0;
}

int read_quiet(struct options *o, const struct option_row *row, char *value)
{
    (void)row, (void)value;
    o->verbosity = -1;
    return 0;
}

const char *choice_of_color(size_t n)
{
    static const char *const WORDS[] = {"auto", "always", "never"};
    return n < sizeof WORDS / sizeof *WORDS ? WORDS[n] : NULL;
}

int read_color(struct options *o, const struct option_row *row, char *value)
{
    o->colour = value;
    return is_choice(row->choice, value) ? 0 : bad_choice(row, row->choice, value, "");
}

int read_no_color(struct options *o, const struct option_row *row, char *value)
{
    (void)row, (void)value;
    o->colour = "never";
    return 0;
}

int read_host_key(struct options *o, const struct option_row *row, char *value)
{
    o->host_key_given = value;
    return host_key_policy_parse(value, &o->defaults.host_key) ? 0 : bad_choice(row, row->choice, value, "");
}

const char *choice_of_host_key(size_t n)
{
    return host_key_policy_name((enum host_key_policy)(n + HOST_KEY_STRICT));
}

static int add_ssh_option(struct options *o, char *option)
{
    o->ssh_options = xrealloc(o->ssh_options, (o->ssh_option_count + 2) * sizeof(char *));
    o->ssh_options[o->ssh_option_count++] = option;
    o->ssh_options[o->ssh_option_count] = NULL;
    o->defaults.ssh_options = (const char *const *)o->ssh_options;
    return 0;
}

int read_jump(struct options *o, const struct option_row *row, char *value)
{
    (void)row;
    return add_ssh_option(o, xasprintf("ProxyJump=%s", value));
}

int read_ssh_option(struct options *o, const struct option_row *row, char *value)
{
    return strchr(value, '=') > value ? add_ssh_option(o, xstrdup(value)) : bad(row, value, "Keyword=value");
}

/* The first line of the file. A file, since an environment is seen by other programs; read without a buffer
 * of stdio's, which would keep it. */
int options_read_password(struct options *o)
{
    const char *path = getenv("MUSTER_SSH_PASSWORD_FILE"), *why = "cannot be read, or holds no password";
    char line[1024] = "";
    size_t length = 0;
    ssize_t got = 0;
    if (!path || !*path)
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && file_is_exposed(fd))
        why = "can be read by others, so that it is refused: chmod 600";
    else
        while (fd >= 0 && length < sizeof line - 1 &&
               (got = read(fd, line + length, sizeof line - 1 - length)) > 0)
            length += (size_t)got;
    if (fd >= 0)
        close(fd);
    line[length] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    if (!*line) {
        fprintf(stderr, "muster: MUSTER_SSH_PASSWORD_FILE: ");
        text_print_safe(stderr, path);
        fprintf(stderr, " %s\n", why);
        return EXIT_USAGE;
    }
    o->password = xstrdup(line);
    o->defaults.password = o->password;
    explicit_bzero(line, sizeof line);
    return 0;
}
