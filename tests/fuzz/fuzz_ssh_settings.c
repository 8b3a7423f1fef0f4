/* fuzz_ssh_settings.c: any bytes as the output of `ssh -G`. */
#include "agentless/transport/ssh/config.h"
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ssh_settings settings = {0};
    char *copy = xcalloc(size + 1, 1);
    memcpy(copy, data, size);
    ssh_settings_parse(&settings, copy);
    ssh_settings_clear(&settings);
    free(copy);
    return 0;
}
