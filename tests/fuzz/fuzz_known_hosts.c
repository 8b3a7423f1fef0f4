/* fuzz_known_hosts.c: any bytes as known_hosts and as a list of revoked keys, with two properties: a key that
 * a line revokes is revoked whatever else there is, and rubbish makes no key known. */
#include "agentless/transport/ssh/known_hosts.h"
#include "agentless/transport/ssh/public_key.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char KEY[] = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

/* A file of these bytes behind a line; the caller frees the path, and closes *fd. */
static char *file_of(const char *line, const uint8_t *data, size_t size, int *fd)
{
    *fd = memfd_create("known_hosts", MFD_CLOEXEC);
    if (*fd < 0 || write(*fd, line, strlen(line)) < 0 || write(*fd, data, size) != (ssize_t)size)
        abort();
    return xasprintf("/proc/self/fd/%d", *fd);
}

/* Whether the data hold the key; white space within it means nothing, to OpenSSH neither. */
static bool holds_key(const uint8_t *data, size_t size)
{
    char *packed = xmalloc(size + 1);
    size_t length = 0;
    for (size_t i = 0; i < size; i++)
        if (!isspace(data[i]))
            packed[length++] = (char)data[i];
    bool held = memmem(packed, length, KEY + 12, 40) != NULL;
    free(packed);
    return held;
}

static enum host_key_verdict verdict(const char *line, const uint8_t *data, size_t size, bool revoked,
                                     ssh_key key)
{
    int fd, empty_fd;
    char *path = file_of(line, data, size, &fd), *empty = file_of("", data, 0, &empty_fd);
    const char *where = NULL, *const files[] = {revoked ? empty : path, NULL};
    const struct known_hosts_sources sources = {.files = files, .revoked = revoked ? path : NULL};
    struct known_hosts *known = known_hosts_new("");
    enum host_key_verdict result = known_hosts_check(known, &sources, "h", key, &where);
    enum host_key_verdict authority = known_hosts_check_authority(known, &sources, "[h]:22", key, &where);
    free(known_hosts_algorithms(known, &sources, "h", NULL));
    /* The key is nowhere but in the line. */
    if (authority == HOST_KEY_KNOWN && !memmem(data, size, "cert-authority", 14))
        abort();
    known_hosts_free(known);
    close(fd);
    close(empty_fd);
    free(path);
    free(empty);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct public_key key;
    char *revoking = xasprintf("@revoked * %s\n", KEY), *plain = xasprintf("%s\n", KEY);
    if (public_key_read(&key, KEY) != PUBLIC_KEY_READ)
        abort();
    if (verdict(revoking, data, size, false, key.key) != HOST_KEY_REVOKED)
        abort();
    enum host_key_verdict list = verdict(plain, data, size, true, key.key);
    if (list != HOST_KEY_REVOKED && list != HOST_KEY_UNCERTAIN)
        abort();
    if (verdict("", data, size, false, key.key) == HOST_KEY_KNOWN && !holds_key(data, size))
        abort();
    verdict("", data, size, true, key.key);
    public_key_clear(&key);
    free(revoking);
    free(plain);
    return 0;
}
