/* fuzz_projection.c: any bytes as any of the engine's answers. */
#include "agentless/collect/projection.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char why[128];
    for (int d = DOCUMENT_VERSION; d <= DOCUMENT_CHANGES; d++)
        json_decref(project((enum document)d, (const char *)data, size, NULL, why, sizeof why));
    return 0;
}
