/* test_queue.c: who is visited next, within the limits of the run, the groups, the jump hosts and the
 * rate; and the nodes that swarm managers name. */
#include "inventory/ini.h"
#include "inventory/resolve.h"
#include "test.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "fleet/queue.h"
#include "fleet/swarm.h"

static void add(struct target_list *list, const char *name, const char *group, size_t at_once)
{
    struct target *t = xcalloc(1, sizeof *t);
    t->name = xstrdup(name);
    t->groups = json_array();
    t->policy = json_object();
    t->ssh_options = json_array();
    t->engine = (struct endpoint){.scheme = SCHEME_SSH, .host = xstrdup(name)};
    t->limits = xcalloc(2, sizeof *t->limits);
    if (group)
        t->limits[t->limit_count++] = (struct group_limit){.group = xstrdup(group), .at_once = at_once};
    target_list_add(list, t);
}

static struct target_list fleet(size_t count, const char *group, size_t at_once)
{
    struct target_list list = {0};
    for (size_t i = 0; i < count; i++)
        add(&list, "h", group, at_once);
    return list;
}

static void every_target_once_in_some_order(void **state)
{
    struct target_list list = fleet(500, NULL, 0);
    struct queue *a = queue_new(&list, (struct queue_limits){.at_once = 7});
    size_t index, seen[500] = {0}, in_order = 0, given = 0;
    uint64_t wait;
    (void)state;
    while (given < 500) {
        size_t batch[7], n = 0;
        while (queue_next(a, 0, &index, &wait)) {
            assert_true(n < 7);
            in_order += index == given;
            batch[n++] = index;
            assert_int_equal(seen[index]++, 0);
            given++;
        }
        for (size_t i = 0; i < n; i++)
            queue_ended(a, batch[i]);
        assert_true(n > 0);
    }
    assert_true(in_order < 50);
    assert_false(queue_next(a, 0, &index, &wait));
    assert_false(queue_take(a, &index));
    queue_free(a);
    target_list_clear(&list);
}

/* Targets in two limited groups: neither is passed, and no place that comes free is ever lost. */
static void groups_limit_and_never_starve(void **state)
{
    struct target_list list = {0};
    size_t counts[2] = {0}, done = 0, open_count = 0, open[100], index;
    uint64_t wait;
    (void)state;
    for (size_t i = 0; i < 100; i++) {
        add(&list, "h", i % 3 == 2 ? "b" : "a", i % 3 == 2 ? 2 : 4);
        struct target *t = list.items[i];
        if (i % 3 == 0)
            t->limits[t->limit_count++] = (struct group_limit){.group = xstrdup("b"), .at_once = 2};
    }
    struct queue *a = queue_new(&list, (struct queue_limits){.at_once = 50});
    while (done < 100) {
        while (queue_next(a, 0, &index, &wait)) {
            open[open_count++] = index;
            for (size_t l = 0; l < list.items[index]->limit_count; l++)
                counts[*list.items[index]->limits[l].group == 'b']++;
            assert_true(counts[0] <= 4 && counts[1] <= 2);
        }
        if (!open_count)
            fail_msg("%zu of 100 done, and nobody may start", done);
        index = open[--open_count];
        for (size_t l = 0; l < list.items[index]->limit_count; l++)
            counts[*list.items[index]->limits[l].group == 'b']--;
        queue_ended(a, index);
        done++;
    }
    queue_free(a);
    target_list_clear(&list);
}

static bool room;

static bool has_room(void *ctx, const char *jump)
{
    (void)ctx;
    assert_string_equal(jump, "bastion");
    return room;
}

static void a_full_jump_host_holds_up_only_its_own(void **state)
{
    struct target_list list = fleet(3, NULL, 0);
    struct queue *a = queue_new(&list, (struct queue_limits){.at_once = 9, .jump_has_room = has_room});
    size_t first, second, third, index;
    uint64_t wait;
    (void)state;
    room = false;
    assert_true(queue_next(a, 0, &first, &wait));
    assert_true(queue_next(a, 0, &second, &wait));
    queue_defer(a, second, "bastion");
    queue_ended(a, second);
    assert_true(queue_next(a, 0, &third, &wait));
    assert_true(third != first && third != second);
    assert_false(queue_next(a, 0, &index, &wait));
    room = true;
    queue_ended(a, first);
    assert_true(queue_next(a, 0, &index, &wait));
    assert_int_equal(index, second);
    queue_free(a);
    target_list_clear(&list);
}

