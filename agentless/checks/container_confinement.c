/* container_confinement.c: what the kernel confines containers by: AppArmor, SELinux, seccomp, control groups
 * (5.2, 5.3, 5.22, 5.25). */
#include "agentless/checks/topic.h"
#include "agentless/checks/container.h"
#include "base/text.h"
#include "agentless/checks/daemon_config.h"
#include "base/json.h"

#include <string.h>

static void containers_apparmor(const struct facts *f, struct finding *out)
{
    struct container c;
    finding_info_fact(out, f, "SecurityOptions");
    if (!facts_security_option(f, "apparmor", NULL)) {
        finding_say(out, STATUS_INFO, "does not apply: the engine says the host has no AppArmor");
        return;
    }
    for_each_container(f, c)
    {
        const char *profile = json_text_at(c.inspect, "AppArmorProfile");
        const char *wanted = container_security_opt(&c, "apparmor");
        /* The profile is set at the start; before it only the option tells. */
        if (strcmp(c.state, "created") == 0)
            profile = text_or(wanted, container_privileged(&c) ? "unconfined" : "docker-default");
        if (!profile) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say AppArmorProfile");
        } else if (!*profile || strcmp(profile, "unconfined") == 0) {
            finding_container(out, STATUS_WARN, &c, "runs without an AppArmor profile");
            finding_container_fact(out, &c, "AppArmorProfile");
        }
    }
}

static void containers_selinux(const struct facts *f, struct finding *out)
{
    struct container c;
    finding_info_fact(out, f, "SecurityOptions");
    if (!facts_security_option(f, "selinux", NULL)) {
        const char *enforce = json_text_at(f->shell, "selinux_enforce");
        if (enforce)
            finding_fact(out, "/sys/fs/selinux/enforce", "enforcing", json_text(enforce));
        if (enforce && strcmp(enforce, "1") == 0)
            finding_say(out, STATUS_WARN,
                        "the host enforces SELinux, but the daemon runs without selinux-enabled");
        else
            finding_say(out, STATUS_INFO, "does not apply: the engine does not use SELinux");
        return;
    }
    for_each_container(f, c)
    {
        const char *label = json_text_at(c.inspect, "ProcessLabel");
        if (container_has_security_opt(&c, "label", "disable") || (label && !*label && c.running)) {
            finding_container(out, STATUS_WARN, &c, "runs without an SELinux label");
            finding_container_fact(out, &c, "ProcessLabel");
        } else if (!label) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say ProcessLabel");
        }
    }
}

static void containers_seccomp(const struct facts *f, struct finding *out)
{
    struct container c;
    const char *daemon = NULL;
    bool has = facts_security_option(f, "seccomp", &daemon);
    finding_info_fact(out, f, "SecurityOptions");
    for_each_container(f, c)
    {
        const char *own = container_security_opt(&c, "seccomp");
        const json_t *process = facts_first_process(f, &c);
        json_int_t mode;
        /* A filter in force proves nothing where the host's own (of a container that it is itself) is passed
         * on. */
        if (json_integer_at(process, "seccomp", &mode) && mode == 0) {
            finding_container(out, STATUS_WARN, &c, "runs without seccomp");
            finding_process_fact(out, &c, process, "seccomp");
        } else if (own && strcmp(own, "unconfined") == 0) {
            finding_container(out, STATUS_WARN, &c, "asks for seccomp=unconfined");
            finding_container_fact(out, &c, "HostConfig.SecurityOpt");
        } else if (!own && container_privileged(&c)) {
            finding_container(out, STATUS_WARN, &c, "is privileged, which switches seccomp off");
            finding_container_fact(out, &c, "HostConfig.Privileged");
        } else if (!own && (!has || strstr(daemon, "profile=unconfined"))) {
            finding_container(out, STATUS_WARN, &c, "gets no seccomp profile from the daemon");
        }
    }
}

static void containers_cgroup_parent(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const char *parent = json_text_at(c.inspect, "HostConfig.CgroupParent");
        if (!parent) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say HostConfig.CgroupParent");
        } else if (*parent) {
            finding_container(out, STATUS_INFO, &c,
                              "runs below the cgroup \"%s\"; confirm that this is meant", parent);
            finding_container_fact(out, &c, "HostConfig.CgroupParent");
        }
    }
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("5.2"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_apparmor,
     .title = "Every container has an AppArmor profile",
     .rationale =
         "AppArmor stops a broken container from writing to /proc, mounting, and more, even as root.",
     .evidence = "/info SecurityOptions; inspect AppArmorProfile",
     .judged = "Only where the engine has AppArmor (else INFO): WARN for unconfined, privileged or without a "
               "profile.",
     .remedy = "Remove --security-opt apparmor=unconfined (and --privileged); write a profile for what the "
               "container "
               "needs."},
    {.id = SAME_ID("5.3"),
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_selinux,
     .title = "Every container has an SELinux label",
     .rationale = "Labels keep a container that broke out from the host's and other containers' files.",
     .evidence = "/info SecurityOptions; inspect ProcessLabel; /sys/fs/selinux/enforce",
     .judged = "Only where the engine has SELinux (else INFO): WARN for label=disable, privileged or without "
               "a label.",
     .remedy = "\"selinux-enabled\": true in daemon.json; remove --security-opt label=disable."},
    {.id = SAME_ID("5.22"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_seccomp,
     .title = "The default seccomp profile is not disabled",
     .rationale = "The profile blocks some 44 system calls that containers do not need and exploits do.",
     .evidence = "inspect SecurityOpt, Privileged; /info SecurityOptions; Seccomp of the first process",
     .judged = "WARN for seccomp=unconfined, privileged without a profile, no profile by the daemon, or no "
               "filter in "
               "force by /proc; a filter in force does not outweigh the configuration (it may be inherited).",
     .remedy = "Remove --security-opt seccomp=unconfined; extend the default profile instead."},
    {.id = SAME_ID("5.25"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_cgroup_parent,
     .title = "Containers run below the default cgroup",
     .rationale = "Another cgroup can lift the limits that were planned.",
     .evidence = "inspect HostConfig.CgroupParent",
     .judged = "INFO for each container with a cgroup parent of its own.",
     .remedy = "Remove --cgroup-parent unless it is meant."},
};

const struct check_topic TOPIC_CONTAINER_CONFINEMENT = CHECK_TOPIC(CHECKS);
