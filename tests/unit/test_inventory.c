/* test_inventory.c: targets, hosts files, ranges, groups, patterns, resolution. */
#include "test.h"

#include "base/json.h"
#include "inventory/inventory.h"
#include "inventory/docker_context.h"
#include "inventory/ini.h"
#include "inventory/path.h"
#include "inventory/pattern.h"
#include "inventory/program.h"
#include "inventory/range.h"
#include "inventory/resolve.h"
#include "inventory/variables.h"
#include "inventory/yaml.h"

#include <sys/stat.h>
#include <unistd.h>

static const struct target_defaults DEFAULTS = {.tls_verify = true, .tls_ca = "/ca"};

static int load(struct inventory *inventory, const char *text, struct error *err)
{
    inventory_init(inventory);
    int result = ini_add(inventory, "dir/hosts", text, strlen(text), err);
    return result ? result : inventory_check(inventory, err);
}

static const char FLEET[] = "# comment\n"
                            "jump.example.org ansible_port=2222   # inline\n"
                            "[web]\n"
                            "web-[01:03] ansible_user=ubuntu\n"
                            "[db]\n"
                            "db-[a:b] ansible_host=10.0.0.4 become=yes 'tls_name=a b'\n"
                            "[production:children]\n"
                            "web\n"
                            "db\n"
                            "[production:vars]\n"
                            "ansible_user=ops\n"
                            "ansible_ssh_private_key_file = /keys/id\n"
                            "[tls]\n"
                            "t1 endpoint=tcp://10.0.0.6:2376 shell=ssh://root@10.0.0.6 tls_cert=cert.pem\n"
                            "t2 endpoint=tcp://10.0.0.7:2375\n"
                            "u1 endpoint=unix:///run/x.sock shell=none\n";

static void expect_url(const struct inventory *inventory, const char *host, const char *engine,
                       const char *shell)
{
    struct target *t = inventory_resolve(inventory, host, &DEFAULTS);
    json_t *json = target_json(t);
    assert_null(t->problem);
    assert_string_equal(json_text_at(json, "engine"), engine);
    if (shell)
        assert_string_equal(json_text_at(json, "shell"), shell);
    else
        assert_true(json_is_null(json_object_get(json, "shell")));
    json_decref(json);
    target_free(t);
}

static void a_hosts_file_resolves(void **state)
{
    struct inventory inventory;
    struct error err;
    (void)state;
    assert_int_equal(load(&inventory, FLEET, &err), 0);
    assert_int_equal(json_object_size(inventory.hosts), 9);
    expect_url(&inventory, "jump.example.org", "ssh://jump.example.org:2222", "ssh://jump.example.org:2222");
    expect_url(&inventory, "web-02", "ssh://ubuntu@web-02",
               "ssh://ubuntu@web-02"); /* the host's own word wins */
    expect_url(&inventory, "db-a", "ssh://ops@10.0.0.4",
               "ssh://ops@10.0.0.4"); /* the parent group's, by inheritance */
    expect_url(&inventory, "t1", "tcp://10.0.0.6:2376", "ssh://root@10.0.0.6");
    expect_url(&inventory, "u1", "unix:///run/x.sock", NULL);
    struct target *db = inventory_resolve(&inventory, "db-b", &DEFAULTS);
    assert_true(db->become);
    assert_string_equal(db->private_key, "/keys/id");
    assert_string_equal(db->tls_name, "a b");
    assert_int_equal(json_array_size(db->groups), 2);
    target_free(db);
    struct target *t1 = inventory_resolve(&inventory, "t1", &DEFAULTS);
    assert_string_equal(t1->tls_cert, "dir/cert.pem"); /* relative to the file */
    assert_string_equal(t1->tls_ca, "/ca");
    assert_true(t1->tls);
    target_free(t1);
    struct target *t2 = inventory_resolve(&inventory, "t2", &DEFAULTS);
    assert_false(t2->tls);
    target_free(t2);
    inventory_clear(&inventory);
}

