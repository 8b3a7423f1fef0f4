/* container_limits.c: what containers may use up: memory, CPU, processes, devices, ulimits
 * (5.11, 5.12, 5.18, 5.19, 5.29). */
#include "agentless/checks/topic.h"
#include "agentless/checks/container.h"
#include "agentless/checks/daemon_config.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>

static void containers_memory_limit(const struct facts *f, struct finding *out)
{
    struct container c;
    const json_t *enforced = json_at(f->info, "MemoryLimit");
    finding_info_fact(out, f, "MemoryLimit");
    for_each_container(f, c)
    {
        json_int_t bytes;
        if (!container_integer(&c, "HostConfig.Memory", &bytes))
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say HostConfig.Memory");
        else if (bytes <= 0)
            finding_container(out, STATUS_WARN, &c, "has no memory limit");
        else if (json_is_false(enforced))
            finding_container(out, STATUS_WARN, &c, "has a memory limit that this host does not enforce");
        else
            continue;
        finding_container_fact(out, &c, "HostConfig.Memory");
    }
}

static void containers_cpu_limit(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        json_int_t nano, shares, quota, realtime;
        const char *cpus = json_text_at(c.inspect, "HostConfig.CpusetCpus");
        bool known = container_integer(&c, "HostConfig.NanoCpus", &nano) +
                         container_integer(&c, "HostConfig.CpuShares", &shares) +
                         container_integer(&c, "HostConfig.CpuQuota", &quota) >
                     0;
        bool no_cfs = json_is_false(json_at(f->info, "CpuCfsQuota"));
        container_integer(&c, "HostConfig.CpuRealtimeRuntime", &realtime);
        /* 1024 shares are what a container without any has. */
        bool limited = (!no_cfs && (nano > 0 || quota > 0)) || (shares > 0 && shares != 1024) ||
                       (cpus && *cpus) || realtime > 0;
        if (!known) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say NanoCpus, CpuShares or CpuQuota");
        } else if (!limited) {
            finding_container(out, STATUS_WARN, &c,
                              no_cfs && (nano > 0 || quota > 0)
                                  ? "has a CPU limit that this host does not enforce"
                                  : "has no CPU limit or weight of its own");
            finding_container_fact(out, &c, "HostConfig.CpuShares");
            finding_container_fact(out, &c, "HostConfig.NanoCpus");
        }
    }
}

static void containers_pids_limit(const struct facts *f, struct finding *out)
{
    struct container c;
    const json_t *enforced = json_at(f->info, "PidsLimit");
    finding_info_fact(out, f, "PidsLimit");
    for_each_container(f, c)
    {
        json_int_t limit;
        container_integer(&c, "HostConfig.PidsLimit", &limit); /* null means none */
        if (limit > 0 && !json_is_false(enforced))
            continue;
        finding_container(out, STATUS_WARN, &c,
                          limit > 0 ? "has a process limit that this host does not enforce"
                                    : "has no limit on its processes");
        finding_container_fact(out, &c, "HostConfig.PidsLimit");
    }
}

static void containers_host_devices(const struct facts *f, struct finding *out)
{
    static const char *const LISTS[] = {"HostConfig.Devices", "HostConfig.DeviceRequests",
                                        "HostConfig.DeviceCgroupRules"};
    struct container c;
    bool left_out = facts_is_podman(f) && facts_security_option(f, "rootless", NULL);
    size_t unknown = 0;
    for_each_container(f, c)
    {
        unknown += left_out && !container_privileged(&c);
        if (container_privileged(&c))
            finding_container(out, STATUS_WARN, &c, "is privileged and so has every device of the host");
        for (size_t l = 0; l < sizeof LISTS / sizeof *LISTS; l++) {
            const json_t *list = container_list(&c, LISTS[l]);
            for (size_t i = 0; i < json_array_size(list); i++) {
                const json_t *one = json_array_get(list, i);
                const char *path = json_text_at(one, "PathOnHost");
                const char *driver = json_text_at(one, "Driver");
                const char *rule = json_string_value(one);
                const char *rights = json_text_at(one, "CgroupPermissions");
                if (path)
                    finding_container(out, STATUS_WARN, &c, "has the host's device %s (%s)", path,
                                      rights ? rights : "?");
                else if (rule)
                    finding_container(out, STATUS_WARN, &c, "may use devices by the rule %s", rule);
                else
                    finding_container(out, STATUS_WARN, &c, "has devices by the driver %s",
                                      driver && *driver ? driver : "(unnamed)");
            }
            if (json_array_size(list))
                finding_container_fact(out, &c, LISTS[l]);
        }
    }
    if (unknown)
        finding_say(
            out, STATUS_ERROR,
            "evidence missing: rootless Podman does not list the devices of its containers (%zu here)",
            unknown);
}

