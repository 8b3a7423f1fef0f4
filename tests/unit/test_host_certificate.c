/* test_host_certificate.c: host certificates, made by the real ssh-keygen; what an sshd sends before any key
 * is known; and the store of certificates. */
#include "test.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>
#include "agentless/transport/ssh/host_certificate.h"
#include "agentless/transport/ssh/host_certificate_fetch.h"
#include "agentless/transport/ssh/host_certificate_store.h"
#include "base/mem.h"

/* --- certificates --- */

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/muster-cert.XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char *command = xasprintf("rm -rf '%s'", folder);
    (void)state;
    int result = system(command);
    free(command);
    return result;
}

static void run(const char *format, const char *a, const char *b)
{
    char *words = xasprintf("cd '%s' && exec >/dev/null 2>&1; ", folder);
    char *command = xcalloc(2000, 1);
    snprintf(command, 2000, "%s", words);
    size_t length = strlen(command);
    /* Fixed texts of this file. */
    char *at = command + length;
    for (const char *p = format; *p; p++)
        if (*p == '@' || *p == '#')
            at += sprintf(at, "%s", *p == '@' ? a : b);
        else
            *at++ = *p;
    if (system(command) != 0)
        fail_msg("%s", command);
    free(words);
    free(command);
}

/* The bytes behind the name in a .pub file. */
static size_t read_public(const char *name, unsigned char *bytes, size_t size)
{
    char *path = xasprintf("%s/%s", folder, name), text[8192] = "", *blank;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof text, file));
    fclose(file);
    free(path);
    blank = strchr(text, ' ') + 1;
    size_t length = strcspn(blank, " \n"), padding = 0;
    while (length > padding && blank[length - 1 - padding] == '=')
        padding++;
    assert_true(length / 4 * 3 <= size);
    int got = EVP_DecodeBlock(bytes, (unsigned char *)blank, (int)length);
    return (size_t)got - padding;
}

static void certificates_of_all_kinds(void **state)
{
    static const char *const KINDS[][2] = {
        {"ed25519", ""}, {"ecdsa", "-b 256"}, {"ecdsa", "-b 384"}, {"ecdsa", "-b 521"}, {"rsa", "-b 3072"}};
    unsigned char bytes[8192], key[8192], authority[8192];
    struct host_certificate c;
    struct error err;
    time_t now = time(NULL);
    (void)state;
    for (size_t ca = 0; ca < 5; ca++)
        for (size_t k = 0; k < 5; k++) {
            run("rm -f ca* host*; ssh-keygen -q -t @ # -N '' -f ca", KINDS[ca][0], KINDS[ca][1]);
            run("ssh-keygen -q -t @ # -N '' -f host", KINDS[k][0], KINDS[k][1]);
            run("ssh-keygen -q -s ca -I lab -h -n h1,a.example.org,*.example.net -V -1h:+1h host.pub", "",
                "");
            size_t length = read_public("host-cert.pub", bytes, sizeof bytes);
            size_t key_length = read_public("host.pub", key, sizeof key);
            size_t authority_length = read_public("ca.pub", authority, sizeof authority);
            if (host_certificate_read(&c, bytes, length, &err))
                fail_msg("%s: %s", KINDS[k][0], err.text);
            assert_int_equal(c.key_length, key_length);
            assert_memory_equal(c.key, key, key_length);
            assert_int_equal(c.authority.length, authority_length);
            assert_memory_equal(c.authority.data, authority, authority_length);
            if (host_certificate_check(&c, "h1", NULL, now, &err))
                fail_msg("%s by %s: %s", KINDS[k][0], KINDS[ca][0], err.text);
            assert_int_equal(host_certificate_check(&c, "a.example.org", NULL, now, &err), 0);
            /* A principal is no pattern. */
            assert_int_equal(host_certificate_check(&c, "a.example.net", NULL, now, &err), -1);
            assert_int_equal(host_certificate_check(&c, "h1", "ssh-dss", now, &err), -1);
            assert_int_equal(host_certificate_check(&c, "h2", NULL, now, &err), -1);
            assert_non_null(strstr(err.text, "other names"));
            assert_int_equal(host_certificate_check(&c, "h1", NULL, now + 7200, &err), -1);
            assert_non_null(strstr(err.text, "expired"));
            assert_int_equal(host_certificate_check(&c, "h1", NULL, now - 7200, &err), -1);
            host_certificate_clear(&c);
            /* Any change of what is signed is seen; a certificate that is cut off is none. */
            bytes[length - authority_length - 200] ^= 1;
            if (!host_certificate_read(&c, bytes, length, &err))
                assert_int_equal(host_certificate_check(&c, "h1", NULL, now, &err), -1);
            host_certificate_clear(&c);
            for (size_t cut = 0; cut < length; cut += 7) {
                assert_int_equal(host_certificate_read(&c, bytes, cut, &err), -1);
                host_certificate_clear(&c);
            }
        }
}

static void a_users_certificate_is_no_hosts(void **state)
{
    unsigned char bytes[8192];
    struct host_certificate c;
    struct error err;
    (void)state;
    run("rm -f ca* host*; ssh-keygen -q -t ed25519 -N '' -f ca; ssh-keygen -q -t ed25519 -N '' -f host", "",
        "");
    run("ssh-keygen -q -s ca -I lab -n h1 host.pub", "", "");
    size_t length = read_public("host-cert.pub", bytes, sizeof bytes);
    assert_int_equal(host_certificate_read(&c, bytes, length, &err), 0);
    assert_int_equal(host_certificate_check(&c, "h1", NULL, time(NULL), &err), -1);
    assert_non_null(strstr(err.text, "a user"));
    host_certificate_clear(&c);
    /* A host's that names no host is for none. */
    run("rm -f host-cert.pub; ssh-keygen -q -s ca -I lab -h host.pub", "", "");
    length = read_public("host-cert.pub", bytes, sizeof bytes);
    assert_int_equal(host_certificate_read(&c, bytes, length, &err), 0);
    assert_int_equal(host_certificate_check(&c, "h1", NULL, time(NULL), &err), -1);
    host_certificate_clear(&c);
    assert_int_equal(host_certificate_read(&c, (const unsigned char *)"\0\0\0\7ssh-rsa", 11, &err), -1);
    assert_non_null(strstr(err.text, "kind that is known"));
    host_certificate_clear(&c);
}

