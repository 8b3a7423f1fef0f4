/* golden_case.c: see golden_case.h */
#include "golden_case.h"
#include "test.h"

#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "base/json.h"

static void merge(json_t *target, json_t *patch)
{
    const char *key;
    json_t *value;
    json_object_foreach(patch, key, value)
    {
        json_t *at = json_object_get(target, key);
        if (json_is_null(value)) {
            json_object_del(target, key);
        } else if (json_is_object(value)) {
            if (!json_is_object(at)) {
                at = json_object();
                json_object_set_new(target, key, at);
            }
            merge(at, value);
        } else {
            json_object_set(target, key, value);
        }
    }
}

json_t *patched(const char *patch)
{
    char *text = strdup(patch);
    json_error_t error;
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    json_t *facts = json_load_file(GOLDEN "/good.facts.json", 0, &error);
    json_t *changes = json_loads(text, 0, &error);
    if (!changes)
        fail_msg("patch %s: %s", patch, error.text);
    assert_non_null(facts);
    merge(facts, changes);
    json_decref(changes);
    free(text);
    return facts;
}

/* Tells every case that fails, not only the first. */
bool check_case(const struct test_case *t)
{
    struct facts facts;
    struct finding finding;
    struct error why;
    json_t *document = patched(t->patch);
    const struct check *check = catalog_find(BENCHMARK_1_8_0, t->id);
    assert_non_null(check);
    assert_true(facts_open(&facts, document, &why));
    judge_one(&facts, check, &finding);
    char *items = json_dumps(finding.items, JSON_COMPACT);
    char *evidence = json_dumps(finding.evidence, JSON_COMPACT | JSON_ENCODE_ANY);
    bool named =
        !t->text || strstr(finding.reason, t->text) || strstr(items, t->text) || strstr(evidence, t->text);
    bool good = finding.status == t->status && named;
    if (!good)
        print_error("%s with %s: %s (wanted %s, naming \"%s\"): %s %s %s\n", t->id, t->patch,
                    status_name(finding.status), status_name(t->status), t->text ? t->text : "",
                    finding.reason, items, evidence);
    /* Nothing passes or warns without evidence, and every warning says about what. */
    if (finding.status == STATUS_PASS || finding.status == STATUS_WARN)
        assert_true(json_array_size(finding.evidence) > 0);
    if (finding.status == STATUS_WARN)
        assert_true(json_array_size(finding.items) > 0 || *finding.reason);
    free(items);
    free(evidence);
    finding_clear(&finding);
    facts_close(&facts);
    json_decref(document);
    return good;
}

void check_cases(const struct test_case *tests, size_t count)
{
    size_t failed = 0;
    for (size_t i = 0; i < count; i++)
        failed += !check_case(&tests[i]);
    assert_int_equal(failed, 0);
}
