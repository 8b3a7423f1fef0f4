/* fuzz_facts.c: any JSON as a facts file, judged by every check. */
#include "agentless/checks/finding.h"
#include "agentless/checks/judge.h"
#include "base/json.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error why;
    struct facts facts;
    size_t counts[STATUS_COUNT] = {0};
    const struct selection all = {.benchmark = BENCHMARK_1_8_0};
    json_t *document = json_parse((const char *)data, size, &why);
    if (facts_open(&facts, document, &why)) {
        json_decref(judge_all(&facts, &all, counts));
        facts_close(&facts);
    }
    json_decref(document);
    return 0;
}
