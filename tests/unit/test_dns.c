/* test_dns.c: names and addresses are reported from the loop, once each, whoever else asks or gives up. */
#include "test.h"

#include "agentless/transport/dns.h"

struct asked {
    size_t reported, failed;
    char text[64];
    unsigned port;
    struct resolution **cancel; /* to be given up from within the callback; NULL: none */
};

static void on_resolved(void *ctx, const struct addresses *addresses, const struct failure *failure)
{
    struct asked *asked = ctx;
    asked->reported++;
    asked->failed += failure != NULL;
    assert_true((addresses == NULL) == (failure != NULL));
    if (addresses) {
        address_text(&addresses->items[0], asked->text, sizeof asked->text);
        asked->port = ntohs(addresses->items[0].ss_family == AF_INET6
                                ? ((const struct sockaddr_in6 *)&addresses->items[0])->sin6_port
                                : ((const struct sockaddr_in *)&addresses->items[0])->sin_port);
    }
    if (asked->cancel)
        resolve_cancel(*asked->cancel);
}

static void addresses_are_told(void **state)
{
    static const struct {
        const char *host, *text;
    } CASES[] = {{"192.0.2.7", "192.0.2.7"}, {"2001:db8::7", "2001:db8::7"}, {"localhost", NULL}};
    uv_loop_t loop;
    (void)state;
    uv_loop_init(&loop);
    struct resolver *resolver = resolver_new(&loop);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct asked asked = {0};
        resolve_start(resolver, CASES[i].host, 2376 + (unsigned)i, on_resolved, &asked);
        assert_int_equal(asked.reported, 0);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(asked.reported, 1);
        assert_int_equal(asked.failed, 0);
        assert_int_equal(asked.port, 2376 + i);
        if (CASES[i].text)
            assert_string_equal(asked.text, CASES[i].text);
    }
    assert_int_equal(uv_loop_close(&loop), 0);
    resolver_free(resolver);
}

/* Many ask for one name at once, with ports of their own; one gives up before, one while another is reported.
 */
static void one_look_up_for_all(void **state)
{
    static const char *const HOSTS[] = {"localhost", "nosuch.invalid"};
    (void)state;
    for (size_t h = 0; h < 2; h++) {
        uv_loop_t loop;
        struct asked asked[6] = {0};
        struct resolution *resolutions[6];
        uv_loop_init(&loop);
        struct resolver *resolver = resolver_new(&loop);
        for (size_t i = 0; i < 5; i++)
            resolutions[i] = resolve_start(resolver, HOSTS[h], 1000 + (unsigned)i, on_resolved, &asked[i]);
        resolve_cancel(resolutions[1]);
        asked[0].cancel = asked[4].cancel = NULL;
        /* Whichever of the two is reported first gives up the other. */
        asked[2].cancel = &resolutions[3];
        asked[3].cancel = &resolutions[2];
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(asked[0].reported, 1);
        assert_int_equal(asked[1].reported, 0);
        assert_int_equal(asked[2].reported + asked[3].reported, 1);
        assert_int_equal(asked[4].reported, 1);
        assert_int_equal(asked[0].failed, h);
        assert_int_equal(asked[4].port, h ? 0 : 1004);
        /* What is known is reported again, what is not is asked again. */
        resolve_start(resolver, HOSTS[h], 7, on_resolved, &asked[5]);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(asked[5].reported, 1);
        assert_int_equal(asked[5].failed, h);
        assert_int_equal(uv_loop_close(&loop), 0);
        resolver_free(resolver);
    }
}

/* The only one who asked gives up, and another asks before the look-up has ended. */
static void giving_up_and_asking_again(void **state)
{
    uv_loop_t loop;
    struct asked first = {0}, second = {0};
    (void)state;
    uv_loop_init(&loop);
    struct resolver *resolver = resolver_new(&loop);
    resolve_cancel(resolve_start(resolver, "localhost", 1, on_resolved, &first));
    resolve_start(resolver, "localhost", 2, on_resolved, &second);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(first.reported, 0);
    assert_int_equal(second.reported, 1);
    assert_int_equal(second.port, 2);
    assert_int_equal(uv_loop_close(&loop), 0);
    resolver_free(resolver);
}

/* What is not a name at all is that host's failure, and nobody else's. */
static void names_that_are_none(void **state)
{
    uv_loop_t loop;
    char long_name[301];
    const char *const hosts[] = {long_name, "\xff\xfe.example", "two words"};
    (void)state;
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    uv_loop_init(&loop);
    struct resolver *resolver = resolver_new(&loop);
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        struct asked asked = {0};
        resolve_start(resolver, hosts[i], 1, on_resolved, &asked);
        assert_int_equal(asked.reported, 0);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(asked.reported, 1);
        assert_int_equal(asked.failed, 1);
    }
    assert_int_equal(uv_loop_close(&loop), 0);
    resolver_free(resolver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_told), cmocka_unit_test(one_look_up_for_all),
        cmocka_unit_test(giving_up_and_asking_again), cmocka_unit_test(names_that_are_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
