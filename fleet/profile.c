/* profile.c: see profile.h */
#include "fleet/profile.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void profile_begin(struct profile *watch, const struct options *options, const struct target_list *targets)
{
    *watch = (struct profile){
        .options = options, .targets = targets, .stats = options->stats ? stats_new() : NULL};
}

bool profile_is_wanted(const struct profile *watch)
{
    return watch->stats || watch->options->trace;
}

/* HOST=FILE, or HOST and a file of its name in the current folder; a name is no path. */
static void write_trace(struct profile *watch, const char *host, const struct timeline *timeline)
{
    const char *wanted = watch->options->trace, *equals = strchr(wanted, '=');
    size_t length = equals ? (size_t)(equals - wanted) : strlen(wanted);
    struct error err;
    if (strlen(host) != length || strncmp(host, wanted, length) != 0)
        return;
    char *path = equals ? xstrdup(equals + 1) : xasprintf("%s.trace.json", host);
    for (char *p = path; *p && !equals; p++)
        if (*p == '/')
            *p = '_';
    watch->traced = true;
    if (trace_write(path, host, timeline, &err)) {
        complain(&err);
        watch->trace_lost = true;
    }
    free(path);
}

void profile_note(struct profile *watch, size_t index, const struct timeline *timeline)
{
    const char *host = watch->targets->items[index]->name;
    if (watch->stats)
        stats_note(watch->stats, host, timeline);
    if (watch->options->trace)
        write_trace(watch, host, timeline);
}

bool profile_end(struct profile *watch)
{
    if (watch->stats) {
        stats_print(watch->stats, stderr);
        stats_free(watch->stats);
    }
    if (watch->options->trace && !watch->traced)
        fprintf(stderr, "muster: --trace: no host of that name was visited\n");
    return !watch->trace_lost;
}
