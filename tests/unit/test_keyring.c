/* test_keyring.c: private keys, made by the real ssh-keygen: plain, encrypted, missing, with a certificate.
 */
#include "test.h"

#include "agentless/transport/ssh/keyring.h"
#include "base/mem.h"

static char folder[64];

static int make_keys(void **state)
{
    char command[1200];
    (void)state;
    strcpy(folder, "/tmp/muster-keyring.XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(command, sizeof command,
             "cd %s && for k in plain with_certificate wrong_certificate ca; do ssh-keygen -q -t ed25519 -N "
             "'' -f $k; done && "
             "ssh-keygen -q -t ed25519 -N secret -f locked && echo words >nonsense && chmod 600 nonsense && "
             "cp plain exposed && chmod 640 exposed && "
             "ssh-keygen -q -s ca -I me -n root with_certificate.pub && ssh-keygen -q -s ca -I me -n root "
             "plain.pub && "
             "mv plain-cert.pub wrong_certificate-cert.pub",
             folder);
    return system(command); // NOLINT(cert-env33-c)
}

static int remove_keys(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command); // NOLINT(cert-env33-c)
}

static void keys_of_every_kind(void **state)
{
    static const struct {
        const char *name;
        bool key, certificate, locked;
        const char *problem; /* NULL: none */
    } CASES[] = {
        {"plain", true, false, false, NULL},
        {"with_certificate", true, true, false, NULL},
        {"wrong_certificate", true, false, false, NULL},
        {"nosuch", false, false, false, "No such file"},
        {"nonsense", false, false, false, ""},
        {"exposed", false, false, false, "others can read it"},
    };
    uv_loop_t loop;
    (void)state;
    uv_loop_init(&loop);
    struct keyring *ring = keyring_new(&loop, false);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *path = xasprintf("%s/%s", folder, CASES[i].name);
        const struct ssh_identity *identity = keyring_get(ring, path, NULL);
        assert_string_equal(identity->path, path);
        if ((identity->key != NULL) != CASES[i].key ||
            (identity->certificate != NULL) != CASES[i].certificate || identity->locked != CASES[i].locked ||
            (identity->problem != NULL) != (CASES[i].problem != NULL))
            fail_msg("%s: problem \"%s\"", CASES[i].name, identity->problem ? identity->problem : "");
        if (CASES[i].problem && !strstr(identity->problem, CASES[i].problem))
            fail_msg("%s: problem \"%s\"", CASES[i].name, identity->problem);
        /* Read once a run, whoever asks. */
        assert_ptr_equal(keyring_get(ring, path, NULL), identity);
        free(path);
    }
    keyring_close(ring);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    keyring_free(ring);
}

/* An encrypted key is of use only where there is a person to ask. */
static void a_locked_key_needs_a_person(void **state)
{
    char *path = xasprintf("%s/locked", folder);
    (void)state;
    for (int can_ask = 0; can_ask < 2; can_ask++) {
        uv_loop_t loop;
        uv_loop_init(&loop);
        struct keyring *ring = keyring_new(&loop, can_ask);
        const struct ssh_identity *identity = keyring_get(ring, path, NULL);
        assert_null(identity->key);
        assert_non_null(identity->public_key);
        assert_true(keyring_can_unlock(ring, identity) == (can_ask == 1));
        assert_false(keyring_is_asking(ring));
        keyring_close(ring);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(uv_loop_close(&loop), 0);
        keyring_free(ring);
    }
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_every_kind),
        cmocka_unit_test(a_locked_key_needs_a_person),
    };
    return cmocka_run_group_tests(tests, make_keys, remove_keys);
}
