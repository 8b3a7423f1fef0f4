/* baseline.c: see baseline.h */
#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "reports/results/baseline.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdlib.h>

size_t *change_match(const struct scan *scan)
{
    const struct scan *before = scan->baseline;
    size_t *match = xcalloc(scan->host_count + 1, sizeof *match);
    json_t *numbers = json_object();
    for (size_t i = 0; before && i < before->host_count; i++)
        json_put(numbers, before->hosts[i].name, json_integer((json_int_t)i));
    for (size_t i = 0; i < scan->host_count; i++) {
        const json_t *number = json_object_get(numbers, scan->hosts[i].name);
        match[i] = number ? (size_t)json_integer_value(number) : NO_HOST;
    }
    json_decref(numbers);
    return match;
}

static bool is_bad(unsigned char verdict)
{
    return verdict == STATUS_WARN || verdict == STATUS_ERROR;
}

int change_of(unsigned char before, unsigned char now)
{
    if (before == NOT_JUDGED || now == NOT_JUDGED)
        return 0;
    return is_bad(before) - is_bad(now);
}

struct changes change_count(const struct scan *scan)
{
    struct changes c = {0};
    size_t *match = change_match(scan);
    size_t matched = 0;
    for (size_t i = 0; i < scan->host_count; i++) {
        const struct host_summary *now = &scan->hosts[i];
        if (match[i] == NO_HOST) {
            c.new_hosts++;
            continue;
        }
        const struct host_summary *before = &scan->baseline->hosts[match[i]];
        size_t worse = c.worse;
        matched++;
        c.lost_hosts += before->scanned && !now->scanned;
        for (size_t n = 0; n < catalog_count(); n++) {
            int change = change_of(before->verdicts[n], now->verdicts[n]);
            c.worse += change < 0;
            c.better += change > 0;
        }
        c.worse_hosts += c.worse > worse;
    }
    c.gone_hosts = scan->baseline ? scan->baseline->host_count - matched : 0;
    free(match);
    return c;
}
