/* policy.c: see policy.h */
#include "inventory/policy.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum kind { LIST, FLAG, LEVEL, VERSION };

static const struct key {
    const char *name;
    enum kind kind;
} KEYS[] = {
    {"level", LEVEL},         {"sections", LIST},           {"checks", LIST},
    {"exclude_checks", LIST}, {"include_containers", LIST}, {"exclude_containers", LIST},
    {"include_images", LIST}, {"exclude_images", LIST},     {"include_labels", LIST},
    {"exclude_labels", LIST}, {"trusted_users", LIST},      {"trusted_registries", LIST},
    {"expect_swarm", FLAG},   {"min_engine", VERSION},
};

static const struct key *find_key(const char *name)
{
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        if (strcmp(KEYS[i].name, name) == 0)
            return &KEYS[i];
    return NULL;
}

bool policy_has_key(const char *key)
{
    return find_key(key) != NULL;
}

static bool is_version(const char *text)
{
    return strspn(text, "0123456789.") == strlen(text) && *text >= '0' && *text <= '9';
}

int policy_set(json_t *policy, const char *name, const char *text, struct error *err)
{
    const struct key *key = find_key(name);
    bool flag;
    long level;
    if (!key)
        return error_set(err, "%s is no key of a policy", name);
    switch (key->kind) {
    case LIST: {
        json_t *list = json_object_get(policy, name);
        char *copy = xstrdup(text);
        char *rest = copy;
        char *word;
        if (!list) {
            list = json_array();
            json_put(policy, name, list);
        }
        while ((word = text_next(&rest, ", ")))
            json_array_append_new(list, json_text(word));
        free(copy);
        return 0;
    }
    case FLAG:
        if (!text_bool_loose(text, &flag))
            return error_set(err, "%s=%s: yes or no is expected", name, text);
        json_put(policy, name, json_boolean(flag));
        return 0;
    case LEVEL:
        if (!text_number(text, 1, 2, &level))
            return error_set(err, "%s=%s: 1 or 2 is expected", name, text);
        json_put(policy, name, json_integer(level));
        return 0;
    case VERSION:
        if (!is_version(text))
            return error_set(err, "%s=%s: a version such as 27.3 is expected", name, text);
        json_put(policy, name, json_text(text));
        return 0;
    }
    return 0;
}

/* --- the file --- */

static bool is_list_of_text(const json_t *value)
{
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!json_is_string(json_array_get(value, i)))
            return false;
    return json_is_array(value);
}

static bool fits(const struct key *key, const json_t *value)
{
    json_int_t level = json_integer_value(value);
    switch (key->kind) {
    case LIST:
        return is_list_of_text(value);
    case FLAG:
        return json_is_boolean(value);
    case LEVEL:
        return json_is_integer(value) && (level == 1 || level == 2);
    case VERSION:
        return json_is_string(value) && is_version(json_string_value(value));
    }
    return false;
}

static int check_keys(const char *path, const char *where, json_t *policy, struct error *err)
{
    const char *name;
    json_t *value;
    static const char *const EXPECTED[] = {[LIST] = "a list of strings",
                                           [FLAG] = "true or false",
                                           [LEVEL] = "1 or 2",
                                           [VERSION] = "a version such as \"27.3\""};
    if (!json_is_object(policy))
        return error_set(err, "%s: \"%s\" is no object", path, where);
    json_object_foreach(policy, name, value)
    {
        const struct key *key = find_key(name);
        if (!key)
            return error_set(err, "%s: \"%s\" has an unknown key \"%s\"; docs/policy.md lists them", path,
                             where, name);
        if (!fits(key, value))
            return error_set(err, "%s: \"%s\" in \"%s\": %s is expected", path, name, where,
                             EXPECTED[key->kind]);
    }
    return 0;
}

static int check_each(const char *path, const char *where, json_t *policies, struct error *err)
{
    const char *name;
    json_t *policy;
    if (!json_is_object(policies))
        return error_set(err, "%s: \"%s\" is no object", path, where);
    json_object_foreach(policies, name, policy)
    {
        if (check_keys(path, name, policy, err))
            return -1;
    }
    return 0;
}

static int check_file(const char *path, json_t *file, struct error *err)
{
    const char *name;
    json_t *part;
    if (!json_is_object(file))
        return error_set(err, "%s: a policy file is a JSON object", path);
    json_object_foreach(file, name, part)
    {
        int result;
        if (strcmp(name, "all") == 0)
            result = check_keys(path, name, part, err);
        else if (strcmp(name, "groups") == 0 || strcmp(name, "hosts") == 0)
            result = check_each(path, name, part, err);
        else
            result = error_set(err, "%s: unknown part \"%s\"; there are all, groups and hosts", path, name);
        if (result)
            return -1;
    }
    return 0;
}

json_t *policy_load(const char *path, struct error *err)
{
    json_error_t error;
    json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!file && error.line > 0)
        error_set(err, "%s:%d: %s", path, error.line, error.text);
    else if (!file)
        error_set(err, "%s: %s", path, error.text);
    else if (check_file(path, file, err)) {
        json_decref(file);
        file = NULL;
    }
    return file;
}

void policy_for_host(json_t *policy, const json_t *file, const char *host, const json_t *groups)
{
    json_object_update(policy, json_object_get(file, "all"));
    for (size_t i = 0; i < json_array_size(groups); i++)
        json_object_update(policy, json_object_get(json_object_get(file, "groups"),
                                                   json_string_value(json_array_get(groups, i))));
    json_object_update(policy, json_object_get(json_object_get(file, "hosts"), host));
}
