/* fuzz_saved_scan.c: any bytes as a saved scan, and what could be read of it through every format. */
#include "base/json.h"
#include "reports/formats.h"
#include "reports/results/saved.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FORMATS_MAX 32

static void arrive(struct report *reports, size_t index, const json_t *record)
{
    const struct report_format *format;
    for (size_t f = 0; (format = report_format_at(f)); f++) {
        if (format->arrive)
            format->arrive(&reports[f], index, record);
        if (format->stream)
            format->stream(&reports[f], "{}");
        if (format->host && !index)
            format->host(&reports[f], index, record);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct saved_scan saved;
    struct scan scan;
    struct error err;
    struct report reports[FORMATS_MAX];
    const struct report_format *format;
    if (saved_scan_parse(&saved, "input", (const char *)data, size, &err)) {
        saved_scan_close(&saved);
        return 0;
    }
    scan_open(&scan, "/tmp", saved.benchmark, saved.host_count);
    scan_drop_spool(&scan);
    FILE *null = fopen("/dev/null", "w");
    for (size_t f = 0; (format = report_format_at(f)); f++) {
        reports[f] = (struct report){.scan = &scan, .out = null, .style = {.verbosity = 1, .columns = 60}};
        if (format->open)
            format->open(&reports[f]);
        if (format->begin)
            format->begin(&reports[f]);
    }
    bool whole = true;
    for (size_t i = 0; i < saved.host_count && whole; i++) {
        json_t *record = saved_scan_host(&saved, i, &err);
        whole = record && scan_put(&scan, i, record, &err) == 0;
        if (whole)
            arrive(reports, i, record);
        json_decref(record);
    }
    for (size_t f = 0; (format = report_format_at(f)); f++) {
        if (whole && format->end)
            format->end(&reports[f]);
        if (format->close)
            format->close(&reports[f]);
    }
    fclose(null);
    scan_close(&scan, false);
    saved_scan_close(&saved);
    return 0;
}
