/* resume.c: see resume.h */
#include "fleet/cli/resume.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/xdg.h"
#include "reports/results/saved.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT_S (30L * 24 * 3600)

/* Where a record belongs: the number of its target in the list; -1 where none of it is of use. */
static json_int_t place_of(const json_t *by_name, const struct target_list *targets, const json_t *record)
{
    const json_t *number = json_object_get(by_name, text_or(json_text_at(record, "name"), ""));
    if (!number || text_same(json_text_at(record, "error.stage"), "interrupted"))
        return -1;
    json_int_t at = json_integer_value(number);
    char *engine = targets->items[at] ? endpoint_url(&targets->items[at]->engine) : NULL;
    bool same = text_same(engine, json_text_at(record, "target.engine"));
    free(engine);
    return same ? at : -1;
}

static void close_gaps(struct target_list *targets)
{
    size_t kept = 0;
    for (size_t i = 0; i < targets->count; i++)
        if (targets->items[i])
            targets->items[kept++] = targets->items[i];
    targets->count = kept;
}

static int take_records(const struct saved_scan *saved, struct outcome *outcome, struct target_list *targets,
                        struct error *err)
{
    json_t *by_name = json_object();
    int result = 0;
    size_t taken = 0;
    for (size_t i = 0; i < targets->count; i++)
        json_put(by_name, targets->items[i]->name, json_integer((json_int_t)i));
    for (size_t i = 0; i < saved->host_count && !result; i++) {
        json_t *record = saved_scan_host(saved, i, err);
        json_int_t at = record ? place_of(by_name, targets, record) : -1;
        if (!record) {
            result = fail_with(err);
        } else if (at < 0) {
            json_decref(record);
        } else if (!outcome_add_record(outcome, targets->items[at]->order, record)) {
            result = EXIT_USAGE;
        } else {
            target_free(targets->items[at]);
            targets->items[at] = NULL;
            taken++;
        }
    }
    json_decref(by_name);
    close_gaps(targets);
    if (!result && outcome->options->verbosity >= 0)
        fprintf(stderr, "muster: %zu of %zu hosts are kept from the earlier scan; %zu are visited\n", taken,
                taken + targets->count, targets->count);
    return result;
}

int resume_from(const char *path, struct outcome *outcome, struct target_list *targets)
{
    struct saved_scan saved;
    struct error err;
    if (saved_scan_open(&saved, path, &err))
        return fail_with(&err);
    int result = 0;
    if (saved.benchmark != outcome->scan.benchmark) {
        error_set(&err, "--resume %s was judged by benchmark %s, not by %s: give --benchmark %s", path,
                  benchmark_name(saved.benchmark), benchmark_name(outcome->scan.benchmark),
                  benchmark_name(saved.benchmark));
        result = fail_with(&err);
    }
    if (!result)
        result = take_records(&saved, outcome, targets, &err);
    if (saved.started)
        outcome->scan.started = saved.started;
    saved_scan_close(&saved);
    return result;
}

static bool is_spool(const char *name)
{
    return text_starts(name, "scan-") && text_ends(name, ".jsonl");
}

void resume_forget(const char *path, const struct outcome *outcome)
{
    const char *slash = strrchr(path, '/');
    char *folder = xstrndup(path, slash ? (size_t)(slash - path) : 0);
    char *real = realpath(slash ? folder : ".", NULL), *own = realpath(outcome->scan.folder, NULL);
    if (text_same(real, own) && is_spool(slash ? slash + 1 : path))
        unlink(path);
    free(real);
    free(own);
    free(folder);
}

/* A spool that no process writes, with at least one host in it. */
static bool spool_is_left(int fd, struct stat *st)
{
    return fd >= 0 && fstat(fd, st) == 0 && S_ISREG(st->st_mode) && st->st_uid == geteuid() &&
           st->st_size > 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

void resume_tell(const struct options *o)
{
    char *state = xdg_state_path("");
    DIR *list = state ? opendir(state) : NULL;
    int folder = list ? dirfd(list) : -1;
    const struct dirent *entry;
    char *newest = NULL;
    time_t newest_at = 0, now = time(NULL);
    size_t count = 0;
    while (folder >= 0 && (entry = readdir(list))) {
        struct stat st;
        if (!is_spool(entry->d_name))
            continue;
        int fd = openat(folder, entry->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        bool left = spool_is_left(fd, &st);
        if (fd >= 0)
            close(fd);
        if (left && now - st.st_mtime > KEPT_S) {
            unlinkat(folder, entry->d_name, 0);
        } else if (left) {
            count++;
            if (st.st_mtime >= newest_at) {
                free(newest);
                newest = xasprintf("%s%s", state, entry->d_name);
                newest_at = st.st_mtime;
            }
        }
    }
    if (list)
        closedir(list);
    if (count && o->verbosity >= 0) {
        fprintf(stderr, "muster: %zu earlier scan%s did not end; the newest is ", count,
                text_if(count > 1, "s"));
        text_print_safe(stderr, newest);
        fputs(" (scan --resume goes on with it, report writes it, rm drops it; 30 days are kept)\n", stderr);
    }
    free(newest);
    free(state);
}
