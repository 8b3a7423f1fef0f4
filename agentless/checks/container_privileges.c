/* container_privileges.c: privileged containers, capabilities and the ways to gain more (5.4, 5.5, 5.26, X.1
 * to X.4). */
#include "agentless/checks/capabilities.h"
#include "agentless/checks/topic.h"
#include "agentless/checks/container.h"
#include "agentless/checks/daemon_config.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>

/* Podman's default set is its own (without NET_RAW, as containers.conf has it), and CapDrop lists only what a
 * container lost of it. Its own API tells what is left. */
static void podman_capabilities(const struct facts *f, const struct container *c, uint64_t added,
                                struct finding *out)
{
    const json_t *own = json_object_get(json_at(f->root, "engine.podman_containers"), c->id);
    uint64_t bounding = capabilities_of(json_at(own, "BoundingCaps"), NULL) | added;
    uint64_t unexplained = bounding & ~(CAPABILITIES_DEFAULT | added);
    char names[640], part[128];
    snprintf(part, sizeof part, "podman_containers/%s", c->id);
    capabilities_text(unexplained, names, sizeof names);
    if (!own)
        finding_container(out, STATUS_ERROR, c, "evidence missing: its capabilities: %s",
                          facts_why_missing(f, part));
    else if (unexplained)
        finding_container(out, STATUS_WARN, c,
                          "may use capabilities that its configuration does not name: %s", names);
    else if (bounding & CAPABILITY_NET_RAW)
        finding_container(out, STATUS_INFO, c, "has NET_RAW, which the benchmark advises to drop");
}

/* What CapAdd gives: of ALL what CapDrop names is taken away again (moby, oci/caps). */
static uint64_t capabilities_given(const struct container *c, const char **unknown)
{
    uint64_t added = capabilities_of(container_list(c, "HostConfig.CapAdd"), unknown);
    uint64_t dropped = capabilities_of(container_list(c, "HostConfig.CapDrop"), NULL);
    bool rest =
        (added & CAPABILITIES_ALL) == CAPABILITIES_ALL && (dropped & CAPABILITIES_ALL) != CAPABILITIES_ALL;
    return rest ? added & ~dropped : added;
}

static void containers_capabilities(const struct facts *f, struct finding *out)
{
    struct container c;
    bool podman = facts_is_podman(f);
    for_each_container(f, c)
    {
        const char *unknown = NULL;
        char names[640];
        bool all;
        if (!container_bool(&c, out, "HostConfig.Privileged", &all))
            continue;
        uint64_t added = capabilities_given(&c, &unknown);
        uint64_t dropped = capabilities_of(container_list(&c, "HostConfig.CapDrop"), NULL);
        uint64_t extra = added & ~CAPABILITIES_DEFAULT;
        uint64_t in_force = 0;
        const json_t *process = facts_first_process(f, &c);
        bool seen = capabilities_from_hex(json_text_at(process, "cap_bnd"), &in_force);
        uint64_t unexplained = in_force & CAPABILITIES_ALL & ~(CAPABILITIES_DEFAULT | added);
        capabilities_text(extra, names, sizeof names);
        if (all) {
            finding_container(out, STATUS_WARN, &c, "is privileged and so has every capability");
            finding_container_fact(out, &c, "HostConfig.Privileged");
        } else if (extra || unknown) {
            finding_container(out, STATUS_WARN, &c, "has capabilities beyond the default: %s%s%s", names,
                              text_if(extra && unknown, " "), text_or(unknown, ""));
            finding_container_fact(out, &c, "HostConfig.CapAdd");
        } else if (seen && unexplained) {
            capabilities_text(unexplained, names, sizeof names);
            finding_container(out, STATUS_WARN, &c,
                              "may in fact use capabilities that its configuration does not name: %s", names);
            finding_process_fact(out, &c, process, "cap_bnd");
        } else if (podman && !seen) {
            podman_capabilities(f, &c, added, out);
        } else if (seen ? (in_force & CAPABILITY_NET_RAW) != 0
                        : ((CAPABILITIES_DEFAULT & ~dropped) | added) & CAPABILITY_NET_RAW) {
            finding_container(out, STATUS_INFO, &c,
                              "keeps NET_RAW, a default that the benchmark advises to drop");
        }
    }
}

