/* test_daemon_settings.c: dockerd's argument syntax in all its forms, and paths and capabilities. */
#include "test.h"

#include "agentless/checks/capabilities.h"
#include "agentless/checks/host_path.h"
#include "agentless/collect/reduce/daemon_settings.h"
#include "base/json.h"

static void expect(const char *const *arguments, size_t count, const char *name, const char *wanted)
{
    json_t *settings = daemon_settings_from_arguments(arguments, count);
    char *text = json_dumps(json_object_get(settings, name), JSON_COMPACT | JSON_ENCODE_ANY);
    if (wanted)
        assert_string_equal(text, wanted);
    else
        assert_null(text);
    free(text);
    json_decref(settings);
}

#define EXPECT(name, wanted, ...)                                                                            \
    do {                                                                                                     \
        const char *const words[] = {"dockerd", __VA_ARGS__};                                                \
        expect(words, sizeof words / sizeof *words, name, wanted);                                           \
    } while (0)

static void argument_forms(void **state)
{
    (void)state;
    EXPECT("icc", "[\"false\"]", "--icc=false");
    EXPECT("icc", "[\"true\"]", "--icc", "false"); /* a bare boolean takes no value */
    EXPECT("log-level", "[\"debug\"]", "--log-level", "debug");
    EXPECT("log-level", "[\"debug\"]", "-l", "debug");
    EXPECT("log-level", "[\"debug\"]", "-ldebug");
    EXPECT("log-level", "[\"warn\"]", "-Dl", "warn");
    EXPECT("debug", "[\"true\"]", "-D");
    EXPECT("host", "[\"fd://\",\"tcp://0.0.0.0:2375\"]", "-H", "fd://", "--host=tcp://0.0.0.0:2375");
    EXPECT("cgroup-parent", "[\"/x\"]", "--unknown", "--cgroup-parent", "/x");
    EXPECT("log-opt", "[\"(hidden)\"]", "--log-opt", "splunk-token=abc");
    EXPECT("icc", NULL, "--log-opt", "--icc=false"); /* a value that looks like a flag is a value */
    EXPECT("http-proxy", "[\"(hidden)\"]", "--http-proxy=http://u:p@h");
}

static void config_names(void **state)
{
    json_t *config = json_pack("{s:[s], s:b, s:{s:s}, s:s}", "hosts", "fd://", "icc", 0, "log-opts", "tag",
                               "secret", "novel-key", "secret");
    json_t *settings = daemon_settings_from_config(config);
    (void)state;
    assert_string_equal(json_string_value(json_array_get(json_object_get(settings, "host"), 0)), "fd://");
    assert_true(json_is_false(json_object_get(settings, "icc")));
    assert_string_equal(json_text_at(settings, "log-opt"), "(hidden)");
    assert_string_equal(json_text_at(settings, "novel-key"), "(hidden)");
    json_decref(settings);
    json_decref(config);
    config = json_array();
    assert_null(daemon_settings_from_config(config));
    json_decref(config);
}

static void paths(void **state)
{
    char path[64];
    (void)state;
    assert_true(host_path("/var/run//docker.sock/", path, sizeof path));
    assert_string_equal(path, "/run/docker.sock");
    assert_true(host_path("/a/./b/../../..", path, sizeof path));
    assert_string_equal(path, "/");
    assert_true(host_path("/var/runner", path, sizeof path));
    assert_string_equal(path, "/var/runner");
    assert_false(host_path("relative", path, sizeof path));
    assert_true(path_within("/etc/ssl", "/etc"));
    assert_false(path_within("/etcetera", "/etc"));
    assert_true(path_within("/x", "/"));
}

static void capability_sets(void **state)
{
    json_t *names = json_pack("[s,s,s]", "CAP_CHOWN", "net_admin", "nosuch");
    const char *unknown = NULL;
    char text[64];
    uint64_t set = capabilities_of(names, &unknown);
    (void)state;
    assert_int_equal(set, 1ULL | 1ULL << 12);
    assert_string_equal(unknown, "nosuch");
    capabilities_text(set, text, sizeof text);
    assert_string_equal(text, "CHOWN NET_ADMIN");
    json_decref(names);
    assert_true(capabilities_from_hex("00000000a80425fb", &set) && set == CAPABILITIES_DEFAULT);
    assert_false(capabilities_from_hex("zz", &set));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(argument_forms), cmocka_unit_test(config_names),
                                       cmocka_unit_test(paths), cmocka_unit_test(capability_sets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
