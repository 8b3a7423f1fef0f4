/* test_host_key.c: whether a key is the host's: by known_hosts as OpenSSH writes it, by certificates of the
 * real ssh-keygen, by policy. Without any sshd. */
#include "test.h"

#include "agentless/transport/ssh/host_key.h"
#include "base/file.h"
#include "base/mem.h"

#include <unistd.h>

static char folder[64];

static void run(const char *format, const char *a, const char *b)
{
    char command[1200];
    int length = snprintf(command, sizeof command, "cd %s && ", folder);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(command + length, sizeof command - (size_t)length, format, a, b);
#pragma GCC diagnostic pop
    assert_int_equal(system(command), 0); // NOLINT(cert-env33-c)
}

static int make_keys(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/muster-host-key.XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    run("for k in host other ca; do ssh-keygen -q -t ed25519 -N '' -f %s$k; done%s", "", "");
    run("ssh-keygen -q -s ca -I host -h -n web,10.0.0.1,p\\* -V +1d host.pub%s%s", "", "");
    run("awk '{ print $2 }' host-cert.pub | base64 -d >certificate%s%s", "", "");
    return 0;
}

static int remove_keys(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command); // NOLINT(cert-env33-c)
}

static char *path_of(const char *name)
{
    return xasprintf("%s/%s", folder, name);
}

/* A question about "web" with one known_hosts file of these lines; HOST, OTHER and CA stand for the keys. */
static struct known_hosts *known;
static const char *files[2];

static struct host_key_question question_about(const char *lines)
{
    char *path = path_of("known_hosts"), *pins = path_of("pins");
    /* The shortest word first: a key that stands in the line already may hold it. */
    run("printf '%s' | sed \"s|CA|$(cut -d' ' -f1,2 ca.pub)|; s|OTHER|$(cut -d' ' -f1,2 other.pub)|; "
        "s|HOST|$(cut -d' ' -f1,2 host.pub)|\" >known_hosts%s",
        lines, "");
    if (known)
        known_hosts_free(known);
    known = known_hosts_new(pins);
    free(pins);
    files[0] = path;
    return (struct host_key_question){.known = known,
                                      .sources = {.files = files},
                                      .known_as = "web",
                                      .host = "web",
                                      .policy = HOST_KEY_STRICT,
                                      .certificate_is_fresh = true,
                                      .now = time(NULL)};
}

static enum host_key_result judge(const struct host_key_question *question, struct host_key *result,
                                  struct failure *failure)
{
    char *path = path_of("host.pub");
    ssh_key key = NULL;
    assert_int_equal(ssh_pki_import_pubkey_file(path, &key), SSH_OK);
    enum host_key_result verdict = host_key_judge(result, question, key, failure);
    ssh_key_free(key);
    free(path);
    free((char *)(uintptr_t)files[0]);
    files[0] = NULL;
    return verdict;
}

