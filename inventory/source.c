/* source.c: see source.h; and which source a -i names: a list, a folder, a program, YAML, or the INI form. */
#include "inventory/source.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "inventory/variables.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A fleet of 100,000 hosts with long lines stays far below this. */
#define FILE_BYTES_MAX (64u << 20)
#define FOLDER_DEPTH_MAX 4

int source_read_file(const char *path, struct buf *content, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return error_set(err, "%s: cannot be opened: %s", path, strerror(errno));
    struct stat st;
    int result = 0;
    char chunk[65536];
    ssize_t got = 0;
    content->limit = FILE_BYTES_MAX;
    if (fstat(fd, &st) || S_ISDIR(st.st_mode))
        result = error_set(err, "%s: is a folder", path);
    while (!result && (got = read(fd, chunk, sizeof chunk)) > 0)
        if (!buf_add(content, chunk, (size_t)got))
            result =
                error_set(err, "%s: larger than %u MB; this is no inventory", path, FILE_BYTES_MAX >> 20);
    if (!result && got < 0)
        result = error_set(err, "%s: cannot be read: %s", path, strerror(errno));
    close(fd);
    return result;
}

static char *own_path(const char *file, const char *value)
{
    const char *slash = strrchr(file, '/');
    if (*value == '/' || *value == '~' || !slash)
        return xstrdup(value);
    return xasprintf("%.*s/%s", (int)(slash - file), file, value);
}

void source_warn(struct inventory *inventory, const char *format, ...)
{
    va_list args;
    struct error text;
    va_start(args, format);
    vsnprintf(text.text, sizeof text.text, format, args);
    va_end(args);
    json_array_append_new(inventory->warnings, json_text(text.text));
}

void source_variable(const char *path, size_t line, json_t *vars, const char *key, const char *value)
{
    char *own = *value && variable_is_relative_path(key) ? own_path(path, value) : NULL;
    char *from = xasprintf("%s:%zu", path, line);
    json_put(vars, key, variable_text(own ? own : value, from));
    free(from);
    free(own);
}

bool source_is_group_name(const char *name)
{
    return *name && !strpbrk(name, " \t[]:,&!\"'");
}

bool source_is_host_name(const char *name)
{
    for (const char *p = name; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f)
            return false;
    return *name && *name != '-' && !strpbrk(name, "\\$`;|&<>(){}*?!\"'");
}

/* --- which kind --- */

static bool ends_with_any(const char *name, const char *const *endings)
{
    for (; *endings; endings++)
        if (text_ends(name, *endings))
            return true;
    return false;
}

/* A file without an extension is YAML when its first line that says something is a key alone, or ---. */
static bool looks_like_yaml(const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\r\n");
        size_t blank = strspn(text, " \t");
        if (length > blank && text[blank] != '#' && text[blank] != ';') {
            size_t end = length;
            while (end && isspace((unsigned char)text[end - 1]))
                end--;
            return text_starts(text, "---") || text_starts(text, "{") ||
                   (*text != '[' && end && text[end - 1] == ':');
        }
        text += length + strspn(text + length, "\r\n");
    }
    return false;
}

static int add_file(struct inventory *inventory, const char *path, struct error *err)
{
    static const char *const YAML[] = {".yaml", ".yml", ".json", NULL};
    struct buf content = {0};
    int result = source_read_file(path, &content, err);
    const char *text = content.data ? content.data : "";
    if (!result && (access(path, X_OK) == 0 || text_starts(text, "#!")))
        result = source_add_program(inventory, path, err);
    else if (!result && (ends_with_any(path, YAML) || (!strstr(path, ".ini") && looks_like_yaml(text))))
        result = source_add_yaml(inventory, path, text, content.length, NULL, err);
    else if (!result)
        result = inventory_add_hosts_text(inventory, path, text, content.length, err);
    buf_free(&content);
    return result;
}

/* Variables of a group or host from a file of its name, with or without an extension, or from all files of a
 * folder of its name. They go before what the inventory itself says, as with Ansible. */
