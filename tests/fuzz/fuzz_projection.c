/* fuzz_projection.c: any bytes as any of the engine's answers. */
#include "agentless/collect/reduce/projection.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error why;
    for (int d = ANSWER_VERSION; d <= ANSWER_CHANGES; d++)
        json_decref(project((enum answer_kind)d, (const char *)data, size, NULL, NULL, &why));
    return 0;
}