static void by_known_hosts(void **state)
{
    static const struct {
        const char *lines;
        enum host_key_policy policy;
        enum host_key_result result;
        const char *says; /* of the failure, or of why it is trusted */
    } CASES[] = {
        {"web HOST\\n", HOST_KEY_STRICT, HOST_KEY_OK, "known_hosts:1"},
        {"# words\\nold,web HOST\\n", HOST_KEY_STRICT, HOST_KEY_OK, "known_hosts:2"},
        {"", HOST_KEY_STRICT, HOST_KEY_REFUSED, "is unknown"},
        {"", HOST_KEY_ACCEPT_NEW, HOST_KEY_OK, "first contact"},
        {"", HOST_KEY_NO, HOST_KEY_OK, "not verified"},
        {"web OTHER\\n", HOST_KEY_STRICT, HOST_KEY_REFUSED, "not the one in"},
        {"web OTHER\\n", HOST_KEY_ACCEPT_NEW, HOST_KEY_REFUSED, "not the one in"},
        {"web OTHER\\nweb HOST\\n", HOST_KEY_STRICT, HOST_KEY_OK, "known_hosts:2"},
        {"@revoked web HOST\\nweb HOST\\n", HOST_KEY_STRICT, HOST_KEY_REFUSED, "revoked"},
        {"@revoked web HOST\\n", HOST_KEY_NO, HOST_KEY_REFUSED, "revoked"},
        {"mail HOST\\n", HOST_KEY_STRICT, HOST_KEY_REFUSED, "is unknown"},
        /* A negation excludes its line, wherever it stands in it. */
        {"!web,w* HOST\\n", HOST_KEY_STRICT, HOST_KEY_REFUSED, "is unknown"},
        {"w*,!web HOST\\n", HOST_KEY_STRICT, HOST_KEY_REFUSED, "is unknown"},
        {"w*,!wet HOST\\n", HOST_KEY_STRICT, HOST_KEY_OK, "known_hosts:1"},
        {"W?B HOST\\n", HOST_KEY_STRICT, HOST_KEY_OK, "known_hosts:1"},
        {"[v-x]eb HOST\\n", HOST_KEY_STRICT, HOST_KEY_REFUSED, "is unknown"},
        /* A revocation counts in every spelling. */
        {"web HOST\\n  @revoked * HOST\\n", HOST_KEY_STRICT, HOST_KEY_REFUSED, "revoked"},
        {"web HOST\\n@revoked\\t*\\tHOST\\n", HOST_KEY_STRICT, HOST_KEY_REFUSED, "revoked"},
        {"web HOST\\n@revoked * HOST\\r\\n", HOST_KEY_STRICT, HOST_KEY_REFUSED, "revoked"},
        {"web HOST\\nx\\000y\\n@revoked w* HOST\\n", HOST_KEY_STRICT, HOST_KEY_REFUSED, "revoked"},
        {"web HOST\\n@revoked w*,!web HOST\\n", HOST_KEY_STRICT, HOST_KEY_OK, "known_hosts:1"},
        {"\\tweb\\tHOST\\n", HOST_KEY_STRICT, HOST_KEY_OK, "known_hosts:1"},
        {"web HOSTx\\n", HOST_KEY_STRICT, HOST_KEY_REFUSED, "is unknown"},
        {"@foo web HOST\\n", HOST_KEY_STRICT, HOST_KEY_REFUSED, "is unknown"},
        {"@cert-authority web HOST\\n", HOST_KEY_STRICT, HOST_KEY_REFUSED, "is unknown"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct host_key_question question = question_about(CASES[i].lines);
        struct host_key key = {0};
        struct failure failure = {0};
        question.policy = CASES[i].policy;
        enum host_key_result result = judge(&question, &key, &failure);
        const char *text = key.trusted_by ? key.trusted_by : failure.message;
        if (result != CASES[i].result || !strstr(text, CASES[i].says))
            fail_msg("case %zu: %d, \"%s\"", i, (int)result, text);
        assert_string_equal(key.type, "ssh-ed25519");
        assert_int_equal(strncmp(key.fingerprint, "SHA256:", 7), 0);
        assert_true((key.pin != NULL) == (CASES[i].policy == HOST_KEY_ACCEPT_NEW && result == HOST_KEY_OK));
        assert_true(key.unverified == (CASES[i].policy == HOST_KEY_NO && result == HOST_KEY_OK));
        host_key_clear(&key);
    }
}

static void by_certificate(void **state)
{
    static const struct {
        const char *lines, *host;
        long later; /* days */
        enum host_key_result result;
        const char *says;
    } CASES[] = {
        {"@cert-authority web CA\\n", "web", 0, HOST_KEY_OK, "certificate of the authority"},
        {"@cert-authority *eb CA\\n", "web", 0, HOST_KEY_OK, "certificate of the authority"},
        {"@cert-authority web CA\\n", "web", 2, HOST_KEY_REFUSED, "does not vouch"},
        {"@cert-authority * CA\\n", "mail", 0, HOST_KEY_REFUSED, "does not vouch"},
        {"@cert-authority web OTHER\\n", "web", 0, HOST_KEY_REFUSED, "not one that known_hosts trusts"},
        {"@cert-authority web CA\\n@revoked web CA\\n", "web", 0, HOST_KEY_REFUSED, "revoked"},
        {"@cert-authority web CA\\n@revoked web HOST\\n", "web", 0, HOST_KEY_REFUSED, "revoked"},
        {"@cert-authority *eb,!web CA\\n", "web", 0, HOST_KEY_REFUSED, "not one that known_hosts trusts"},
        {"@cert-authority @cert-authority web CA\\n", "web", 0, HOST_KEY_REFUSED, "not one that"},
        {"web HOST\\n@cert-authority web CA\\n@revoked * CA\\n", "web", 0, HOST_KEY_REFUSED, "revoked"},
        {"web HOST\\n@cert-authority web OTHER\\n", "web", 0, HOST_KEY_OK, "known_hosts:1"},
        /* A principal is a name: the certificate is for p*, too. */
        {"@cert-authority * CA\\n", "pattern", 0, HOST_KEY_REFUSED, "does not vouch"},
    };
    char *path = path_of("certificate");
    struct buf certificate = {0};
    struct error err;
    (void)state;
    assert_int_equal(file_read(path, 1, &certificate, &err), 0);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct host_key_question question = question_about(CASES[i].lines);
        struct host_key key = {0};
        struct failure failure = {0};
        question.host = CASES[i].host;
        question.authority = true;
        question.certificate = (const unsigned char *)certificate.data;
        question.certificate_length = certificate.length;
        question.now += CASES[i].later * 86400;
        enum host_key_result result = judge(&question, &key, &failure);
        const char *text = key.trusted_by ? key.trusted_by : failure.message;
        if (result != CASES[i].result || !strstr(text, CASES[i].says))
            fail_msg("case %zu: %d, \"%s\"", i, (int)result, text);
        host_key_clear(&key);
    }
    buf_free(&certificate);
    free(path);
}

