/* ini.c: a hosts file in Ansible's INI form: [group], [group:children], [group:vars], ranges, host
 * variables. The INI libraries at hand read keys and values only; host lines here are shell words with
 * ranges, and every error has to name its column, so the reader is our own. */
#include "inventory/ini.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "inventory/names.h"
#include "inventory/range.h"
#include "inventory/shell_words.h"
#include "inventory/variables.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum section { SECTION_HOSTS, SECTION_CHILDREN, SECTION_VARS };

struct reader {
    struct inventory *inventory;
    const char *path;
    size_t line;
    enum section section;
    char *group;
    json_t *pending; /* groups named before they are defined: name -> line of first mention */
    struct error *err;
};

static int ini_fail_at(struct reader *r, size_t column, const char *message)
{
    return error_set(r->err, "%s:%zu:%zu: %s", r->path, r->line, column, message);
}

static int read_section(struct reader *r, char *line, size_t column)
{
    char *close = strchr(line, ']');
    if (!close)
        return ini_fail_at(r, column, "the section's bracket is not closed");
    char *after = text_trim(close + 1);
    if (*after && *after != '#' && *after != ';')
        return ini_fail_at(r, column + (size_t)(after - line), "unexpected text after the section's bracket");
    *close = '\0';
    char *name = line + 1;
    char *kind = strchr(name, ':');
    if (kind)
        *kind++ = '\0';
    if (!name_is_group(name))
        return ini_fail_at(r, column + 1, "a group's name is missing or holds blanks, quotes or :,&![]");
    if (!kind || strcmp(kind, "hosts") == 0)
        r->section = SECTION_HOSTS;
    else if (strcmp(kind, "children") == 0)
        r->section = SECTION_CHILDREN;
    else if (strcmp(kind, "vars") == 0)
        r->section = SECTION_VARS;
    else
        return ini_fail_at(r, column + 1 + (size_t)(kind - name),
                           "a section is [group], [group:children] or [group:vars]");
    free(r->group);
    r->group = xstrdup(name);
    if (r->section != SECTION_VARS) {
        inventory_group(r->inventory, name);
        json_object_del(r->pending, name);
    } else if (strcmp(name, "all") != 0 && strcmp(name, "ungrouped") != 0 &&
               !json_object_get(r->inventory->groups, name) && !json_object_get(r->pending, name)) {
        json_put(r->pending, name, json_integer((json_int_t)r->line));
    }
    return 0;
}

/* Cuts name[:port] into name and port. A colon inside a range's or an IPv6 address's bracket is not a port.
 */
static int split_port(struct reader *r, struct word *word, char **port)
{
    char *name = word->text;
    char *close = strrchr(name, ']');
    char *colon = strrchr(close ? close : name, ':');
    long number;
    *port = NULL;
    if (!colon || (!close && strchr(name, ':') != colon))
        return 0;
    if (!text_number(colon + 1, 1, 65535, &number))
        return ini_fail_at(r, word->column + (size_t)(colon - name),
                           "after a host's colon a port must follow (1 to 65535)");
    *colon = '\0';
    *port = colon + 1;
    return 0;
}

static bool is_ipv6_literal(const char *name)
{
    return *name == '[' && strspn(name + 1, "0123456789abcdefABCDEF:.%") == strlen(name) - 2 &&
           strchr(name, ':') != strrchr(name, ':') && strstr(name, "::");
}

static int ini_read_host(struct reader *r, const struct words *words)
{
    char *port;
    struct word *first = &words->items[0];
    if (split_port(r, first, &port))
        return -1;
    struct error why = {0};
    json_t *names;
    if (is_ipv6_literal(first->text)) {
        first->text[strlen(first->text) - 1] = '\0';
        names = json_array();
        json_array_append_new(names, json_text(first->text + 1));
    } else {
        names = inventory_expand(first->text, &why);
    }
    if (!names)
        return ini_fail_at(r, first->column, why.text);
    int result = 0;
    for (size_t w = 1; w < words->count && !result; w++)
        if (!strchr(words->items[w].text, '=') || *words->items[w].text == '=')
            result = ini_fail_at(r, words->items[w].column, "after a host's name only key=value may follow");
    size_t i;
    json_t *name;
    json_array_foreach(names, i, name)
    {
        if (result)
            break;
        const char *text = json_string_value(name);
        if (!name_is_host(text)) {
            result = ini_fail_at(r, first->column, "this is no host name");
            break;
        }
        json_t *vars = inventory_host(r->inventory, text, r->group ? r->group : "ungrouped");
        if (port)
            variable_set(vars, "ansible_port", port, r->path, r->line);
        for (size_t w = 1; w < words->count; w++) {
            const char *pair = words->items[w].text;
            const char *equals = strchr(pair, '=');
            char *key = xstrndup(pair, (size_t)(equals - pair));
            variable_set(vars, key, equals + 1, r->path, r->line);
            free(key);
        }
    }
    json_decref(names);
    return result;
}

