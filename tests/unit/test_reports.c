/* test_reports.c: reports of golden and hostile facts: valid JSON, harmless text, every host a row. */
#include "test.h"

#include "base/json.h"
#include "reports/report.h"

static void add(struct scan *scan, size_t index, const char *name, const char *status)
{
    const struct selection all = {.benchmark = BENCHMARK_1_8_0};
    json_t *facts = json_load_file(GOLDEN "/good.facts.json", 0, NULL);
    json_object_set_new(json_object_get(facts, "host"), "name", json_text(name));
    json_object_set_new(json_object_get(facts, "host"), "status", json_string(status));
    if (strcmp(status, "failed") == 0) {
        json_object_set_new(
            json_object_get(facts, "host"), "error",
            json_pack("{s:s,s:s,s:s}", "stage", "connect", "message", "\033[2Jgone", "hint", "look"));
        json_object_del(facts, "shell");
        json_object_set_new(facts, "engine", json_object());
    }
    json_t *container = json_object_get(json_at(facts, "engine.containers"), "aaaaaaaaaaaa");
    json_object_set_new(container, "Name", json_string("/\033]0;owned\007\xe2\x80\xae</script>"));
    json_object_set_new(json_object_get(container, "HostConfig"), "Privileged", json_true());
    assert_true(scan_add(scan, index, facts, &all));
    json_decref(facts);
}

static char *written(const struct scan *scan, const char *format)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    const struct report_style style = {.verbosity = 1};
    assert_true(report_format_named(format)->write(scan, out, &style));
    fclose(out);
    return text;
}

static void make(struct scan *scan)
{
    char folder[] = "/tmp/muster-test.XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_true(scan_open(scan, folder, BENCHMARK_1_8_0, 3));
    remove(folder);
    add(scan, 2, "c", "scanned");
    add(scan, 0, "a\033[31m", "scanned");
    add(scan, 1, "b", "failed");
    scan->finished = scan->started;
}

static void json_is_whole(void **state)
{
    struct scan scan;
    (void)state;
    make(&scan);
    char *text = written(&scan, "json");
    json_error_t error;
    json_t *report = json_loads(text, 0, &error);
    if (!report)
        fail_msg("%s", error.text);
    assert_string_equal(json_text_at(report, "schema"), "muster.scan/1");
    assert_string_equal(json_text_at(report, "benchmark"), "1.8.0");
    assert_true(json_true_at(report, "complete"));
    const json_t *hosts = json_at(report, "hosts");
    assert_int_equal(json_array_size(hosts), 3);
    assert_string_equal(json_text_at(json_array_get(hosts, 1), "status"), "failed");
    assert_string_equal(json_text_at(json_array_get(hosts, 1), "error.stage"), "connect");
    assert_int_equal(json_array_size(json_at(json_array_get(hosts, 1), "findings")), 0);
    assert_int_equal(json_array_size(json_at(json_array_get(hosts, 2), "findings")), 129);
    json_int_t failed;
    assert_true(json_integer_at(report, "summary.hosts.failed", &failed) && failed == 1);
    assert_int_equal(json_array_size(json_at(report, "summary.worst_hosts")), 2);
    json_decref(report);
    free(text);
    scan_close(&scan);
}

/* One object of the script for each host, whatever its names hold. */
static void docker_bench_is_whole(void **state)
{
    struct scan scan;
    json_int_t checks;
    (void)state;
    make(&scan);
    char *text = written(&scan, "docker-bench-json");
    json_t *report = json_loads(text, 0, NULL);
    assert_int_equal(json_array_size(report), 3);
    const json_t *host = json_array_get(report, 2);
    assert_string_equal(json_text_at(host, "dockerbenchsecurity"), "1.6.0");
    assert_true(json_integer_at(host, "checks", &checks) && checks == 117);
    assert_int_equal(json_array_size(json_at(host, "tests")), 7);
    const json_t *two = json_array_get(json_at(json_array_get(json_at(host, "tests"), 1), "results"), 6);
    assert_string_equal(json_text_at(two, "id"), "2.7");
    assert_non_null(strstr(json_text_at(two, "desc"), "TLS"));
    assert_non_null(strstr(json_text_at(two, "desc"), "(Scored)"));
    json_decref(report);
    free(text);
    text = written(&scan, "docker-bench-text");
    assert_null(strchr(text, '\033'));
    assert_non_null(strstr(text, "[WARN] 5.5 - "));
    assert_non_null(strstr(text, "(Automated)"));
    assert_non_null(strstr(text, "[INFO] Checks: 117"));
    free(text);
    scan_close(&scan);
}

static void text_is_harmless(void **state)
{
    struct scan scan;
    (void)state;
    make(&scan);
    char *text = written(&scan, "text");
    assert_null(strchr(text, '\033'));
    assert_null(strchr(text, '\007'));
    assert_null(strstr(text, "\xe2\x80\xae"));
    assert_non_null(strstr(text, "[WARN] 5.5 - "));
    assert_non_null(strstr(text, "3 hosts, 2 scanned, 1 not scanned"));
    assert_non_null(strstr(text, "connect: \\x1b[2Jgone (look)"));
    free(text);
    scan_close(&scan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(json_is_whole),
                                       cmocka_unit_test(docker_bench_is_whole),
                                       cmocka_unit_test(text_is_harmless)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