static void off_port_22_the_bare_name_counts_where_nothing_else_is_known(void **state)
{
    static const struct {
        const char *lines;
        enum host_key_result result;
        const char *says;
    } CASES[] = {
        {"[web]:2222 HOST\\n", HOST_KEY_OK, "known_hosts:1"},
        {"web HOST\\n", HOST_KEY_OK, "known_hosts:1"},
        {"[web]:2222 OTHER\\nweb HOST\\n", HOST_KEY_REFUSED, "not the one in"},
        {"web OTHER\\n", HOST_KEY_REFUSED, "is unknown"},
        {"@revoked web HOST\\n", HOST_KEY_REFUSED, "revoked"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct host_key_question question = question_about(CASES[i].lines);
        struct host_key key = {0};
        struct failure failure = {0};
        question.known_as = "[web]:2222";
        enum host_key_result result = judge(&question, &key, &failure);
        const char *text = key.trusted_by ? key.trusted_by : failure.message;
        if (result != CASES[i].result || !strstr(text, CASES[i].says))
            fail_msg("case %zu: %d, \"%s\"", i, (int)result, text);
        host_key_clear(&key);
    }
}

/* HostKeyAlgorithms, RevokedHostKeys, CheckHostIP, HostKeyAlias: each case is a known key that may not be
 * used. */
static void the_configuration_limits_what_is_trusted(void **state)
{
    static const struct {
        const char *lines, *revoked, *algorithms, *address;
        enum host_key_result result;
        const char *says;
    } CASES[] = {
        {"web HOST\\n", NULL, "rsa-sha2-512,ecdsa-sha2-nistp256", NULL, HOST_KEY_REFUSED,
         "HostKeyAlgorithms"},
        {"web HOST\\n", NULL, "rsa-sha2-512,ssh-ed25519", NULL, HOST_KEY_OK, "known_hosts:1"},
        {"web HOST\\n", NULL, "ssh-ed25519-cert-v01@openssh.com", NULL, HOST_KEY_REFUSED,
         "HostKeyAlgorithms"},
        {"web HOST\\n", "# none\\n\\n", NULL, NULL, HOST_KEY_OK, "known_hosts:1"},
        {"web HOST\\n", " HOST\\n", NULL, NULL, HOST_KEY_REFUSED, "revoked by"},
        {"web HOST\\n", "OTHER\\n", NULL, NULL, HOST_KEY_OK, "known_hosts:1"},
        {"web HOST\\n", "OTHER\\nrubbish\\n", NULL, NULL, HOST_KEY_REFUSED, "revoked:2 is no public key"},
        {"web HOST\\n", "SSHKRL\\n\\000more", NULL, NULL, HOST_KEY_REFUSED, "key revocation list"},
        {"web HOST\\n", "missing", NULL, NULL, HOST_KEY_REFUSED, "cannot be read: No such file"},
        {"web HOST\\n10.0.0.1 OTHER\\n", NULL, NULL, "10.0.0.1", HOST_KEY_REFUSED, "CheckHostIP"},
        {"web,10.0.0.1 HOST\\n", NULL, NULL, "10.0.0.1", HOST_KEY_OK, "known_hosts:1"},
        {"web HOST\\n", NULL, NULL, "10.0.0.1", HOST_KEY_OK, "known_hosts:1"},
    };
    char *path = path_of("revoked"), *missing = path_of("missing");
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct host_key key = {0};
        struct failure failure = {0};
        const char *revoked = CASES[i].revoked;
        struct host_key_question question = question_about(revoked ? revoked : "");
        run("mv known_hosts revoked%s%s", "", "");
        free((char *)(uintptr_t)files[0]);
        question = question_about(CASES[i].lines);
        if (revoked)
            question.sources.revoked = strcmp(revoked, "missing") == 0 ? missing : path;
        question.algorithms = CASES[i].algorithms;
        question.address = CASES[i].address;
        enum host_key_result result = judge(&question, &key, &failure);
        const char *text = key.trusted_by ? key.trusted_by : failure.message;
        if (result != CASES[i].result || !strstr(text, CASES[i].says))
            fail_msg("case %zu: %d, \"%s\"", i, (int)result, text);
        host_key_clear(&key);
    }
    free(path);
    free(missing);
}

