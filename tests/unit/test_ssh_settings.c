/* test_ssh_settings.c: ssh's settings, as ssh -G prints them and as options say them. */
#include "test.h"

#include "agentless/transport/ssh/settings.h"

static void settings_are_ssh_Gs(void **state)
{
    char text[] =
        "host web\nhostname 10.0.0.1\nuser ops\nport 2222\nproxyjump a,b\nidentityfile ~/.ssh/%h-%r\n"
        "certificatefile /c-cert.pub\nidentitiesonly yes\nstricthostkeychecking accept-new\n"
        "connecttimeout 7\nhostkeyalias alias\nuserknownhostsfile /k1 /k2\nunknown x\nproxycommand none\n";
    struct ssh_settings s = {0};
    char web[] = "web";
    struct endpoint where = {.scheme = SCHEME_SSH, .host = web};
    (void)state;
    setenv("HOME", "/home/u", 1);
    ssh_settings_parse(&s, text);
    ssh_settings_complete(&s, &where);
    assert_string_equal(s.host, "10.0.0.1");
    assert_string_equal(s.user, "ops");
    assert_int_equal(s.port, 2222);
    assert_string_equal(s.proxy_jump, "a,b");
    assert_null(s.proxy_command);
    assert_string_equal(s.identities[0], "/home/u/.ssh/10.0.0.1-ops");
    assert_null(s.identities[1]);
    assert_string_equal(s.certificates[0], "/c-cert.pub");
    assert_true(s.identities_only);
    assert_int_equal(s.host_key, HOST_KEY_ACCEPT_NEW);
    assert_int_equal(s.connect_timeout_ms, 7000);
    assert_string_equal(s.host_key_alias, "alias");
    assert_string_equal(s.known_hosts[1], "/k2");
    assert_null(s.known_hosts[2]);
    char *expanded = ssh_settings_expand(&s, "nc %h %p %n %%");
    assert_string_equal(expanded, "nc 10.0.0.1 2222 web %");
    free(expanded);
    ssh_settings_clear(&s);
}

static void options_and_the_endpoint_go_before(void **state)
{
    struct ssh_settings s = {0};
    char web[] = "web", me[] = "me";
    struct endpoint where = {.scheme = SCHEME_SSH, .host = web, .user = me, .port = 23};
    (void)state;
    ssh_settings_option(&s, "User=other");
    ssh_settings_option(&s, "ProxyJump=b1");
    ssh_settings_option(&s, "ProxyJump=b2");
    ssh_settings_option(&s, "StrictHostKeyChecking=no");
    ssh_settings_complete(&s, &where);
    assert_string_equal(s.user, "me");
    assert_int_equal(s.port, 23);
    assert_string_equal(s.proxy_jump, "b1");
    assert_int_equal(s.host_key, HOST_KEY_NO);
    assert_non_null(s.identities[2]); /* the usual ones */
    struct ssh_settings copy;
    ssh_settings_copy(&copy, &s);
    ssh_settings_clear(&s);
    assert_string_equal(copy.proxy_jump, "b1");
    ssh_settings_clear(&copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_ssh_Gs),
        cmocka_unit_test(options_and_the_endpoint_go_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
