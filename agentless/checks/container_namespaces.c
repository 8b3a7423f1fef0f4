/* container_namespaces.c: the host's namespaces in containers (5.10, 5.16, 5.17, 5.21, 5.31). */
#include "agentless/checks/topic.h"
#include "agentless/checks/container.h"
#include "base/json.h"
#include "base/text.h"

#include <string.h>

/* "container:ID" shares what that container has, so the chain is followed to its end. */
static const char *resolve_mode(const struct facts *f, const struct container *c, const char *path)
{
    const char *mode = json_text_at(c->inspect, path);
    for (int hops = 0; hops < 16 && mode && text_starts(mode, "container:"); hops++) {
        const char *wanted = mode + strlen("container:");
        struct container other;
        const char *next = NULL;
        for_each_container(f, other)
        {
            if (!next && (text_starts(other.id, wanted) || strcmp(other.name, wanted) == 0))
                next = json_text_at(other.inspect, path);
        }
        if (!next)
            return mode;
        mode = next;
    }
    return mode;
}

static void host_namespace(const struct facts *f, struct finding *out, const char *path, const char *what)
{
    struct container c;
    for_each_container(f, c)
    {
        const char *own = json_text_at(c.inspect, path);
        const char *mode = resolve_mode(f, &c, path);
        if (!mode) {
            finding_container(out, STATUS_ERROR, &c, "evidence missing: the engine does not say %s", path);
        } else if (strcmp(mode, "host") == 0) {
            finding_container(out, STATUS_WARN, &c, "shares the host's %s%s%s", what,
                              text_if(own != mode, " by way of "), own != mode ? own : "");
            finding_container_fact(out, &c, path);
        }
    }
}

/* A rootless dockerd has a network of its own (rootlesskit's), which is what its containers get for "host".
 */
static void engine_network(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const char *mode = resolve_mode(f, &c, "HostConfig.NetworkMode");
        if (!mode) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say HostConfig.NetworkMode");
        } else if (strcmp(mode, "host") == 0) {
            finding_container(out, STATUS_INFO, &c,
                              "shares the network of its rootless engine; that is the host's own only where "
                              "rootlesskit was told --net=host");
            finding_container_fact(out, &c, "HostConfig.NetworkMode");
        }
    }
}

static void containers_host_network(const struct facts *f, struct finding *out)
{
    if (facts_security_option(f, "rootless", NULL) && !facts_is_podman(f))
        engine_network(f, out);
    else
        host_namespace(f, out, "HostConfig.NetworkMode", "network");
}

static void containers_host_pid(const struct facts *f, struct finding *out)
{
    host_namespace(f, out, "HostConfig.PidMode", "processes");
}

static void containers_host_ipc(const struct facts *f, struct finding *out)
{
    host_namespace(f, out, "HostConfig.IpcMode", "IPC namespace");
}

static void containers_host_uts(const struct facts *f, struct finding *out)
{
    host_namespace(f, out, "HostConfig.UTSMode", "host name (UTS namespace)");
}

static void containers_host_users(const struct facts *f, struct finding *out)
{
    struct container c;
    bool remapped = facts_security_option(f, "userns", NULL);
    finding_info_fact(out, f, "SecurityOptions");
    for_each_container(f, c)
    {
        const char *mode = json_text_at(c.inspect, "HostConfig.UsernsMode");
        if (!mode || strcmp(mode, "host") != 0)
            continue;
        finding_container(
            out, STATUS_WARN, &c, "opts out of the remapping of users%s",
            text_if(!remapped, ": this engine does not do it yet, so nothing changes until it does"));
        finding_container_fact(out, &c, "HostConfig.UsernsMode");
    }
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("5.10"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_host_network,
     .title = "No container shares the host's network",
     .rationale = "It sees all traffic, reaches services on loopback and can open any port.",
     .evidence = "inspect HostConfig.NetworkMode, container: chains followed",
     .judged = "WARN for the host's network, also through a chain of container:NAME. INFO under a rootless "
               "dockerd, whose containers share the engine's network.",
     .remedy = "Use a user-defined bridge and publish ports."},
    {.id = SAME_ID("5.16"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_host_pid,
     .title = "No container shares the host's process namespace",
     .rationale = "It sees, and as root kills or traces, every process of the host.",
     .evidence = "inspect HostConfig.PidMode, container: chains followed",
     .judged = "WARN for the host's process namespace, also through a chain of container:NAME.",
     .remedy = "Remove --pid host."},
    {.id = SAME_ID("5.17"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_host_ipc,
     .title = "No container shares the host's IPC namespace",
     .rationale = "It can read and change the shared memory of the host's processes.",
     .evidence = "inspect HostConfig.IpcMode, container: chains followed",
     .judged = "WARN for the host's IPC namespace, also through a chain of container:NAME.",
     .remedy = "Remove --ipc host; share between containers with --ipc shareable."},
    {.id = SAME_ID("5.21"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_host_uts,
     .title = "No container shares the host's UTS namespace",
     .rationale = "It can rename the host, on which logs and certificates rely.",
     .evidence = "inspect HostConfig.UTSMode",
     .judged = "WARN for the host's UTS namespace.",
     .remedy = "Remove --uts host."},
    {.id = SAME_ID("5.31"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_host_users,
     .title = "No container shares the host's user namespace",
     .rationale = "It undoes the remapping: its root is the host's root.",
     .evidence = "inspect HostConfig.UsernsMode; /info SecurityOptions",
     .judged =
         "WARN for UsernsMode host, as the benchmark's audit has it, also where the engine remaps nobody.",
     .remedy = "Remove --userns host."},
};

const struct check_topic TOPIC_CONTAINER_NAMESPACES = CHECK_TOPIC(CHECKS);
