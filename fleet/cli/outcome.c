/* outcome.c: see outcome.h */
#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "fleet/cli/outcome.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/xdg.h"
#include "reports/results/saved.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* "FORMAT:FILE" where the word names a format; *path: what is left. */
static const struct report_format *prefixed(const char *output, const char **path)
{
    const char *colon = strchr(output, ':');
    char *word = xstrndup(output, colon ? (size_t)(colon - output) : 0);
    const struct report_format *format = colon ? report_format_named(word) : NULL;
    free(word);
    *path = format ? colon + 1 : output;
    return format;
}

static const struct report_format *format_of(const struct options *o, const char *output, const char **path)
{
    const struct report_format *format = prefixed(output, path);
    if (format)
        return format;
    if (o->format)
        return report_format_named(o->format);
    return strcmp(*path, "-") == 0 ? report_format_named("json") : report_format_of_file(*path);
}

const char *outcome_path(const struct options *o, const char *output)
{
    const char *path;
    format_of(o, output, &path);
    return path;
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

static int no_format(const char *output)
{
    fputs("muster: -o ", stderr);
    text_print_safe(stderr, output);
    fputs(": the extension names no format; give --format, or -o FORMAT:FILE, of ", stderr);
    for (size_t i = 0; report_format_name(i); i++)
        fprintf(stderr, "%s%s", i ? ", " : "", report_format_name(i));
    fputc('\n', stderr);
    return EXIT_USAGE;
}

static int check_outputs(const struct options *o)
{
    size_t to_stdout = 0;
    for (size_t i = 0; i < o->outputs.count; i++) {
        const char *path;
        if (!format_of(o, o->outputs.items[i], &path))
            return no_format(o->outputs.items[i]);
        to_stdout += strcmp(path, "-") == 0;
        for (size_t k = 0; k < i; k++) {
            const char *other;
            format_of(o, o->outputs.items[k], &other);
            if (strcmp(path, "-") != 0 && strcmp(path, other) == 0) {
                fprintf(stderr, "muster: -o: two reports would be written to the same file\n");
                return EXIT_USAGE;
            }
        }
    }
    if (to_stdout > 1) {
        fprintf(stderr, "muster: -o -: standard output takes one report only\n");
        return EXIT_USAGE;
    }
    return 0;
}

int outcome_check(const struct options *o)
{
    struct selection selection;
    struct error err;
    int result = check_outputs(o);
    if (result)
        return result;
    outcome_selection(o, &selection);
    return selection_check(&selection, &err) || selection_check_policy(o->policy, o->benchmark, &err)
               ? fail_with(&err)
               : 0;
}

static size_t terminal_columns(int fd)
{
    struct winsize size = {0};
    const char *columns = getenv("COLUMNS");
    long number;
    if (!isatty(fd))
        return 0;
    if (columns && text_number(columns, 20, 10000, &number))
        return (size_t)number;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

/* The report for people goes to standard output unless another report was sent there. */
static void add_reports(struct outcome *out)
{
    const struct options *o = out->options;
    const struct report_style plain = {.verbosity = o->verbosity};
    const struct report_style terminal = {.verbosity = o->verbosity,
                                          .colour = options_colour(o, STDOUT_FILENO),
                                          .columns = terminal_columns(STDOUT_FILENO)};
    bool taken = false;
    for (size_t i = 0; i < o->outputs.count; i++) {
        const char *path;
        const struct report_format *format = format_of(o, o->outputs.items[i], &path);
        bool is_stdout = strcmp(path, "-") == 0;
        taken = taken || is_stdout;
        report_set_add(out->reports, format, path, is_stdout ? &terminal : &plain);
    }
    if (!taken)
        report_set_add(out->reports, report_format_named(o->format && !o->outputs.count ? o->format : "text"),
                       "-", &terminal);
}

/* An earlier scan, of which only the index is kept. */
static int read_baseline(struct outcome *out)
{
    struct saved_scan saved;
    struct error err;
    if (!out->options->baseline)
        return 0;
    if (saved_scan_open(&saved, out->options->baseline, &err))
        return fail_with(&err);
    int result = 0;
    struct scan *before = xcalloc(1, sizeof *before);
    scan_open(before, NULL, saved.benchmark, saved.host_count);
    before->started = saved.started;
    if (saved.benchmark != out->scan.benchmark)
        result = error_set(
            &err, "--baseline %s was judged by benchmark %s, this scan by %s: they cannot be compared",
            saved.path, benchmark_name(saved.benchmark), benchmark_name(out->scan.benchmark));
    for (size_t i = 0; i < saved.host_count && !result; i++) {
        json_t *record = saved_scan_host(&saved, i, &err);
        result = record ? scan_put(before, i, record, &err) : -1;
        json_decref(record);
    }
    saved_scan_close(&saved);
    out->scan.baseline = before;
    return result ? fail_with(&err) : 0;
}

/* The spool outlives a crash, so it is made where the user finds it again. */
static bool open_spool(struct outcome *out, enum benchmark benchmark, size_t host_count)
{
    const char *temporary = getenv("TMPDIR");
    char *state = xdg_state_path("");
    const char *const places[] = {state, temporary && *temporary ? temporary : NULL, "/tmp"};
    bool good = false;
    if (state)
        xdg_make_parents(state);
    for (size_t i = 0; i < sizeof places / sizeof *places && !good; i++) {
        if (!places[i])
            continue;
        char *folder = xstrdup(places[i]);
        size_t length = strlen(folder);
        if (length > 1 && folder[length - 1] == '/')
            folder[length - 1] = '\0';
        good = scan_open(&out->scan, folder, benchmark, host_count);
        int saved = errno;
        if (!good)
            scan_close(&out->scan, false);
        free(folder);
        errno = saved;
    }
    free(state);
    return good;
}

int outcome_open(struct outcome *out, const struct options *o, enum benchmark benchmark, size_t host_count)
{
    *out = (struct outcome){.options = o};
    outcome_selection(o, &out->selection);
    if (!open_spool(out, benchmark, host_count)) {
        fprintf(stderr,
                "muster: results cannot be kept: %s; set XDG_STATE_HOME or TMPDIR to a folder with room\n",
                strerror(errno));
        return EXIT_NOTHING;
    }
    int result = read_baseline(out);
    if (result) {
        scan_close(&out->scan, false);
        return result;
    }
    out->reports = report_set_new(&out->scan);
    add_reports(out);
    out->sees_arrivals = report_set_sees_arrivals(out->reports);
    return 0;
}

bool outcome_add(struct outcome *out, struct scan_entry *entry)
{
    struct error err;
    bool good = scan_keep(&out->scan, entry, &err) == 0;
    if (good)
        report_set_arrive(out->reports, entry->index, entry->record, entry->line);
    else if (strcmp(err.text, out->told.text) != 0)
        fail_with(&err);
    if (!good)
        out->told = err;
    out->lost = out->lost || !good;
    scan_entry_clear(entry);
    return good;
}

bool outcome_add_record(struct outcome *out, size_t index, json_t *record)
{
    struct scan_entry entry;
    scan_entry_make(&out->scan, index, record, &entry);
    return outcome_add(out, &entry);
}

void outcome_judge(const struct outcome *out, size_t index, const json_t *facts, struct scan_entry *entry)
{
    scan_entry_make(&out->scan, index, scan_record(&out->scan, facts, &out->selection), entry);
    if (!entry->line || out->sees_arrivals)
        return;
    json_decref(entry->record);
    entry->record = NULL;
}

static void outcome_tell(const struct error *err)
{
    fail_with(err);
}

static bool is_failing(const struct options *o, const struct scan_totals *totals)
{
    bool failing = o->fail_on_unscanned && totals->failed;
    for (size_t s = 0; s < STATUS_COUNT; s++)
        failing = failing || (o->fail_on[s] && totals->counts[s]);
    return failing;
}

void outcome_write(struct outcome *out)
{
    out->lost = !report_set_finish(out->reports, outcome_tell) || out->lost;
    if (out->lost && out->scan.spool)
        fprintf(stderr, "muster: what was learned is kept in %s; muster report %s -o FILE writes it\n",
                out->scan.path, out->scan.path);
}

int outcome_close(struct outcome *out, enum run_end end, bool lost)
{
    struct scan_totals totals = scan_totals(&out->scan);
    struct exit_reasons reasons = {.end = end,
                                   .scanned = totals.scanned,
                                   .failed = totals.failed,
                                   .failing = is_failing(out->options, &totals),
                                   .lost = out->lost || lost};
    if (out->converting) {
        /* How the scans went was reported by their own exit codes. */
        reasons = (struct exit_reasons){
            .scanned = 1, .failing = out->options->fail_on_given && reasons.failing, .lost = reasons.lost};
    }
    scan_close(&out->scan, out->lost);
    return exit_code(&reasons);
}

void outcome_abandon(struct outcome *out)
{
    report_set_abandon(out->reports);
    scan_close(&out->scan, false);
}
