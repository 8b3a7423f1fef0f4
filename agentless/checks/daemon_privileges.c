/* daemon_privileges.c: what the daemon lets containers do by default, and what it may do itself (2.1, 2.9
 * to 2.11, 2.15, 2.18). */
#include "agentless/checks/topic.h"
#include "agentless/checks/daemon_config.h"
#include "base/json.h"

#include <string.h>

/* 2.1 */
static void rootless_daemon(const struct facts *f, struct finding *out)
{
    if (!finding_has_info(f, out, "SecurityOptions"))
        return;
    finding_fact(out, "/info", "SecurityOptions", security_options(f));
    if (!engine_is_rootless(f))
        finding_say(out, STATUS_INFO,
                    "the daemon runs as root; rootless mode is worth a review where the workload allows it");
}

/* 2.9 */
static void default_ulimit(const struct facts *f, struct finding *out)
{
    struct setting_value v = daemon_setting(f, "default-ulimit");
    if (v.knowledge == SETTING_UNKNOWN) {
        setting_unknown(out, "default-ulimit", &v);
        return;
    }
    finding_setting(out, "default-ulimit", &v);
    bool set = json_is_array(v.value) ? json_array_size(v.value) > 0 : json_object_size(v.value) > 0;
    if (!set)
        finding_say(out, STATUS_INFO, "no default ulimits are set; containers take the daemon's own");
}

/* 2.10 */
static void userns(const struct facts *f, struct finding *out)
{
    if (!finding_has_info(f, out, "SecurityOptions"))
        return;
    finding_fact(out, "/info", "SecurityOptions", security_options(f));
    if (engine_is_rootless(f))
        finding_say(out, STATUS_INFO,
                    "the daemon is rootless: root in a container is the daemon's user already");
    else if (!facts_security_option(f, "userns", NULL))
        finding_say(out, STATUS_WARN,
                    "root in a container is root on the host: user namespaces are not remapped");
}

/* 2.11 */
static void cgroup_parent(const struct facts *f, struct finding *out)
{
    struct setting_value v = daemon_setting(f, "cgroup-parent");
    const char *parent = daemon_setting_text(&v);
    if (v.knowledge == SETTING_UNKNOWN || !parent) {
        setting_unknown(out, "cgroup-parent", &v);
        return;
    }
    finding_setting(out, "cgroup-parent", &v);
    if (*parent)
        finding_say(out, STATUS_INFO,
                    "containers go below the cgroup \"%s\" (%s); confirm that this is meant", parent,
                    v.source);
}

/* 2.15. /info tells from 24.0 on; before, only the configuration does. */
static void no_new_privileges(const struct facts *f, struct finding *out)
{
    struct setting_value v;
    bool on;
    if (facts_security_option(f, "no-new-privileges", NULL)) {
        finding_fact(out, "/info", "SecurityOptions", security_options(f));
        return;
    }
    if (facts_docker_version(f) >= 2400 && json_at(f->info, "SecurityOptions")) {
        finding_fact(out, "/info", "SecurityOptions", security_options(f));
        finding_say(out, STATUS_WARN,
                    "containers may gain privileges (setuid programs) unless each one says otherwise");
    } else if (!daemon_setting_bool(f, "no-new-privileges", false, &v, &on)) {
        setting_unknown(out, "no-new-privileges", &v);
    } else {
        finding_setting(out, "no-new-privileges", &v);
        if (!on)
            finding_say(out, STATUS_WARN,
                        "containers may gain privileges (setuid programs) unless each one says otherwise");
    }
}