static void what_an_sshd_sends(void **state)
{
    static const char KEXINIT[] = "SSH-2.0-x\r\n\0\0\0\014\012\024aaaaaaaaaa";
    static const char REPLY[] = "\0\0\0\024\012\037\0\0\0\004KEYS0123456789";
    struct buf b = {0};
    const unsigned char *key = NULL;
    size_t length = 0;
    bool answered;
    (void)state;
    assert_int_equal(host_certificate_fetch_read(&b, &answered, &key, &length), 0);
    buf_text(&b, "hello\r\nSSH-2.0-x\r\n");
    assert_int_equal(host_certificate_fetch_read(&b, &answered, &key, &length), 0);
    b.length = 0;
    buf_add(&b, KEXINIT, sizeof KEXINIT - 1);
    assert_int_equal(host_certificate_fetch_read(&b, &answered, &key, &length), 0);
    assert_true(answered);
    buf_add(&b, REPLY, sizeof REPLY - 2);
    assert_int_equal(host_certificate_fetch_read(&b, &answered, &key, &length), 0);
    buf_add(&b, REPLY + sizeof REPLY - 2, 1);
    assert_int_equal(host_certificate_fetch_read(&b, &answered, &key, &length), 1);
    assert_int_equal(length, 4);
    assert_memory_equal(key, "KEYS", 4);
    /* A disconnect (no certificate), and lengths that lie. */
    b.length = 0;
    buf_add(&b, "SSH-2.0-x\r\n\0\0\0\014\012\001aaaaaaaaaa", 27);
    assert_int_equal(host_certificate_fetch_read(&b, &answered, &key, &length), -1);
    b.length = 0;
    buf_add(&b, "SSH-2.0-x\r\n\377\377\377\377\012\001", 17);
    assert_int_equal(host_certificate_fetch_read(&b, &answered, &key, &length), -1);
    buf_free(&b);
}

static int woken;

static void wake(void *ctx)
{
    (void)ctx;
    woken++;
}

/* Each sshd is asked once, by whoever comes first, and remembered for the next run. */
static void certificates_are_kept(void **state)
{
    char path[128];
    struct host_certificate_waiter second = {.ready = wake}, third = {.ready = wake}, other = {.ready = wake};
    (void)state;
    snprintf(path, sizeof path, "%s/state/host_certificates", folder);
    struct host_certificate_store *c = host_certificate_store_new(path);
    assert_false(host_certificate_store_get(c, "a,a:22,").known);
    assert_true(host_certificate_store_claim(c, "a,a:22,", &other));
    assert_false(host_certificate_store_claim(c, "a,a:22,", &second));
    assert_false(host_certificate_store_claim(c, "a,a:22,", &third));
    assert_true(host_certificate_store_claim(c, "b", &other));
    assert_false(host_certificate_store_claim(c, "b", &other));
    /* Who is gone is not woken; who waits for another one neither. */
    host_certificate_store_forget(&second);
    host_certificate_store_forget(&second);
    host_certificate_store_put(c, "a,a:22,", (const unsigned char *)"certificate", 11);
    assert_int_equal(woken, 1);
    struct host_certificate_entry entry = host_certificate_store_get(c, "a,a:22,");
    assert_true(entry.known && entry.fresh && entry.length == 11);
    host_certificate_store_give_up(c, "b");
    assert_int_equal(woken, 2);
    assert_false(host_certificate_store_get(c, "b").known);
    /* One that has none: known in this run, asked again in the next. */
    host_certificate_store_put(c, "b", NULL, 0);
    assert_true(host_certificate_store_get(c, "b").known);
    assert_null(host_certificate_store_get(c, "b").bytes);
    host_certificate_store_put(c, "spaced name # 1\n", (const unsigned char *)"xy", 2);
    /* The last one counts. */
    host_certificate_store_put(c, "a,a:22,", (const unsigned char *)"renewed", 7);
    host_certificate_store_free(c);
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fputs("garbage\nx not*base64\n\n a==\nd ====\n", file);
    fclose(file);
    c = host_certificate_store_new(path);
    entry = host_certificate_store_get(c, "a,a:22,");
    assert_true(entry.known && !entry.fresh);
    assert_int_equal(entry.length, 7);
    assert_memory_equal(entry.bytes, "renewed", 7);
    assert_int_equal(host_certificate_store_get(c, "spaced name # 1\n").length, 2);
    assert_false(host_certificate_store_get(c, "b").known);
    assert_false(host_certificate_store_get(c, "x").known);
    host_certificate_store_free(c);
    /* Without a home nothing is kept, and nothing fails. */
    c = host_certificate_store_new(NULL);
    host_certificate_store_put(c, "a", (const unsigned char *)"xy", 2);
    assert_int_equal(host_certificate_store_get(c, "a").length, 2);
    host_certificate_store_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificates_are_kept),
        cmocka_unit_test(certificates_of_all_kinds),
        cmocka_unit_test(a_users_certificate_is_no_hosts),
        cmocka_unit_test(what_an_sshd_sends),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
