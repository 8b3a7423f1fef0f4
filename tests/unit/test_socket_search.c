/* test_socket_search.c: the search for the engine's socket, and what carries it. */
#include "test.h"

#include "agentless/transport/socket_search.h"
#include "base/mem.h"

static void sockets_are_found(void **state)
{
    struct socket_search s;
    (void)state;
    socket_search_parse(&s, "env unix:///run/user/7/docker.sock\nsocket /run/user/7/docker.sock\n"
                            "socket /var/run/docker.sock\nsocket /run/user/7/docker.sock\ntool socat\nend\n");
    assert_int_equal(s.count, 2);
    assert_string_equal(s.sockets[0], "/run/user/7/docker.sock");
    assert_true(s.tools[TOOL_SOCAT]);
    assert_false(s.tools[TOOL_DOCKER]);
    assert_null(s.other_engine);
    assert_true(s.whole);
    socket_search_clear(&s);
    /* What a host says is foreign: nothing that a shell could read otherwise is used; an engine elsewhere is
     * reported. */
    socket_search_parse(&s,
                        "env tcp://10.0.0.9:2375\nsocket /run/$(reboot).sock\nsocket /a b\nsocket relative\n"
                        "socket /run/x';id;'\ntool nc\n");
    assert_int_equal(s.count, 0);
    assert_string_equal(s.other_engine, "tcp://10.0.0.9:2375");
    assert_false(s.whole);
    socket_search_clear(&s);
    char *command = socket_tool_command(TOOL_DOCKER, "/run/docker.sock", true);
    assert_string_equal(command, "sudo -n docker -H unix:///run/docker.sock system dial-stdio");
    free(command);
    command = socket_tool_name(TOOL_PERL, "/run/docker.sock", false);
    assert_string_equal(command, "perl -e '...' /run/docker.sock");
    free(command);
}

/* A login shell may be csh or fish: what stands in single quotes must be read alike by all. */
static void scripts_survive_login_shells(void **state)
{
    (void)state;
    for (int tool = 0; tool < TOOL_COUNT; tool++) {
        char *command = socket_tool_command((enum socket_tool)tool, "/run/x.sock", false);
        char *open = strchr(command, '\''), *close = strrchr(command, '\'');
        assert_null(strchr(command, '!'));
        assert_true(!open || (close > open && strchr(open + 1, '\'') == close));
        assert_null(strchr(command, '\n'));
        free(command);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sockets_are_found),
        cmocka_unit_test(scripts_survive_login_shells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
