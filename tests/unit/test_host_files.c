/* test_host_files.c: a host's files as --host-files shows them while questions fail: what could not be seen
 * changes no verdict. */
#include "test.h"

#include "../fuzz/simulated_archive.h"
#include "agentless/checks/catalog.h"
#include "agentless/checks/judge.h"
#include "agentless/facts/document.h"
#include "golden_case.h"

#define FILE_AT(path, text) path "\nf" text "\xff"
#define FOLDER_AT(path, list) path "\nd" list "\xff"
#define RULE(path) "-w " path " -p rwxa -k docker\n"
#define AND "\xfe"
#define LINK_AT(path, target) path "\nl" target "\xff"

/* With something to find in each part that is made of several files. */
static const char FILES[] = FILE_AT(
    "/etc/docker/daemon.json",
    "{\"tlsverify\":true,\"tlscacert\":\"/etc/docker/ca.pem\",\"hosts\":[\"unix:///run/docker.sock\","
    "\"tcp://0.0.0.0:2376\"],\"icc\":false}") LINK_AT("/var/run", "/run") FOLDER_AT("/run", "")
    FOLDER_AT("/srv/default", "") FILE_AT("/run/docker.sock", "in place of a socket") LINK_AT(
        "/etc/default", "/srv/default") FILE_AT("/etc/docker/ca.pem", "certificate")
        FILE_AT("/etc/group", "root:x:0:\ndocker:x:999:dev,ops\n") FILE_AT(
            "/etc/passwd",
            "root:x:0:0:root:/root:/bin/sh\ndev:x:1000:999::/home/dev:/bin/sh\n") FOLDER_AT("/etc/docker", "")
            FOLDER_AT("/etc/docker/certs.d", "registry:5000/ca.crt\tcertificate") FOLDER_AT(
                "/etc/audit/rules.d",
                "docker.rules\t" RULE("/usr/bin/dockerd") RULE("/etc/docker") RULE("/usr/bin/containerd") AND
                "other.rules\t" RULE("/run/containerd") RULE("/usr/bin/containerd-shim-runc-v2")
                    RULE("/usr/sbin/runc") RULE("/etc/default/docker")) FILE_AT("/etc/audit/audit.rules",
                                                                                RULE("/var/lib/docker"))
                FILE_AT("/lib/systemd/system/docker.service",
                        "[Service]\nExecStart=/usr/bin/dockerd -H fd:// --icc=true\n")
                    FILE_AT(
                        "/etc/systemd/system/docker.service",
                        "[Service]\nEnvironmentFile=-/etc/default/docker\nExecStart=/usr/bin/dockerd -H "
                        "fd:// $DOCKER_OPTS\n")
                        FOLDER_AT("/etc/systemd/system/docker.service.d",
                                  "10.conf\t[Service]\nExecStart=\nExecStart=/usr/bin/dockerd -H fd:// "
                                  "$DOCKER_OPTS --userland-proxy=true\n")
                            FILE_AT(
                                "/lib/systemd/system/docker.socket",
                                "[Socket]\nListenStream=/run/docker.sock\n")
                                FILE_AT(
                                    "/srv/default/docker",
                                    "DOCKER_OPTS=\"--insecure-registry=10.0.0.0/8 --log-level=debug\"\n")
                                    FILE_AT("/usr/bin/dockerd", "program") FILE_AT(
                                        "/usr/bin/containerd",
                                        "program") FILE_AT("/usr/bin/containerd-shim-runc-v2",
                                                           "program") FILE_AT("/usr/sbin/runc", "program")
                                        FOLDER_AT("/run/containerd", "") FILE_AT(
                                            "/var/lib/docker/swarm/docker-state.json",
                                            "{\"LocalAddr\":\"10.0.0.1\",\"ListenAddr\":\"0.0.0.0:2377\"}");

static void keep_files(void *ctx, json_t *files, const char *why, const char *remains)
{
    (void)why, (void)remains;
    *(json_t **)ctx = files;
}

