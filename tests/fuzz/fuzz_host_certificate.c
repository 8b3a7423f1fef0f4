/* fuzz_host_certificate.c: any bytes as what an sshd sends: its part of a key exchange, and the host
 * certificate in it; and as a certificate by itself, down to its signature. */
#include "agentless/transport/ssh/host_certificate.h"
#include "agentless/transport/ssh/host_certificate_fetch.h"

#include <stdint.h>

static void judge(const unsigned char *bytes, size_t length)
{
    struct host_certificate certificate;
    struct error err;
    if (!host_certificate_read(&certificate, bytes, length, &err))
        host_certificate_check(&certificate, "h1", NULL, 1700000000, &err);
    host_certificate_clear(&certificate);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf received = {.limit = 65536};
    const unsigned char *key;
    size_t length;
    bool answered;
    judge(data, size);
    if (buf_add(&received, data, size) &&
        host_certificate_fetch_read(&received, &answered, &key, &length) == 1)
        judge(key, length);
    buf_free(&received);
    return 0;
}
