/* test_reports.c: reports of golden and hostile facts: valid JSON, harmless text, every host a row. */
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "reports/formats.h"
#include "agentless/checks/catalog.h"
#include "reports/results/saved.h"

static size_t checks_of_newest(void)
{
    const struct check *check;
    size_t count = 0;
    for (size_t n = 0; (check = catalog_at(n)); n++)
        count += check->id[BENCHMARK_NEWEST] != NULL;
    return count;
}

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
    struct error err;
    json_t *record = scan_record(scan, facts, &all);
    assert_int_equal(scan_put(scan, index, record, &err), 0);
    json_decref(record);
    json_decref(facts);
}

static void on_error(const struct error *err)
{
    fail_msg("%s", err->text);
}

/* A report as a file would have it; the records arrive again, in the order of finishing. */
static char *written(const struct scan *scan, const char *format)
{
    char path[] = "/tmp/muster-report.XXXXXX";
    const size_t order[] = {2, 0, 1};
    const struct report_style style = {.verbosity = 1};
    struct report_set *set = report_set_new(scan);
    close(mkstemp(path));
    report_set_add(set, report_format_named(format), path, &style);
    for (size_t i = 0; i < scan->host_count; i++) {
        json_t *record = scan_host(scan, order[i]);
        report_set_arrive(set, order[i], record, NULL);
        json_decref(record);
    }
    assert_true(report_set_finish(set, on_error));
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;
    assert_true(getdelim(&text, &size, '\0', file) > 0);
    fclose(file);
    remove(path);
    return text;
}

static void make(struct scan *scan)
{
    char folder[] = "/tmp/muster-test.XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_true(scan_open(scan, folder, BENCHMARK_1_8_0, 3));
    remove(scan->path);
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
    assert_int_equal(json_array_size(json_at(json_array_get(hosts, 2), "findings")), checks_of_newest());
    json_int_t failed;
    assert_true(json_integer_at(report, "summary.hosts.failed", &failed) && failed == 1);
    assert_int_equal(json_array_size(json_at(report, "summary.worst_hosts")), 2);
    json_decref(report);
    free(text);
    scan_close(&scan, false);
}

/* A line a host as they came, each a record by itself; what was read back is what was written. */
static void lines_are_whole(void **state)
{
    struct scan scan;
    struct saved_scan saved;
    struct error err;
    (void)state;
    make(&scan);
    char *text = written(&scan, "jsonl");
    assert_int_equal(saved_scan_parse(&saved, "x.jsonl", text, strlen(text), &err), 0);
    assert_int_equal(saved.host_count, 3);
    assert_true(saved.complete);
    json_t *record = saved_scan_host(&saved, 0, &err);
    assert_string_equal(json_text_at(record, "name"), "c");
    assert_string_equal(json_text_at(record, "schema"), "muster.host/1");
    json_t *same = scan_host(&scan, 2);
    assert_true(json_equal(record, same));
    json_decref(same);
    json_decref(record);
    saved_scan_close(&saved);
    /* A run that was killed while it wrote its third line. */
    text[strlen(text) - 40] = '\0';
    assert_int_equal(saved_scan_parse(&saved, "x.jsonl", text, strlen(text), &err), 0);
    assert_int_equal(saved.host_count, 2);
    assert_false(saved.complete);
    saved_scan_close(&saved);
    free(text);
    scan_close(&scan, false);
}

static void foreign_files_are_refused(void **state)
{
    static const struct {
        const char *text, *why;
    } CASES[] = {
        {"", "no JSON object"},
        {"[]", "no JSON object"},
        {"{", "no hosts"},
        {"{}", "no hosts"},
        {"{\"hosts\": 3}", "no hosts"},
        {"{\"hosts\": [{\"a\": \"", "does not end"},
        {"{\"hosts\": []}", "no benchmark"},
        {"{\"hosts\": [], \"benchmark\": \"1.8.0\"}", "of schema \"none\""},
        {"{\"hosts\": [], \"benchmark\": \"1.8.0\", \"schema\": \"muster.scan/2\"}", "muster.scan/2"},
        {"{\"hosts\": [], \"benchmark\": \"1.8.0\", \"schema\": \"muster.scan/1\"", "is no muster report"},
        {"{\"hosts\": [], \"benchmark\": \"1.8.0\", \"schema\": \"muster.scan/1\"} x", "is no muster report"},
        {"{\"schema\":\"muster.host/1\"", "is no muster report"},
        {"{\"schema\":\"muster.host/1\"}", "no benchmark"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct saved_scan saved;
        struct error err = {""};
        int result = saved_scan_parse(&saved, "file", CASES[i].text, strlen(CASES[i].text), &err);
        saved_scan_close(&saved);
        if (!result || !strstr(err.text, CASES[i].why))
            fail_msg("%s: %s", CASES[i].text, err.text);
    }
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
    assert_non_null(strstr(text, "[NOTE] b could not be scanned: connect: \\x1b[2Jgone"));
    free(text);
    scan_close(&scan, false);
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
    scan_close(&scan, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(json_is_whole), cmocka_unit_test(lines_are_whole),
                                       cmocka_unit_test(foreign_files_are_refused),
                                       cmocka_unit_test(docker_bench_is_whole),
                                       cmocka_unit_test(text_is_harmless)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