/* The engine copies the daemon's default ulimits into each container: those are not overrides. */
static bool is_default_ulimit(const struct setting_value *defaults, const json_t *limit)
{
    const char *name = json_text_at(limit, "Name");
    const json_t *by_default =
        name && json_is_object(defaults->value) ? json_object_get(defaults->value, name) : NULL;
    char text[128];
    json_int_t soft = 0, hard = 0;
    if (by_default)
        return json_equal(json_object_get(by_default, "Soft"), json_object_get(limit, "Soft")) &&
               json_equal(json_object_get(by_default, "Hard"), json_object_get(limit, "Hard"));
    json_integer_at(limit, "Soft", &soft);
    json_integer_at(limit, "Hard", &hard);
    snprintf(text, sizeof text, "%s=%lld:%lld", name ? name : "", (long long)soft, (long long)hard);
    for (size_t i = 0; i < json_array_size(defaults->value); i++)
        if (text_same(json_string_value(json_array_get(defaults->value, i)), text))
            return true;
    return false;
}

/* Podman lists all limits of a container, those of containers.conf among them. */
static void podman_ulimits(const struct facts *f, struct finding *out)
{
    struct container c;
    size_t limited = 0;
    for_each_container(f, c)
    {
        if (json_array_size(container_list(&c, "HostConfig.Ulimits")))
            finding_container_fact(out, &c, "HostConfig.Ulimits");
        limited += json_array_size(container_list(&c, "HostConfig.Ulimits")) > 0;
    }
    if (limited)
        finding_say(out, STATUS_INFO,
                    "Podman does not tell a container's own ulimits from the default_ulimits of "
                    "containers.conf: compare them");
}

static void containers_ulimits(const struct facts *f, struct finding *out)
{
    struct container c;
    if (facts_is_podman(f)) {
        podman_ulimits(f, out);
        return;
    }
    struct setting_value defaults = daemon_setting(f, "default-ulimit");
    for_each_container(f, c)
    {
        const json_t *list = container_list(&c, "HostConfig.Ulimits");
        bool any = false;
        for (size_t i = 0; i < json_array_size(list); i++) {
            const json_t *limit = json_array_get(list, i);
            const char *name = json_text_at(limit, "Name");
            if (is_default_ulimit(&defaults, limit))
                continue;
            any = true;
            finding_container(out, STATUS_INFO, &c,
                              "overrides the default ulimit %s; confirm that this is meant",
                              name ? name : "?");
        }
        if (any)
            finding_container_fact(out, &c, "HostConfig.Ulimits");
    }
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("5.11"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_memory_limit,
     .title = "Every container has a memory limit",
     .rationale = "One leaking or attacked container takes the host's memory and all its neighbours down.",
     .evidence = "inspect HostConfig.Memory; /info MemoryLimit",
     .judged = "WARN without a memory limit, or with one the host does not enforce.",
     .remedy = "--memory 256m, or what the workload needs."},
    {.id = SAME_ID("5.12"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_cpu_limit,
     .title = "Every container has a CPU limit or weight",
     .rationale = "One busy (or mining) container starves the others.",
     .evidence = "inspect NanoCpus, CpuShares, CpuQuota, CpusetCpus",
     .judged = "WARN when no CPU limit is set by any of its options; CpuShares 1024 is the default and none.",
     .remedy = "--cpus 1, or --cpu-shares with the weight that is due to it."},
    {.id = SAME_ID("5.18"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_host_devices,
     .title = "No device of the host is given to a container directly",
     .rationale =
         "A disk device is the host's whole file system; others reach the kernel's least tested code.",
     .evidence = "inspect Devices, DeviceRequests, DeviceCgroupRules, Privileged",
     .judged = "WARN for devices, device requests (GPUs, CDI) and device cgroup rules. ERROR for rootless "
               "Podman, which does not list devices.",
     .remedy = "Remove --device, or give it with r instead of rwm."},
    {.id = SAME_ID("5.19"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_ulimits,
     .title = "The default ulimits are overridden only where needed",
     .rationale = "The daemon's defaults are the policy; each override is an exception to know of.",
     .evidence = "inspect HostConfig.Ulimits",
     .judged = "INFO for each override of the daemon's ulimits; INFO for Podman, which does not tell "
               "overrides from defaults.",
     .remedy = "Remove --ulimit where the default is enough."},
    {.id = SAME_ID("5.29"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_pids_limit,
     .title = "Every container has a limit on its processes",
     .rationale = "A fork bomb in one container otherwise takes the host down.",
     .evidence = "inspect HostConfig.PidsLimit; /info PidsLimit",
     .judged = "WARN without a limit on processes (0, -1 or none).",
     .remedy = "--pids-limit 100, or what the workload needs."},
};

const struct check_topic TOPIC_CONTAINER_LIMITS = CHECK_TOPIC(CHECKS);
