/* section5_network.c: ports, networks and swarm mode (5.1, 5.8, 5.9, 5.14). */
#include "agentless/checks/container.h"
#include "agentless/checks/section5.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

void containers_no_swarm(const struct facts *f, struct finding *out)
{
    const char *state = json_text_at(f->info, "Swarm.LocalNodeState");
    if (!state) {
        finding_say(out, STATUS_ERROR, "evidence missing: the engine's /info has no Swarm.LocalNodeState");
        return;
    }
    finding_info_fact(out, f, "Swarm.LocalNodeState");
    bool expected = json_is_true(facts_policy(f, "expect_swarm"));
    if (strcmp(state, "active") == 0 && expected)
        finding_say(out, STATUS_PASS, "swarm mode is active, as is expected of this host");
    else if (strcmp(state, "inactive") != 0 && *state)
        finding_say(out, STATUS_WARN, "swarm mode is %s: the host listens on 2377, 7946 and 4789", state);
}

typedef void binding_fn(struct finding *out, const struct container *c, const char *inside,
                        const char *address, long port);

/* Every binding of every port of the running containers; also tells of those whose ports cannot be known. */
static void each_binding(const struct facts *f, struct finding *out, binding_fn *visit)
{
    struct container c;
    for_each_container(f, c)
    {
        json_t *ports = json_at(c.inspect, "NetworkSettings.Ports");
        const char *inside;
        json_t *bindings;
        if (!c.running)
            continue;
        if (text_same(json_text_at(c.inspect, "HostConfig.NetworkMode"), "host"))
            finding_container(out, STATUS_INFO, &c,
                              "is on the host's network: which ports it opens the engine cannot tell");
        json_object_foreach(ports, inside, bindings)
        {
            for (size_t i = 0; i < json_array_size(bindings); i++) {
                const json_t *binding = json_array_get(bindings, i);
                const char *address = json_text_at(binding, "HostIp");
                const char *text = json_text_at(binding, "HostPort");
                long port;
                if (text && text_number(text, 1, 65535, &port))
                    visit(out, &c, inside, address && *address ? address : "every address", port);
                else
                    finding_container(out, STATUS_ERROR, &c, "evidence missing: the host's port of %s",
                                      inside);
            }
        }
    }
}

typedef void service_port_fn(struct finding *out, const char *service, const json_t *port, long published);

/* Ports that a swarm publishes through its routing mesh show in no container. */
static void each_service_port(const struct facts *f, struct finding *out, service_port_fn *visit)
{
    bool manager = json_true_at(f->info, "Swarm.ControlAvailable");
    bool swarm = text_same(json_text_at(f->info, "Swarm.LocalNodeState"), "active");
    if (swarm && !manager)
        finding_say(out, STATUS_INFO,
                    "this swarm worker publishes its services' ports too; a manager lists them");
    if (manager && !f->services)
        finding_say(out, STATUS_ERROR, "evidence missing: the swarm's services: %s",
                    facts_why_missing(f, "services"));
    for (size_t i = 0; manager && i < json_array_size(f->services); i++) {
        const json_t *service = json_array_get(f->services, i);
        const char *name = json_text_at(service, "Spec.Name");
        const json_t *ports = json_at(service, "Endpoint.Ports");
        for (size_t p = 0; p < json_array_size(ports); p++) {
            json_int_t published;
            const json_t *port = json_array_get(ports, p);
            /* In mode host only the nodes with a task of it open the port, as a binding of its container. */
            bool mesh = !text_same(json_text_at(port, "PublishMode"), "host");
            if (mesh && json_integer_at(port, "PublishedPort", &published) && published > 0)
                visit(out, name ? name : "?", port, (long)published);
        }
    }
}

static void service_fact(struct finding *out, const char *service, const json_t *port)
{
    char source[200];
    snprintf(source, sizeof source, "/services %s", service);
    finding_fact(out, source, "Endpoint.Ports", json_deep_copy(port));
}

static void low_binding(struct finding *out, const struct container *c, const char *inside,
                        const char *address, long port)
{
    if (port >= 1024)
        return;
    finding_container(out, STATUS_WARN, c, "port %s is bound to the host's privileged port %ld (%s)", inside,
                      port, address);
    finding_container_fact(out, c, "NetworkSettings.Ports");
}

static void low_service_port(struct finding *out, const char *service, const json_t *port, long published)
{
    if (published >= 1024)
        return;
    finding_item(out, STATUS_WARN, "service", service,
                 "the swarm publishes the privileged port %ld on every node", published);
    service_fact(out, service, port);
}

void containers_privileged_ports(const struct facts *f, struct finding *out)
{
    each_binding(f, out, low_binding);
    each_service_port(f, out, low_service_port);
}

static void list_binding(struct finding *out, const struct container *c, const char *inside,
                         const char *address, long port)
{
    finding_container(out, STATUS_INFO, c, "publishes %s on port %ld (%s)", inside, port, address);
}

static void list_service_port(struct finding *out, const char *service, const json_t *port, long published)
{
    (void)port;
    finding_item(out, STATUS_INFO, "service", service, "is published by the swarm on port %ld", published);
}

void containers_published_ports(const struct facts *f, struct finding *out)
{
    each_binding(f, out, list_binding);
    each_service_port(f, out, list_service_port);
    if (out->status == STATUS_INFO)
        finding_say(out, STATUS_INFO, "confirm that each of these ports is needed");
}

static void wildcard_binding(struct finding *out, const struct container *c, const char *inside,
                             const char *address, long port)
{
    if (strcmp(address, "0.0.0.0") != 0 && strcmp(address, "::") != 0 &&
        strcmp(address, "every address") != 0)
        return;
    finding_container(out, STATUS_WARN, c, "port %s is open on every interface (%s:%ld)", inside, address,
                      port);
    finding_container_fact(out, c, "NetworkSettings.Ports");
}

static void wildcard_service_port(struct finding *out, const char *service, const json_t *port,
                                  long published)
{
    finding_item(out, STATUS_WARN, "service", service,
                 "the swarm opens port %ld on every interface of every node", published);
    service_fact(out, service, port);
}

void containers_bound_interfaces(const struct facts *f, struct finding *out)
{
    each_binding(f, out, wildcard_binding);
    each_service_port(f, out, wildcard_service_port);
}