/* 2.18. The engine's own profile is called default up to 20.10 and builtin from 23.0 on. */
static void seccomp_profile(const struct facts *f, struct finding *out)
{
    const char *option = NULL;
    if (!finding_has_info(f, out, "SecurityOptions"))
        return;
    finding_fact(out, "/info", "SecurityOptions", security_options(f));
    if (!facts_security_option(f, "seccomp", &option)) {
        finding_say(out, STATUS_WARN, "the engine runs containers without seccomp");
        return;
    }
    const char *profile = strstr(option, "profile=");
    profile = profile ? profile + strlen("profile=") : "";
    if (strcmp(profile, "unconfined") == 0)
        finding_say(out, STATUS_WARN, "the daemon-wide seccomp profile is unconfined");
    else if (*profile && strcmp(profile, "default") != 0 && strcmp(profile, "builtin") != 0)
        finding_say(out, STATUS_PASS, "a custom profile is in force: %s", profile);
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("2.1"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO,
     .judge = rootless_daemon,
     .title = "The daemon runs as a non-root user where that is possible",
     .rationale = "Whoever breaks out of a container, or out of the daemon, has what the daemon's user has; "
                  "with rootless "
                  "mode that is no root.",
     .evidence = "/info SecurityOptions: name=rootless",
     .judged = "PASS when /info lists rootless; otherwise INFO, since few workloads can move at once.",
     .remedy =
         "Install with dockerd-rootless-setuptool.sh install, where the workload needs no root networking or "
         "devices."},
    {.id = {"2.8", "2.8", "2.9"},
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_DOCKERD,
     .judge = default_ulimit,
     .title = "Default ulimits are set as wanted",
     .rationale = "Without limits one container's forks or open files can exhaust the host.",
     .evidence = "default-ulimit of dockerd's arguments and daemon.json",
     .judged = "PASS when default ulimits are set, else INFO.",
     .remedy = "\"default-ulimits\": {\"nofile\": {\"Name\": \"nofile\", \"Soft\": 1024, \"Hard\": 2048}} in "
               "daemon.json."},
    {.id = {"2.9", "2.9", "2.10"},
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_INFO | NEED_DOCKERD,
     .judge = userns,
     .title = "User namespaces are remapped",
     .rationale = "A process that leaves its container as root is then an unprivileged user on the host.",
     .evidence = "/info SecurityOptions: name=userns or name=rootless",
     .judged = "PASS when /info lists userns, INFO when rootless, else WARN.",
     .remedy =
         "\"userns-remap\": \"default\" in daemon.json; images and containers are then kept apart from those "
         "before."},
    {.id = {"2.10", "2.10", "2.11"},
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_DOCKERD,
     .judge = cgroup_parent,
     .title = "The default cgroup is in use",
     .rationale =
         "Another cgroup may have other limits, or none, and shares them with whatever else is in it.",
     .evidence = "cgroup-parent of dockerd's arguments and daemon.json",
     .judged = "PASS when no cgroup parent is set, else INFO to confirm.",
     .remedy = "Remove cgroup-parent unless it is meant."},
    {.id = {"2.14", "2.14", "2.15"},
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_DOCKERD,
     .judge = no_new_privileges,
     .title = "Containers cannot gain new privileges by default",
     .rationale = "A setuid program in an image turns any user in the container into root there.",
     .evidence = "/info SecurityOptions from 24.0 on; else no-new-privileges of arguments and daemon.json",
     .judged = "PASS when new privileges are off by default, from /info where it tells (24.0 on), else from "
               "the effective configuration; every spelling of false counts as false.",
     .remedy = "\"no-new-privileges\": true in daemon.json; it reaches containers created afterwards."},
    {.id = {"2.17", "2.17", "2.18"},
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_INFO,
     .judge = seccomp_profile,
     .title = "A seccomp profile is in force for all containers",
     .rationale = "Without it every system call of the kernel is open to every container.",
     .evidence = "/info SecurityOptions: name=seccomp,profile=...",
     .judged = "PASS for the default profile (called default or builtin) or a named one; WARN when "
               "unconfined or without seccomp.",
     .remedy =
         "Remove \"seccomp-profile\": \"unconfined\"; name a custom profile only where it was reviewed."},
};

const struct check_topic TOPIC_DAEMON_PRIVILEGES = CHECK_TOPIC(CHECKS);
