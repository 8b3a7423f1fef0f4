/* fuzz_reduction.c: any text as a build step, as a variable, as an audit rule. */
#include "agentless/checks/audit_rules.h"
#include "agentless/collect/reduce/build_step.h"
#include "agentless/collect/reduce/secret_shape.h"
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xstrndup((const char *)data, size);
    json_decref(build_step(text));
    secret_pair(text);
    audit_rule_watches(text, "/etc/docker", true);
    free(text);
    return 0;
}
