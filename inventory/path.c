/* path.c: see path.h */
#include "inventory/path.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "inventory/ini.h"
#include "inventory/program.h"
#include "inventory/yaml.h"
#include "inventory/sources.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A fleet of 100,000 hosts with long lines stays far below this. */
#define FILE_MB_MAX 64
#define FOLDER_DEPTH_MAX 4

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

/* The configuration of a plugin is run by Ansible, where that is here. */
static int add_yaml(struct inventory *inventory, const char *path, const char *text, size_t length,
                    struct error *err)
{
    struct error where;
    int result = yaml_add(inventory, path, text, length, NULL, err);
    if (result != YAML_PLUGIN)
        return result;
    where = *err;
    result = program_add_plugin(inventory, path, err);
    return result <= 0 ? result : error_set(err, "%s", where.text);
}

/* A program has the executable bit and is one that the kernel runs: on many file systems every file has the
 * bit, and lines of hosts must not be taken for lines of a script. */
static bool is_program(const char *path, const char *text, size_t length)
{
    static const char ELF[] = "\177ELF";
    return text_starts(text, "#!") ||
           (access(path, X_OK) == 0 && length >= sizeof ELF - 1 && memcmp(text, ELF, sizeof ELF - 1) == 0);
}

static int path_add_file(struct inventory *inventory, const char *path, struct error *err)
{
    static const char *const YAML[] = {".yaml", ".yml", ".json", NULL};
    struct buf content = {0};
    int result = file_read(path, FILE_MB_MAX, &content, err);
    const char *text = content.data ? content.data : "";
    if (!result && is_program(path, text, content.length))
        result = program_add(inventory, path, PROGRAM_TIME_MS, err);
    else if (!result && (ends_with_any(path, YAML) || (!strstr(path, ".ini") && looks_like_yaml(text))))
        result = add_yaml(inventory, path, text, content.length, err);
    else if (!result)
        result = ini_add(inventory, path, text, content.length, err);
    buf_free(&content);
    return result;
}

/* Variables of a group or host from a file of its name, with or without an extension, or from all files of a
 * folder of its name. They take precedence over what the inventory itself says, as with Ansible. */
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
        else if (access(path, F_OK) == 0 && !(result = file_read(path, FILE_MB_MAX, &content, err)))
            result = yaml_add_variables(inventory, owner, vars, path, content.data ? content.data : "",
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

static int path_add_path(struct inventory *inventory, const char *path, int depth, struct error *err);

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
            result = path_add_path(inventory, inner, depth - 1, err);
        }
        free(inner);
        free(entries[i]);
    }
    free(entries);
    return result || used ? result : error_set(err, "%s: this folder holds no inventory", path);
}

static int path_add_path(struct inventory *inventory, const char *path, int depth, struct error *err)
{
    struct stat st;
    if (stat(path, &st))
        return error_set(err, "%s: cannot be opened: %s", path, strerror(errno));
    if (!S_ISDIR(st.st_mode))
        return path_add_file(inventory, path, err);
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
        result = ini_add(inventory, list, word, strlen(word), err);
    free(words);
    return result;
}

int inventory_add(struct inventory *inventory, const char *source, struct error *err)
{
    struct stat st;
    if (strchr(source, ',') && access(source, F_OK) != 0)
        return add_list(inventory, source, err);
    int result = path_add_path(inventory, source, FOLDER_DEPTH_MAX, err);
    if (result)
        return result;
    const char *slash = strrchr(source, '/');
    bool folder_given = stat(source, &st) == 0 && S_ISDIR(st.st_mode);
    size_t length = slash ? (size_t)(slash - source) : 0;
    char *folder = slash ? xstrndup(source, length) : xstrdup(".");
    if (folder_given) {
        free(folder);
        folder = xstrdup(source);
    }
    result = add_variable_folders(inventory, *folder ? folder : "/", err);
    free(folder);
    return result;
}

/* --- as a source --- */

static int add_named_path(struct inventory *inventory, const char *value,
                          const struct source_settings *settings, struct error *err)
{
    (void)settings;
    return inventory_add(inventory, value, err);
}

const struct inventory_source SOURCE_PATH = {
    .option = "inventory",
    .letter = 'i',
    .metavar = "FILE",
    .help = "inventory as Ansible has it (INI, YAML, folder, program, a,b,); may be given several times",
    .add = add_named_path,
};
