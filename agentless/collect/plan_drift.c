/* plan_drift.c: which containers are asked what has changed in them (X.5): where no shell saw it, a few at
 * once. */
#include "agentless/collect/plan_internal.h"
#include "agentless/facts/document.h"
#include "agentless/collect/reduce/drift.h"
#include "agentless/facts/view.h"
#include "base/json.h"

#include <time.h>

/* Of those whose writable layer the shell has not shown: what the engine says has changed. It walks the
 * container's whole file system for it, so only few are asked, and few at a time. */
static void add_to_compare(struct plan *c, const char *id, const json_t *container)
{
    const char *layer = facts_layer(json_at(c->facts, PART_SHELL), id, container);
    bool helper = json_object_get(json_at(container, "Config.Labels"), HELPER_LABEL) != NULL;
    if (!helper && !(layer && json_object_get(json_at(c->facts, "shell.layers"), layer)))
        json_array_append_new(c->to_compare, json_text(id));
}

static void list_to_compare(struct plan *c)
{
    const char *id;
    json_t *container;
    c->to_compare = json_array();
    json_object_foreach(json_object_get(c->answers, PART_CONTAINERS), id, container)
    {
        add_to_compare(c, id, container);
    }
    if (json_array_size(c->to_compare) <= PLAN_DRIFT_MAX || c->options.drift)
        return;
    plan_miss(c, PART_CHANGES,
              "there are more than 20 containers to compare without a root shell: --drift asks the engine");
    json_array_clear(c->to_compare);
}

void plan_compare_next(struct plan *c)
{
    char path[160];
    unsigned at_once = engine_is_far(c->engine) ? PLAN_DRIFT_MAX : COMPARED_AT_ONCE;
    if (!c->to_compare)
        list_to_compare(c);
    while (json_array_size(c->to_compare) && c->comparing < at_once) {
        const char *id = json_string_value(json_array_get(c->to_compare, 0));
        snprintf(path, sizeof path, "/containers/%s/changes", id);
        c->comparing++;
        plan_ask(c, ANSWER_CHANGES, path, PART_CHANGES, id);
        json_array_remove(c->to_compare, 0);
    }
}

void plan_compare_early(struct plan *c, const char *id, const json_t *container)
{
    if (!plan_has_no_shell(c) || (c->containers > PLAN_DRIFT_MAX && !c->options.drift))
        return;
    if (!c->to_compare)
        c->to_compare = json_array();
    add_to_compare(c, id, container);
    plan_compare_next(c);
}
