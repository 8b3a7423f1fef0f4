/* report.c: the table of formats, and writing files safely. See report.h */
#include "reports/report.h"
#include "base/atomic_file.h"
#include "base/mem.h"

#include <errno.h>
#include <string.h>

static const struct report_format FORMATS[] = {
    {"json", ".json", report_write_json},
    {"text", ".txt", report_write_text},
    {"docker-bench-json", NULL, report_write_docker_bench_json},
    {"docker-bench-text", NULL, report_write_docker_bench_text},
};
#define FORMAT_COUNT (sizeof FORMATS / sizeof *FORMATS)

const struct report_format *report_format_named(const char *name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (strcmp(FORMATS[i].name, name) == 0)
            return &FORMATS[i];
    return NULL;
}

const struct report_format *report_format_of_file(const char *path)
{
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < FORMAT_COUNT; i++)
        if (FORMATS[i].extension && strcmp(FORMATS[i].extension, dot) == 0)
            return &FORMATS[i];
    return NULL;
}

const char *report_format_names(void)
{
    return "json, text, docker-bench-json, docker-bench-text";
}

int report_write_file(const struct scan *scan, const struct report_format *format, const char *path,
                      const struct report_style *style, struct error *err)
{
    if (strcmp(path, "-") == 0) {
        if (!format->write(scan, stdout, style) || fflush(stdout))
            return error_set(err, "standard output: %s", strerror(errno));
        return 0;
    }
    struct atomic_file file;
    if (atomic_file_open(&file, path, err))
        return -1;
    bool written = format->write(scan, file.stream, style);
    return atomic_file_finish(&file, written, err);
}
