/* test_policy.c: what a policy file and an inventory's variables may say, and what is refused in which words.
 */
#include "test.h"

#include "base/mem.h"
#include "inventory/policy.h"

#include <unistd.h>

static json_t *load(const char *text, struct error *err)
{
    char path[] = "/tmp/muster-policy.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    json_t *file = policy_load(path, err);
    unlink(path);
    return file;
}

static void files_are_checked_in_words(void **state)
{
    static const struct {
        const char *text, *said; /* NULL: it is taken */
    } CASES[] = {
        {"{}", NULL},
        {"{\"all\":{\"level\":2,\"expect_swarm\":true,\"min_engine\":\"27.3\",\"checks\":[\"5.*\"]},"
         "\"groups\":{\"db\":{\"trusted_users\":[]}},\"hosts\":{\"a\":{\"level\":1}}}",
         NULL},
        {"[]", "a policy file is a JSON object"},
        {"{\"all\":[]}", "\"all\" is no object"},
        {"{\"groups\":1}", "\"groups\" is no object"},
        {"{\"hosts\":{\"a\":\"b\"}}", "\"a\" is no object"},
        {"{\"host\":{}}", "unknown part \"host\""},
        {"{\"all\":{\"levels\":1}}", "unknown key \"levels\""},
        {"{\"groups\":{\"db\":{\"nosuch\":1}}}", "\"db\" has an unknown key"},
        {"{\"all\":{\"level\":3}}", "1 or 2"},
        {"{\"all\":{\"level\":\"1\"}}", "1 or 2"},
        {"{\"all\":{\"expect_swarm\":\"yes\"}}", "true or false"},
        {"{\"all\":{\"checks\":\"5.5\"}}", "a list of strings"},
        {"{\"all\":{\"checks\":[5]}}", "a list of strings"},
        {"{\"all\":{\"min_engine\":\"new\"}}", "a version such as"},
        {"{\"all\":{\"min_engine\":27.3}}", "a version such as"},
        {"{\"all\":{},\"all\":{}}", ":1: duplicate object key"},
        {"{\"all\":", ":1: "},
        {"", ":1: "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct error err = {""};
        json_t *file = load(CASES[i].text, &err);
        if (!CASES[i].said != (file != NULL) || (CASES[i].said && !strstr(err.text, CASES[i].said)))
            fail_msg("%s: %s", CASES[i].text, err.text);
        json_decref(file);
    }
    struct error err = {""};
    assert_null(policy_load("/nosuch/policy", &err));
    assert_non_null(strstr(err.text, "/nosuch/policy"));
}

static void words_are_checked_too(void **state)
{
    static const struct {
        const char *key, *text, *said;
    } CASES[] = {{"level", "2", NULL},         {"level", "3", "1 or 2"},
                 {"expect_swarm", "no", NULL}, {"expect_swarm", "maybe", "yes or no"},
                 {"min_engine", "27.3", NULL}, {"min_engine", "v27", "a version"},
                 {"checks", "5.5,X.*", NULL},  {"checks", "1.1", NULL},
                 {"nosuch", "1", "is no key"}};
    json_t *policy = json_object();
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct error err = {""};
        int result = policy_set(policy, CASES[i].key, CASES[i].text, &err);
        if (!CASES[i].said != (result == 0) || (CASES[i].said && !strstr(err.text, CASES[i].said)))
            fail_msg("%s=%s: %s", CASES[i].key, CASES[i].text, err.text);
    }
    char *text = json_dumps(policy, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(text, "{\"checks\":[\"5.5\",\"X.*\",\"1.1\"],\"expect_swarm\":false,\"level\":2,"
                              "\"min_engine\":\"27.3\"}");
    free(text);
    json_decref(policy);
    assert_true(policy_has_key("trusted_users"));
    assert_false(policy_has_key("ansible_host"));
}

/* All, then the groups as they come (by name), then the host. */
static void the_nearest_word_wins(void **state)
{
    struct error err = {""};
    json_t *file =
        load("{\"all\":{\"level\":1,\"checks\":[\"1\"]},\"groups\":{\"b\":{\"checks\":[\"b\"]},\"a\":{"
             "\"checks\":[\"a\"],\"level\":2}},\"hosts\":{\"h\":{\"min_engine\":\"1.2\"}}}",
             &err);
    json_t *policy = json_object(), *groups = json_pack("[s,s]", "a", "b");
    (void)state;
    policy_for_host(policy, file, "h", groups);
    char *text = json_dumps(policy, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(text, "{\"checks\":[\"b\"],\"level\":2,\"min_engine\":\"1.2\"}");
    free(text);
    policy_for_host(policy, NULL, "h", groups);
    json_decref(policy);
    json_decref(groups);
    json_decref(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_checked_in_words),
        cmocka_unit_test(words_are_checked_too),
        cmocka_unit_test(the_nearest_word_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
