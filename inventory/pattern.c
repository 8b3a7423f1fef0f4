/* pattern.c: Ansible's host patterns for --limit. Terms are joined by commas or colons; plain terms are
 * united first, then &term intersects and !term removes, whatever their order. A term is a host, a group or a
 * glob over both. See pattern.h */
#include "inventory/pattern.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static bool in_group(const struct inventory *inventory, const char *host, const char *term)
{
    json_t *groups = inventory_groups_of(inventory, host);
    const char *name;
    json_t *depth;
    bool found = false;
    json_object_foreach(groups, name, depth)
    {
        if (text_glob(term, name)) {
            found = true;
            break;
        }
    }
    json_decref(groups);
    return found;
}

static json_t *matching(const struct inventory *inventory, const char *term)
{
    json_t *found = json_object();
    const char *host;
    json_t *vars;
    json_object_foreach(inventory->hosts, host, vars)
    {
        if (strcmp(term, "all") == 0 || text_glob(term, host) || in_group(inventory, host, term))
            json_put(found, host, json_true());
    }
    return found;
}

static bool names_a_group(const struct inventory *inventory, const char *term)
{
    return strcmp(term, "all") == 0 || strcmp(term, "ungrouped") == 0 ||
           json_object_get(inventory->groups, term);
}

struct selection {
    json_t *plain, *keep, *drop; /* keep: NULL while no & term was met */
    bool any_plain;
};

/* What Ansible knows and muster does not, which as a glob would select other hosts. NULL: it is none. */
static const char *foreign_form(const struct inventory *inventory, const char *term)
{
    char *group = xstrndup(term, strcspn(term, "["));
    bool subscript = term[strlen(group)] && names_a_group(inventory, group);
    free(group);
    if (subscript)
        return "is a subscript ([0], [1:3])";
    if (*term == '~')
        return "is a regular expression";
    return *term == '@' ? "names a file" : NULL;
}

static int apply_term(const struct inventory *inventory, const char *term, struct selection *s,
                      struct error *err)
{
    char op = *term == '!' || *term == '&' ? *term : '\0';
    const char *name = op ? term + 1 : term;
    if (!*name)
        return error_set(err, "--limit: \"%c\" is followed by no name", op);
    const char *foreign = foreign_form(inventory, name);
    if (foreign)
        return error_set(err, "--limit: \"%s\" %s, which muster does not know: name hosts, groups and globs",
                         name, foreign);
    json_t *found = matching(inventory, name);
    if (!json_object_size(found) && !names_a_group(inventory, name)) {
        json_decref(found);
        return error_set(err, "--limit: \"%s\" matches no host and no group of the inventory", name);
    }
    if (op == '!') {
        json_object_update(s->drop, found);
    } else if (op == '&') {
        const char *host;
        json_t *value;
        void *next;
        if (!s->keep)
            s->keep = json_copy(found);
        json_object_foreach_safe(s->keep, next, host, value)
        {
            if (!json_object_get(found, host))
                json_object_del(s->keep, host);
        }
    } else {
        s->any_plain = true;
        json_object_update(s->plain, found);
    }
    json_decref(found);
    return 0;
}

static int read_pattern(const struct inventory *inventory, const char *pattern, struct selection *s,
                        struct error *err)
{
    char *copy = xstrdup(pattern ? pattern : "all"), *rest = copy, *term;
    int result = 0;
    *s = (struct selection){.plain = json_object(), .drop = json_object()};
    while (!result && (term = text_next(&rest, ",: \t")))
        result = apply_term(inventory, term, s, err);
    free(copy);
    return result;
}

static void selection_clear(struct selection *s)
{
    json_decref(s->plain);
    json_decref(s->keep);
    json_decref(s->drop);
}

static bool is_excluded(const struct selection *s, const char *host)
{
    return json_object_get(s->drop, host) || (s->keep && !json_object_get(s->keep, host));
}

json_t *inventory_select(const struct inventory *inventory, const char *pattern, struct error *err)
{
    struct selection s;
    json_t *selected = read_pattern(inventory, pattern, &s, err) ? NULL : json_object();
    const char *host;
    json_t *vars;
    json_object_foreach(inventory->hosts, host, vars)
    {
        bool in = (!s.any_plain || json_object_get(s.plain, host)) && !is_excluded(&s, host);
        if (selected && in)
            json_put(selected, host, json_true());
    }
    selection_clear(&s);
    return selected;
}

json_t *inventory_excluded(const struct inventory *inventory, const char *pattern)
{
    struct selection s;
    struct error err;
    json_t *excluded = json_object();
    const char *host;
    json_t *vars;
    int result = read_pattern(inventory, pattern, &s, &err);
    json_object_foreach(inventory->hosts, host, vars)
    {
        if (!result && is_excluded(&s, host))
            json_put(excluded, host, json_true());
    }
    selection_clear(&s);
    return excluded;
}
