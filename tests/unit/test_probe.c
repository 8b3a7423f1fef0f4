/* test_probe.c: what a probe's output says, and what a hostile one may not do. */
#include "test.h"

#include "agentless/collect/probe/probe.h"
#include "base/json.h"

static json_t *parse(const char *text, struct error *why)
{
    char *copy = strdup(text);
    json_t *shell = probe_parse(copy, strlen(copy), why);
    free(copy);
    return shell;
}

#define HEAD                                                                                                 \
    "login banner\n@host\n uid 9\nmuster-probe 1\n@host\n uid 0\n name web\n boot 1000\n ticks 100\n os ID " \
    "debian\n pidfile 7\n"

static void a_whole_answer(void **state)
{
    struct error why;
    json_int_t number;
    (void)state;
    json_t *shell = parse(
        HEAD
        "@daemon\n pid 7\n uid 0\n start_ticks 500\n env DOCKER_TLS_VERIFY=1\n@arguments\n "
        "/usr/sbin/dockerd\n --icc=false\n -H\n fd://\n"
        "@content\n path /etc/docker/daemon.json\n state read\n mtime 999\n@text\n {\"debug\": true,\n  "
        "\"log-opts\": {\"splunk-token\": \"s3cret\"}}\n"
        "@file\n path /var/run/docker.sock\n stat 1660 0 105 0 77 socket\n"
        "@file\n path /x\n state denied\n"
        "@unit\n unit docker.service\n NeedDaemonReload=no\n ExecStart={ path=/usr/bin/dockerd ; "
        "argv[]=/usr/bin/dockerd -H fd:// --log-opt splunk-token=s3cret ; ignore_errors=no ; pid=7 }\n"
        " unit other.service\n ExecStart={ path=/usr/sbin/dockerd ; argv[]=/usr/sbin/dockerd $DOCKER_OPTS "
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
    assert_null(json_at(json_object_get(json_at(shell, "units"), "other.service"), "settings"));
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
    assert_null(parse(HEAD "@daemon\n pid 7\n", &why));
    assert_null(parse("", &why));
    assert_null(parse("sh: not found\n", &why));
}

/* A file whose content looks like records stays content: its lines begin with a blank. */
static void content_cannot_forge_records(void **state)
{
    struct error why;
    (void)state;
    json_t *shell = parse(HEAD "@content\n path /etc/docker/daemon.json\n state read\n@text\n {}\n @end\n "
                               "@host\n  name evil\n@end\n",
                          &why);
    assert_non_null(shell);
    assert_string_equal(json_text_at(shell, "name"), "web");
    const json_t *config = json_object_get(json_at(shell, "configs"), "/etc/docker/daemon.json");
    assert_string_equal(json_text_at(config, "state"), "malformed");
    json_decref(shell);
}

static void empty_config_is_an_empty_object(void **state)
{
    struct error why;
    (void)state;
    json_t *shell = parse(HEAD "@content\n path /c\n state read\n@text\n  \n@end\n", &why);
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
        cmocka_unit_test(content_cannot_forge_records),
        cmocka_unit_test(empty_config_is_an_empty_object),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
