/* daemon_units.c: systemd's units of the daemon, their drop-ins and environment files. */
#include "agentless/checks/daemon_files_internal.h"
#include "agentless/checks/host_path.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Words of a unit's property; several are separated by lines, or by blanks where systemctl joined them.
 * EnvironmentFiles has "(ignore_errors=no)" behind each. */
static void daemon_files_add_words(struct search *s, const char *text)
{
    char *copy = xstrdup(text ? text : "");
    char *rest = copy;
    char *word;
    while ((word = text_next(&rest, " \n")))
        if (*word == '/')
            daemon_files_add_path(s, word);
    free(copy);
}

bool daemon_user_unit_paths(struct search *s, const char *name)
{
    char unit[1200], dropins[1240];
    const char *path;
    json_t *unused;
    const json_t *file;
    if (!s->rootless.config) {
        error_set(s->why, "the engine is rootless, and where its user's units are was not seen");
        return false;
    }
    snprintf(unit, sizeof unit, "%s/systemd/user/%s", s->rootless.config, name);
    snprintf(dropins, sizeof dropins, "%s.d", unit);
    if (host_file(s->facts, unit, &file) != FILE_ABSENT)
        daemon_files_add_path(s, unit);
    json_object_foreach(json_at(s->facts->host, "files"), path, unused) if (path_within(path, dropins))
        daemon_files_add_path(s, path);
    if (!json_array_size(s->paths))
        error_set(s->why, "the rootless daemon's user has no unit %.900s", unit);
    return true;
}

/* A unit that is masked is a link to /dev/null. */
static bool is_masked(struct search *s, const char *fragment)
{
    const json_t *file;
    return text_same(fragment, "/dev/null") ||
           (fragment && host_file(s->facts, fragment, &file) == FILE_PRESENT &&
            text_same(json_text_at(file, "target"), "/dev/null"));
}

/* Of those that have checks of their own, see daemon_environment_files(). */
static bool has_own_check(const char *path)
{
    return path_within(path, "/etc/default") || path_within(path, "/etc/sysconfig");
}

/* Calls with each of docker.service's environment files: "/etc/default/docker (ignore_errors=yes)", a line
 * each. */
static void each_environment_file(struct search *s,
                                  void (*visit)(struct search *s, const char *path, void *ctx), void *ctx)
{
    const char *files =
        json_text_at(json_object_get(json_at(s->facts->host, "units"), "docker.service"), "EnvironmentFiles");
    char *copy = xstrdup(text_or(files, ""));
    char *rest = copy, *word;
    while ((word = text_next(&rest, " \n"))) {
        word += *word == '-';
        if (*word == '/')
            visit(s, word, ctx);
    }
    free(copy);
}

static void add_environment_file(struct search *s, const char *path, void *unused)
{
    (void)unused;
    if (!has_own_check(path))
        daemon_files_add_path(s, path);
}

bool daemon_unit_paths(struct search *s, const char *name)
{
    const json_t *unit = json_object_get(json_at(s->facts->host, "units"), name);
    const char *fragment = json_text_at(unit, "FragmentPath");
    if (!unit) {
        error_set(s->why, "systemd's units were not looked at");
        return false;
    }
    if (is_masked(s, fragment)) {
        error_set(s->why, "%s is masked", name);
        return true;
    }
    daemon_files_add_words(s, fragment);
    daemon_files_add_words(s, json_text_at(unit, "DropInPaths"));
    if (strcmp(name, "docker.service") == 0 && json_array_size(s->paths))
        each_environment_file(s, add_environment_file, NULL);
    if (!json_array_size(s->paths))
        error_set(s->why, "there is no %s", name);
    return true;
}

static void add_file_below(struct search *s, const char *path, void *folder)
{
    if (path_within(path, folder))
        daemon_files_add_path(s, path);
}

bool daemon_environment_files(struct search *s, const char *usual)
{
    const json_t *file;
    char folder[64];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(usual, '/') - usual), usual);
    if (host_file(s->facts, usual, &file) == FILE_UNSEEN) {
        error_set(s->why, "%s was not looked at", usual);
        return false;
    }
    daemon_files_add_path(s, usual);
    /* The unit's own files count with the check of the folder they are in. */
    each_environment_file(s, add_file_below, folder);
    return true;
}
