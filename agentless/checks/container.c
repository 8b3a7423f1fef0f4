/* container.c: see container.h */
#include "agentless/checks/finding.h"
#include "agentless/checks/container.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* A boolean that every engine states; where it is absent the container is not judged. */
bool container_bool(const struct container *c, struct finding *out, const char *path, bool *value)
{
    const json_t *at = json_at(c->inspect, path);
    *value = json_is_true(at);
    if (!json_is_boolean(at))
        finding_container(out, STATUS_ERROR, c, "evidence missing: the engine does not say %s", path);
    return json_is_boolean(at);
}

/* A list or map, for which absent and null mean empty; anything else is not evidence. */
const json_t *container_list(const struct container *c, const char *path)
{
    return json_at(c->inspect, path);
}

bool container_privileged(const struct container *c)
{
    return json_true_at(c->inspect, "HostConfig.Privileged");
}

bool container_of_swarm(const struct container *c)
{
    return json_object_get(json_at(c->inspect, "Config.Labels"), "com.docker.swarm.service.name") != NULL;
}

bool container_in_user_namespace(const struct facts *f, const struct container *c)
{
    const char *mode = json_text_at(c->inspect, "HostConfig.UsernsMode");
    if (facts_security_option(f, "rootless", NULL))
        return true;
    if (facts_is_podman(f))
        return mode && *mode && strcmp(mode, "host") != 0;
    return facts_security_option(f, "userns", NULL) && !text_same(mode, "host");
}

/* The last word on an option such as seccomp, apparmor, no-new-privileges among SecurityOpt: "" when it is
 * given bare, NULL when it is not given. Docker takes '=' and, from old times, ':'. */
const char *container_security_opt(const struct container *c, const char *name)
{
    const json_t *options = json_at(c->inspect, "HostConfig.SecurityOpt");
    size_t length = strlen(name);
    const char *last = NULL;
    for (size_t i = 0; i < json_array_size(options); i++) {
        const char *option = json_string_value(json_array_get(options, i));
        if (!option || strncmp(option, name, length) != 0)
            continue;
        if (option[length] == '=' || option[length] == ':')
            last = option + length + 1;
        else if (!option[length])
            last = "";
    }
    return last;
}

bool container_has_security_opt(const struct container *c, const char *name, const char *value)
{
    const json_t *options = json_at(c->inspect, "HostConfig.SecurityOpt");
    for (size_t i = 0; i < json_array_size(options); i++) {
        const char *option = json_string_value(json_array_get(options, i));
        size_t length = strlen(name);
        if (option && strncmp(option, name, length) == 0 &&
            (option[length] == '=' || option[length] == ':') && strcmp(option + length + 1, value) == 0)
            return true;
    }
    return false;
}

void finding_process_fact(struct finding *out, const struct container *c, const json_t *process,
                          const char *key)
{
    char source[200];
    snprintf(source, sizeof source, "/proc/PID/status of %s", c->name);
    finding_fact(out, source, key, json_incref(json_object_get(process, key)));
}

bool container_integer(const struct container *c, const char *path, json_int_t *value)
{
    *value = 0;
    return json_integer_at(c->inspect, path, value);
}