static void containers_not_privileged(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        bool on;
        if (container_bool(&c, out, "HostConfig.Privileged", &on) && on) {
            finding_container(out, STATUS_WARN, &c, "runs with --privileged");
            finding_container_fact(out, &c, "HostConfig.Privileged");
        }
    }
}

enum answer_kind { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES };

/* Whether the daemon gives no-new-privileges by default to the containers it creates now. */
static enum answer_kind daemon_default(const struct facts *f, struct setting_value *v)
{
    bool on;
    if (facts_security_option(f, "no-new-privileges", NULL))
        return ANSWER_YES;
    if (facts_docker_version(f) >= 2400 || facts_is_podman(f))
        return ANSWER_NO;
    if (!daemon_setting_bool(f, "no-new-privileges", false, v, &on))
        return ANSWER_UNKNOWN;
    return on ? ANSWER_YES : ANSWER_NO;
}

static void privileges_of(const struct facts *f, struct finding *out, const struct container *c,
                          enum answer_kind by_default, const char *why)
{
    const char *own = container_security_opt(c, "no-new-privileges");
    const json_t *process = facts_first_process(f, c);
    json_int_t in_force;
    bool on = false;
    if (json_integer_at(process, "no_new_privs", &in_force)) {
        if (!in_force) {
            finding_container(out, STATUS_WARN, c, "can gain privileges: no_new_privs is not in force");
            finding_process_fact(out, c, process, "no_new_privs");
        }
        return;
    }
    if (own) {
        if (*own && (!text_bool(own, &on) || !on)) {
            finding_container(out, STATUS_WARN, c, "switches no-new-privileges off");
            finding_container_fact(out, c, "HostConfig.SecurityOpt");
        }
    } else if (by_default == ANSWER_NO) {
        finding_container(out, STATUS_WARN, c,
                          "can gain privileges: neither it nor the daemon sets no-new-privileges");
        finding_container_fact(out, c, "HostConfig.SecurityOpt");
    } else if (by_default == ANSWER_UNKNOWN) {
        finding_container(
            out, STATUS_ERROR, c,
            "evidence missing: it does not set no-new-privileges, and the daemon's default is not known: %s",
            why);
    } else {
        finding_container(
            out, STATUS_INFO, c,
            "relies on the daemon's default, which reaches only containers created after it was set");
    }
}

static void containers_no_new_privileges(const struct facts *f, struct finding *out)
{
    struct container c;
    struct setting_value v = {0};
    enum answer_kind by_default = daemon_default(f, &v);
    for_each_container(f, c) privileges_of(f, out, &c, by_default, v.why.text);
}

/* --- X.1 to X.4 --- */

static void with_capability(const struct facts *f, struct finding *out, const char *capability,
                            const char *why)
{
    struct container c;
    json_t *wanted = json_pack("[s]", capability);
    uint64_t bit = capabilities_of(wanted, NULL);
    json_decref(wanted);
    for_each_container(f, c)
    {
        if (!json_at(c.inspect, "HostConfig")) {
            finding_container(out, STATUS_ERROR, &c, "evidence missing: the engine does not say HostConfig");
            continue;
        }
        bool all = container_privileged(&c);
        if (!all && !(capabilities_given(&c, NULL) & bit))
            continue;
        /* The kernel asks for these in the namespace of what they act upon (capabilities(7)). */
        if (container_in_user_namespace(f, &c))
            finding_container(out, STATUS_INFO, &c,
                              "%s %s, but only in its user namespace: not over the host",
                              all ? "is privileged, and so has" : "was given", capability);
        else
            finding_container(out, STATUS_WARN, &c, "%s %s: %s",
                              all ? "is privileged, and so has" : "was given", capability, why);
        finding_container_fact(out, &c, "HostConfig.CapAdd");
    }
}

static void dac_read_search(const struct facts *f, struct finding *out)
{
    with_capability(f, out, "DAC_READ_SEARCH", "any file of the host can be opened by its handle");
}