static int read_child(struct reader *r, const struct words *words)
{
    const char *child = words->items[0].text;
    if (words->count > 1)
        return ini_fail_at(r, words->items[1].column, "a line of a children section is one group's name");
    if (!name_is_group(child))
        return ini_fail_at(r, words->items[0].column, "this is no group name");
    if (!json_object_get(r->inventory->groups, child) && !json_object_get(r->pending, child))
        json_put(r->pending, child, json_integer((json_int_t)r->line));
    json_put(json_object_get(inventory_group(r->inventory, r->group), "children"), child, json_true());
    return 0;
}

static int read_group_variable(struct reader *r, char *line, size_t column)
{
    char *equals = strchr(line, '=');
    if (!equals || equals == line)
        return ini_fail_at(r, column, "a line of a vars section is key=value");
    *equals = '\0';
    char *key = text_trim(line);
    char *value = text_trim(equals + 1);
    size_t length = strlen(value);
    if (length >= 2 && (*value == '"' || *value == '\'') && value[length - 1] == *value) {
        value[length - 1] = '\0';
        value++;
    }
    variable_set(json_object_get(inventory_group(r->inventory, r->group), "vars"), key, value, r->path,
                 r->line);
    return 0;
}

static int ini_read_line(struct reader *r, char *line)
{
    char *text = text_trim(line);
    size_t column = (size_t)(text - line) + 1;
    if (!*text || *text == '#' || *text == ';')
        return 0;
    /* A range may begin a host line: [a:c].example.org is a host, [web] a section. */
    char *close = strchr(text, ']');
    if (*text == '[' && (!close || !close[1] || isspace((unsigned char)close[1])) && !is_ipv6_literal(text))
        return read_section(r, text, column);
    if (r->section == SECTION_VARS)
        return read_group_variable(r, text, column);
    struct words words;
    size_t open_quote = words_split(&words, text);
    for (size_t i = 0; i < words.count; i++)
        words.items[i].column += column - 1;
    int result = 0;
    if (open_quote)
        result = ini_fail_at(r, column + open_quote - 1, "this quote is never closed");
    else if (r->section == SECTION_CHILDREN)
        result = read_child(r, &words);
    else
        result = ini_read_host(r, &words);
    words_clear(&words);
    return result;
}

static int check_pending(struct reader *r)
{
    const char *name;
    json_t *line;
    json_object_foreach(r->pending, name, line)
    {
        if (!json_object_get(r->inventory->groups, name) || json_object_get(r->pending, name)) {
            char *message = xasprintf("group \"%s\" is used here and defined nowhere", name);
            r->line = (size_t)json_integer_value(line);
            int result = ini_fail_at(r, 1, message);
            free(message);
            return result;
        }
    }
    return 0;
}

int ini_add(struct inventory *inventory, const char *path, const char *text, size_t length, struct error *err)
{
    struct reader r = {.inventory = inventory, .path = path, .err = err, .pending = json_object()};
    int result = 0;
    const char *end = text + length;
    while (text < end && !result) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t bytes = (size_t)((newline ? newline : end) - text);
        r.line++;
        for (size_t i = 0; i < bytes && !result; i++)
            if ((unsigned char)text[i] < 0x20 && text[i] != '\t' && text[i] != '\r')
                result = ini_fail_at(&r, i + 1, "a control character: this is no hosts file");
        char *line = xstrndup(text, bytes);
        if (!result)
            result = ini_read_line(&r, line);
        free(line);
        text += bytes + 1;
    }
    if (!result)
        result = check_pending(&r);
    json_decref(r.pending);
    free(r.group);
    return result;
}
