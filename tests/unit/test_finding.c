/* test_finding.c: a host that claims any number of objects: what is listed is bounded, what is counted is
 * not, and the worst of all decides. */
#include "test.h"

#include "agentless/checks/finding.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

static void items_are_bounded(void **state)
{
    struct finding f = {.items = json_array(), .evidence = json_array()};
    (void)state;
    for (int i = 0; i < FINDING_ITEMS_MAX; i++)
        finding_item(&f, STATUS_INFO, "container", "c", "fine");
    assert_int_equal(f.status, STATUS_INFO);
    for (int i = 0; i < 5; i++)
        finding_item(&f, STATUS_WARN, "container", "c", "not fine");
    finding_item(&f, STATUS_INFO, "container", "c", "fine");
    for (int i = 0; i < FINDING_FACTS_MAX + 7; i++)
        finding_fact(&f, "s", "f", json_true());
    finding_close(&f);
    assert_int_equal(f.status, STATUS_WARN);
    assert_int_equal(json_array_size(f.items), FINDING_ITEMS_MAX + 2);
    const json_t *more = json_array_get(f.items, FINDING_ITEMS_MAX);
    assert_string_equal(json_text_at(more, "name"), "(1 more)");
    assert_string_equal(json_text_at(more, "status"), "INFO");
    more = json_array_get(f.items, FINDING_ITEMS_MAX + 1);
    assert_string_equal(json_text_at(more, "name"), "(5 more)");
    assert_string_equal(json_text_at(more, "status"), "WARN");
    assert_string_equal(json_text_at(more, "kind"), "container");
    json_int_t facts = 0;
    assert_true(json_integer_at(json_array_get(f.evidence, FINDING_FACTS_MAX), "value", &facts));
    assert_int_equal(facts, 7);
    json_decref(f.items);
    json_decref(f.evidence);
}

/* A fact is for a person to read; an honest one is never cut. */
static void facts_are_readable(void **state)
{
    struct finding f = {.items = json_array(), .evidence = json_array()};
    char *text = calloc(1, 100001);
    json_t *list = json_array();
    (void)state;
    memset(text, 'x', 60000);
    finding_fact(&f, "s", "long", json_string(text));
    memset(text, 'x', 100000);
    finding_fact(&f, "s", "longer", json_string(text));
    for (int i = 0; i < 5000; i++)
        json_array_append_new(list, json_integer(i));
    finding_fact(&f, "s", "list", list);
    finding_fact(&f, "s", "none", NULL);
    assert_int_equal(json_string_length(json_at(json_array_get(f.evidence, 0), "value")), 60000);
    assert_string_equal(json_text_at(json_array_get(f.evidence, 1), "value"), "(more than 64 kB)");
    assert_string_equal(json_text_at(json_array_get(f.evidence, 2), "value"), "(more than 64 kB)");
    assert_true(json_is_null(json_at(json_array_get(f.evidence, 3), "value")));
    json_decref(f.items);
    json_decref(f.evidence);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(items_are_bounded),
                                       cmocka_unit_test(facts_are_readable)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
