/* test_openssh_version.c: versions of OpenSSH, of two digits too. */
#include "test.h"

#include "agentless/transport/ssh/openssh_version.h"

static void versions_of_openssh(void **state)
{
    (void)state;
    assert_int_equal(openssh_version("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3"), 902);
    assert_int_equal(openssh_version("SSH-2.0-OpenSSH_10.0p2 Debian-7"), 1000);
    assert_int_equal(openssh_version("SSH-2.0-OpenSSH_10.6"), 1006);
    assert_int_equal(openssh_version("SSH-2.0-dropbear_2022.83"), 0);
    assert_int_equal(openssh_version("SSH-2.0-OpenSSH_for_Windows_9.5"), 0);
    assert_int_equal(openssh_version("SSH-2.0-OpenSSH_x.y"), 0);
    assert_int_equal(openssh_version("SSH-2.0-OpenSSH_"), 0);
    assert_int_equal(openssh_version(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_of_openssh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
