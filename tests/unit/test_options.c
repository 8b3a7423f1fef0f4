/* test_options.c: the table of options, and how a command line becomes what it says. */
#include "test.h"

#include "base/mem.h"
#include "fleet/cli/options_internal.h"

/* Parses "scan WORDS"; the words live as long as the options, which the caller clears. */
static int parse(struct options *options, const char *command, char *words)
{
    static char *argv[32];
    static char name[16];
    int argc = 0;
    snprintf(name, sizeof name, "%s", command);
    argv[argc++] = name;
    for (char *word = strtok(words, " "); word && argc < 31; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    return options_parse(options, argc, argv, command_named(command));
}

static void every_row_is_whole(void **state)
{
    struct option_row row;
    size_t count = 0;
    (void)state;
    for (; option_row_at(count, &row); count++) {
        assert_non_null(row.name);
        assert_non_null(row.read);
        /* What takes a value says what it is called; a number has bounds, and its default is within them. */
        if (row.read == read_number && (row.low > row.high || !row.metavar))
            fail_msg("--%s has no bounds", row.name);
        if (row.read == read_number && row.initial && (row.initial < row.low || row.initial > row.high))
            fail_msg("--%s: the default is out of bounds", row.name);
        if (row.read == read_policy && !row.key)
            fail_msg("--%s names no key of the policy", row.name);
        if (row.help && strstr(row.help, "{}") && row.read != read_number && row.read != read_time &&
            row.read != read_format && !row.choice)
            fail_msg("--%s: nothing to say for {}", row.name);
        bool taken = row.groups == TAKES_ANY;
        for (size_t i = 0; command_at(i) && !taken; i++)
            taken = option_is_taken(command_at(i), &row);
        if (!taken)
            fail_msg("no command takes --%s", row.name);
    }
    assert_true(count > 50);
}

static void letters_and_names_are_one_options_only(void **state)
{
    struct option_row one, other;
    (void)state;
    for (size_t i = 0; option_row_at(i, &one); i++)
        for (size_t k = i + 1; option_row_at(k, &other); k++) {
            if (one.letter && one.letter == other.letter)
                fail_msg("-%c is --%s and --%s", one.letter, one.name, other.name);
            for (size_t c = 0; command_at(c); c++)
                if (strcmp(one.name, other.name) == 0 && option_is_taken(command_at(c), &one) &&
                    option_is_taken(command_at(c), &other))
                    fail_msg("--%s has two rows for %s", one.name, command_at(c)->name);
        }
}

static void values_are_read(void **state)
{
    char words[] =
        "-i a, --inventory b -f 7 --host-timeout 2m --retries 0 --drift -l web:!db -c 5.5,5.1 --rate 30/m "
        "--no-tlsverify --user me -J b1,b2 --level 1 --host-key accept-new --fail-on info one two";
    struct options o;
    (void)state;
    assert_int_equal(parse(&o, "scan", words), 0);
    assert_int_equal(o.source_count, 2);
    assert_string_equal(o.sources[1].value, "b");
    assert_int_equal(o.forks, 7);
    assert_int_equal(o.host_timeout_ms, 120000);
    assert_int_equal(o.timeout_ms, 10000);
    assert_int_equal(o.retries, 0);
    assert_true(o.drift && !o.host_files);
    assert_string_equal(o.limit, "web:!db");
    assert_int_equal(o.checks.count, 2);
    assert_int_equal(o.rate, 30);
    assert_false(o.defaults.tls_verify);
    assert_string_equal(o.defaults.user, "me");
    assert_string_equal(o.ssh_options[0], "ProxyJump=b1,b2");
    assert_non_null(o.policy);
    assert_int_equal(o.defaults.host_key, HOST_KEY_ACCEPT_NEW);
    assert_true(o.fail_on[STATUS_INFO] && o.fail_on[STATUS_WARN] && o.fail_on[STATUS_ERROR] &&
                !o.fail_on[STATUS_NOTE]);
    assert_int_equal(o.words.count, 2);
    options_clear(&o);
}

static void what_means_nothing_is_refused(void **state)
{
    static const char *const CASES[][2] = {
        {"hosts", "--fail-on warn"}, {"hosts", "--format html"}, {"ping", "-c 5.5"},
        {"scan", "--explain"},       {"judge", "--forks 3"},     {"report", "--limit web"},
        {"scan", "--forks 0"},       {"scan", "--retries 101"},  {"scan", "--timeout soon"},
        {"scan", "--color purple"},  {"scan", "--host-key yes"}, {"scan", "--rate 0"},
        {"scan", "--benchmark 2"},   {"scan", "--ssh-option x"}, {"scan", "--fail-on all"},
        {"scan", "--level 3"},       {"explain", "--verbose"},   {"checks", "--format sarif"},
        {"scan", "--limit"},         {"scan", "--nosuch"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *words = xstrdup(CASES[i][1]);
        struct options o;
        if (parse(&o, CASES[i][0], words) != EXIT_USAGE)
            fail_msg("%s %s is taken", CASES[i][0], CASES[i][1]);
        options_clear(&o);
        free(words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(letters_and_names_are_one_options_only),
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(what_means_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