static void the_rate_is_kept(void **state)
{
    struct target_list list = fleet(5, NULL, 0);
    struct queue *a = queue_new(&list, (struct queue_limits){.at_once = 9, .gap_us = 1000});
    size_t index;
    uint64_t wait;
    (void)state;
    assert_true(queue_next(a, 10, &index, &wait));
    assert_false(queue_next(a, 500, &index, &wait));
    assert_int_equal(wait, 510);
    assert_true(queue_next(a, 1010, &index, &wait));
    queue_free(a);
    target_list_clear(&list);
}

static json_t *manager_facts(void)
{
    return json_loads(
        "{\"engine\":{\"info\":{\"Swarm\":{\"NodeID\":\"id1\",\"Nodes\":6}},\"nodes\":["
        "{\"ID\":\"id1\",\"Description\":{\"Hostname\":\"m1\"},\"Status\":{\"Addr\":\"10.0.0.1\"}},"
        "{\"ID\":\"id2\",\"Description\":{\"Hostname\":\"w2\"},\"Status\":{\"Addr\":\"10.0.0.2\"}},"
        "{\"ID\":\"id3\",\"Description\":{\"Hostname\":\"known\"},\"Status\":{\"Addr\":\"10.0.0.3\"}},"
        "{\"ID\":\"id4\",\"Description\":{\"Hostname\":\"w4\"},\"Status\":{\"Addr\":\"0.0.0.0\"},"
        "\"ManagerStatus\":{\"Addr\":\"10.0.0.4:2377\"}},"
        "{\"ID\":\"id5\",\"Description\":{\"Hostname\":\"$(x)\"},\"Status\":{\"Addr\":\"10.0.0.5;reboot\"}},"
        "{\"ID\":\"id6\",\"Description\":{\"Hostname\":\"elsewhere\"},\"Status\":{\"Addr\":\"10.0.0.6\"}}]}}",
        0, NULL);
}

static void nodes_are_visited_once(void **state)
{
    static const struct target_defaults DEFAULTS = {.tls_verify = true};
    struct inventory inventory;
    struct error err;
    struct target_list list = {0};
    static const char HOSTS[] =
        "[swarm]\nm1 ansible_host=10.0.0.1 ansible_user=ops\nknown ansible_host=10.0.0.3\n"
        "unselected ansible_host=10.0.0.6 ansible_user=other\n";
    (void)state;
    inventory_init(&inventory);
    assert_int_equal(ini_add(&inventory, "hosts", HOSTS, strlen(HOSTS), &err), 0);
    target_list_add(&list, inventory_resolve(&inventory, "m1", &DEFAULTS));
    target_list_add(&list, inventory_resolve(&inventory, "known", &DEFAULTS));
    struct swarm *swarm = swarm_new(&inventory, &DEFAULTS, NULL, 500);
    json_t *facts = manager_facts();
    swarm_note(swarm, list.items[0], facts);
    swarm_note(swarm, list.items[0], facts); /* another manager says the same */
    assert_int_equal(swarm_add_targets(swarm, &list), 3);
    assert_int_equal(swarm_add_targets(swarm, &list), 0);
    assert_string_equal(list.items[2]->name, "w2");
    assert_string_equal(list.items[2]->engine.host, "10.0.0.2");
    assert_string_equal(list.items[2]->engine.user, "ops"); /* as the manager's group says */
    assert_string_equal(json_string_value(json_array_get(list.items[2]->groups, 1)), "swarm-node");
    assert_string_equal(list.items[3]->engine.host, "10.0.0.4");
    assert_string_equal(list.items[4]->name, "unselected"); /* as the inventory has it */
    assert_string_equal(list.items[4]->engine.user, "other");
    json_decref(facts);
    swarm_free(swarm);
    target_list_clear(&list);
    inventory_clear(&inventory);
}

