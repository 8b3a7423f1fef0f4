/* facts_store.c: see facts_store.h */
#include "agentless/facts/document.h"
#include "fleet/facts_store.h"
#include "base/file.h"
#include "base/atomic_file.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"

#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SUFFIX ".facts.json"
#define FILE_MB_MAX 512

int facts_store_open(const char *folder, struct error *err)
{
    struct stat st;
    if (mkdir(folder, 0700) && errno != EEXIST)
        return error_set(err, "--save-facts %s: cannot be made: %s", folder, strerror(errno));
    if (stat(folder, &st) || !S_ISDIR(st.st_mode))
        return error_set(err, "--save-facts %s: is no folder", folder);
    return 0;
}

/* A host's name as a file's: everything but letters, digits, dot, dash and underscore becomes %XX. */
static char *file_name(const char *host)
{
    struct buf name = {0};
    for (const char *p = host; *p; p++)
        if (isalnum((unsigned char)*p) || *p == '-' || *p == '_' || (*p == '.' && p != host))
            buf_add(&name, p, 1);
        else
            buf_format(&name, "%%%02X", (unsigned char)*p);
    return buf_take(&name);
}

int facts_store_save(const char *folder, const json_t *facts, struct error *err)
{
    struct atomic_file file;
    const char *host = json_text_at(facts, "host.name");
    char *name = file_name(host ? host : "?");
    char *path = xasprintf("%s/%s" SUFFIX, folder, name);
    int result = atomic_file_open(&file, path, err);
    if (!result) {
        bool good = json_dumpf(facts, file.stream, JSON_INDENT(1) | JSON_ENSURE_ASCII) == 0 &&
                    fputc('\n', file.stream) != EOF;
        result = atomic_file_finish(&file, good, err);
    }
    free(path);
    free(name);
    return result;
}

char **facts_store_list(const char *path, size_t *count, struct error *err)
{
    struct stat st;
    char **paths = NULL;
    size_t capacity = 0;
    *count = 0;
    if (stat(path, &st)) {
        error_set(err, "%s: %s", path, strerror(errno));
        return NULL;
    }
    if (S_ISDIR(st.st_mode)) {
        glob_t found;
        char *pattern = xasprintf("%s/*" SUFFIX, path);
        if (glob(pattern, 0, NULL, &found) == 0)
            for (size_t i = 0; i < found.gl_pathc; i++) {
                paths = grow_array(paths, *count, &capacity, sizeof *paths);
                paths[(*count)++] = xstrdup(found.gl_pathv[i]);
            }
        globfree(&found);
        free(pattern);
    } else {
        paths = grow_array(paths, *count, &capacity, sizeof *paths);
        paths[(*count)++] = xstrdup(path);
    }
    if (!*count) {
        error_set(err, "%s: holds no *" SUFFIX, path);
        return NULL;
    }
    paths = grow_array(paths, *count, &capacity, sizeof *paths);
    paths[*count] = NULL;
    return paths;
}

void facts_store_free(char **paths)
{
    for (size_t i = 0; paths && paths[i]; i++)
        free(paths[i]);
    free(paths);
}

json_t *facts_store_load(const char *path, struct error *err)
{
    struct error why;
    struct buf text = {0};
    if (file_read_regular(path, FILE_MB_MAX, &text, err)) {
        buf_free(&text);
        return NULL;
    }
    json_t *facts = json_parse(text.data ? text.data : "", text.length, &why);
    bool ours = document_is_facts(facts) && json_text_at(facts, "host.name");
    if (!facts)
        error_set(err, "%s: is no JSON: %s", path, why.text);
    else if (!ours)
        error_set(err, "%s: is no facts file of muster (schema %s)", path, FACTS_SCHEMA);
    if (!ours) {
        json_decref(facts);
        facts = NULL;
    }
    buf_free(&text);
    return facts;
}
