/* formats.h: the formats a scan can be written in, one writer each, behind one table, and the reports of one
 * run: every host's record is parsed once for all of them. */
#ifndef REPORTS_FORMATS_H
#define REPORTS_FORMATS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "reports/results/store.h"

struct report_style {
    bool colour;
    int verbosity;  /* -1 quiet, 0, 1 verbose */
    size_t columns; /* of the terminal; 0: not a terminal, lines are not cut */
};

/* One report being written. */
struct report {
    const struct scan *scan;
    struct report_style style;
    FILE *out;
    void *state;     /* the format's own, made by its open or begin, freed by its close */
    bool skip_hosts; /* set by open: host is not to be called */
};

/* A writer's functions, in the order they are called; each may be NULL. What goes wrong with `out` is seen by
 * ferror afterwards; what goes wrong otherwise is reported by false with errno set. */
struct report_format {
    const char *name;                    /* for --format */
    const char *extensions;              /* of files, each with its dot, separated by blanks; "" for none */
    bool (*open)(struct report *report); /* before the first host */
    /* As hosts finish. A format that streams has its `out` from the start. */
    bool (*arrive)(struct report *report, size_t index, const json_t *record);
    bool (*stream)(struct report *report, const char *line);
    bool (*begin)(struct report *report);                                    /* all are known */
    bool (*host)(struct report *report, size_t index, const json_t *record); /* in order */
    bool (*line)(struct report *report, size_t index, const char *line);     /* the same, not parsed */
    bool (*end)(struct report *report);
    void (*close)(struct report *report); /* always, also after a failure */
};

/* By name, or by a file's extension (the longest that fits); NULL: none such. */
const struct report_format *report_format_named(const char *name);
const struct report_format *report_format_of_file(const char *path);
/* The n-th of all; NULL past the end. */
const struct report_format *report_format_at(size_t n);
/* Its name; NULL past the end. */
const char *report_format_name(size_t n);

/* The reports of one run. */
struct report_set;
struct report_set *report_set_new(const struct scan *scan);
/* Adds one, before the first host arrives. "-" is standard output. A file appears whole or not at all
 * (written beside its place, mode 0600, synced, renamed). What fails now is reported by report_set_finish. */
void report_set_add(struct report_set *set, const struct report_format *format, const char *path,
                    const struct report_style *style);
/* Whether any of them reads records back once all are known; false: the scan needs no spool for them. */
bool report_set_reads_back(const struct report_set *set);
/* Whether any of them looks at records as hosts finish; false: their lines are enough. */
bool report_set_sees_arrivals(const struct report_set *set);
/* `line`: the record as one line of JSON, where that is at hand, else NULL; `record` may be NULL where none
 * looks at it and there is a line. */
void report_set_arrive(struct report_set *set, size_t index, const json_t *record, const char *line);
/* Writes them all; one that fails does not harm the others and is passed to `on_error`. Frees the set. False
 * when one failed. */
bool report_set_finish(struct report_set *set, void (*on_error)(const struct error *err));
/* Frees it; no file is put in its place. */
void report_set_abandon(struct report_set *set);

#endif
