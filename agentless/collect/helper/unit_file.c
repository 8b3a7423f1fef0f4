/* unit_file.c: systemd's unit files and their drop-ins, read for what the daemon is started with. */
#include "agentless/collect/helper/host_files_internal.h"
#include "agentless/collect/reduce/daemon_settings.h"
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

void files_each_unit_line(struct host_files *f, size_t unit,
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

static void unit_word(struct host_files *f, const char *key, const char *value, void *ctx)
{
    char **exec_start = ctx;
    if (strcmp(key, "ExecStart") == 0) {
        free(*exec_start);
        *exec_start = *value ? xstrdup(value) : NULL;
    } else if (strcmp(key, "EnvironmentFile") == 0 && *value) {
        files_field(f, "EnvironmentFiles=%s", value + (*value == '-'));
    } else if (strcmp(key, "ListenStream") == 0 && *value) {
        files_field(f, "Listen=%s (Stream)", value);
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

/* More arguments than a daemon has; a variable of the host's may stand for any number. */
#define WORDS_MAX 512

struct arguments {
    char *words[WORDS_MAX];
    size_t count, length;
    bool too_many;
};

static void add_words(const struct host_files *f, struct arguments *to, const char *text, unsigned depth)
{
    struct words words = {0};
    bool split = words_split(&words, text) == 0;
    for (size_t i = 0; split && i < words.count && !to->too_many; i++) {
        const char *word = words.items[i].text;
        if (*word != '$' || depth) {
            to->length += strlen(word);
            to->too_many = to->count == WORDS_MAX || to->length > CONTENT_MAX;
            if (!to->too_many)
                to->words[to->count++] = xstrdup(word);
            continue;
        }
        char *name = xstrndup(word + 1 + (word[1] == '{'), strcspn(word + 1 + (word[1] == '{'), "}"));
        char *value = unit_variable(f, name);
        add_words(f, to, value, depth + 1);
        free(value);
        free(name);
    }
    words_clear(&words);
}

/* What the unit starts; nothing where that is not dockerd itself, or more than it is started with. */
static void record_daemon(struct host_files *f, const char *fragment, const char *exec_start)
{
    struct arguments *arguments = xcalloc(1, sizeof *arguments);
    add_words(f, arguments, exec_start + strspn(exec_start, "@-:+!"), 0);
    bool told = !arguments->too_many && arguments->count && daemon_settings_is_program(arguments->words[0]);
    if (told) {
        files_record(f, "daemon");
        files_field(f, "pid 0");
        files_field(f, "unit %s", fragment);
        files_record(f, "arguments");
    }
    for (size_t i = 0; i < arguments->count; i++) {
        if (told)
            files_field(f, "%s", arguments->words[i]);
        free(arguments->words[i]);
    }
    free(arguments);
}

void files_record_unit(struct host_files *f, size_t unit)
{
    char path[256];
    char *exec_start = NULL;
    const char *fragment = fragment_of(f, unit, path, sizeof path);
    files_record(f, "unit");
    files_field(f, "unit %s", UNITS[unit]);
    files_field(f, "FragmentPath=%s", fragment ? fragment : "");
    files_field(f, "DropInPaths=%s",
                json_array_size(f->dropins[unit]) ? json_string_value(json_array_get(f->dropins[unit], 0))
                                                  : "");
    for (size_t i = 1; i < json_array_size(f->dropins[unit]); i++)
        files_field(f, "DropInPaths=%s", json_string_value(json_array_get(f->dropins[unit], i)));
    files_each_unit_line(f, unit, unit_word, &exec_start);
    if (unit == 0 && exec_start && fragment)
        record_daemon(f, fragment, exec_start);
    free(exec_start);
}
