/* yaml.c: inventories in YAML, and so in JSON, by libyaml: groups with hosts, vars and children as
 * Ansible has them, and the form that inventory programs print (lists of hosts, _meta.hostvars). Errors name
 * file and line. */
#include "inventory/yaml.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "inventory/names.h"
#include "inventory/range.h"
#include "inventory/variables.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define DEPTH_MAX 32
/* libyaml's time grows with the square of how deep brackets nest. Counted without regard to quotes, so that
 * the bound is far above what an inventory nests. */
#define BRACKETS_MAX 1000
/* Aliases can make a small file large: so many nodes are looked at, and no more. */
#define VISITS_MAX 4000000

struct reader {
    struct inventory *inventory;
    yaml_document_t *document;
    const char *path;
    const char *owner; /* whose variables a file of variables holds */
    size_t visits;
    struct error *err;
};

static int yaml_fail_at(const struct reader *r, const yaml_node_t *node, const char *message)
{
    return error_set(r->err, "%s:%zu:%zu: %s", r->path, node->start_mark.line + 1,
                     node->start_mark.column + 1, message);
}

static yaml_node_t *node_at(struct reader *r, int index)
{
    return yaml_document_get_node(r->document, index);
}

static const char *scalar(const yaml_node_t *node)
{
    return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

static bool is_null(const yaml_node_t *node)
{
    const char *text = scalar(node);
    return text && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (!*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

static bool too_many(struct reader *r)
{
    return ++r->visits > VISITS_MAX;
}

/* What a variable says: a scalar's text, a list's joined by commas; NULL where it is not text of ours to
 * read.
 */
static char *value_text(struct reader *r, const yaml_node_t *node)
{
    if (node->type == YAML_SCALAR_NODE) {
        /* Nothing of a vaulted value is a value. */
        if (node->tag && strcmp((const char *)node->tag, "!vault") == 0)
            return xstrdup("!vault");
        return is_null(node) ? NULL : xstrdup((const char *)node->data.scalar.value);
    }
    if (node->type != YAML_SEQUENCE_NODE)
        return NULL;
    struct buf text = {.limit = 65536};
    for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top;
         item++) {
        const char *one = scalar(node_at(r, *item));
        if (one && !too_many(r)) {
            buf_text(&text, text.length ? "," : "");
            buf_text(&text, one);
        }
    }
    return buf_take(&text);
}

static int read_variables(struct reader *r, json_t *vars, const yaml_node_t *node)
{
    if (is_null(node))
        return 0;
    if (node->type != YAML_MAPPING_NODE)
        return yaml_fail_at(r, node, "variables are written as key: value");
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
         pair++) {
        const char *key = scalar(node_at(r, pair->key));
        char *value = key ? value_text(r, node_at(r, pair->value)) : NULL;
        if (too_many(r)) {
            free(value);
            return yaml_fail_at(r, node, "too many values, by aliases perhaps");
        }
        if (value)
            variable_set(vars, key, value, r->path, node_at(r, pair->key)->start_mark.line + 1);
        free(value);
    }
    return 0;
}

/* One name, with a range perhaps, and what is said of it (NULL: nothing). */
static int yaml_read_host(struct reader *r, const char *group, const yaml_node_t *key,
                          const yaml_node_t *vars)
{
    const char *name = scalar(key);
    struct error why = {""};
    json_t *names = name ? inventory_expand(name, &why) : NULL;
    size_t i;
    json_t *one;
    int result = 0;
    if (!names)
        result = yaml_fail_at(r, key, name ? why.text : "a host's name is a word");
    json_array_foreach(names, i, one)
    {
        const char *text = json_string_value(one);
        if (!result && (too_many(r) || !name_is_host(text)))
            result = yaml_fail_at(r, key, "this is no host name");
        if (result)
            break;
        json_t *known = inventory_host(r->inventory, text, group);
        result = vars ? read_variables(r, known, vars) : 0;
    }
    json_decref(names);
    return result;
}

/* A map of hosts, a list of them, or one. */
static int read_hosts(struct reader *r, const char *group, const yaml_node_t *node)
{
    int result = 0;
    if (is_null(node))
        return 0;
    if (node->type == YAML_SCALAR_NODE)
        return yaml_read_host(r, group, node, NULL);
    if (node->type == YAML_SEQUENCE_NODE) {
        for (yaml_node_item_t *item = node->data.sequence.items.start;
             item < node->data.sequence.items.top && !result; item++)
            result = yaml_read_host(r, group, node_at(r, *item), NULL);
        return result;
    }
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top && !result; pair++)
        result = yaml_read_host(r, group, node_at(r, pair->key), node_at(r, pair->value));
    return result;
}

