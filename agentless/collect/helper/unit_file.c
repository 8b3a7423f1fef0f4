/* unit_file.c: systemd's unit files and their drop-ins, read for what the daemon is started with. */
#include "agentless/collect/helper/host_files_internal.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "inventory/shell_words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The unit file that counts, and its drop-ins in systemd's order. */
static const char *fragment_of(const struct host_files *f, size_t unit, char *path, size_t size)
{
    for (EACH(d, UNIT_FOLDERS)) {
        snprintf(path, size, "%s/%s", UNIT_FOLDERS[d], UNITS[unit]);
        if (json_object_get(f->present, path))
            return path;
    }
    return NULL;
}

void files_list_dropins(struct host_files *f, size_t unit)
{
    const char *path;
    json_t *text;
    f->dropins[unit] = json_array();
    for (EACH(d, UNIT_FOLDERS)) {
        char folder[128];
        snprintf(folder, sizeof folder, "%s/%s.d/", UNIT_FOLDERS[d], UNITS[unit]);
        /* /lib is /usr/lib on current systems: the same file is named once. */
        char other[160];
        snprintf(other, sizeof other, "/usr%s", folder);
        json_object_foreach(f->texts, path, text)
        {
            char twin[1024];
            snprintf(twin, sizeof twin, "/usr%s", path);
            if (text_starts(path, folder) &&
                !(text_starts(folder, "/lib/") && json_object_get(f->texts, twin)))
                json_array_append_new(f->dropins[unit], json_text(path));
        }
    }
}

/* Calls with each KEY=value line of the unit file and its drop-ins, in order. */
static void each_line(struct host_files *f, size_t unit,
                      void (*line)(struct host_files *f, const char *key, const char *value, void *ctx),
                      void *ctx)
{
    char path[256];
    const char *fragment = fragment_of(f, unit, path, sizeof path);
    for (size_t i = 0; i <= json_array_size(f->dropins[unit]); i++) {
        const char *from = i ? json_string_value(json_array_get(f->dropins[unit], i - 1)) : fragment;
        const char *text = from ? files_text_of(f, from) : NULL;
        char *copy = xstrdup(text ? text : "");
        char *rest = copy;
        char *one;
        while ((one = strsep(&rest, "\n"))) {
            char *equals = strchr(one, '=');
            if (!equals || *one == '#' || *one == ';')
                continue;
            *equals = '\0';
            line(f, text_trim(one), text_trim(equals + 1), ctx);
        }
        free(copy);
    }
}

struct unit_words {
    char *exec_start;
    struct buf environment_files, listen;
};

static void unit_word(struct host_files *f, const char *key, const char *value, void *ctx)
{
    struct unit_words *w = ctx;
    (void)f;
    if (strcmp(key, "ExecStart") == 0) {
        free(w->exec_start);
        w->exec_start = *value ? xstrdup(value) : NULL;
    } else if (strcmp(key, "EnvironmentFile") == 0 && *value) {
        buf_format(&w->environment_files, " EnvironmentFiles=%s\n", value + (*value == '-'));
    } else if (strcmp(key, "ListenStream") == 0 && *value) {
        buf_format(&w->listen, " Listen=%s (Stream)\n", value);
    }
}

/* $NAME from the environment files of the usual places; "" where none sets it. */
static char *unit_variable(const struct host_files *f, const char *name)
{
    static const char *const FILES[] = {"/etc/default/docker", "/etc/sysconfig/docker"};
    char *value = NULL;
    for (EACH(i, FILES)) {
        const char *text = files_text_of(f, FILES[i]);
        char *copy = xstrdup(text ? text : "");
        char *rest = copy;
        char *line;
        while ((line = strsep(&rest, "\n"))) {
            size_t length = strlen(name);
            line = text_trim(line);
            if (strncmp(line, name, length) == 0 && line[length] == '=') {
                free(value);
                char *given = line + length + 1;
                size_t end = strlen(given);
                bool quoted = end > 1 && (*given == '"' || *given == '\'') && given[end - 1] == *given;
                value = quoted ? xstrndup(given + 1, end - 2) : xstrdup(given);
            }
        }
        free(copy);
    }
    return value ? value : xstrdup("");
}

static void record_words(struct host_files *f, const char *text, unsigned depth)
{
    struct words words = {0};
    if (words_split(&words, text) == 0)
        for (size_t i = 0; i < words.count; i++) {
            const char *word = words.items[i].text;
            if (*word != '$' || depth) {
                buf_format(&f->records, " %s\n", word);
                continue;
            }
            char *name = xstrndup(word + 1 + (word[1] == '{'), strcspn(word + 1 + (word[1] == '{'), "}"));
            char *value = unit_variable(f, name);
            record_words(f, value, depth + 1);
            free(value);
            free(name);
        }
    words_clear(&words);
}

void files_record_unit(struct host_files *f, size_t unit)
{
    char path[256];
    struct unit_words w = {0};
    const char *fragment = fragment_of(f, unit, path, sizeof path);
    each_line(f, unit, unit_word, &w);
    buf_format(&f->records, "@unit\n unit %s\n FragmentPath=%s\n DropInPaths=", UNITS[unit],
               fragment ? fragment : "");
    for (size_t i = 0; i < json_array_size(f->dropins[unit]); i++)
        buf_format(&f->records, "%s%s", i ? " " : "", json_string_value(json_array_get(f->dropins[unit], i)));
    buf_format(&f->records, "\n%s%s", text_or(w.environment_files.data, ""), text_or(w.listen.data, ""));
    if (unit == 0 && w.exec_start && fragment) {
        buf_format(&f->records, "@daemon\n pid 0\n unit %s\n@arguments\n", fragment);
        record_words(f, w.exec_start + strspn(w.exec_start, "@-:+!"), 0);
    }
    free(w.exec_start);
    buf_free(&w.environment_files);
    buf_free(&w.listen);
}
