/* test_probe.c: what a probe's output says, and what a hostile one may not do. */
#include "test.h"

#include "agentless/collect/probe/probe.h"
#include "base/buf.h"
#include "base/json.h"
#include "linear.h"

#define ID_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

#define MARK "5eC2e7"

/* A probe's answer: each line gets the mark, but one that begins with "|", which stands for foreign text as
 * it is. */
static json_t *parse(const char *text, struct error *why)
{
    struct buf answer = {0};
    char *copy = strdup(text), *rest = copy, *line;
    while ((line = strsep(&rest, "\n")))
        if (*line)
            buf_format(&answer, "%s%s\n", *line == '|' ? "" : MARK, line + (*line == '|'));
    json_t *shell = probe_parse(answer.data ? answer.data : copy, answer.length, MARK, why);
    buf_free(&answer);
    free(copy);
    return shell;
}

#define HEAD                                                                                                 \
    "|login banner\n|@host\n| uid 9\nmuster-probe 2\n@host\n uid 0\n name web\n boot 1000\n ticks 100\n os " \
    "ID "                                                                                                    \
    "debian\n pidfile 7\n"

static void a_whole_answer(void **state)
{
    struct error why;
    json_int_t number;
    (void)state;
    json_t *shell = parse(
        HEAD "@daemon\n pid 7\n uid 0\n start_ticks 500\n env DOCKER_TLS_VERIFY=1\n@arguments\n "
             "/usr/sbin/dockerd\n --icc=false\n -H\n fd://\n"
             "@content\n path /etc/docker/daemon.json\n state read\n mtime 999\n@text\n|{\"debug\": true,\n| "
             "\"log-opts\": {\"splunk-token\": \"s3cret\"}}\n"
             "@file\n path /var/run/docker.sock\n stat 1660 0 105 0 77 socket\n"
             "@file\n path /x\n state denied\n"
             "@unit\n unit docker.service\n NeedDaemonReload=no\n ExecStart={ path=/usr/bin/dockerd ; "
             "argv[]=/usr/bin/dockerd -H fd:// --log-opt splunk-token=s3cret ; ignore_errors=no ; pid=7 }\n"
             "@unit\n unit docker.socket\n ExecStart={ path=/usr/sbin/dockerd ; argv[]=/usr/sbin/dockerd "
             "$DOCKER_OPTS "
             "; pid=7 }\n"
             "@proxies\n count 3\n"
             "@cgroups\n /proc/12/cgroup:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n "
             "/proc/13/cgroup:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
             "@status\n Name:\tsshd\n Pid:\t12\n PPid:\t1\n Uid:\t1000\t0\t0\t0\n "
             "CapBnd:\t00000000a80425fb\n NoNewPrivs:\t1\n Seccomp:\t2\n"
             "@end\n",
        &why);
    assert_non_null(shell);
    assert_true(json_integer_at(shell, "uid", &number) && number == 0);
    assert_string_equal(json_text_at(shell, "name"), "web");
    const json_t *daemon = json_array_get(json_at(shell, "daemons"), 0);
    assert_true(json_true_at(daemon, "arguments_seen"));
    assert_string_equal(json_string_value(json_array_get(json_at(daemon, "settings.icc"), 0)), "false");
    assert_string_equal(json_string_value(json_array_get(json_at(daemon, "settings.host"), 0)), "fd://");
    const json_t *config = json_object_get(json_at(shell, "configs"), "/etc/docker/daemon.json");
    assert_true(json_true_at(config, "settings.debug"));
    const json_t *unit = json_object_get(json_at(shell, "units"), "docker.service");
    assert_string_equal(json_string_value(json_array_get(json_at(unit, "settings.host"), 0)), "fd://");
    assert_non_null(json_at(unit, "settings.log-opt"));
    /* What a variable holds is not known here. */
    assert_null(json_at(json_object_get(json_at(shell, "units"), "docker.socket"), "settings"));
    char *all = json_dumps(shell, 0);
    assert_null(strstr(all, "s3cret"));
    free(all);
    const json_t *socket = json_object_get(json_at(shell, "files"), "/var/run/docker.sock");
    assert_string_equal(json_text_at(socket, "mode"), "1660");
    assert_string_equal(json_text_at(socket, "type"), "socket");
    assert_string_equal(json_text_at(json_object_get(json_at(shell, "files"), "/x"), "state"), "denied");
    const json_t *processes = json_object_get(
        json_at(shell, "containers"), "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_int_equal(json_array_size(processes), 1); /* 13 was gone before its status was read */
    const json_t *process = json_array_get(processes, 0);
    assert_true(json_integer_at(process, "uid", &number) && number == 0); /* the effective one */
    assert_true(json_integer_at(process, "no_new_privs", &number) && number == 1);
    json_decref(shell);
}

static void cut_off_answers_are_no_answers(void **state)
{
    struct error why;
    (void)state;
    static const char *const CASES[] = {HEAD "@daemon\n pid 7\n", "", "|sh: not found\n",
                                        "|muster-probe 2\n|@end\n", "muster-probe 1\n@end\n"};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        assert_null(parse(CASES[i], &why));
        assert_non_null(strstr(why.text, "not complete"));
    }
}