static int add_variables(struct inventory *inventory, const char *owner, json_t *vars, const char *folder,
                         const char *name, int depth, struct error *err)
{
    static const char *const ENDINGS[] = {"", ".yml", ".yaml", ".json"};
    int result = 0;
    for (size_t i = 0; i < sizeof ENDINGS / sizeof *ENDINGS && !result; i++) {
        char *path = xasprintf("%s/%s%s", folder, name, ENDINGS[i]);
        struct stat st;
        struct buf content = {0};
        struct dirent **entries = NULL;
        int count = -1;
        if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
            count = depth > 0 ? scandir(path, &entries, NULL, alphasort) : -1;
        else if (access(path, F_OK) == 0 && !(result = source_read_file(path, &content, err)))
            result = source_add_yaml_variables(inventory, owner, vars, path, content.data ? content.data : "",
                                               content.length, err);
        for (int e = 0; e < count; e++) {
            const char *entry = entries[e]->d_name;
            size_t length = strlen(entry);
            if (*entry != '.' && length && entry[length - 1] != '~' && !result)
                result = add_variables(inventory, owner, vars, path, entry, depth - 1, err);
            free(entries[e]);
        }
        free(entries);
        buf_free(&content);
        free(path);
    }
    return result;
}

/* group_vars and host_vars beside an inventory. */
static int add_variable_folders(struct inventory *inventory, const char *folder, struct error *err)
{
    char *groups = xasprintf("%s/group_vars", folder), *hosts = xasprintf("%s/host_vars", folder);
    const char *name;
    json_t *record;
    int result = 0;
    if (access(groups, F_OK) == 0) {
        inventory_group(inventory, "all");
        inventory_group(inventory, "ungrouped");
        json_object_foreach(inventory->groups, name, record)
        {
            if (!result && !strchr(name, '/'))
                result =
                    add_variables(inventory, name, json_object_get(record, "vars"), groups, name, 2, err);
        }
    }
    if (access(hosts, F_OK) == 0) {
        json_object_foreach(inventory->hosts, name, record)
        {
            if (!result && !strchr(name, '/') && *name != '.')
                result = add_variables(inventory, name, record, hosts, name, 2, err);
        }
    }
    free(groups);
    free(hosts);
    return result;
}

static bool is_inventory_file(const char *name)
{
    /* As Ansible's defaults leave out, and what only holds variables. */
    static const char *const OTHERS[] = {".pyc", ".pyo", ".swp",  ".bak", "~",      ".rpm",     ".md",
                                         ".txt", ".rst", ".orig", ".cfg", ".retry", ".rpmsave", NULL};
    return *name != '.' && !ends_with_any(name, OTHERS) && strcmp(name, "group_vars") != 0 &&
           strcmp(name, "host_vars") != 0;
}

static int add_path(struct inventory *inventory, const char *path, int depth, struct error *err);

static int add_folder(struct inventory *inventory, const char *path, int depth, struct error *err)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, alphasort);
    int result = count < 0 ? error_set(err, "%s: cannot be opened: %s", path, strerror(errno)) : 0;
    size_t used = 0;
    for (int i = 0; i < count; i++) {
        char *inner = xasprintf("%s/%s", path, entries[i]->d_name);
        if (!result && is_inventory_file(entries[i]->d_name)) {
            used++;
            result = add_path(inventory, inner, depth - 1, err);
        }
        free(inner);
        free(entries[i]);
    }
    free(entries);
    return result || used ? result : error_set(err, "%s: this folder holds no inventory", path);
}

static int add_path(struct inventory *inventory, const char *path, int depth, struct error *err)
{
    struct stat st;
    if (stat(path, &st))
        return error_set(err, "%s: cannot be opened: %s", path, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return add_file(inventory, path, err);
    if (depth == 0)
        return error_set(err, "%s: folders nest deeper than %d", path, FOLDER_DEPTH_MAX);
    return add_folder(inventory, path, depth, err);
}

/* "a,b," as Ansible has it: a comma and no file of that name. */
static int add_list(struct inventory *inventory, const char *list, struct error *err)
{
    char *words = xstrdup(list), *rest = words;
    const char *word;
    int result = 0;
    while (!result && (word = text_next(&rest, ", ")))
        result = inventory_add_hosts_text(inventory, list, word, strlen(word), err);
    free(words);
    return result;
}

int inventory_add(struct inventory *inventory, const char *source, struct error *err)
{
    struct stat st;
    if (strchr(source, ',') && access(source, F_OK) != 0)
        return add_list(inventory, source, err);
    int result = add_path(inventory, source, FOLDER_DEPTH_MAX, err);
    if (result)
        return result;
    const char *slash = strrchr(source, '/');
    bool folder_given = stat(source, &st) == 0 && S_ISDIR(st.st_mode);
    char *folder = folder_given ? xstrdup(source)
                   : slash      ? xstrndup(source, (size_t)(slash - source))
                                : xstrdup(".");
    result = add_variable_folders(inventory, *folder ? folder : "/", err);
    free(folder);
    return result;
}
