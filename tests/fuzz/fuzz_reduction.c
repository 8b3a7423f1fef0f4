/* fuzz_reduction.c: any text as a build step, as a variable, as audit rules. */
#include "agentless/checks/audit_rules.h"
#include "agentless/collect/reduce/build_step.h"
#include "agentless/collect/reduce/secret_shape.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *rules = json_array();
    const json_t *by;
    char *text = xstrndup((const char *)data, size);
    json_decref(build_step(text));
    secret_pair(text);
    char *rest = text, *line;
    while ((line = strsep(&rest, "\n"))) {
        json_t *one = json_object();
        json_put(one, "rule", json_text(line));
        json_array_append_new(rules, one);
    }
    struct audit_rules *read = audit_rules_read(rules);
    audit_rules_watch(read, "/etc/docker", true, &by);
    audit_rules_free(read);
    json_decref(rules);
    free(text);
    return 0;
}