static void a_child_group_wins_over_its_parent(void **state)
{
    struct inventory inventory;
    struct error err;
    (void)state;
    assert_int_equal(load(&inventory,
                          "[all:vars]\nansible_user=a\n[p:children]\nc\n[c]\nh\n[p:vars]\nansible_user=p\n[c:"
                          "vars]\nansible_user=c\n",
                          &err),
                     0);
    expect_url(&inventory, "h", "ssh://c@h", "ssh://c@h");
    inventory_clear(&inventory);
}

static void errors_name_their_place(void **state)
{
    static const struct {
        const char *text, *message;
    } BAD[] = {
        {"[web\n", "dir/hosts:1:1: the section's bracket"},
        {"ok\n  host bare\n", "dir/hosts:2:8: after a host's name"},
        {"host k='v\n", "dir/hosts:1:6: this quote"},
        {"h[3:1]\n", "dir/hosts:1:1: range"},
        {"h[01:1]\n", "dir/hosts:1:1: range [01:1]: zero-padded"},
        {"h:0\n", "dir/hosts:1:2: after a host's colon"},
        {"[g:kind]\n", "dir/hosts:1:4: a section is"},
        {"[a:children]\nnowhere\n", "dir/hosts:2:1: group \"nowhere\""},
        {"[x:vars]\nk=v\n", "dir/hosts:1:1: group \"x\""},
        {"[g:vars]\nnonsense\n[g]\n", "dir/hosts:2:1: a line of a vars section"},
        {"a\001b\n", "dir/hosts:1:2: a control character"},
        {"h[0:99999999]\n", "more than 100000"},
        {"$(reboot)\n", "this is no host name"},
        {"[a:children]\nb\n[b:children]\na\n", "contains itself"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct inventory inventory;
        struct error err = {0};
        assert_int_not_equal(load(&inventory, BAD[i].text, &err), 0);
        if (!strstr(err.text, BAD[i].message))
            fail_msg("\"%s\" for \"%s\"", err.text, BAD[i].text);
        inventory_clear(&inventory);
    }
}

static void bad_entries_fail_alone(void **state)
{
    struct inventory inventory;
    struct error err;
    static const char *const HOSTS[][2] = {{"a", "host_key"},     {"b", "docker"},      {"c", "ansible_host"},
                                           {"d", "ansible_port"}, {"e", "password"},    {"f", "become"},
                                           {"g", "jump holds a"}, {"h", "private_key"}, {"i", NULL}};
    (void)state;
    assert_int_equal(
        load(&inventory,
             "a host_key=maybe\nb ansible_connection=docker\nc ansible_host='{{ ip }}'\nd ansible_port=x\n"
             "e endpoint=ssh://u:p@h\nf become=perhaps\ng jump='{{ bastion }}'\nh private_key='{{ key }}'\n"
             "i ansible_python_interpreter='{{ python }}'\n",
             &err),
        0);
    for (size_t i = 0; i < sizeof HOSTS / sizeof *HOSTS; i++) {
        struct target *t = inventory_resolve(&inventory, HOSTS[i][0], &DEFAULTS);
        if (HOSTS[i][1]) {
            assert_non_null(t->problem);
            assert_non_null(strstr(t->problem, HOSTS[i][1]));
        } else {
            assert_null(t->problem);
        }
        target_free(t);
    }
    inventory_clear(&inventory);
}

static size_t count(const struct inventory *inventory, const char *pattern)
{
    struct error err;
    json_t *selected = inventory_select(inventory, pattern, &err);
    size_t size = selected ? json_object_size(selected) : 999;
    json_decref(selected);
    return size;
}

static int load_yaml(struct inventory *inventory, const char *text, struct error *err)
{
    bool has_meta;
    inventory_init(inventory);
    int result = yaml_add(inventory, "dir/fleet.yml", text, strlen(text), &has_meta, err);
    return result ? result : inventory_check(inventory, err);
}

static void yaml_resolves(void **state)
{
    struct inventory inventory;
    struct error err;
    (void)state;
    if (load_yaml(&inventory,
                  "all:\n"
                  "  vars: {ansible_user: ops}\n"
                  "  children:\n"
                  "    web:\n"
                  "      hosts:\n"
                  "        web-[01:03]: {ansible_port: 2222}\n"
                  "      vars:\n"
                  "        trusted_users: [alice, bob]\n"
                  "    old: &old\n"
                  "      hosts: legacy\n"
                  "    tls:\n"
                  "      hosts:\n"
                  "        t1:\n"
                  "          ansible_docker_docker_host: tcp://10.0.0.6:2376\n"
                  "          ansible_docker_ca_path: /ca.pem\n"
                  "          tls_cert: cert.pem\n"
                  "        secret: {ansible_host: !vault '$ANSIBLE_VAULT;1.1'}\n"
                  "        behind: {ansible_ssh_common_args: '-o ProxyJump=ops@jump'}\n"
                  "        nothing: ~\n",
                  &err))
        fail_msg("%s", err.text);
    assert_int_equal(json_object_size(inventory.hosts), 8);
    expect_url(&inventory, "web-02", "ssh://ops@web-02:2222", "ssh://ops@web-02:2222");
    expect_url(&inventory, "legacy", "ssh://ops@legacy", "ssh://ops@legacy");
    expect_url(&inventory, "t1", "tcp://10.0.0.6:2376", NULL);
    struct target *t = inventory_resolve(&inventory, "t1", &DEFAULTS);
    assert_string_equal(t->tls_ca, "/ca.pem");
    assert_string_equal(t->tls_cert, "dir/cert.pem");
    target_free(t);
    t = inventory_resolve(&inventory, "web-01", &DEFAULTS);
    assert_int_equal(json_array_size(json_at(t->policy, "trusted_users")), 2);
    target_free(t);
    t = inventory_resolve(&inventory, "secret", &DEFAULTS);
    assert_non_null(strstr(t->problem, "vaulted"));
    target_free(t);
    t = inventory_resolve(&inventory, "behind", &DEFAULTS);
    assert_null(t->problem);
    assert_string_equal(json_string_value(json_array_get(t->ssh_options, 0)), "ProxyJump=ops@jump");
    target_free(t);
    inventory_clear(&inventory);
}

/* A variable of a host h, and what it makes of the target. */
static void connection_variables(void **state)
{
    static const struct {
        const char *line, *option, *problem;
    } CASES[] = {
        {"h jump=ops@b:2222,c", "ProxyJump=ops@b:2222,c", NULL},
        {"h ansible_ssh_common_args='-J b -q -o ServerAliveInterval=5'", "ProxyJump=b", NULL},
        {"h ansible_ssh_extra_args='-i ~/k -p 2200 -l me'", "IdentityFile=~/k", NULL},
        {"h ansible_ssh_args='-C -o ProxyCommand=\"ssh -W %h:%p b\"'", "ProxyCommand=ssh -W %h:%p b", NULL},
        {"h ansible_ssh_args='-o \"StrictHostKeyChecking no\"'", "StrictHostKeyChecking=no", NULL},
        {"h ansible_ssh_args=-oUser=me", "User=me", NULL},
        {"h ansible_ssh_common_args='-Z'", NULL, "is no option of ssh"},
        {"h ansible_ssh_common_args='-o'", NULL, "needs a value"},
        {"h ansible_ssh_common_args='-o nothing'", NULL, "Keyword=value is expected"},
        {"h ansible_become=yes ansible_become_method=su", NULL, "muster knows sudo only"},
        {"h ansible_become=yes ansible_become_user=app", NULL, "becomes root only"},
        {"h ansible_become_method=su", NULL, NULL},
        {"h ansible_timeout=soon", NULL, "a number of seconds"},
        {"h max_parallel=3", NULL, "is said of a group"},
        {"h ansible_connection=winrm", NULL, "does not lead to a Docker host"},
        {"[all]\nh\n[all:vars]\nmax_parallel=no", NULL, "a number from 1"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct inventory inventory;
        struct error err = {""};
        if (load(&inventory, CASES[i].line, &err))
            fail_msg("%s: %s", CASES[i].line, err.text);
        struct target *t = inventory_resolve(&inventory, "h", &DEFAULTS);
        const char *option = json_string_value(json_array_get(t->ssh_options, 0));
        bool good = CASES[i].problem ? t->problem && strstr(t->problem, CASES[i].problem) : !t->problem;
        if (!good || (CASES[i].option && strcmp(option ? option : "", CASES[i].option) != 0))
            fail_msg("%s: option %s, problem %s", CASES[i].line, option, t->problem);
        target_free(t);
        inventory_clear(&inventory);
    }
}

static void groups_have_priorities_and_limits(void **state)
{
    struct inventory inventory;
    struct error err;
    (void)state;
    assert_int_equal(
        load(&inventory,
             "[a]\nh ansible_password=s3cret\n[b]\nh\n"
             "[a:vars]\nansible_user=a\nansible_group_priority=10\nansible_host_key_checking=False\n"
             "[b:vars]\nansible_user=b\nmax_parallel=4\nansible_ssh_timeout=7\n",
             &err),
        0);
    struct target *t = inventory_resolve(&inventory, "h", &DEFAULTS);
    assert_string_equal(t->engine.user, "a"); /* by name b would win */
    assert_int_equal(t->limit_count, 1);
    assert_string_equal(t->limits[0].group, "b");
    assert_int_equal(t->limits[0].at_once, 4);
    assert_int_equal(t->connect_timeout_ms, 7000);
    assert_int_equal(t->host_key, HOST_KEY_NO);
    assert_string_equal(t->password, "s3cret");
    /* Where each value came from; a secret is not reported. */
    json_t *rows = inventory_explain(&inventory, "h");
    char *text = json_dumps(rows, JSON_COMPACT);
    assert_null(strstr(text, "s3cret"));
    size_t i, seen = 0;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        const char *variable = json_text_at(row, "variable");
        if (strcmp(variable, "ansible_user") == 0) {
            seen++;
            assert_string_equal(json_text_at(row, "value"), "a");
            assert_string_equal(json_text_at(row, "of"), "group a");
            assert_string_equal(json_text_at(row, "from"), "dir/hosts:6");
        }
        if (strcmp(variable, "ansible_password") == 0) {
            seen++;
            assert_string_equal(json_text_at(row, "of"), "host");
            assert_string_equal(json_text_at(row, "from"), "dir/hosts:2");
        }
    }
    assert_int_equal(seen, 2);
    free(text);
    json_decref(rows);
    /* The same way to another host, for the nodes of a swarm. */
    struct target *other = target_for_host(t, "node", "10.0.0.9");
    assert_string_equal(other->engine.host, "10.0.0.9");
    assert_string_equal(other->shell.host, "10.0.0.9");
    assert_string_equal(other->engine.user, "a");
    assert_string_equal(other->limits[0].group, "b");
    target_free(other);
    target_free(t);
    inventory_clear(&inventory);
}

static void vaulted_files_are_told_and_passed_over(void **state)
{
    struct inventory inventory;
    struct error err;
    static const char VAULT[] = "$ANSIBLE_VAULT;1.1;AES256\n6162\n";
    (void)state;
    inventory_init(&inventory);
    json_t *vars = json_object();
    assert_int_equal(
        yaml_add_variables(&inventory, "web", vars, "group_vars/web", VAULT, strlen(VAULT), &err), 0);
    assert_int_equal(json_object_size(vars), 0);
    assert_non_null(
        strstr(json_string_value(json_array_get(inventory.warnings, 0)), "group_vars/web: is vaulted"));
    json_decref(vars);
    inventory_clear(&inventory);
}

static void programs_print_another_form(void **state)
{
    struct inventory inventory;
    struct error err;
    (void)state;
    assert_int_equal(load_yaml(&inventory,
                               "{\"web\": [\"w1\", \"w2\"], \"prod\": {\"children\": [\"web\"], \"vars\": "
                               "{\"ansible_user\": \"ops\", \"n\": 3, \"deep\": {\"a\": 1}}},\n"
                               " \"_meta\": {\"hostvars\": {\"w1\": {\"ansible_host\": \"10.0.0.1\"}}}}",
                               &err),
                     0);
    expect_url(&inventory, "w1", "ssh://ops@10.0.0.1", "ssh://ops@10.0.0.1");
    expect_url(&inventory, "w2", "ssh://ops@w2", "ssh://ops@w2");
    inventory_clear(&inventory);
}

/* The time counts until the program has ended, whatever it does with its outputs. */
static void programs_end_in_time(void **state)
{
    static const char *const SCRIPTS[] = {"#!/bin/sh\necho '{}'\nexec sleep 100 >&- 2>&-\n",
                                          "#!/bin/sh\nexec sleep 100\n", "#!/bin/sh\nsleep 100 &\nwait\n"};
    static const char *const SAYS[] = {"did not end in time", "took longer", "took longer"};
    char path[] = "/tmp/muster-program.XXXXXX";
    (void)state;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(chmod(path, 0700), 0);
    for (size_t i = 0; i < sizeof SCRIPTS / sizeof *SCRIPTS; i++) {
        struct inventory inventory;
        struct error err;
        FILE *file = fopen(path, "we");
        assert_non_null(file);
        fputs(SCRIPTS[i], file);
        fclose(file);
        inventory_init(&inventory);
        assert_int_equal(program_add(&inventory, path, 200, &err), -1);
        assert_non_null(strstr(err.text, SAYS[i]));
        inventory_clear(&inventory);
    }
    unlink(path);
}

static void yaml_errors_name_their_place(void **state)
{
    static const struct {
        const char *text, *wanted;
    } CASES[] = {
        {"- a\n- b\n", "dir/fleet.yml:1:1: an inventory is a map"},
        {"all:\n  hosts:\n    a b: {}\n", "dir/fleet.yml:3:5: this is no host name"},
        {"all:\n  hosts:\n    'x;rm': {}\n", "dir/fleet.yml:3:5: this is no host name"},
        {"all:\n  host:\n    a: {}\n", "dir/fleet.yml:2:3: a group has hosts"},
        {"all:\n  vars: 3\n", "dir/fleet.yml:2:9: variables are written"},
        {"all:\n  hosts: [\n", "dir/fleet.yml:3:1:"},
        {"plugin: aws_ec2\n", "dir/fleet.yml:1:1: this configures an inventory plugin"},
        {"'a b': {}\n", "dir/fleet.yml:1:1: a group's name"},
        {"all:\n  children: {web: {children: {web: {}}}}\n", "contains itself"},
        {"a: &a\n  children: {a: *a}\n", "nest too deep"},
        {"all:\n  hosts:\n    w[1:9999999]: {}\n", "dir/fleet.yml:3:5:"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct inventory inventory;
        struct error err = {""};
        if (!load_yaml(&inventory, CASES[i].text, &err) || !strstr(err.text, CASES[i].wanted))
            fail_msg("%s: %s", CASES[i].text, err.text);
        inventory_clear(&inventory);
    }
}

static void patterns(void **state)
{
    struct inventory inventory;
    struct error err;
    (void)state;
    assert_int_equal(load(&inventory, FLEET, &err), 0);
    assert_int_equal(count(&inventory, NULL), 9);
    assert_int_equal(count(&inventory, "all"), 9);
    assert_int_equal(count(&inventory, "production"), 5);
    assert_int_equal(count(&inventory, "production:!db-*"), 3);
    assert_int_equal(count(&inventory, "!db-*:production"), 3); /* the order does not matter */
    assert_int_equal(count(&inventory, "production:&web"), 3);
    assert_int_equal(count(&inventory, "web-01,t1"), 2);
    assert_int_equal(count(&inventory, "!web"), 6);
    assert_int_equal(count(&inventory, "ungrouped"), 1);
    assert_int_equal(count(&inventory, "web-0[12]"), 2);
    assert_int_equal(count(&inventory, "nosuch"), 999);
    inventory_clear(&inventory);
}

static void ranges(void **state)
{
    struct error err;
    json_t *names = inventory_expand("r[1:9:4]-[a:b]", &err);
    (void)state;
    assert_int_equal(json_array_size(names), 6);
    assert_string_equal(json_string_value(json_array_get(names, 5)), "r9-b");
    json_decref(names);
    names = inventory_expand("n[:2]", &err);
    assert_string_equal(json_string_value(json_array_get(names, 0)), "n0");
    json_decref(names);
}

static void endpoints(void **state)
{
    static const struct {
        const char *in, *out;
    } GOOD[] = {{"ssh://u@h:22/run/user/1/docker.sock", "ssh://u@h:22/run/user/1/docker.sock"},
                {"tcp://[::1]:2376", "tcp://[::1]:2376"},
                {"unix:///run/docker.sock", "unix:///run/docker.sock"},
                {"ssh://h/", "ssh://h"}};
    static const char *const BAD[] = {"ssh://u:p@h",
                                      "tcp://",
                                      "tcp://h:99999",
                                      "tcp://h/x",
                                      "unix://relative",
                                      "npipe:////./pipe/x",
                                      "ssh://-oProxyCommand=x",
                                      "ssh://h?x",
                                      "tcp://::1:2376",
                                      "ssh://[::1",
                                      "ssh://h;reboot",
                                      "ssh://@h"};
    struct endpoint e;
    struct error err;
    (void)state;
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        assert_int_equal(endpoint_parse(&e, GOOD[i].in, &err), 0);
        char *url = endpoint_url(&e);
        assert_string_equal(url, GOOD[i].out);
        free(url);
        endpoint_clear(&e);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (endpoint_parse(&e, BAD[i], &err) == 0)
            fail_msg("%s was taken", BAD[i]);
}

static void docker_precedence(void **state)
{
    struct error err;
    (void)state;
    setenv("DOCKER_CONFIG", GOLDEN "/docker-config", 1);
    unsetenv("DOCKER_HOST");
    struct target *t = target_from_docker(NULL, NULL, &DEFAULTS, &err); /* currentContext of config.json */
    assert_non_null(t);
    assert_string_equal(t->name, "prod");
    assert_string_equal(t->engine.host, "h1");
    assert_int_equal(t->engine.port, 2222);
    target_free(t);
    setenv("DOCKER_HOST", "tcp://10.9.9.9:2376", 1);
    setenv("DOCKER_CONTEXT", "prod", 1);
    setenv("DOCKER_MACHINE_NAME", "mach", 1);
    t = target_from_docker(NULL, NULL, &DEFAULTS,
                           &err); /* the code of the CLI: DOCKER_HOST before DOCKER_CONTEXT */
    assert_string_equal(t->engine.host, "10.9.9.9");
    assert_string_equal(t->name, "mach");
    assert_true(t->tls);
    target_free(t);
    assert_null(target_from_docker(NULL, "nosuch", &DEFAULTS, &err));
    assert_non_null(strstr(err.text, "nosuch"));
    assert_null(target_from_docker("ssh://h", "prod", &DEFAULTS, &err));
    unsetenv("DOCKER_HOST");
    unsetenv("DOCKER_CONTEXT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hosts_file_resolves),
        cmocka_unit_test(a_child_group_wins_over_its_parent),
        cmocka_unit_test(errors_name_their_place),
        cmocka_unit_test(bad_entries_fail_alone),
        cmocka_unit_test(connection_variables),
        cmocka_unit_test(groups_have_priorities_and_limits),
        cmocka_unit_test(vaulted_files_are_told_and_passed_over),
        cmocka_unit_test(yaml_resolves),
        cmocka_unit_test(programs_print_another_form),
        cmocka_unit_test(programs_end_in_time),
        cmocka_unit_test(yaml_errors_name_their_place),
        cmocka_unit_test(patterns),
        cmocka_unit_test(ranges),
        cmocka_unit_test(endpoints),
        cmocka_unit_test(docker_precedence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
