/* fuzz_projection.c: any JSON as any of the engine's answers. */
#include "agentless/collect/projection.h"
#include "base/json.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char why[128];
    json_t *answer = json_parse((const char *)data, size, why, sizeof why);
    for (int d = DOCUMENT_VERSION; answer && d <= DOCUMENT_CHANGES; d++)
        json_decref(project((enum document)d, answer, NULL));
    json_decref(answer);
    return 0;
}
