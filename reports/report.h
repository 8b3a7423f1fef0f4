/* report.h: the formats a scan can be written in, one writer each, behind one table. */
#ifndef REPORTS_REPORT_H
#define REPORTS_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "reports/scan.h"

struct report_style {
    bool colour;
    int verbosity; /* -1 quiet, 0, 1 verbose */
};

struct report_format {
    const char *name;      /* for --format */
    const char *extension; /* of files, with the dot; NULL: none */
    bool (*write)(const struct scan *scan, FILE *out,
                  const struct report_style *style); /* false: errno says why */
};

/* By name, or by a file's extension; NULL: none such. */
const struct report_format *report_format_named(const char *name);
const struct report_format *report_format_of_file(const char *path);
/* All names, separated by ", ". */
const char *report_format_names(void);

/* Writes a report to a file: into a temporary one beside it (mode 0600), synced and renamed, so that a reader
 * never sees half a report. "-" is standard output. Returns 0, or -1 with a message. */
int report_write_file(const struct scan *scan, const struct report_format *format, const char *path,
                      const struct report_style *style, struct error *err);

bool report_write_json(const struct scan *scan, FILE *out, const struct report_style *style);
bool report_write_docker_bench_json(const struct scan *scan, FILE *out, const struct report_style *style);
bool report_write_docker_bench_text(const struct scan *scan, FILE *out, const struct report_style *style);
bool report_write_text(const struct scan *scan, FILE *out, const struct report_style *style);

#endif
