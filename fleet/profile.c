/* profile.c: see profile.h */
#include "fleet/profile.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void profile_begin(struct profile *profile, const struct options *options, const struct target_list *targets)
{
    *profile = (struct profile){
        .options = options, .targets = targets, .stats = options->stats ? stats_new() : NULL};
}

bool profile_is_wanted(const struct profile *profile)
{
    return profile->stats || profile->options->trace;
}

/* HOST=FILE, or HOST and a file of its name in the current folder; a name is not a path. */
static void write_trace(struct profile *profile, const char *host, const struct timeline *timeline)
{
    const char *wanted = profile->options->trace, *equals = strchr(wanted, '=');
    size_t length = equals ? (size_t)(equals - wanted) : strlen(wanted);
    struct error err;
    if (strlen(host) != length || strncmp(host, wanted, length) != 0)
        return;
    char *path = equals ? xstrdup(equals + 1) : xasprintf("%s.trace.json", host);
    for (char *p = path; *p && !equals; p++)
        if (*p == '/')
            *p = '_';
    profile->traced = true;
    if (trace_write(path, host, timeline, &err)) {
        fail_with(&err);
        profile->trace_lost = true;
    }
    free(path);
}

void profile_note(struct profile *profile, size_t index, const struct timeline *timeline)
{
    const char *host = profile->targets->items[index]->name;
    if (profile->stats)
        stats_note(profile->stats, host, timeline);
    if (profile->options->trace)
        write_trace(profile, host, timeline);
}

bool profile_end(struct profile *profile)
{
    if (profile->stats) {
        stats_print(profile->stats, stderr);
        stats_free(profile->stats);
    }
    if (profile->options->trace && !profile->traced)
        fprintf(stderr, "muster: --trace: no host of that name was visited\n");
    return !profile->trace_lost;
}
