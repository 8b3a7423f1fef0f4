/* section5_lifecycle.c: how containers are made, kept and restarted (5.13, 5.15, 5.27, 5.28, 5.30). */
#include "agentless/checks/container.h"
#include "agentless/checks/section5.h"
#include "base/json.h"
#include "base/text.h"

#include <string.h>

void containers_read_only_root(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        bool read_only;
        if (container_bool(&c, out, "HostConfig.ReadonlyRootfs", &read_only) && !read_only) {
            finding_container(out, STATUS_WARN, &c, "can write to its root file system");
            finding_container_fact(out, &c, "HostConfig.ReadonlyRootfs");
        }
    }
}

void containers_restart_policy(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const char *name = json_text_at(c.inspect, "HostConfig.RestartPolicy.Name");
        json_int_t retries;
        container_integer(&c, "HostConfig.RestartPolicy.MaximumRetryCount", &retries);
        if (container_of_swarm(&c)) {
            finding_container(out, STATUS_INFO, &c, "is restarted by the swarm, by its service's own policy");
        } else if (!name) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say HostConfig.RestartPolicy");
        } else if (strcmp(name, "on-failure") == 0 && retries >= 1 && retries <= 5) {
            continue;
        } else if (*name && strcmp(name, "no") != 0) {
            if (strcmp(name, "on-failure") == 0)
                finding_container(out, STATUS_WARN, &c,
                                  retries ? "restarts up to %lld times after a failure (5 are advised)"
                                          : "restarts after every failure without end",
                                  (long long)retries);
            else
                finding_container(out, STATUS_WARN, &c, "restarts without end (%s)", name);
            finding_container_fact(out, &c, "HostConfig.RestartPolicy");
        }
    }
}

void containers_health_check(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const json_t *test = json_at(c.inspect, "Config.Healthcheck.Test");
        const char *first = json_string_value(json_array_get(test, 0));
        const char *health = json_text_at(c.inspect, "State.Health.Status");
        if (!c.running)
            continue;
        if (health && strcmp(health, "none") != 0 && *health) {
            if (strcmp(health, "unhealthy") == 0) {
                finding_container(out, STATUS_WARN, &c, "is unhealthy by its own check");
                finding_container_fact(out, &c, "State.Health.Status");
            }
        } else if (!first || !*first || strcmp(first, "NONE") == 0) {
            finding_container(out, STATUS_WARN, &c, "has no health check, its own or its image's");
            finding_container_fact(out, &c, "Config.Healthcheck.Test");
        }
    }
}

/* An image's id, or the beginning of it, names that image and no other: hexadecimal, as long as people type
 * it, and the beginning of the id that the engine found for it. */
static bool is_image_id(const struct container *c, const char *image)
{
    static const size_t DIGITS_FEW = 8;
    const char *id = json_text_at(c->inspect, "Image");
    size_t digits = strspn(image, "0123456789abcdef");
    if (id && text_starts(id, "sha256:"))
        id += strlen("sha256:");
    return id && !image[digits] && digits >= DIGITS_FEW && text_starts(id, image);
}

void containers_image_reference(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const char *image = json_text_at(c.inspect, "Config.Image");
        if (!image) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say Config.Image");
            continue;
        }
        /* What a pod's pause container was made of is Podman's own. */
        if (!*image && facts_is_podman(f))
            continue;
        if (is_image_id(&c, image))
            continue;
        const char *slash = strrchr(image, '/');
        const char *tag = strchr(slash ? slash : image, ':');
        if (strstr(image, "@sha256:") || text_starts(image, "sha256:"))
            continue;
        if (!tag || strcmp(tag, ":latest") == 0)
            finding_container(out, STATUS_INFO, &c,
                              "was made from %s, whose tag means whatever was pushed last", image);
        else
            finding_container(out, STATUS_INFO, &c,
                              "was made from %s, a tag that can be moved; a digest cannot", image);
    }
}

static const json_t *default_bridge(const struct facts *f)
{
    for (size_t i = 0; i < json_array_size(f->networks); i++) {
        const json_t *network = json_array_get(f->networks, i);
        json_t *option =
            json_object_get(json_at(network, "Options"), "com.docker.network.bridge.default_bridge");
        if (text_same(json_string_value(option), "true"))
            return network;
    }
    return NULL;
}

void containers_on_default_bridge(const struct facts *f, struct finding *out)
{
    struct container c;
    const json_t *bridge = default_bridge(f);
    finding_fact(out, "/networks", "default bridge",
                 bridge ? json_incref(json_object_get(bridge, "Name")) : json_text("(none)"));
    for_each_container(f, c)
    {
        json_t *networks = json_at(c.inspect, "NetworkSettings.Networks");
        const char *mode = json_text_at(c.inspect, "HostConfig.NetworkMode");
        const char *name;
        json_t *network;
        /* A swarm's task says "default" and is on its service's networks: the mode tells only where no
         * network is listed. Before the first start a network is listed without its id. */
        bool attached = bridge && !json_object_size(networks) && mode &&
                        (strcmp(mode, "default") == 0 || strcmp(mode, "bridge") == 0);
        const char *bridge_name = json_text_at(bridge, "Name");
        json_object_foreach(networks, name, network)
        {
            const char *id = json_text_at(network, "NetworkID");
            attached = attached || (bridge && (id && *id ? text_same(id, json_text_at(bridge, "Id"))
                                                         : text_same(name, bridge_name)));
        }
        if (attached) {
            finding_container(out, STATUS_WARN, &c, "is attached to the default bridge");
            finding_container_fact(out, &c, "HostConfig.NetworkMode");
        }
    }
}