/* The golden host, of whose files is seen what the simulated one shows. */
static size_t judge(struct simulated_host *host, enum status *status)
{
    json_t *document = patched("{}"), *files = NULL;
    struct facts facts;
    struct error why;
    const struct check *check;
    size_t n;
    host->files = (const uint8_t *)FILES;
    host->size = sizeof FILES - 1;
    simulated_host_read(host, keep_files, &files);
    json_object_del(document, PART_SHELL);
    if (files)
        json_put(document, PART_SHELL, files);
    assert_true(facts_open(&facts, document, &why));
    for (n = 0; (check = catalog_at(n)); n++) {
        struct finding finding;
        judge_one(&facts, check, &finding);
        status[n] = finding.status;
        finding_clear(&finding);
    }
    facts_close(&facts);
    json_decref(document);
    return n;
}

static size_t compare(const enum status *whole, struct simulated_host *host)
{
    enum status status[256];
    size_t failed = 0, count = judge(host, status);
    for (size_t n = 0; n < count; n++) {
        /* Where the whole is not enough to judge, the rest cannot be compared. */
        if (status[n] == whole[n] || status[n] == STATUS_ERROR || whole[n] == STATUS_ERROR)
            continue;
        print_error("%s is %s, not %s, where questions %zu to %zu get %ld\n",
                    catalog_at(n)->id[BENCHMARK_NEWEST], status_name(status[n]), status_name(whole[n]),
                    host->fails_from, host->fails_until, host->failure);
        failed++;
    }
    return failed;
}

/* The engine says "absent" of what lies behind a link to an absolute path. */
static void links_of_folders_are_followed(void **state)
{
    struct simulated_host host = {.files = (const uint8_t *)FILES, .size = sizeof FILES - 1};
    json_t *files = NULL;
    (void)state;
    simulated_host_read(&host, keep_files, &files);
    const json_t *seen = json_object_get(files, "files");
    assert_string_equal(json_text_at(json_object_get(seen, "/var/run/docker.sock"), "state"), "present");
    assert_string_equal(json_text_at(json_object_get(seen, "/etc/default/docker"), "state"), "present");
    assert_string_equal(json_text_at(json_object_get(seen, "/etc/default/docker"), "target"),
                        "/srv/default/docker");
    assert_string_equal(json_text_at(json_object_get(seen, "/etc/sysconfig/docker"), "state"), "absent");
    json_decref(files);
}

/* Each question alone fails, or all from one on, as where the connection is lost. */
static void what_was_not_answered_changes_no_verdict(void **state)
{
    static const long FAILURES[] = {0, 403, 500};
    struct simulated_host host = {0};
    enum status whole[256];
    size_t failed = 0;
    (void)state;
    judge(&host, whole);
    assert_true(host.made && host.removed && host.questions > 50);
    for (size_t i = 0; i < sizeof FAILURES / sizeof *FAILURES; i++)
        for (size_t n = 0; n < host.questions; n++) {
            failed += compare(whole, &(struct simulated_host){
                                         .fails_from = n, .fails_until = n + 1, .failure = FAILURES[i]});
            failed += compare(whole, &(struct simulated_host){
                                         .fails_from = n, .fails_until = SIZE_MAX, .failure = FAILURES[i]});
        }
    assert_int_equal(failed, 0);
}

/* Somebody else removes the helper container: from then on nothing is there, as the engine says. */
static void a_helper_that_is_gone_shows_nothing(void **state)
{
    struct simulated_host host = {0};
    enum status whole[256];
    size_t failed = 0;
    (void)state;
    judge(&host, whole);
    for (size_t n = 2; n < host.questions; n++)
        failed += compare(whole,
                          &(struct simulated_host){.fails_from = n, .fails_until = SIZE_MAX, .failure = 404});
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_not_answered_changes_no_verdict),
                                       cmocka_unit_test(links_of_folders_are_followed),
                                       cmocka_unit_test(a_helper_that_is_gone_shows_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
