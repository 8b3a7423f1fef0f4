/* section5_confinement.c: what confines a container: AppArmor, SELinux, capabilities, seccomp,
 * no-new-privileges (5.2-5.5, 5.22, 5.26). */
#include "agentless/checks/capabilities.h"
#include "agentless/checks/container.h"
#include "agentless/checks/daemon_config.h"
#include "agentless/checks/section5.h"
#include "base/json.h"
#include "base/text.h"

#include <string.h>

void containers_apparmor(const struct facts *f, struct finding *out)
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
            profile = wanted ? wanted : container_privileged(&c) ? "unconfined" : "docker-default";
        if (!profile) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say AppArmorProfile");
        } else if (!*profile || strcmp(profile, "unconfined") == 0) {
            finding_container(out, STATUS_WARN, &c, "runs without an AppArmor profile");
            finding_container_fact(out, &c, "AppArmorProfile");
        }
    }
}

void containers_selinux(const struct facts *f, struct finding *out)
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

void containers_capabilities(const struct facts *f, struct finding *out)
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
        uint64_t added = capabilities_of(container_list(&c, "HostConfig.CapAdd"), &unknown);
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
                              extra && unknown ? " " : "", unknown ? unknown : "");
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

void containers_not_privileged(const struct facts *f, struct finding *out)
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

void containers_seccomp(const struct facts *f, struct finding *out)
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
        if (json_integer_at(process, "seccomp", &mode)) {
            if (mode == 0) {
                finding_container(out, STATUS_WARN, &c, "runs without seccomp");
                finding_process_fact(out, &c, process, "seccomp");
            }
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

void containers_cgroup_parent(const struct facts *f, struct finding *out)
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

enum answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES };

/* Whether the daemon gives no-new-privileges by default to the containers it creates now. */
static enum answer daemon_default(const struct facts *f, struct setting_value *v)
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
                          enum answer by_default, const char *why)
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

void containers_no_new_privileges(const struct facts *f, struct finding *out)
{
    struct container c;
    struct setting_value v = {0};
    enum answer by_default = daemon_default(f, &v);
    for_each_container(f, c) privileges_of(f, out, &c, by_default, v.why);
}
