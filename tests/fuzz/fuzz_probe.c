/* fuzz_probe.c: any bytes as a probe's answer, whose mark is "~". */
#include "agentless/collect/probe/probe.h"
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error why;
    char *copy = xcalloc(size + 1, 1);
    memcpy(copy, data, size);
    json_decref(probe_parse(copy, size, "~", &why));
    free(copy);
    return 0;
}
