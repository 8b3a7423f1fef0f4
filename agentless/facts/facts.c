/* facts.c: see facts.h */
#include "agentless/facts/facts.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

bool facts_open(struct facts *f, const json_t *root, char *why, size_t why_size)
{
    const char *schema = json_text_at(root, "schema");
    if (!schema || strcmp(schema, "muster.facts/1") != 0) {
        snprintf(why, why_size, "is no muster.facts/1 document");
        return false;
    }
    *f = (struct facts){
        .root = root,
        .info = json_at(root, "engine.info"),
        .containers = json_at(root, "engine.containers"),
        .networks = json_at(root, "engine.networks"),
        .volumes = json_at(root, "engine.volumes.Volumes"),
        .services = json_at(root, "engine.services"),
        .execs = json_at(root, "engine.execs"),
        .shell = json_at(root, "shell"),
    };
    if (!json_is_object(f->info))
        f->info = NULL;
    if (!json_is_object(f->containers))
        f->containers = NULL;
    if (!json_is_array(f->networks))
        f->networks = NULL;
    if (!json_is_object(f->shell))
        f->shell = NULL;
    return true;
}

const char *facts_why_missing(const struct facts *f, const char *part)
{
    const json_t *missing = json_at(f->root, "missing");
    static const char *const CAUSES[] = {"container_list", "engine"};
    const char *why = json_string_value(json_object_get(missing, part));
    for (size_t i = 0; !why && strcmp(part, "shell") != 0 && i < sizeof CAUSES / sizeof *CAUSES; i++)
        why = json_string_value(json_object_get(missing, CAUSES[i]));
    return why ? why : "it was not collected";
}

size_t facts_container_count(const struct facts *f)
{
    return json_object_size(f->containers);
}

bool facts_container_next(const struct facts *f, struct container *c)
{
    json_t *all = json_at(f->containers, "");
    void *at = c->at ? json_object_iter_next(all, c->at) : json_object_iter(all);
    while (at && !json_is_object(json_object_iter_value(at)))
        at = json_object_iter_next(all, at);
    if (!at)
        return false;
    *c = (struct container){.at = at, .id = json_object_iter_key(at), .inspect = json_object_iter_value(at)};
    const char *name = json_text_at(c->inspect, "Name");
    if (name && *name == '/')
        name++;
    snprintf(c->name, sizeof c->name, "%s", name && *name ? name : c->id);
    c->running = json_true_at(c->inspect, "State.Running");
    c->state = json_text_at(c->inspect, "State.Status");
    if (!c->state)
        c->state = "";
    return true;
}

void facts_each_missing(const struct facts *f, const char *prefix,
                        void (*visit)(void *ctx, const char *part, const char *why), void *ctx)
{
    json_t *missing = json_at(f->root, "missing");
    const char *part;
    json_t *why;
    size_t length = strlen(prefix);
    json_object_foreach(missing, part, why)
    {
        if (strncmp(part, prefix, length) == 0 && (!part[length] || part[length] == '/'))
            visit(ctx, part, json_string_value(why) ? json_string_value(why) : "");
    }
}

bool facts_security_option(const struct facts *f, const char *name, const char **value)
{
    const json_t *options = json_at(f->info, "SecurityOptions");
    char wanted[64];
    int length = snprintf(wanted, sizeof wanted, "name=%s", name);
    for (size_t i = 0; i < json_array_size(options); i++) {
        const char *option = json_string_value(json_array_get(options, i));
        if (option && text_starts(option, wanted) && (!option[length] || option[length] == ',')) {
            if (value)
                *value = option;
            return true;
        }
    }
    return false;
}

int facts_docker_version(const struct facts *f)
{
    const json_t *components = json_at(f->root, "engine.version.Components");
    const char *version = json_text_at(f->info, "ServerVersion");
    int major, minor;
    for (size_t i = 0; i < json_array_size(components); i++) {
        const char *name = json_text_at(json_array_get(components, i), "Name");
        if (name && strstr(name, "Podman"))
            return 0;
    }
    return version && sscanf(version, "%4d.%4d", &major, &minor) == 2 && minor < 100 ? major * 100 + minor
                                                                                     : 0;
}

const json_t *facts_processes(const struct facts *f, const char *id)
{
    const json_t *list = json_object_get(json_at(f->shell, "containers"), id);
    return json_array_size(list) ? list : NULL;
}

const json_t *facts_first_process(const struct facts *f, const struct container *c)
{
    const json_t *list = c->running ? facts_processes(f, c->id) : NULL;
    json_int_t pid, at;
    if (!json_integer_at(c->inspect, "State.Pid", &pid))
        return NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *process = json_array_get(list, i);
        if (json_integer_at(process, "pid", &at) && at == pid)
            return process;
    }
    return NULL;
}
