/* test_docker_machine.c: stores of Docker Machine as they really are (all drivers with quirks, all versions
 * of config.json, moved, stopped, half-created), and docker contexts. */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "inventory/docker_context.h"
#include "inventory/docker_machine.h"
#include "inventory/variables.h"

static char root[64];

static void write_file(const char *path, const char *text)
{
    char *whole = xasprintf("%s/%s", root, path);
    for (char *slash = strchr(whole + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        assert_true(mkdir(whole, 0700) == 0 || errno == EEXIST);
        *slash = '/';
    }
    FILE *file = fopen(whole, "w");
    assert_non_null(file);
    for (; *text; text++)
        fputc(*text == '\'' ? '"' : *text, file);
    fclose(file);
    free(whole);
}

static int make_root(void **state)
{
    (void)state;
    strcpy(root, "/tmp/muster-store.XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
    char *command = xasprintf("rm -rf '%s'", root);
    (void)state;
    int result = system(command);
    free(command);
    return result;
}

/* A machine's config.json with these fields of its driver. */
#define V3(driver, fields)                                                                                   \
    "{'ConfigVersion':3,'DriverName':'" driver "','Driver':{" fields                                         \
    "},'HostOptions':{'AuthOptions':{'CaCertPath':'/home/gone/certs/"                                        \
    "ca.pem','ClientCertPath':'C:\\\\Users\\\\u\\\\cert.pem',"                                               \
    "'ClientKeyPath':''}},'Name':'another'}"

/* Each machine of the store, and what it must become; T: its folder has the three TLS files, K: an id_rsa. */
static const struct {
    const char *name, *files, *config, *engine, *shell, *problem;
} MACHINES[] = {
    {"ec2", "TK",
     V3("amazonec2",
        "'IPAddress':'198.51.100.4','SSHUser':'ubuntu','SSHPort':22,'SSHKeyPath':'','PrivateIPAddress':"
        "'10.0.0.4','Region':'eu-west-1','Tags':'team,ops,stage,prod','AccessKey':'AKIASECRET','SecretKey':'"
        "s3cret'"),
     "tcp://198.51.100.4:2376", "ssh://ubuntu@198.51.100.4:22", NULL},
    {"ec2-private", "TK",
     V3("amazonec2",
        "'IPAddress':'198.51.100.4','PrivateIPAddress':'10.0.0.4','UsePrivateIP':true,'SSHUser':'ubuntu'"),
     "tcp://10.0.0.4:2376", "ssh://ubuntu@10.0.0.4:22", NULL},
    {"azure", "TK",
     V3("azure",
        "'IPAddress':'','DNSLabel':'web7','Location':'westeurope','DockerPort':2377,'SSHUser':'docker-user',"
        "'ClientSecret':'s3cret'"),
     "tcp://web7.westeurope.cloudapp.azure.com:2377",
     "ssh://docker-user@web7.westeurope.cloudapp.azure.com:22", NULL},
    {"azure-nothing", "TK", V3("azure", "'IPAddress':''"), NULL, NULL, "no address"},
    {"azure-private", "TK",
     V3("azure", "'NoPublicIP':true,'PrivateIPAddr':'10.1.0.9','SSHUser':'docker-user'"),
     "tcp://10.1.0.9:2376", "ssh://docker-user@10.1.0.9:22", NULL},
    {"generic", "TK",
     V3("generic", "'IPAddress':'203.0.113.7','EnginePort':12376,'SSHPort':2222,'SSHUser':''"),
     "tcp://203.0.113.7:12376", "ssh://root@203.0.113.7:2222", NULL},
    {"six", "TK", V3("generic", "'IPAddress':'2001:db8::7','SSHUser':'root'"), "tcp://[2001:db8::7]:2376",
     "ssh://root@[2001:db8::7]:22", NULL},
    {"none", "T", V3("none", "'URL':'tcp://192.0.2.9:2376','IPAddress':'192.0.2.9'"), "tcp://192.0.2.9:2376",
     NULL, NULL},
    {"none-odd", "T", V3("none", "'URL':'http://blafasl'"), NULL, NULL, "http"},
    {"none-empty", "", V3("none", "'URL':''"), NULL, NULL, "names no URL"},
    {"vbox", "TK", V3("virtualbox", "'IPAddress':'192.168.99.100','SSHPort':51234,'SSHUser':'docker'"),
     "tcp://192.168.99.100:2376", "ssh://docker@127.0.0.1:51234", NULL},
    {"vcloud", "TK",
     V3("vmwarevcloudair",
        "'PublicIP':'192.0.2.44','DockerPort':2380,'SSHUser':'root','UserPassword':'s3cret'"),
     "tcp://192.0.2.44:2380", "ssh://root@192.0.2.44:22", NULL},
    {"vsphere", "TK",
     V3("vmwarevsphere", "'IP':'10.9.9.9','IPAddress':'10.0.0.8','SSHUser':'docker','Password':'s3cret'"),
     "tcp://10.0.0.8:2376", "ssh://docker@10.0.0.8:22", NULL},
    {"google-stopped", "TK", V3("google", "'IPAddress':'','Zone':'europe-west1-b','SSHUser':'docker-user'"),
     NULL, NULL, "docker-machine start"},
    {"plugin", "TK", V3("hetzner", "'IPAddress':'192.0.2.50','AccessToken':'s3cret'"),
     "tcp://192.0.2.50:2376", "ssh://root@192.0.2.50:22", NULL},
    {"no-tls", "K", V3("digitalocean", "'IPAddress':'192.0.2.60','SSHUser':'root'"),
     "ssh://root@192.0.2.60:22", "ssh://root@192.0.2.60:22", NULL},
    {"version-0", "TK",
     "{'DriverName':'generic','StorePath':'/gone','CaCertPath':'/gone/ca.pem','ClientCertPath':'/gone/"
     "cert.pem','ClientKeyPath':'/gone/key.pem',"
     "'Driver':{'IPAddress':'192.0.2.70','SSHUser':'core'}}",
     "tcp://192.0.2.70:2376", "ssh://core@192.0.2.70:22", NULL},
    /* {"IPAddress":"192.0.2.71","SSHUser":"core"} in base64 */
    {"raw", "TK",
     "{'ConfigVersion':1,'DriverName':'generic','RawDriver':'"
     "eyJJUEFkZHJlc3MiOiIxOTIuMC4yLjcxIiwiU1NIVXNlciI6ImNvcmUifQ=='}",
     "tcp://192.0.2.71:2376", "ssh://core@192.0.2.71:22", NULL},
    {"version-2", "TK",
     "{'ConfigVersion':2,'DriverName':'generic','Driver':{'IPAddress':'192.0.2.72','SSHUser':'core'},'"
     "HostOptions':{}}",
     "tcp://192.0.2.72:2376", "ssh://core@192.0.2.72:22", NULL},
    {"future", "TK", "{'ConfigVersion':4,'DriverName':'generic','Driver':{'IPAddress':'192.0.2.73'}}", NULL,
     NULL, "from the future"},
    {"half", "T", NULL, NULL, NULL, "half-created"},
    {"broken", "T", "{'ConfigVersion':3,", NULL, NULL, "no JSON"},
    {"array", "T", "[1]", NULL, NULL, "no JSON object"},
    {"driverless", "T", "{'ConfigVersion':3,'DriverName':'generic','Driver':7,'RawDriver':'!!!!'}", NULL,
     NULL, "names no driver"},
    {"bad_name", "T", V3("generic", "'IPAddress':'192.0.2.74'"), NULL, NULL,
     "none that docker-machine gives"},
};
#define MACHINE_COUNT (sizeof MACHINES / sizeof *MACHINES)

static void make_store(void)
{
    static const struct {
        char letter;
        const char *name;
    } FILES[] = {{'T', "ca.pem"}, {'T', "cert.pem"}, {'T', "key.pem"}, {'K', "id_rsa"}};
    for (size_t i = 0; i < MACHINE_COUNT; i++) {
        char path[128];
        for (size_t f = 0; f < sizeof FILES / sizeof *FILES; f++) {
            snprintf(path, sizeof path, "machines/%s/%s", MACHINES[i].name, FILES[f].name);
            if (strchr(MACHINES[i].files, FILES[f].letter))
                write_file(path, "x");
        }
        snprintf(path, sizeof path, "machines/%s/config.json", MACHINES[i].name);
        if (MACHINES[i].config)
            write_file(path, MACHINES[i].config);
    }
    write_file("machines/.hidden/config.json", "{}");
}

static void each_machine_resolves(void **state)
{
    const struct target_defaults defaults = {.tls_verify = true};
    struct inventory inventory;
    struct error err;
    (void)state;
    make_store();
    inventory_init(&inventory);
    assert_int_equal(inventory_add_docker_machines(&inventory, root, NULL, "accept-new", &err), 0);
    assert_int_equal(json_object_size(inventory.hosts), MACHINE_COUNT);
    for (size_t i = 0; i < MACHINE_COUNT; i++) {
        struct target *t = inventory_resolve(&inventory, MACHINES[i].name, &defaults);
        char *engine = endpoint_url(&t->engine);
        char *shell = t->shell_kind == SHELL_SSH ? endpoint_url(&t->shell) : NULL;
        if (MACHINES[i].problem && (!t->problem || !strstr(t->problem, MACHINES[i].problem)))
            fail_msg("%s: problem %s", MACHINES[i].name, t->problem ? t->problem : "none");
        if (!MACHINES[i].problem) {
            if (t->problem || strcmp(engine, MACHINES[i].engine) != 0)
                fail_msg("%s: %s, %s", MACHINES[i].name, engine, t->problem ? t->problem : "");
            if (MACHINES[i].shell ? !shell || strcmp(shell, MACHINES[i].shell) != 0 : shell != NULL)
                fail_msg("%s: shell %s", MACHINES[i].name, shell ? shell : "none");
            assert_int_equal(t->host_key, HOST_KEY_ACCEPT_NEW);
            if (t->engine.scheme == SCHEME_TCP) {
                char *ca = xasprintf("%s/machines/%s/ca.pem", root, MACHINES[i].name);
                assert_true(t->tls && t->tls_verify);
                assert_string_equal(t->tls_ca, ca);
                free(ca);
            }
            if (strchr(MACHINES[i].files, 'K'))
                assert_non_null(strstr(t->private_key, "id_rsa"));
        }
        free(engine);
        free(shell);
        target_free(t);
    }
    inventory_clear(&inventory);
}

static void no_secret_is_read_and_groups_are_made(void **state)
{
    struct inventory inventory;
    struct error err;
    (void)state;
    inventory_init(&inventory);
    assert_int_equal(inventory_add_docker_machines(&inventory, root, NULL, "strict", &err), 0);
    char *hosts = json_dumps(inventory.hosts, 0), *groups = json_dumps(inventory.groups, 0);
    assert_null(strstr(hosts, "s3cret"));
    assert_null(strstr(hosts, "AKIA"));
    assert_null(strstr(groups, "s3cret"));
    static const char *const GROUPS[] = {"docker-machine", "amazonec2",      "region_eu-west-1",
                                         "tag_team_ops",   "tag_stage_prod", "zone_europe-west1-b"};
    for (size_t i = 0; i < sizeof GROUPS / sizeof *GROUPS; i++)
        if (!json_object_get(inventory.groups, GROUPS[i]))
            fail_msg("no group %s in %s", GROUPS[i], groups);
    free(hosts);
    free(groups);
    inventory_clear(&inventory);
}

static void one_machine_by_name(void **state)
{
    struct inventory inventory;
    struct error err;
    (void)state;
    inventory_init(&inventory);
    /* What an inventory says takes precedence over the store. */
    json_put(inventory_host(&inventory, "google-stopped", NULL), "ansible_host", json_text("192.0.2.80"));
    assert_int_equal(inventory_add_docker_machines(&inventory, root, "google-stopped", "accept-new", &err),
                     0);
    const struct target_defaults defaults = {.tls_verify = true};
    struct target *t = inventory_resolve(&inventory, "google-stopped", &defaults);
    assert_null(t->problem);
    assert_string_equal(t->engine.host, "192.0.2.80");
    target_free(t);
    assert_int_equal(json_object_size(inventory.hosts), 1);
    assert_int_equal(inventory_add_docker_machines(&inventory, root, "nosuch", "accept-new", &err), -1);
    assert_non_null(strstr(err.text, "no such machine"));
    assert_int_equal(inventory_add_docker_machines(&inventory, "/nosuch", NULL, "accept-new", &err), -1);
    assert_non_null(strstr(err.text, "MACHINE_STORAGE_PATH"));
    inventory_clear(&inventory);
}

static void contexts_by_pattern(void **state)
{
    struct inventory inventory;
    struct error err;
    const struct target_defaults defaults = {.tls_verify = true};
    (void)state;
    write_file("config/contexts/meta/aa/meta.json",
               "{'Name':'prod-eu','Endpoints':{'docker':{'Host':'ssh://ops@h1:2222'}}}");
    write_file("config/contexts/meta/bb/meta.json",
               "{'name':'prod-us','endpoints':{'docker':{'host':'tcp://h2:2376','skiptlsverify':true}}}");
    write_file("config/contexts/tls/bb/docker/ca.pem", "x");
    /* Another name for the same engine. */
    write_file("config/contexts/meta/ee/meta.json",
               "{'Name':'prod-alias','Endpoints':{'docker':{'Host':'ssh://ops@h1:2222'}}}");
    write_file("config/contexts/meta/cc/meta.json", "{'Name':'other','Endpoints':{'kubernetes':{}}}");
    char *folder = xasprintf("%s/config", root);
    setenv("DOCKER_CONFIG", folder, 1);
    inventory_init(&inventory);
    assert_int_equal(inventory_add_docker_contexts(&inventory, "prod-*", &err), 0);
    assert_int_equal(json_object_size(inventory.hosts), 2);
    struct target *t = inventory_resolve(&inventory, "prod-us", &defaults);
    assert_null(t->problem);
    assert_true(t->tls && !t->tls_verify);
    assert_non_null(strstr(t->tls_ca, "tls/bb/docker/ca.pem"));
    target_free(t);
    assert_int_equal(inventory_add_docker_contexts(&inventory, "*", &err), 0);
    t = inventory_resolve(&inventory, "other", &defaults);
    assert_non_null(strstr(t->problem, "names no docker endpoint"));
    target_free(t);
    assert_int_equal(inventory_add_docker_contexts(&inventory, "nosuch", &err), -1);
    /* One that cannot be read does not harm the others. */
    write_file("config/contexts/meta/dd/meta.json", "{");
    assert_int_equal(inventory_add_docker_contexts(&inventory, "*", &err), 0);
    t = inventory_resolve(&inventory, "dd", &defaults);
    assert_non_null(strstr(t->problem, "meta.json"));
    target_free(t);
    inventory_clear(&inventory);
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_machine_resolves), cmocka_unit_test(no_secret_is_read_and_groups_are_made),
        cmocka_unit_test(one_machine_by_name), cmocka_unit_test(contexts_by_pattern)};
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