static void only_one_plain_name_is_pinned(void **state)
{
    static const char *const NAMES[] = {"*", "a,b", "w?b", "!web", "|1|x", "a b", "#x", "@revoked", ""};
    (void)state;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        struct host_key_question question = question_about("");
        struct host_key key = {0};
        struct failure failure = {0};
        question.policy = HOST_KEY_ACCEPT_NEW;
        question.known_as = question.host = NAMES[i];
        assert_int_equal(judge(&question, &key, &failure), HOST_KEY_REFUSED);
        assert_non_null(strstr(failure.message, "cannot be pinned"));
        assert_null(key.pin);
        host_key_clear(&key);
    }
    assert_true(known_hosts_can_pin("[web]:2222"));
}

/* A write that a full disk cut short leaves half a line; the next pin begins its own. */
static void a_pin_is_not_joined_to_half_a_line(void **state)
{
    struct host_key key = {0};
    struct failure failure = {0};
    char *path = path_of("pins");
    (void)state;
    run("printf 'half ssh-ed25519 AAAAC3Nz' >pins%s%s", "", "");
    struct host_key_question question = question_about("");
    question.policy = HOST_KEY_ACCEPT_NEW;
    assert_int_equal(judge(&question, &key, &failure), HOST_KEY_OK);
    host_key_pin(&key, &question, "web", "first contact");
    host_key_clear(&key);
    question = question_about("");
    assert_int_equal(judge(&question, &key, &failure), HOST_KEY_OK);
    assert_non_null(strstr(key.trusted_by, "pins:2"));
    host_key_clear(&key);
    unlink(path);
    free(path);
}

/* A certificate of an earlier run may be out of date; one of this run may have been lost on the way. */
static void an_old_certificate_is_looked_for_again(void **state)
{
    struct host_key_question question = question_about("@cert-authority web CA\\n");
    struct host_key key = {0};
    struct failure failure = {0};
    (void)state;
    question.authority = true;
    question.certificate_is_fresh = false;
    assert_int_equal(judge(&question, &key, &failure), HOST_KEY_LOOK_AGAIN);
    host_key_clear(&key);
    question = question_about("@cert-authority web CA\\n");
    question.authority = true;
    assert_int_equal(judge(&question, &key, &failure), HOST_KEY_REFUSED);
    assert_true(failure.transient);
    host_key_clear(&key);
}

static void a_pin_is_written_once_its_reason_is_known(void **state)
{
    struct host_key_question question = question_about("");
    struct host_key key = {0};
    struct failure failure = {0};
    struct buf pins = {0};
    struct error err;
    char *path = path_of("pins");
    (void)state;
    question.policy = HOST_KEY_ACCEPT_NEW;
    assert_int_equal(judge(&question, &key, &failure), HOST_KEY_OK);
    assert_int_not_equal(access(path, F_OK), 0);
    host_key_pin(&key, &question, "web", "TLS had just verified");
    assert_null(key.pin);
    assert_int_equal(file_read(path, 1, &pins, &err), 0);
    assert_non_null(strstr(pins.data, "web ssh-ed25519 "));
    assert_non_null(strstr(pins.data, "TLS had just verified"));
    host_key_clear(&key);
    buf_free(&pins);
    /* From now on it is known. */
    question = question_about("");
    assert_int_equal(judge(&question, &key, &failure), HOST_KEY_OK);
    host_key_clear(&key);
    unlink(path);
    free(path);
    known_hosts_free(known);
    known = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_known_hosts),
        cmocka_unit_test(by_certificate),
        cmocka_unit_test(off_port_22_the_bare_name_counts_where_nothing_else_is_known),
        cmocka_unit_test(the_configuration_limits_what_is_trusted),
        cmocka_unit_test(only_one_plain_name_is_pinned),
        cmocka_unit_test(a_pin_is_not_joined_to_half_a_line),
        cmocka_unit_test(an_old_certificate_is_looked_for_again),
        cmocka_unit_test(a_pin_is_written_once_its_reason_is_known),
    };
    return cmocka_run_group_tests(tests, make_keys, remove_keys);
}
