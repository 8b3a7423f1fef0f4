/* judged.h: facts of a fuzz target through every check of every benchmark, and through every format. */
#ifndef TESTS_FUZZ_JUDGED_H
#define TESTS_FUZZ_JUDGED_H

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "reports/formats.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void fuzz_fail(const char *format, const char *what)
{
    fprintf(stderr, "the report as %s: %s\n", format, what);
    abort();
}

/* A folder of this process for spools and reports. */
static const char *fuzz_folder(void)
{
    static char folder[] = "/tmp/muster-fuzz.XXXXXX";
    static bool made;
    if (!made && !mkdtemp(folder))
        abort();
    made = true;
    return folder;
}

static void fuzz_remove_folder(void)
{
    rmdir(fuzz_folder());
}

/* No text of a host's may reach a terminal as a command, begin a cell as a formula, or become a script. */
static void fuzz_check_report(const char *path, const char *format)
{
    struct buf text = {0};
    struct error err;
    if (!file_read(path, 64, &text, &err) && text.data) {
        size_t scripts = 0;
        if (memchr(text.data, '\x1b', text.length))
            fuzz_fail(format, "ESC");
        for (const char *at = text.data; (at = strstr(at, "<script")); at++)
            scripts++;
        /* Those that read tags; the page has scripts of its own. */
        bool page = strcmp(format, "html") == 0;
        if (scripts > (page ? 20 : 0) &&
            (page || strcmp(format, "markdown") == 0 || strcmp(format, "junit") == 0))
            fuzz_fail(format, "a script");
        for (const char *line = text.data; strcmp(format, "csv") == 0 && line; line = strchr(line, '\n')) {
            line += *line == '\n';
            if (*line && strchr("=+-@\t\r", *line))
                fuzz_fail(format, line);
        }
    }
    buf_free(&text);
    unlink(path);
}

static void fuzz_tell(const struct error *err)
{
    fprintf(stderr, "%s\n", err->text);
}

static void fuzz_report(const json_t *facts, enum benchmark benchmark)
{
    struct scan scan;
    struct error err;
    const struct selection all = {.benchmark = benchmark};
    static const struct report_style STYLE = {.verbosity = 1, .columns = 100};
    if (!scan_open(&scan, fuzz_folder(), benchmark, 1))
        abort();
    struct report_set *set = report_set_new(&scan);
    for (size_t i = 0; report_format_at(i); i++) {
        char *path = xasprintf("%s/%zu", fuzz_folder(), i);
        report_set_add(set, report_format_at(i), path, &STYLE);
        free(path);
    }
    json_t *record = scan_record(&scan, facts, &all);
    if (scan_put(&scan, 0, record, &err) == 0)
        report_set_arrive(set, 0, record, NULL);
    json_decref(record);
    if (!report_set_finish(set, fuzz_tell) && scan.hosts[0].present)
        abort();
    for (size_t i = 0; report_format_at(i); i++) {
        char *path = xasprintf("%s/%zu", fuzz_folder(), i);
        fuzz_check_report(path, report_format_at(i)->name);
        free(path);
    }
    scan_close(&scan, false);
}

#endif