/* A manager is a host like others: what it says widens nothing that the operator has narrowed. */
static void a_manager_widens_nothing(void **state)
{
    static const struct target_defaults DEFAULTS = {.tls_verify = true, .password = "secret"};
    static const char HOSTS[] = "[swarm]\nm1 ansible_host=10.0.0.1\nsecret ansible_host=10.0.0.6\nw2\n";
    struct inventory inventory;
    struct error err;
    (void)state;
    inventory_init(&inventory);
    assert_int_equal(ini_add(&inventory, "hosts", HOSTS, strlen(HOSTS), &err), 0);
    for (int turn = 0; turn < 4; turn++) {
        static const char *const LIMITS[] = {"all:!secret:!w2", "swarm:&m1", NULL, NULL};
        static const size_t MOST[] = {500, 500, 1, 500}, ADDED[] = {2, 2, 1, 2};
        struct target_list list = {0};
        target_list_add(&list, inventory_resolve(&inventory, "m1", &DEFAULTS));
        struct swarm *swarm = swarm_new(&inventory, &DEFAULTS, LIMITS[turn], MOST[turn]);
        json_t *facts = manager_facts();
        if (turn == 3)
            json_integer_set(json_at(facts, "engine.info.Swarm.Nodes"), 3); /* the list has more */
        swarm_note(swarm, list.items[0], facts);
        assert_int_equal(swarm_add_targets(swarm, &list), ADDED[turn]);
        for (size_t i = 1; i < list.count; i++)
            assert_true(strcmp(list.items[i]->name, "secret") != 0 &&
                        (LIMITS[turn] == NULL || strcmp(list.items[i]->name, "w2") != 0));
        if (turn < 2) {
            assert_string_equal(list.items[1]->engine.host, "10.0.0.3");
            assert_null(list.items[1]->password);
        }
        json_decref(facts);
        swarm_free(swarm);
        target_list_clear(&list);
    }
    inventory_clear(&inventory);
}

static void special_addresses_are_nobodys(void **state)
{
    static const char *const ADDRESSES[] = {"127.0.0.1",
                                            "169.254.169.254",
                                            "224.0.0.1",
                                            "255.255.255.255",
                                            "0.0.0.0",
                                            "0.1.2.3",
                                            "::1",
                                            "::",
                                            "fe80::1",
                                            "ff02::1",
                                            "::ffff:127.0.0.1",
                                            "::ffff:169.254.1.1",
                                            "::127.0.0.1",
                                            "localhost",
                                            "2130706433",
                                            "10.0.0.1 "};
    static const struct target_defaults DEFAULTS = {.tls_verify = true};
    struct inventory inventory;
    struct error err;
    (void)state;
    inventory_init(&inventory);
    assert_int_equal(ini_add(&inventory, "hosts", "m1\n", 3, &err), 0);
    for (size_t i = 0; i < sizeof ADDRESSES / sizeof *ADDRESSES; i++) {
        struct target_list list = {0};
        target_list_add(&list, inventory_resolve(&inventory, "m1", &DEFAULTS));
        struct swarm *swarm = swarm_new(&inventory, &DEFAULTS, NULL, 500);
        json_t *facts =
            json_pack("{s:{s:{s:{s:i}},s:[{s:s,s:{s:s},s:{s:s}}]}}", "engine", "info", "Swarm", "Nodes", 9,
                      "nodes", "ID", "x", "Description", "Hostname", "n", "Status", "Addr", ADDRESSES[i]);
        assert_non_null(facts);
        swarm_note(swarm, list.items[0], facts);
        if (swarm_add_targets(swarm, &list))
            fail_msg("%s was taken", ADDRESSES[i]);
        json_decref(facts);
        swarm_free(swarm);
        target_list_clear(&list);
    }
    inventory_clear(&inventory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_target_once_in_some_order),
        cmocka_unit_test(groups_limit_and_never_starve),
        cmocka_unit_test(a_full_jump_host_holds_up_only_its_own),
        cmocka_unit_test(the_rate_is_kept),
        cmocka_unit_test(nodes_are_visited_once),
        cmocka_unit_test(a_manager_widens_nothing),
        cmocka_unit_test(special_addresses_are_nobodys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
