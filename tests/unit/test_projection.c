/* test_projection.c: secrets never enter the facts; what the checks need does. */
#include "test.h"

#include "agentless/collect/reduce/projection.h"
#include "agentless/collect/reduce/redact.h"
#include "base/json.h"

#define CANARY "s3cret-canary"

static const char CONTAINER[] =
    "{'Id':'a','Name':'/db','Path':'sh','Args':['--password=" CANARY
    "'],'State':{'Running':true,'Health':{'Status':'healthy','Log':[{'Output':'" CANARY "'}]}},"
    "'HostConfig':{'Privileged':true,'SecurityOpt':['seccomp={\\\"x\\\":\\\"" CANARY
    "\\\"}','no-new-privileges'],'LogConfig':{'Type':'splunk','Config':{'splunk-token':'" CANARY "'}},"
    "'Annotations':{'k':'" CANARY "'}},"
    "'Config':{'User':'app','Env':['DB_PASSWORD=" CANARY "','EMPTY','" CANARY "','A=b=" CANARY
    "'],'Cmd':['" CANARY "'],'Entrypoint':['" CANARY "'],"
    "'Labels':{'token':'" CANARY
    "','com.docker.compose.project':'shop'},'Healthcheck':{'Test':['CMD','mysql','-p" CANARY "']}},"
    "'NewField':{'x':'" CANARY
    "'},'NetworkSettings':{'Networks':{'n':{'NetworkID':'i','DriverOpts':{'k':'" CANARY "'}}}}}";

static json_t *projected(enum answer_kind document, const char *text)
{
    char *copy = strdup(text);
    struct error why;
    for (char *p = copy; *p; p++)
        if (*p == '\'')
            *p = '"';
    json_t *kept = project(document, copy, strlen(copy), NULL, NULL, &why);
    if (!kept)
        fail_msg("%s", why.text);
    free(copy);
    char *all = json_dumps(kept, JSON_ENCODE_ANY);
    assert_null(strstr(all, CANARY));
    free(all);
    return kept;
}

static void containers(void **state)
{
    (void)state;
    json_t *kept = projected(ANSWER_CONTAINER, CONTAINER);
    assert_true(json_true_at(kept, "HostConfig.Privileged"));
    assert_string_equal(json_string_value(json_array_get(json_at(kept, "Config.Env"), 0)), "DB_PASSWORD");
    assert_string_equal(json_string_value(json_array_get(json_at(kept, "HostConfig.SecurityOpt"), 0)),
                        "seccomp=(custom profile)");
    assert_int_equal(json_array_size(json_at(kept, "Config.Healthcheck.Test")), 1);
    assert_non_null(json_object_get(json_at(kept, "Config.Labels"), "com.docker.compose.project"));
    assert_string_equal(json_text_at(kept, "NetworkSettings.Networks.n.NetworkID"), "i");
    assert_null(json_at(kept, "NewField"));
    json_decref(kept);
}

static void other_documents(void **state)
{
    (void)state;
    json_decref(projected(ANSWER_INFO, "{'Name':'h','Labels':['k=" CANARY "'],'HttpProxy':'http://u:" CANARY
                                       "@p','RegistryConfig':{'Mirrors':['https://u:" CANARY "@m'],"
                                       "'IndexConfigs':{'r':{'Name':'r','Secure':true,'Mirrors':['" CANARY
                                       "']},'u:" CANARY "@r2:5000':{'Name':'u:" CANARY
                                       "@r2:5000'}}},'Warnings':['WARNING: No swap limit support','" CANARY
                                       "'],'Swarm':{'JoinTokens':'" CANARY
                                       "','Cluster':{'JoinTokens':{'Worker':'" CANARY "'}}}}"));
    json_t *volumes = projected(
        ANSWER_VOLUMES,
        "{'Volumes':[{'Name':'v','Options':{'type':'cifs','device':'//nas/x','o':'username=u,password=" CANARY
        ",ro,bind'},'Labels':{'a':'" CANARY "'}}]}");
    assert_string_equal(json_text_at(json_array_get(json_at(volumes, "Volumes"), 0), "Options.o"), "ro,bind");
    json_decref(volumes);
    volumes =
        projected(ANSWER_VOLUMES,
                  "{'Volumes':[{'Name':'v','Options':{'type':'cifs','device':'//u:" CANARY "@nas/x'}}]}");
    assert_string_equal(json_text_at(json_array_get(json_at(volumes, "Volumes"), 0), "Options.device"),
                        "//***@nas/x");
    json_decref(volumes);
    json_t *networks =
        projected(ANSWER_NETWORKS,
                  "[{'Name':'n','Options':{'encrypted':'','com.docker.network.bridge.enable_icc':'false',"
                  "'vendor.password':'" CANARY "','" CANARY "':'x'}}]");
    assert_int_equal(json_object_size(json_at(json_array_get(networks, 0), "Options")), 2);
    json_decref(networks);
    json_decref(projected(ANSWER_CONTAINER, "{'Mounts':[{'Type':'bind','Mode':'" CANARY "'}]}"));
    json_decref(projected(ANSWER_SERVICES,
                          "[{'ID':'s','Spec':{'Name':'n','TaskTemplate':{'ContainerSpec':{'Env':['T=" CANARY
                          "'],'Args':['" CANARY "']}}}}]"));
    json_decref(
        projected(ANSWER_EXEC, "{'ID':'e','ProcessConfig':{'privileged':true,'arguments':['" CANARY "']}}"));
}