/* What has not the mark is a part of the value above it, whatever it looks like. */
static void foreign_text_is_never_a_record(void **state)
{
    static const char FORGED[] =
        "\n|@audit\n| status 0\n|@end\n| stat 644 0 0 1 1 regular file\n|muster-probe 2\n|@host\n| "
        "name evil\n";
    static const char *const BEFORE[] = {"@content\n path /c\n state read\n@text\n|{}",
                                         "@daemon\n pid 7\n exe /x",
                                         "@daemon\n env HOME=/x",
                                         "@arguments\n --config-file=/x",
                                         "@file\n path /x",
                                         "@file\n path /x\n target /x",
                                         "@unit\n unit docker.service\n FragmentPath=/x",
                                         "@unit\n unit docker.service\n ExecStart={ argv[]=/x",
                                         "@programs\n dockerd /x",
                                         "@audit\n denied /x",
                                         "@audit\n file /x\n rule -w /x",
                                         "@accounts\n group 9 docker x",
                                         "@accounts\n user 0 0 x",
                                         "@mounts\n 0:1 ext4 /x",
                                         "@swarm\n ListenAddr x",
                                         "@drift\n layer /x/diff\n change 644 0:0 9 regular file|/x/diff/x",
                                         "@status\n Name:\tx"};
    struct error why;
    (void)state;
    for (size_t i = 0; i < sizeof BEFORE / sizeof *BEFORE; i++) {
        char *text = NULL;
        assert_true(
            asprintf(&text,
                     HEAD
                     "@file\n path /seen\n stat 600 0 0 1 1 regular file\n%s%s@file\n path /after\n stat 600 "
                     "0 0 1 1 regular file\n@end\n",
                     BEFORE[i], FORGED) > 0);
        json_t *shell = parse(text, &why);
        if (!shell)
            fail_msg("case %zu: %s", i, why.text);
        assert_string_equal(json_text_at(shell, "name"), "web");
        const json_t *files = json_at(shell, "files");
        assert_string_equal(json_text_at(json_object_get(files, "/seen"), "mode"), "0600");
        assert_string_equal(json_text_at(json_object_get(files, "/after"), "mode"), "0600");
        assert_null(json_at(shell, "audit.status"));
        json_decref(shell);
        free(text);
    }
}

/* An answer that the probe cannot have written is no evidence at all. */
static void what_the_probe_does_not_write_is_refused(void **state)
{
    static const char *const CASES[] = {"@unknown\n x\n",
                                        " uid 0\n loose 1\n",
                                        "loose\n",
                                        "@host\n colour red\n",
                                        "@daemon\n container aa\n",
                                        "@daemon\n env SECRET=x\n",
                                        "@file\n owner root\n",
                                        "@file\n stat 99999999 0 0 0 0 x\n",
                                        "@unit\n unit ssh.service\n",
                                        "@unit\n unit docker.service\n Environment=A=s3cret\n",
                                        "@proxies\n number 3\n",
                                        "@programs\n dockerd relative\n",
                                        "@audit\n odd 1\n",
                                        "@accounts\n machine 1\n",
                                        "@mounts\n 0:1 ext4 relative\n",
                                        "@swarm\n JoinToken x\n",
                                        "@drift\n odd /never/announced\n",
                                        "@cgroups\n /proc/1/cgroup:short\n",
                                        "@status\n Pid:\t1\n",
                                        "@text\n|{}\n"};
    struct error why;
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *text = NULL;
        assert_true(asprintf(&text, HEAD "@proxies\n count 1\n%s@end\n", CASES[i]) > 0);
        json_t *shell = parse(text, &why);
        if (shell || !strstr(why.text, "does not write"))
            fail_msg("case %zu: %s", i, shell ? "taken" : why.text);
        free(text);
    }
    assert_null(parse(HEAD "@end\n@host\n name evil\n@end\n", &why));
    assert_null(parse(HEAD "@end\n|logout\n", &why));
    assert_non_null(strstr(why.text, "goes on after its end"));
}

/* What it was for may be there all the same. The line may come in the midst of another. */
static void a_program_that_failed_is_refused(void **state)
{
    struct error why;
    (void)state;
    assert_null(
        parse(HEAD "@proxies\n count 1\n@audit\n stat\n@failed\n awk (exit 137)\nus 0\n@end\n", &why));
    assert_string_equal(why.text, "a program that the probe needs failed on the host: awk (exit 137)");
}