static int read_group(struct reader *r, const yaml_node_t *key, const yaml_node_t *node, int depth);

static int add_child(struct reader *r, const char *parent, const yaml_node_t *key, const yaml_node_t *node,
                     int depth)
{
    const char *name = scalar(key);
    if (!name || !name_is_group(name))
        return yaml_fail_at(r, key, "a group's name is missing or holds blanks, quotes or :,&![]");
    json_put(json_object_get(inventory_group(r->inventory, parent), "children"), name, json_true());
    inventory_group(r->inventory, name);
    return node ? read_group(r, key, node, depth) : 0;
}

static int read_children(struct reader *r, const char *parent, const yaml_node_t *node, int depth)
{
    int result = 0;
    if (is_null(node))
        return 0;
    if (node->type == YAML_SCALAR_NODE)
        return add_child(r, parent, node, NULL, depth);
    if (node->type == YAML_SEQUENCE_NODE) {
        for (yaml_node_item_t *item = node->data.sequence.items.start;
             item < node->data.sequence.items.top && !result; item++)
            result = add_child(r, parent, node_at(r, *item), NULL, depth);
        return result;
    }
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top && !result; pair++)
        result = add_child(r, parent, node_at(r, pair->key), node_at(r, pair->value), depth);
    return result;
}

static int read_group(struct reader *r, const yaml_node_t *key, const yaml_node_t *node, int depth)
{
    const char *name = scalar(key);
    if (depth == 0 || too_many(r))
        return yaml_fail_at(r, node, "groups nest too deep, or are too many");
    if (!name || !name_is_group(name))
        return yaml_fail_at(r, key, "a group's name is missing or holds blanks, quotes or :,&![]");
    json_t *group = inventory_group(r->inventory, name);
    if (is_null(node))
        return 0;
    /* Programs may print a group as the list of its hosts. */
    if (node->type == YAML_SEQUENCE_NODE)
        return read_hosts(r, name, node);
    if (node->type != YAML_MAPPING_NODE)
        return yaml_fail_at(r, node, "a group has hosts, vars and children");
    int result = 0;
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top && !result; pair++) {
        const yaml_node_t *part = node_at(r, pair->key), *value = node_at(r, pair->value);
        if (text_same(scalar(part), "hosts"))
            result = read_hosts(r, name, value);
        else if (text_same(scalar(part), "vars"))
            result = read_variables(r, json_object_get(group, "vars"), value);
        else if (text_same(scalar(part), "children"))
            result = read_children(r, name, value, depth - 1);
        else
            result =
                yaml_fail_at(r, part, "a group has hosts, vars and children; nothing else is known here");
    }
    return result;
}

/* {"hostvars": {host: {...}}} */
static int read_meta(struct reader *r, const yaml_node_t *node)
{
    int result = 0;
    if (node->type != YAML_MAPPING_NODE)
        return 0;
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top && !result; pair++)
        if (text_same(scalar(node_at(r, pair->key)), "hostvars")) {
            const yaml_node_t *vars = node_at(r, pair->value);
            result = vars->type == YAML_MAPPING_NODE ? read_hosts(r, NULL, vars) : 0;
        }
    return result;
}

/* The configuration of an inventory plugin. What a program prints is never taken for another program's
 * configuration. */
