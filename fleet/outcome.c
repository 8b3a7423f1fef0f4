/* outcome.c: see outcome.h */
#include "fleet/outcome.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct report_format *format_of(const struct options *o, const char *path)
{
    if (o->format)
        return report_format_named(o->format);
    if (strcmp(path, "-") == 0)
        return report_format_named("json");
    return report_format_of_file(path);
}

void outcome_selection(const struct options *o, struct selection *s)
{
    *s = (struct selection){.benchmark = o->benchmark,
                            .include = o->checks.items,
                            .include_count = o->checks.count,
                            .exclude = o->excludes.items,
                            .exclude_count = o->excludes.count,
                            .policy = o->policy};
}

int outcome_check(const struct options *o)
{
    struct selection selection;
    struct error err;
    if (o->format && !report_format_named(o->format)) {
        fprintf(stderr, "muster: --format %s: there are %s\n", o->format, report_format_names());
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < o->outputs.count; i++)
        if (!format_of(o, o->outputs.items[i])) {
            fprintf(stderr, "muster: -o %s: the extension names no format; give --format (%s)\n",
                    o->outputs.items[i], report_format_names());
            return EXIT_USAGE;
        }
    outcome_selection(o, &selection);
    return selection_check(&selection, &err) || selection_check_policy(o->policy, o->benchmark, &err)
               ? complain(&err)
               : 0;
}

static struct report_style style_of(const struct options *o, bool terminal)
{
    struct report_style style = {.verbosity = o->verbosity};
    if (terminal)
        style.colour = options_colour(o, STDOUT_FILENO);
    return style;
}

/* The report for people goes to standard output unless another report was sent there. */
static bool stdout_taken(const struct options *o)
{
    for (size_t i = 0; i < o->outputs.count; i++)
        if (strcmp(o->outputs.items[i], "-") == 0)
            return true;
    return false;
}

static bool was_written(int result, const struct error *err)
{
    if (result)
        complain(err);
    return !result;
}

int outcome_write(const struct options *o, const struct scan *scan)
{
    struct error err;
    struct scan_totals totals = scan_totals(scan);
    bool written = true;
    for (size_t i = 0; i < o->outputs.count; i++) {
        const char *path = o->outputs.items[i];
        struct report_style style = style_of(o, strcmp(path, "-") == 0);
        written =
            was_written(report_write_file(scan, format_of(o, path), path, &style, &err), &err) && written;
    }
    if (!stdout_taken(o)) {
        const char *name = o->format && !o->outputs.count ? o->format : "text";
        struct report_style style = style_of(o, true);
        written = was_written(report_write_file(scan, report_format_named(name), "-", &style, &err), &err) &&
                  written;
    }
    if (!scan->complete)
        return EXIT_INTERRUPTED;
    if (!written || !totals.scanned)
        return EXIT_NOTHING;
    int code = totals.failed ? EXIT_UNSCANNED : EXIT_OK;
    for (size_t s = 0; s < STATUS_COUNT; s++)
        if (o->fail_on[s] && totals.counts[s])
            code |= EXIT_FINDINGS;
    if (o->fail_on_unscanned && totals.failed)
        code |= EXIT_FINDINGS;
    return code;
}