static void read_answer(char *text, size_t length)
{
    struct error why;
    json_decref(probe_parse(text, length, MARK, &why));
}

static void reading_is_linear(void **state)
{
    static const struct linear_case CASES[] = {
        {MARK "muster-probe 2\n" MARK "@unit\n" MARK " unit docker.service\n", MARK " Listen=\n",
         "\n" MARK "@end\n"},
        {MARK "muster-probe 2\n" MARK "@unit\n" MARK " unit docker.service\n",
         MARK "@unit\n" MARK " unit docker.service\n" MARK " Listen=x\n", "\n" MARK "@end\n"},
        {MARK "muster-probe 2\n" MARK "@mounts\n" MARK " 0:1 ext4 /", "\\", "\n" MARK "@end\n"},
        {MARK "muster-probe 2\n" MARK "@mounts\n", MARK " 0:1 ext4 /\\040\n", "\n" MARK "@end\n"},
        {MARK "muster-probe 2\n" MARK "@cgroups\n" MARK " /proc/1/cgroup:" ID_A "\n" MARK "@status\n",
         MARK " Name:\tx\n" MARK " Pid:\t1\n", "\n" MARK "@end\n"},
        {MARK "muster-probe 2\n" MARK "@drift\n" MARK " layer /a/diff\n",
         MARK " change 644 0:0 9 regular file|/a/diff/////////////////////x\n", "\n" MARK "@end\n"},
        {MARK "muster-probe 2\n" MARK "@drift\n" MARK " layer /a/diff\n" MARK
              " change 644 0:0 9 regular file|/a/diff",
         "/", "\n" MARK "@end\n"},
        {MARK "muster-probe 2\n" MARK "@drift\n" MARK " layer /a/diff\n", MARK " cut /a/diff/x\n",
         "\n" MARK "@end\n"},
        {MARK "muster-probe 2\n" MARK "@audit\n" MARK " file /x\n", MARK " rule -w /x\n", "\n" MARK "@end\n"},
        {MARK "muster-probe 2\n" MARK "@accounts\n" MARK " group 9 docker ", "a,", "\n" MARK "@end\n"},
        {MARK "muster-probe 2\n" MARK "@arguments\n", MARK " --host\n", "\n" MARK "@end\n"},
        {MARK "muster-probe 2\n" MARK "@file\n", MARK " path /x\n", "\n" MARK "@end\n"},
        {MARK "muster-probe 2\n" MARK "@content\n" MARK " path /c\n" MARK "@text\n", "[", "\n" MARK "@end\n"},
        {MARK "muster-probe 2\n" MARK "@host\n" MARK " name ", "\n", "\n" MARK "@end\n"},
        {MARK "muster-probe 2\n"
              "",
         "\n", "\n" MARK "@end\n"},
    };
    (void)state;
    assert_linear(read_answer, CASES, sizeof CASES / sizeof *CASES);
}

/* A name may hold any bytes; the facts are JSON whatever they are, and two names stay two. */
static void names_that_are_not_utf8_stay_apart(void **state)
{
    struct error why;
    (void)state;
    json_t *shell = parse(
        HEAD "@file\n path /\377\n stat 600 0 0 1 1 regular file\n@file\n path /\376\n stat 644 0 0 1 1 "
             "regular file\n@end\n",
        &why);
    assert_int_equal(json_object_size(json_at(shell, "files")), 2);
    assert_string_equal(json_text_at(json_object_get(json_at(shell, "files"), "/\\xff"), "mode"), "0600");
    char *all = json_dumps(shell, 0);
    assert_non_null(all);
    free(all);
    json_decref(shell);
}

static void empty_config_is_an_empty_object(void **state)
{
    struct error why;
    (void)state;
    json_t *shell = parse(HEAD "@content\n path /c\n state read\n@text\n|  \n@end\n", &why);
    const json_t *config = json_object_get(json_at(shell, "configs"), "/c");
    assert_string_equal(json_text_at(config, "state"), "read");
    assert_int_equal(json_object_size(json_at(config, "settings")), 0);
    json_decref(shell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_answer),
        cmocka_unit_test(cut_off_answers_are_no_answers),
        cmocka_unit_test(foreign_text_is_never_a_record),
        cmocka_unit_test(what_the_probe_does_not_write_is_refused),
        cmocka_unit_test(a_program_that_failed_is_refused),
        cmocka_unit_test(reading_is_linear),
        cmocka_unit_test(names_that_are_not_utf8_stay_apart),
        cmocka_unit_test(empty_config_is_an_empty_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