static int plugin_found(struct reader *r, const yaml_node_t *key, bool from_program)
{
    yaml_fail_at(
        r, key,
        "this configures an inventory plugin, which only Ansible can run: install ansible-core, or elsewhere "
        "ansible-inventory -i FILE --list --export >fleet.json, then -i fleet.json");
    return from_program ? -1 : YAML_PLUGIN;
}

static int read_top(struct reader *r, const yaml_node_t *top, bool *has_meta)
{
    int result = 0;
    if (is_null(top))
        return 0;
    if (top->type != YAML_MAPPING_NODE)
        return yaml_fail_at(r, top, "an inventory is a map of groups");
    for (yaml_node_pair_t *pair = top->data.mapping.pairs.start;
         pair < top->data.mapping.pairs.top && !result; pair++) {
        const yaml_node_t *key = node_at(r, pair->key), *value = node_at(r, pair->value);
        if (text_same(scalar(key), "plugin") && scalar(value))
            return plugin_found(r, key, has_meta != NULL);
        else if (text_same(scalar(key), "_meta")) {
            if (has_meta)
                *has_meta = true;
            result = read_meta(r, value);
        } else
            result = read_group(r, key, value, DEPTH_MAX);
    }
    return result;
}

static bool brackets_nest_too_deep(const char *text, size_t length)
{
    long depth = 0;
    for (size_t i = 0; i < length && depth <= BRACKETS_MAX; i++) {
        if (text[i] == '[' || text[i] == '{')
            depth++;
        else if ((text[i] == ']' || text[i] == '}') && depth > 0)
            depth--;
    }
    return depth > BRACKETS_MAX;
}

/* Loads one document and hands over its top; NULL there: the text is empty. */
static int with_document(struct reader *r, const char *text, size_t length,
                         int (*use)(struct reader *r, const yaml_node_t *top, void *ctx), void *ctx)
{
    yaml_parser_t parser;
    yaml_document_t document;
    int result = 0;
    if (brackets_nest_too_deep(text, length))
        return error_set(r->err, "%s: brackets nest deeper than %d; this is no inventory", r->path,
                         BRACKETS_MAX);
    if (!yaml_parser_initialize(&parser))
        return error_set(r->err, "%s: no memory", r->path);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    if (!yaml_parser_load(&parser, &document)) {
        result =
            error_set(r->err, "%s:%zu:%zu: %s", r->path, parser.problem_mark.line + 1,
                      parser.problem_mark.column + 1, parser.problem ? parser.problem : "this is no YAML");
    } else {
        yaml_node_t *top = yaml_document_get_root_node(&document);
        r->document = &document;
        result = top ? use(r, top, ctx) : 0;
        r->document = NULL;
        yaml_document_delete(&document);
    }
    yaml_parser_delete(&parser);
    return result;
}

static int use_inventory(struct reader *r, const yaml_node_t *top, void *ctx)
{
    return read_top(r, top, ctx);
}

static int use_variables(struct reader *r, const yaml_node_t *top, void *ctx)
{
    /* A file that is vaulted as a whole is one scalar. */
    const char *text = scalar(top);
    if (text && text_starts(text, "$ANSIBLE_VAULT")) {
        inventory_warn(
            r->inventory,
            "%s: is vaulted as a whole, so what it says of %s is not known; ansible-inventory --list "
            "--export >fleet.json can open it",
            r->path, r->owner);
        return 0;
    }
    return read_variables(r, ctx, top);
}

int yaml_add(struct inventory *inventory, const char *path, const char *text, size_t length, bool *has_meta,
             struct error *err)
{
    struct reader r = {.inventory = inventory, .path = path, .err = err};
    if (has_meta)
        *has_meta = false;
    return with_document(&r, text, length, use_inventory, has_meta);
}

int yaml_add_variables(struct inventory *inventory, const char *owner, json_t *vars, const char *path,
                       const char *text, size_t length, struct error *err)
{
    struct reader r = {.inventory = inventory, .owner = owner, .path = path, .err = err};
    return with_document(&r, text, length, use_variables, vars);
}