static void passwords_in_addresses(void **state)
{
    static const struct {
        const char *text, *redacted; /* NULL: as it is */
    } CASES[] = {
        {"https://user:pass@host/path", "https://***@host/path"},
        {"a https://u:p@h, b", "a https://***@h, b"},
        {"--registry-mirror=https://u:p@h", "--registry-mirror=https://***@h"},
        {"//user:pa/ss@nas/share", "//***@nas/share"},
        {"https://u:p@ss@h", "https://***@h"},
        {"u:p@registry:5000", "***@registry:5000"},
        {"name=u:p@registry/x", "name=***@registry/x"},
        {"https://user@host", NULL},
        {"nginx:1.25@sha256:0123", NULL},
        {"registry:5000/nginx@sha256:0123", NULL},
        {"https://registry:5000/nginx:1@sha256:0123", NULL},
        {"getty@tty1.service", NULL},
        {"tcp://0.0.0.0:2375", NULL},
        {"/a:b@c", NULL},
        {":@x", NULL},
        {"@", NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *redacted = redact_text(CASES[i].text);
        if (!CASES[i].redacted)
            assert_null(redacted);
        else
            assert_string_equal(redacted, CASES[i].redacted);
        free(redacted);
    }
}

/* A document of another shape than promised yields nothing, and no crash. */
static void wrong_shapes(void **state)
{
    static const char *const SHAPES[] = {
        "[]", "{}", "[[1,2],null]", "{'Config':[1],'HostConfig':'x','Mounts':{'a':1}}", "[{'Id':{'x':1}}]"};
    (void)state;
    for (int d = ANSWER_VERSION; d <= ANSWER_SERVICES; d++)
        for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++)
            json_decref(projected((enum answer_kind)d, SHAPES[i]));
}

/* What is not JSON is refused, also where only what is dropped is broken off; never half taken. */
static void no_json(void **state)
{
    static const struct {
        const char *text, *why;
    } CASES[] = {
        {"", "missing"},
        {"  ", "missing"},
        {"{", "missing"},
        {"{\"Id\":", "missing"},
        {"{\"Id\":\"a\"", "does not end"},
        {"{\"Id\":\"a\",}", "missing"},
        {"{\"Id\":\"a\"}}", "behind its end"},
        {"{\"Path\":[1,2", "does not end"},
        {"{\"Path\":\"x", "does not end"},
        {"{\"Id\" \"a\"}", "no name"},
        {"{1:2}", "no name"},
        {"{\"Mounts\":[{\"Type\":\"bind\"}", "does not end"},
        {"{\"Mounts\":[,]}", "missing"},
        {"{\"Id\":\"\xff\"}", "byte 0xff"},
        {"{\"Id\":\"a\nb\"}", "newline"},
        {"{\"Id\":tru}", "invalid"},
        {"<html>", "invalid"},
    };
    struct error why;
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        json_t *kept = project(ANSWER_CONTAINER, CASES[i].text, strlen(CASES[i].text), NULL, NULL, &why);
        if (kept || !strcasestr(why.text, CASES[i].why))
            fail_msg("%s: %s", CASES[i].text, kept ? "taken" : why.text);
        json_decref(kept);
    }
}

static void deep_answers_are_refused(void **state)
{
    char text[600];
    struct error why;
    (void)state;
    memset(text, '[', 300);
    memset(text + 300, ']', 300);
    assert_null(project(ANSWER_CONTAINER, text, sizeof text, NULL, NULL, &why));
    assert_non_null(strstr(why.text, "deep"));
}

/* The same whatever the order, the spaces and the repetition: the last of two members of a name counts. */
static void spelling_does_not_matter(void **state)
{
    struct error why;
    const char *text =
        " {\n\"HostConfig\" : { \"Privileged\":false, \"Privileged\" :\ttrue} , \"Id\": \"[\\\"}\" } ";
    (void)state;
    json_t *kept = project(ANSWER_CONTAINER, text, strlen(text), NULL, NULL, &why);
    assert_true(json_true_at(kept, "HostConfig.Privileged"));
    assert_string_equal(json_text_at(kept, "Id"), "[\"}");
    json_decref(kept);
    kept = project(ANSWER_IMAGES, "null\n", 5, NULL, NULL, &why);
    assert_true(json_is_array(kept));
    json_decref(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(containers),
                                       cmocka_unit_test(other_documents),
                                       cmocka_unit_test(passwords_in_addresses),
                                       cmocka_unit_test(wrong_shapes),
                                       cmocka_unit_test(no_json),
                                       cmocka_unit_test(deep_answers_are_refused),
                                       cmocka_unit_test(spelling_does_not_matter)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
