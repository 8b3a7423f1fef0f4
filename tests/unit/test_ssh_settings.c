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

static void words_about_trust_and_login_are_kept(void **state)
{
    char text[] =
        "identityagent none\nidentityfile none\nuserknownhostsfile none\nglobalknownhostsfile none\n"
        "revokedhostkeys /r\nknownhostscommand /bin/k %H\nhostkeyalgorithms a,b\n"
        "casignaturealgorithms c\nrequiredrsasize 3072\npubkeyauthentication false\n"
        "passwordauthentication no\npreferredauthentications password\ncheckhostip yes\n"
        "addressfamily inet6\nbindaddress ::1\nciphers x\nmacs y\nkexalgorithms z\n"
        "pubkeyacceptedalgorithms p\n";
    struct ssh_settings s = {0}, copy;
    char web[] = "web";
    struct endpoint where = {.scheme = SCHEME_SSH, .host = web};
    (void)state;
    ssh_settings_parse(&s, text);
    ssh_settings_complete(&s, &where);
    ssh_settings_copy(&copy, &s);
    ssh_settings_clear(&s);
    assert_true(copy.no_agent && !copy.agent);
    assert_null(copy.identities);
    assert_null(copy.known_hosts);
    assert_string_equal(copy.revoked_host_keys, "/r");
    assert_string_equal(copy.known_hosts_command, "/bin/k %H");
    assert_string_equal(copy.host_key_algorithms, "a,b");
    assert_string_equal(copy.ca_algorithms, "c");
    assert_int_equal(copy.rsa_bits_min, 3072);
    assert_true(copy.no_public_key && copy.no_password && copy.check_host_ip);
    assert_string_equal(copy.methods, "password");
    assert_string_equal(copy.address_family, "inet6");
    assert_string_equal(copy.bind_address, "::1");
    assert_string_equal(copy.key_exchanges, "z");
    ssh_settings_clear(&copy);
}

/* ssh is asked wherever a word may mean another thing to it. */
static void only_plain_options_are_read_without_ssh(void **state)
{
    static const char *const PLAIN[] = {
        "ProxyJump=a@b:3,c",          "Port=22",         "User=me", "StrictHostKeyChecking=no",
        "ProxyCommand=nc -X 5 %h %p", "ConnectTimeout=5"};
    static const char *const OTHERS[] = {
        "RevokedHostKeys=/r", "Foo=bar", "User=\"me\"", "HostName=%h.example", "UserKnownHostsFile=/dev/null",
        "IdentityFile=~/a b", "Port"};
    (void)state;
    for (size_t i = 0; i < sizeof PLAIN / sizeof *PLAIN; i++)
        assert_true(ssh_settings_option_is_plain(PLAIN[i]));
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        assert_false(ssh_settings_option_is_plain(OTHERS[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_ssh_Gs),
        cmocka_unit_test(options_and_the_endpoint_go_before),
        cmocka_unit_test(words_about_trust_and_login_are_kept),
        cmocka_unit_test(only_plain_options_are_read_without_ssh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
