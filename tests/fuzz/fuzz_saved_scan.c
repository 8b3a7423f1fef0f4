/* fuzz_saved_scan.c: any bytes as a saved scan, and what could be read of it through every format. */
#include "base/json.h"
#include "reports/report.h"
#include "reports/saved_scan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct report_format *const FORMATS[] = {&FORMAT_HTML,
                                                      &FORMAT_SARIF,
                                                      &FORMAT_JUNIT,
                                                      &FORMAT_CSV,
                                                      &FORMAT_MARKDOWN,
                                                      &FORMAT_PROMETHEUS,
                                                      &FORMAT_TEXT,
                                                      &FORMAT_DOCKER_BENCH_JSON,
                                                      &FORMAT_JSON,
                                                      &FORMAT_JSON_LINES,
                                                      &FORMAT_DOCKER_BENCH_TEXT};
#define FORMAT_COUNT (sizeof FORMATS / sizeof *FORMATS)

static void arrive(struct report *reports, size_t index, const json_t *record)
{
    for (size_t f = 0; f < FORMAT_COUNT; f++) {
        if (FORMATS[f]->arrive)
            FORMATS[f]->arrive(&reports[f], index, record);
        if (FORMATS[f]->host && !index)
            FORMATS[f]->host(&reports[f], index, record);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct saved_scan saved;
    struct scan scan;
    struct error err;
    struct report reports[FORMAT_COUNT];
    if (saved_scan_parse(&saved, "input", (const char *)data, size, &err)) {
        saved_scan_close(&saved);
        return 0;
    }
    scan_open(&scan, "/tmp", saved.benchmark, saved.host_count);
    scan_drop_spool(&scan);
    FILE *null = fopen("/dev/null", "w");
    for (size_t f = 0; f < FORMAT_COUNT; f++) {
        reports[f] = (struct report){.scan = &scan, .out = null, .style = {.verbosity = 1, .columns = 60}};
        if (FORMATS[f]->open)
            FORMATS[f]->open(&reports[f]);
        if (FORMATS[f]->begin)
            FORMATS[f]->begin(&reports[f]);
    }
    bool whole = true;
    for (size_t i = 0; i < saved.host_count && whole; i++) {
        json_t *record = saved_scan_host(&saved, i, &err);
        whole = record && scan_put(&scan, i, record, &err) == 0;
        if (whole)
            arrive(reports, i, record);
        json_decref(record);
    }
    for (size_t f = 0; f < FORMAT_COUNT; f++) {
        if (whole && FORMATS[f]->end)
            FORMATS[f]->end(&reports[f]);
        if (FORMATS[f]->close)
            FORMATS[f]->close(&reports[f]);
    }
    fclose(null);
    scan_close(&scan, false);
    saved_scan_close(&saved);
    return 0;
}