static void sys_module(const struct facts *f, struct finding *out)
{
    with_capability(f, out, "SYS_MODULE", "code can be loaded into the host's kernel");
}

static void sys_admin(const struct facts *f, struct finding *out)
{
    with_capability(f, out, "SYS_ADMIN", "mounts and cgroups can be used to leave the container");
}

static void sys_ptrace(const struct facts *f, struct finding *out)
{
    with_capability(f, out, "SYS_PTRACE", "other processes can be read and driven");
}

#define CAPABILITY_REMEDY "--cap-drop it, or give only the one capability that is needed; never --privileged."

#define CAPABILITY_EVIDENCE "inspect HostConfig.CapAdd, CapDrop and Privileged"

static const struct check CHECKS[] = {
    {.id = SAME_ID("5.4"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_capabilities,
     .title = "Containers have no capabilities beyond those they need",
     .rationale = "Many a capability (SYS_ADMIN, SYS_PTRACE, DAC_READ_SEARCH) is a way out of the container.",
     .evidence = "inspect CapAdd, CapDrop, Privileged; CapBnd of the first process",
     .judged = "WARN for capabilities beyond the default set, by any spelling, ALL or privileged, or in "
               "force though not configured; INFO when NET_RAW is kept. Podman has another default set: its "
               "own API tells what is left, else ERROR.",
     .remedy = "--cap-drop=ALL and --cap-add only what the program fails without."},
    {.id = SAME_ID("5.5"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_not_privileged,
     .title = "No container is privileged",
     .rationale =
         "A privileged container can load modules, see every disk and leave at will: it is root on the host.",
     .evidence = "inspect HostConfig.Privileged",
     .judged = "WARN for HostConfig.Privileged, running or not.",
     .remedy = "Start it without --privileged; grant single capabilities or devices."},
    {.id = SAME_ID("5.26"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_no_new_privileges,
     .title = "Containers cannot gain new privileges",
     .rationale = "A setuid program in the image makes any user root in the container.",
     .evidence = "NoNewPrivs of the first process; inspect SecurityOpt; the daemon's default",
     .judged = "PASS when the last word on no-new-privileges is true, or the kernel says so; WARN otherwise.",
     .remedy = "--security-opt no-new-privileges, or \"no-new-privileges\": true in daemon.json and new "
               "containers."},
    {.id = SAME_ID("X.1"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = dac_read_search,
     .title = "No container has CAP_DAC_READ_SEARCH",
     .rationale =
         "With it a process opens any file of the host by its handle (the exploit is called shocker).",
     .evidence = CAPABILITY_EVIDENCE,
     .judged = "WARN for containers that have the capability by --cap-add, ALL or --privileged; INFO where "
               "their user namespace confines it.",
     .remedy = CAPABILITY_REMEDY},
    {.id = SAME_ID("X.2"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = sys_module,
     .title = "No container has CAP_SYS_MODULE",
     .rationale = "A kernel module loaded from a container runs with all rights on the host.",
     .evidence = CAPABILITY_EVIDENCE,
     .judged = "WARN for containers that have the capability by --cap-add, ALL or --privileged; INFO where "
               "their user namespace confines it.",
     .remedy = CAPABILITY_REMEDY},
    {.id = SAME_ID("X.3"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = sys_admin,
     .title = "No container has CAP_SYS_ADMIN",
     .rationale = "It allows mounts, and with them the way out by a cgroup's release_agent.",
     .evidence = CAPABILITY_EVIDENCE,
     .judged = "WARN for containers that have the capability by --cap-add, ALL or --privileged; INFO where "
               "their user namespace confines it.",
     .remedy = CAPABILITY_REMEDY},
    {.id = SAME_ID("X.4"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = sys_ptrace,
     .title = "No container has CAP_SYS_PTRACE",
     .rationale = "With the host's processes in view, code can be put into any of them.",
     .evidence = CAPABILITY_EVIDENCE,
     .judged = "WARN for containers that have the capability by --cap-add, ALL or --privileged; INFO where "
               "their user namespace confines it.",
     .remedy = CAPABILITY_REMEDY},
};

const struct check_topic TOPIC_CONTAINER_PRIVILEGES = CHECK_TOPIC(CHECKS);
