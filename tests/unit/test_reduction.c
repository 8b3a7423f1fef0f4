/* test_reduction.c: what is kept of a build step, an environment, a list of changes: enough to judge, no
 * secret. */
#include "test.h"

#include "agentless/collect/reduce/build_step.h"
#include "agentless/collect/reduce/drift.h"
#include "agentless/collect/reduce/projection.h"
#include "agentless/collect/reduce/secret_shape.h"
#include "base/json.h"
#include "linear.h"

#include <string.h>

#define TOKEN                                                                                                \
    "ghp_"                                                                                                   \
    "0123456789abcdefghijABCDEFGHIJ012345"

static void steps(void **state)
{
    static const struct {
        const char *created_by, *kept;
    } STEPS[] = {
        {"/bin/sh -c #(nop) ADD file:5dd in / ", "{\"instruction\":\"ADD\",\"base\":true}"},
        {"/bin/sh -c #(nop) ADD file:5dd in /app ", "{\"instruction\":\"ADD\"}"},
        {"ADD alpine-minirootfs-3.20-x86_64.tar.gz / # buildkit", "{\"instruction\":\"ADD\",\"base\":true}"},
        {"ADD https://example.org/x.tar / # buildkit", "{\"instruction\":\"ADD\"}"},
        {"COPY . /ADD # buildkit", "{\"instruction\":\"COPY\"}"},
        {"/bin/sh -c #(nop)  ENV LOADDIR=/srv", "{\"instruction\":\"ENV\"}"},
        {"RUN /bin/sh -c apt-get update # buildkit",
         "{\"instruction\":\"RUN\",\"update_alone\":\"apt-get\"}"},
        {"/bin/sh -c apt-get -qq update", "{\"instruction\":\"RUN\",\"update_alone\":\"apt-get\"}"},
        {"/bin/sh -c set -eux; apt-get update; apt-get install -y curl", "{\"instruction\":\"RUN\"}"},
        {"RUN /bin/sh -c apt-get update && apt-get -y upgrade # buildkit", "{\"instruction\":\"RUN\"}"},
        {"/bin/sh -c update-alternatives --install /usr/bin/x x /y 1", "{\"instruction\":\"RUN\"}"},
        {"/bin/sh -c update-ca-certificates", "{\"instruction\":\"RUN\"}"},
        {"/bin/sh -c echo apt-get update", "{\"instruction\":\"RUN\"}"},
        {"|1 FOO=bar /bin/sh -c apt-get update", "{\"instruction\":\"RUN\",\"update_alone\":\"apt-get\"}"},
        {"RUN |2 FOO=a b BAR= /bin/sh -c apt-get update # buildkit",
         "{\"instruction\":\"RUN\",\"update_alone\":\"apt-get\"}"},
        {"/bin/bash -o pipefail -c apt-get update", "{\"instruction\":\"RUN\",\"update_alone\":\"apt-get\"}"},
        {"RUN /bin/bash -euxo pipefail -c apt-get update # buildkit",
         "{\"instruction\":\"RUN\",\"update_alone\":\"apt-get\"}"},
        {"|1 X=y /bin/bash -o pipefail -c apt-get update && apt-get install -y curl",
         "{\"instruction\":\"RUN\"}"},
        {"/bin/sh -c apk add --no-cache curl", "{\"instruction\":\"RUN\"}"},
        {"/bin/sh -c apk update", "{\"instruction\":\"RUN\",\"update_alone\":\"apk\"}"},
        {"/bin/sh -c yum -y update", "{\"instruction\":\"RUN\"}"},
        {"/bin/sh -c dnf makecache", "{\"instruction\":\"RUN\",\"update_alone\":\"dnf\"}"},
        {"/bin/sh -c zypper ref", "{\"instruction\":\"RUN\",\"update_alone\":\"zypper\"}"},
        {"/bin/sh -c yum install -y --nogpgcheck x",
         "{\"instruction\":\"RUN\",\"unverified\":\"--nogpgcheck\"}"},
        {"/bin/sh -c #(nop) ENV DB_PASSWORD=hunter22",
         "{\"instruction\":\"ENV\",\"secrets\":[\"DB_PASSWORD\"]}"},
        {"ENV API_TOKEN=\"some thing\"", "{\"instruction\":\"ENV\",\"secrets\":[\"API_TOKEN\"]}"},
        {"ENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D", "{\"instruction\":\"ENV\"}"},
        {"/bin/sh -c curl -H x:" TOKEN, "{\"instruction\":\"RUN\",\"secrets\":[\"(text)\"]}"},
        {"RUN |1 NPM_TOKEN=hunter22 /bin/sh -c npm ci # buildkit",
         "{\"instruction\":\"RUN\",\"secrets\":[\"NPM_TOKEN\"]}"},
        {"", "{\"instruction\":\"\"}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        json_t *step = build_step(STEPS[i].created_by);
        json_t *wanted = json_loads(STEPS[i].kept, 0, NULL);
        char *text = json_dumps(step, JSON_COMPACT);
        if (!json_equal(step, wanted))
            fail_msg("%s: %s, not %s", STEPS[i].created_by, text, STEPS[i].kept);
        assert_null(strstr(text, "hunter22"));
        free(text);
        json_decref(step);
        json_decref(wanted);
    }
}

static void secrets(void **state)
{
    static const char *const SECRET[] = {"DB_PASSWORD=x1y2z3",
                                         "dbPassword=x1y2z3",
                                         "AWS_SECRET_ACCESS_KEY=abcdefgh",
                                         "APIKEY=abcdefgh",
                                         "X=AKIAABCDEFGHIJKLMNOP",
                                         "URL=https://u:pw@example.org/",
                                         "A=-----BEGIN RSA PRIVATE KEY-----",
                                         "J=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x",
                                         "MYSQL_ROOT_PASS=abcdefgh",
                                         "FILE_PASSWORD=abcdefgh",
                                         "SERVICE_TOKEN=abcdefgh",
                                         "JWT_SIGNING_KEY=abcdefgh",
                                         "API_KEY=0123456789abcdef0123456789abcdef01234567",
                                         "G=" TOKEN};
    static const char *const HARMLESS[] = {"PATH=/usr/bin",
                                           "GPG_KEY=A035C8C1",
                                           "GPG_COUCH_KEY=0123456789abcdef0123456789abcdef01234567",
                                           "SWIFT_SIGNING_KEY=52BB7E3DE28A71BE22EC05FFEF80A866B47A981F",
                                           "key=859B E8D7 C586 F538 430B 19C2 467B 942D 3A79 BD29",
                                           "REGISTRY_AUTH_TOKEN_REALM=registry.example",
                                           "REGISTRY_AUTH_TOKEN_SERVICE=registry",
                                           "REGISTRY_AUTH_TOKEN_ISSUER=issuer",
                                           "TOKEN_ENDPOINT=https://login.example/token",
                                           "CACHE_KEY_PREFIX=prod-cache",
                                           "PARTITION_KEY=tenantId",
                                           "KEYBOARD=us",
                                           "PASSENGERS=twelve12",
                                           "TOKENIZERS_PARALLELISM=true",
                                           "PWD=/srv",
                                           "DB_PASSWORD_FILE=/run/secrets/db",
                                           "DB_PASSWORD=",
                                           "SECRET=/run/secrets/x",
                                           "PUBLIC_KEY=abcdefgh",
                                           "MONKEY=abcdefgh",
                                           "USE_TOKEN=true",
                                           "URL=https://example.org:80/@x",
                                           "PASSWORD=$OTHER",
                                           "NOVALUE"};
    (void)state;
    for (size_t i = 0; i < sizeof SECRET / sizeof *SECRET; i++)
        if (!secret_pair(SECRET[i]))
            fail_msg("%s is a secret", SECRET[i]);
    for (size_t i = 0; i < sizeof HARMLESS / sizeof *HARMLESS; i++)
        if (secret_pair(HARMLESS[i]))
            fail_msg("%s is no secret", HARMLESS[i]);
}

static void changes(void **state)
{
    static const char ANSWER[] =
        "[{\"Path\":\"/etc\",\"Kind\":0},{\"Path\":\"/etc/"
        "passwd\",\"Kind\":0},{\"Path\":\"/opt\",\"Kind\":1},"
        "{\"Path\":\"/opt/a\",\"Kind\":1},{\"Path\":\"/"
        "run\",\"Kind\":0},{\"Path\":\"/run/x.pid\",\"Kind\":1},"
        "{\"Path\":\"/usr/bin/nc\",\"Kind\":1},{\"Path\":\"/var/lib/x\",\"Kind\":2}]";
    struct error why;
    json_t *drift = drift_from_changes(ANSWER, strlen(ANSWER), NULL, NULL, &why);
    json_int_t written = 0, deleted = 0, noise = 0;
    (void)state;
    assert_true(json_integer_at(drift, "written", &written) && json_integer_at(drift, "deleted", &deleted) &&
                json_integer_at(drift, "noise", &noise));
    /* /etc, /opt and /run are only the folders above. */
    assert_int_equal(written, 3);
    assert_int_equal(deleted, 1);
    assert_int_equal(noise, 1);
    assert_int_equal(json_array_size(json_object_get(drift, "telling")), 2);
    json_decref(drift);
    static const char *const BROKEN[] = {"",      "{}",   "[",   "[{\"Path\":\"/a\",\"Kind\":1}",
                                         "[1 2]", "[] x", "[{]", "[,]"};
    for (size_t i = 0; i < sizeof BROKEN / sizeof *BROKEN; i++) {
        json_t *kept = drift_from_changes(BROKEN[i], strlen(BROKEN[i]), NULL, NULL, &why);
        if (kept)
            fail_msg("%s is taken", BROKEN[i]);
    }
    drift = drift_from_changes("null", 4, NULL, NULL, &why);
    assert_non_null(drift);
    json_decref(drift);
}

/* What nobody wants any more is not read on: a worker's thread is needed by others. */
static void abandoned_answers(void **state)
{
    static const char LIST[] = "[{\"Path\":\"/a\",\"Kind\":1},{\"Path\":\"/b\",\"Kind\":1}]";
    static const char NETWORKS[] = "[{\"Name\":\"a\"},{\"Name\":\"b\"}]";
    atomic_bool abandoned = false;
    struct error why;
    (void)state;
    json_t *drift = drift_from_changes(LIST, strlen(LIST), NULL, &abandoned, &why);
    json_t *networks = project(ANSWER_NETWORKS, NETWORKS, strlen(NETWORKS), NULL, &abandoned, &why);
    assert_int_equal(json_integer_value(json_object_get(drift, "written")), 2);
    assert_int_equal(json_array_size(networks), 2);
    json_decref(drift);
    json_decref(networks);
    abandoned = true;
    assert_null(drift_from_changes(LIST, strlen(LIST), NULL, &abandoned, &why));
    assert_null(project(ANSWER_NETWORKS, NETWORKS, strlen(NETWORKS), NULL, &abandoned, &why));
}

static enum answer_kind kind;

static void read_projected(char *text, size_t length)
{
    struct error why;
    json_t *container = json_pack("{s:[]}", "Mounts");
    for (int i = 0; i < 2000; i++)
        json_array_append_new(json_object_get(container, "Mounts"), json_pack("{s:s}", "Destination", "/m"));
    json_decref(project(kind, text, length, kind == ANSWER_CHANGES ? container : NULL, NULL, &why));
    json_decref(container);
}

/* What a host would keep a thread busy with. */
static void reading_is_linear(void **state)
{
    static const struct {
        enum answer_kind kind;
        struct linear_case text;
    } CASES[] = {
        {ANSWER_HISTORY, {"[{\"CreatedBy\": \"RUN ", "A= ", "\"}]"}},
        {ANSWER_HISTORY, {"[{\"CreatedBy\": \"RUN ", "PASSWORD=\\\"x\\\" ", "\"}]"}},
        {ANSWER_HISTORY, {"[{\"CreatedBy\": \"RUN ", "ghp_", "\"}]"}},
        {ANSWER_HISTORY, {"[{\"CreatedBy\": \"RUN ", "://", "\"}]"}},
        {ANSWER_HISTORY, {"[{}", ",{\"CreatedBy\": \"RUN A=\"}", "]"}},
        {ANSWER_CHANGES, {"[{\"Path\": \"/a\", \"Kind\": 1}", ",{\"Path\": \"/a/b\", \"Kind\": 1}", "]"}},
        {ANSWER_CHANGES, {"[", "[", ""}},
        {ANSWER_CONTAINER, {"{\"ExecIDs\": [{}", ",{}", "]}"}},
        {ANSWER_CONTAINER, {"{\"Config\": {\"Env\": [\"A\"", ",\"PASSWORD=abcdefgh\"", "]}}"}},
        {ANSWER_CONTAINER, {"{\"Config\": {\"Labels\": {\"a\": \"b\"", ",\"a\":\"b\"", "}}}"}},
        {ANSWER_CONTAINER, {"{\"HostConfig\": {\"SecurityOpt\": [\"a\"", ",\"seccomp={\"", "]}}"}},
        {ANSWER_CONTAINER, {"{\"Name\": \"", "n", "\"}"}},
        {ANSWER_INFO, {"{\"Warnings\": ", "[", ""}},
        {ANSWER_INFO, {"{", "\"x\":1,", "\"Name\":\"x\"}"}},
        {ANSWER_VOLUMES, {"{\"Volumes\": [{\"Options\": {\"o\": \"", "a,", "\"}}]}"}},
        {ANSWER_IMAGES, {"[{}", ",{\"RepoTags\":[\"a\"]}", "]"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        kind = CASES[i].kind;
        assert_linear(read_projected, &CASES[i].text, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps),
        cmocka_unit_test(secrets),
        cmocka_unit_test(changes),
        cmocka_unit_test(abandoned_answers),
        cmocka_unit_test(reading_is_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
