/* container_network.c: ports and networks of containers and services (5.8, 5.9, 5.14, 5.30). */
#include "agentless/checks/topic.h"
#include "agentless/checks/container.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

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

static void containers_privileged_ports(const struct facts *f, struct finding *out)
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

static void containers_published_ports(const struct facts *f, struct finding *out)
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

static void containers_bound_interfaces(const struct facts *f, struct finding *out)
{
    each_binding(f, out, wildcard_binding);
    each_service_port(f, out, wildcard_service_port);
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

static void containers_on_default_bridge(const struct facts *f, struct finding *out)
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

static const struct check CHECKS[] = {
    {.id = SAME_ID("5.8"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_RUNNING | ALSO_SERVICES,
     .judge = containers_privileged_ports,
     .title = "No container is bound to a privileged port of the host",
     .rationale = "Ports below 1024 are where users expect the host's own services.",
     .evidence = "inspect NetworkSettings.Ports; /services, for ports of the routing mesh",
     .judged = "WARN for a published host port below 1024, also a swarm service's; one in mode host counts "
               "where its task is.",
     .remedy = "Publish on a port from 1024 on, behind a proxy or load balancer."},
    {.id = SAME_ID("5.9"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_RUNNING | ALSO_SERVICES,
     .judge = containers_published_ports,
     .title = "Only needed ports are open",
     .rationale = "Every published port is attack surface.",
     .evidence = "inspect NetworkSettings.Ports; /services",
     .judged = "INFO with each published port; PASS when there is none.",
     .remedy = "Remove -p and -P that are not needed."},
    {.id = SAME_ID("5.14"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_RUNNING | ALSO_SERVICES,
     .judge = containers_bound_interfaces,
     .title = "Published ports are bound to a chosen interface",
     .rationale =
         "A port on 0.0.0.0 is open on the public interface too, and Docker's rules come before the host's "
         "firewall.",
     .evidence = "inspect NetworkSettings.Ports; /services",
     .judged = "WARN for a port published on all addresses, IPv4 or IPv6, also by a swarm service; one in "
               "mode host counts where its task is.",
     .remedy = "-p 10.0.0.5:8080:80, or \"ip\": \"127.0.0.1\" in daemon.json as the default."},
    {.id = SAME_ID("5.30"),
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_INFO | NEED_CONTAINERS | NEED_NETWORKS,
     .judge = containers_on_default_bridge,
     .title = "No container is on the default bridge",
     .rationale = "All containers there see each other, and names resolve only by links.",
     .evidence = "inspect NetworkSettings.Networks; /networks",
     .judged = "WARN for containers on the default bridge, whatever its name.",
     .remedy = "docker network create, and --network."},
};

const struct check_topic TOPIC_CONTAINER_NETWORK = CHECK_TOPIC(CHECKS);
