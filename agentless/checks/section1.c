/* section1.c: the host: its disk, its users, its audit rules, its versions. */
#include "agentless/checks/audit_rules.h"
#include "agentless/checks/catalog.h"
#include "agentless/checks/daemon_config.h"
#include "agentless/checks/end_of_life.h"
#include "agentless/checks/host_object.h"
#include "agentless/checks/host_path.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* --- 1.1.1 --- */

/* The mount that holds a path: the deepest mount point above it, the last one mounted there. */
static const json_t *mount_of(const json_t *mounts, const char *path)
{
    const json_t *best = NULL;
    size_t depth = 0;
    for (size_t i = 0; i < json_array_size(mounts); i++) {
        const json_t *mount = json_array_get(mounts, i);
        const char *point = json_text_at(mount, "point");
        if (point && path_within(path, point) && strlen(point) >= depth) {
            best = mount;
            depth = strlen(point);
        }
    }
    return best;
}

static void judge_root(const json_t *mounts, const char *root, struct finding *out)
{
    char path[1024];
    const json_t *top = mount_of(mounts, "/");
    if (!host_path(root, path, sizeof path)) {
        finding_item(out, STATUS_ERROR, "folder", root, "evidence missing: it is no absolute path");
        return;
    }
    const json_t *mount = mount_of(mounts, path);
    const char *point = json_text_at(mount, "point");
    finding_fact(out, "/proc/self/mountinfo", path, mount ? json_deep_copy(mount) : json_null());
    if (!mount || !top)
        finding_item(out, STATUS_ERROR, "folder", path, "evidence missing: the mount table does not hold it");
    else if (strcmp(point, "/") == 0)
        finding_item(out, STATUS_WARN, "folder", path, "is on the host's root file system");
    else if (text_same(json_text_at(mount, "device"), json_text_at(top, "device")))
        finding_item(out, STATUS_WARN, "folder", path,
                     "is mounted at %s from the root file system's own device", point);
    else if (strcmp(point, path) != 0 && !path_within("/var/lib/docker", point))
        finding_item(out, STATUS_PASS, "folder", path,
                     "is on the file system of %s, with whatever else is there", point);
}

/* With containerd's image store, images are in containerd's root. */
static bool containerd_store(const struct facts *f)
{
    const json_t *status = json_at(f->info, "DriverStatus");
    for (size_t i = 0; i < json_array_size(status); i++) {
        const json_t *pair = json_array_get(status, i);
        if (text_same(json_string_value(json_array_get(pair, 1)), "io.containerd.snapshotter.v1"))
            return true;
    }
    return false;
}

/* A containerd that dockerd starts for itself has its root below the data root. */
static bool own_containerd(const struct facts *f)
{
    static const char OWN[] = "/docker/containerd/containerd.sock";
    char why[300];
    json_t *sockets = host_object_paths(f, OBJECT_CONTAINERD_SOCKET, why, sizeof why);
    const char *socket = json_string_value(json_array_get(sockets, 0));
    size_t length = socket ? strlen(socket) : 0;
    bool own = length >= sizeof OWN - 1 && strcmp(socket + length - (sizeof OWN - 1), OWN) == 0;
    json_decref(sockets);
    return own;
}

static void own_file_system(const struct facts *f, struct finding *out)
{
    const json_t *mounts = json_at(f->shell, "mounts");
    const char *root = json_text_at(f->info, "DockerRootDir");
    finding_info_fact(out, f, "DockerRootDir");
    if (!root)
        finding_say(out, STATUS_ERROR, "evidence missing: the engine does not say DockerRootDir");
    else if (!json_array_size(mounts))
        finding_say(out, STATUS_ERROR, "evidence missing: the host's mount table: %s",
                    f->shell ? "the probe did not see it" : facts_why_missing(f, "shell"));
    else {
        judge_root(mounts, root, out);
        if (containerd_store(f) && !own_containerd(f))
            judge_root(mounts, "/var/lib/containerd", out);
    }
}

/* --- 1.1.2 --- */

static bool trusted(const struct facts *f, const char *user)
{
    const json_t *list = facts_policy(f, "trusted_users");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (text_same(json_string_value(json_array_get(list, i)), user))
            return true;
    return false;
}

static void name_user(const struct facts *f, struct finding *out, const char *user, const char *how,
                      const char *group)
{
    for (size_t i = 0; i < json_array_size(out->items); i++)
        if (text_same(json_text_at(json_array_get(out->items, i), "name"), user))
            return;
    bool listed = facts_policy(f, "trusted_users") != NULL;
    if (listed && trusted(f, user))
        finding_item(out, STATUS_PASS, "user", user, "%s %s; is trusted", how, group);
    else
        finding_item(out, listed ? STATUS_WARN : STATUS_INFO, "user", user, "%s %s%s", how, group,
                     listed ? "; is not among the trusted users" : "");
}

static void name_group(const struct facts *f, struct finding *out, json_int_t gid)
{
    const json_t *groups = json_at(f->host, "accounts.groups");
    const json_t *users = json_at(f->host, "accounts.users");
    const char *group = "(no name)";
    json_int_t of;
    for (size_t i = 0; i < json_array_size(groups); i++) {
        const json_t *one = json_array_get(groups, i);
        const json_t *members = json_at(one, "members");
        if (!json_integer_at(one, "gid", &of) || of != gid)
            continue;
        group = json_text_at(one, "name") ? json_text_at(one, "name") : group;
        for (size_t m = 0; m < json_array_size(members); m++)
            name_user(f, out, json_string_value(json_array_get(members, m)), "is a member of the group",
                      group);
    }
    for (size_t i = 0; i < json_array_size(users); i++) {
        const json_t *one = json_array_get(users, i);
        const char *name = json_text_at(one, "name");
        if (json_integer_at(one, "gid", &of) && of == gid && name && strcmp(name, "root") != 0)
            name_user(f, out, name, "has as its primary group", group);
    }
}

/* Without a shell a socket's owner is not seen: then the group that the daemon gives its sockets to, by its
 * configuration or docker by default, as far as the host's group file names it. */
static bool configured_group(const struct facts *f, json_int_t *gid)
{
    struct setting_value v = daemon_setting(f, "group");
    const char *group = daemon_setting_text(&v);
    const json_t *groups = json_at(f->host, "accounts.groups");
    for (size_t i = 0; !f->shell && group && i < json_array_size(groups); i++) {
        const json_t *one = json_array_get(groups, i);
        if (text_same(json_text_at(one, "name"), *group ? group : "docker"))
            return json_integer_at(one, "gid", gid);
    }
    return false;
}

/* A rootless daemon obeys whom it runs as. */
static void name_owner(const struct facts *f, struct finding *out)
{
    const json_t *users = json_at(f->host, "accounts.users");
    struct rootless_daemon rootless;
    if (!daemon_is_rootless(f, &rootless) || rootless.uid < 0)
        return;
    for (size_t i = 0; i < json_array_size(users); i++) {
        json_int_t uid;
        const char *name = json_text_at(json_array_get(users, i), "name");
        if (name && json_integer_at(json_array_get(users, i), "uid", &uid) && uid == rootless.uid)
            name_user(f, out, name, "runs the daemon, which is", "rootless");
    }
}

static void trusted_users(const struct facts *f, struct finding *out)
{
    char why[300];
    const json_t *users = json_at(f->host, "accounts.users");
    json_t *sockets = host_object_paths(f, OBJECT_ENGINE_SOCKETS, why, sizeof why);
    if (!sockets || !json_array_size(users)) {
        finding_say(out, STATUS_ERROR, "evidence missing: %s",
                    !sockets ? why : "the host's accounts were not seen");
        json_decref(sockets);
        return;
    }
    for (size_t i = 0; i < json_array_size(sockets); i++) {
        const char *path = json_string_value(json_array_get(sockets, i));
        const json_t *file;
        json_int_t gid;
        if (host_file(f, path, &file) != FILE_PRESENT ||
            (!json_integer_at(file, "gid", &gid) && !configured_group(f, &gid))) {
            finding_item(out, STATUS_ERROR, "socket", path,
                         "evidence missing: whose group it is, was not seen");
            continue;
        }
        finding_fact(out, path, "gid", json_integer(gid));
        name_group(f, out, gid);
    }
    name_owner(f, out);
    for (size_t i = 0; i < json_array_size(users); i++) {
        json_int_t uid;
        const char *name = json_text_at(json_array_get(users, i), "name");
        if (json_integer_at(json_array_get(users, i), "uid", &uid) && uid == 0 && name &&
            strcmp(name, "root") != 0)
            name_user(f, out, name, "is root by number, uid", "0");
    }
    if (!json_array_size(sockets))
        finding_say(out, STATUS_INFO, "does not apply: %s", why);
    json_decref(sockets);
}

/* --- 1.1.3 to 1.1.18 --- */

struct rules {
    json_t *list; /* {"rule", "source"} in order */
    bool loaded;  /* as the kernel has them; else as files have them */
    char why[300];
};

static void add_rules(struct rules *r, const json_t *rules, const char *source)
{
    for (size_t i = 0; i < json_array_size(rules); i++) {
        json_t *one = json_object();
        json_put(one, "rule", json_incref(json_array_get(rules, i)));
        json_put(one, "source", json_text(source));
        json_array_append_new(r->list, one);
    }
}

/* The loaded rules where auditctl could list them, else the configured ones. False: neither was to be had. */
static bool read_rules(const struct facts *f, struct rules *r)
{
    const json_t *audit = json_at(f->host, "audit");
    json_t *files = json_at(audit, "files");
    json_int_t status;
    const char *path;
    json_t *rules;
    r->list = json_array();
    if (!audit) {
        snprintf(r->why, sizeof r->why, "audit rules were not seen%s%s", f->host ? "" : ": ",
                 f->host ? "" : facts_why_no_files(f));
        return false;
    }
    if (json_integer_at(audit, "status", &status) && status == 0) {
        r->loaded = true;
        add_rules(r, json_at(audit, "loaded"), "auditctl -l");
        return true;
    }
    json_object_foreach(files, path, rules) add_rules(r, rules, path);
    const char *denied = json_string_value(json_array_get(json_at(audit, "denied"), 0));
    const char *said = json_text_at(audit, "said");
    if (denied)
        snprintf(r->why, sizeof r->why, "%.200s may not be read by this user (become=yes would help)",
                 denied);
    else if (json_at(audit, "status") && !json_object_size(files))
        snprintf(r->why, sizeof r->why,
                 "auditctl refuses to list its rules (%.150s), and there are no rule files",
                 said ? said : "no reason given");
    return !*r->why;
}

static enum watch watched(const struct rules *r, const char *path, bool folder, const json_t **by)
{
    enum watch best = WATCH_NONE;
    *by = NULL;
    for (size_t i = 0; i < json_array_size(r->list); i++) {
        const json_t *one = json_array_get(r->list, i);
        enum watch watch = audit_rule_watches(json_text_at(one, "rule"), path, folder);
        if (watch == WATCH_NONE || (watch == WATCH_PARTIAL && best == WATCH_PARTIAL))
            continue;
        *by = one;
        best = watch;
        /* The kernel takes the first rule that matches. */
        if (watch != WATCH_PARTIAL)
            break;
    }
    return best;
}

static void judge_watch(const struct rules *r, const char *path, const json_t *file, struct finding *out)
{
    const json_t *by, *by_target;
    const char *target = json_text_at(file, "target");
    bool folder = text_same(json_text_at(file, "type"), "directory");
    enum watch watch = watched(r, path, folder, &by);
    /* The kernel watches what a link leads to. */
    if (target && watch != WATCH_FULL) {
        enum watch other = watched(r, target, folder, &by_target);
        if (other == WATCH_FULL || watch == WATCH_NONE) {
            watch = other;
            by = by_target;
        }
    }
    const char *rule = json_text_at(by, "rule");
    if (by)
        finding_fact(out, json_text_at(by, "source"), path, json_text(rule));
    else
        finding_fact(out, r->loaded ? "auditctl -l" : "audit rule files", path, json_text("(no rule)"));
    if (watch == WATCH_NONE)
        finding_item(out, STATUS_WARN, "file", path, "no audit rule watches it%s",
                     r->loaded ? "" : " (by the rule files)");
    else if (watch == WATCH_NEVER)
        finding_item(out, STATUS_WARN, "file", path, "a rule excludes it from auditing: %.150s", rule);
    else if (watch == WATCH_PARTIAL)
        finding_item(out, STATUS_WARN, "file", path,
                     "its rule misses writes, changes of attributes, what is below, or some users: %.150s",
                     rule);
}

static void judge_audit(const struct facts *f, struct finding *out, enum object object)
{
    char why[300];
    struct rules rules = {0};
    size_t present = 0;
    json_t *paths = host_object_paths(f, object, why, sizeof why);
    bool readable = paths && read_rules(f, &rules);
    if (!paths || !readable)
        finding_say(out, STATUS_ERROR, "evidence missing: %s", paths ? rules.why : why);
    for (size_t i = 0; readable && i < json_array_size(paths); i++) {
        const char *path = json_string_value(json_array_get(paths, i));
        const json_t *file;
        enum file_state state = host_file(f, path, &file);
        /* Programs are known by having been found, the data root by the engine's word. */
        if (state == FILE_ABSENT)
            continue;
        present++;
        judge_watch(&rules, path, file, out);
    }
    if (readable && !present) {
        const char *first = json_string_value(json_array_get(paths, 0));
        finding_fact(out, "host", first ? first : "path", json_text("(absent)"));
        finding_say(out, STATUS_INFO, "does not apply: %.200s%s", first ? first : why,
                    first ? " does not exist" : "");
    }
    json_int_t enabled;
    if (present && json_integer_at(f->host, "audit.enabled", &enabled) && enabled == 0) {
        finding_fact(out, "auditctl -s", "enabled", json_integer(0));
        finding_say(out, STATUS_WARN, "auditing is switched off in the kernel, whatever the rules say");
    } else if (present && !rules.loaded && out->status == STATUS_PASS) {
        finding_say(out, STATUS_PASS, "configured by rule files; whether they are loaded could not be seen");
    }
    json_decref(rules.list);
    json_decref(paths);
}

#define AUDIT_CHECK(name, object)                                                                            \
    static void name(const struct facts *f, struct finding *out)                                             \
    {                                                                                                        \
        judge_audit(f, out, object);                                                                         \
    }

AUDIT_CHECK(audit_dockerd, OBJECT_DOCKERD)
AUDIT_CHECK(audit_run_containerd, OBJECT_RUN_CONTAINERD)
AUDIT_CHECK(audit_data_root, OBJECT_DATA_ROOT)
AUDIT_CHECK(audit_config_folder, OBJECT_CONFIG_FOLDER)
AUDIT_CHECK(audit_service_unit, OBJECT_SERVICE_UNIT)
AUDIT_CHECK(audit_containerd_socket, OBJECT_CONTAINERD_SOCKET)
AUDIT_CHECK(audit_engine_sockets, OBJECT_ENGINE_SOCKETS)
AUDIT_CHECK(audit_default_docker, OBJECT_DEFAULT_DOCKER)
AUDIT_CHECK(audit_daemon_json, OBJECT_DAEMON_JSON)
AUDIT_CHECK(audit_containerd_config, OBJECT_CONTAINERD_CONFIG)
AUDIT_CHECK(audit_sysconfig_docker, OBJECT_SYSCONFIG_DOCKER)
AUDIT_CHECK(audit_containerd, OBJECT_CONTAINERD)
AUDIT_CHECK(audit_shim, OBJECT_SHIM)
AUDIT_CHECK(audit_shim_runc_v1, OBJECT_SHIM_RUNC_V1)
AUDIT_CHECK(audit_shim_runc_v2, OBJECT_SHIM_RUNC_V2)
AUDIT_CHECK(audit_runtimes, OBJECT_RUNTIMES)
AUDIT_CHECK(audit_socket_unit, OBJECT_SOCKET_UNIT)

/* --- 1.2 --- */

/* What is known of the support of the host's own system, for a build that is the distribution's. */
static const char *system_support_end(const struct facts *f)
{
    return system_end_of_life(json_text_at(f->host, "os.ID"), json_text_at(f->host, "os.VERSION_ID"));
}

static void host_hardened(const struct facts *f, struct finding *out)
{
    const char *system = json_text_at(f->shell, "os.PRETTY_NAME");
    const char *kernel = json_text_at(f->shell, "kernel");
    if (!system)
        system = json_text_at(f->info, "OperatingSystem");
    if (!kernel)
        kernel = json_text_at(f->info, "KernelVersion");
    if (!system && !kernel) {
        finding_say(out, STATUS_ERROR,
                    "evidence missing: neither a shell nor the engine told of the host's system: %s",
                    facts_why_missing(f, "info"));
        return;
    }
    finding_fact(out, f->shell ? "shell" : "/info", "operating system",
                 system ? json_text(system) : json_null());
    finding_fact(out, f->shell ? "shell" : "/info", "kernel", kernel ? json_text(kernel) : json_null());
    finding_fact(out, "/info", "SecurityOptions", json_incref(json_at(f->info, "SecurityOptions")));
    const char *end = system_support_end(f);
    const char *collected = json_text_at(f->root, "collected");
    if (end)
        finding_fact(out, END_OF_LIFE_SOURCE, "the system's security support ends", json_text(end));
    if (json_true_at(f->shell, "reboot_required"))
        finding_fact(out, "/run/reboot-required", "reboot required", json_true());
    finding_say(out, STATUS_NOTE, "for a person to judge: %.120s, %.60s%s%s%s",
                system ? system : "unknown system", kernel ? kernel : "unknown kernel",
                ended_before(end, collected) ? "; its security support ended on " : "",
                ended_before(end, collected) ? end : "",
                json_true_at(f->shell, "reboot_required") ? "; it waits for a reboot to take in updates"
                                                          : "");
}

/* Compares dotted numbers; what follows them (-ce, +dfsg1) does not count. */
static int compare_versions(const char *a, const char *b)
{
    int left[3] = {0}, right[3] = {0};
    (void)sscanf(a, "%6d.%6d.%6d", &left[0], &left[1], &left[2]);
    (void)sscanf(b, "%6d.%6d.%6d", &right[0], &right[1], &right[2]);
    for (size_t i = 0; i < 3; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

/* A distribution mends its own packages of a branch that upstream has left. */
static bool distribution_build(const char *version)
{
    return strstr(version, "dfsg") || strstr(version, "ubuntu") || strstr(version, ".fc") ||
           strstr(version, ".el") || strstr(version, "deb");
}

static void judge_branch(const struct facts *f, const char *version, const char *floor, struct finding *out)
{
    const char *collected = json_text_at(f->root, "collected");
    const char *end = engine_end_of_life(facts_docker_version(f));
    const char *support = system_support_end(f);
    bool ended = ended_before(end, collected);
    if (ended && !distribution_build(version))
        finding_say(out, STATUS_WARN, "the engine is %.60s, whose branch reached its end of life on %s",
                    version, end);
    else if (ended && ended_before(support, collected))
        finding_say(out, STATUS_WARN,
                    "the engine is %.60s, of a branch that upstream ended on %s, and the distribution's own "
                    "support ended on %s",
                    version, end, support);
    else if (ended)
        finding_say(out, STATUS_INFO,
                    "the engine is %.60s, of a branch that upstream ended on %s; the distribution's security "
                    "support decides%s%s",
                    version, end, support ? ", which lasts until " : "", support ? support : "");
    else
        finding_say(out, floor ? STATUS_PASS : STATUS_INFO, "the engine is %.60s%s", version,
                    floor ? ", not older than what is asked" : "; compare with the current release");
}

static void engine_version(const struct facts *f, struct finding *out)
{
    const char *version = json_text_at(f->info, "ServerVersion");
    const char *floor = json_string_value(facts_policy(f, "min_engine"));
    const json_t *components = json_at(f->root, "engine.version.Components");
    bool old = end_of_life_is_old(json_text_at(f->root, "collected"));
    finding_info_fact(out, f, "ServerVersion");
    if (components)
        finding_fact(out, "/version", "Components", json_incref(json_at(components, "")));
    finding_fact(out, END_OF_LIFE_SOURCE, "table of ends of life", json_text(END_OF_LIFE_AS_OF));
    if (old)
        finding_fact(out, "muster",
                     "the table of ends of life is more than a year old: a newer muster knows more",
                     json_true());
    if (!version)
        finding_say(out, STATUS_ERROR, "evidence missing: the engine does not say its version");
    else if (floor && compare_versions(version, floor) < 0)
        finding_say(out, STATUS_WARN, "the engine is %.60s, older than %.40s, which is asked of this host",
                    version, floor);
    else
        judge_branch(f, version, floor, out);
    size_t length = strlen(out->reason);
    if (old && version)
        snprintf(out->reason + length, sizeof out->reason - length,
                 "; muster's table of ends of life is of %s, more than a year old", END_OF_LIFE_AS_OF);
}

const struct check SECTION_1[] = {
    {SAME_ID("1.1.1"), "MMM", 1, NEED_INFO, own_file_system,
     "Docker's data root is on a file system of its own",
     "Images and logs that fill the disk then do not take the host down with them.",
     "/info DockerRootDir and the host's mount table",
     "Put the data root on its own logical volume before the first start of Docker."},
    {SAME_ID("1.1.2"), "MMM", 1, NEED_DOCKERD, trusted_users, "Only trusted users may control the daemon",
     "Who may talk to the socket can start a container with / mounted: it is root without a password.",
     "members of the group that owns the engine's socket, by group and by primary group",
     "gpasswd -d USER docker, for everyone who need not be root."},
    {SAME_ID("1.1.3"), "AAA", 1, NEED_DOCKERD, audit_dockerd,
     "Changes to the Docker daemon's program are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of dockerd",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.4"), "AMM", 1, NEED_DOCKERD, audit_run_containerd, "Changes to /run/containerd are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of /run/containerd",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.5"), "MMM", 1, NEED_INFO | NEED_DOCKERD, audit_data_root,
     "Changes to Docker's data root are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of the data root "
     "(normally /var/lib/docker)",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.6"), "AAA", 1, NEED_DOCKERD, audit_config_folder, "Changes to /etc/docker are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of /etc/docker",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.7"), "AAA", 2, NEED_DOCKERD, audit_service_unit, "Changes to docker.service are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of the unit file "
     "docker.service and its drop-ins",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.8"), "AAA", 2, NEED_DOCKERD, audit_containerd_socket,
     "Changes to containerd.sock are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of containerd's "
     "socket",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {{"1.1.9", NULL, NULL},
     "A--",
     2,
     0,
     audit_socket_unit,
     "Changes to docker.socket are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of the socket unit "
     "and its "
     "drop-ins",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {{NULL, "1.1.9", "1.1.9"},
     "-AA",
     2,
     0,
     audit_engine_sockets,
     "Changes to docker.sock are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the path of every unix socket the "
     "daemon "
     "listens on",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.10"), "AAA", 2, NEED_DOCKERD, audit_default_docker,
     "Changes to /etc/default/docker are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of "
     "/etc/default/docker and the unit's environment files",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.11"), "AAA", 2, NEED_DOCKERD, audit_daemon_json, "Changes to daemon.json are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of the daemon.json "
     "in use",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.12"), "AAA", 2, NEED_DOCKERD, audit_containerd_config,
     "Changes to containerd's config.toml are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of "
     "/etc/containerd/config.toml",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.13"), "AAA", 2, NEED_DOCKERD, audit_sysconfig_docker,
     "Changes to /etc/sysconfig/docker are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of "
     "/etc/sysconfig/docker",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.14"), "AAA", 2, NEED_DOCKERD, audit_containerd,
     "Changes to containerd's program are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of containerd",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.15"), "MAA", 2, NEED_DOCKERD, audit_shim, "Changes to containerd-shim are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of containerd-shim",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.16"), "MMM", 2, NEED_DOCKERD, audit_shim_runc_v1,
     "Changes to containerd-shim-runc-v1 are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of "
     "containerd-shim-runc-v1",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.17"), "MAA", 2, NEED_DOCKERD, audit_shim_runc_v2,
     "Changes to containerd-shim-runc-v2 are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of "
     "containerd-shim-runc-v2",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.18"), "MAA", 2, NEED_INFO | NEED_DOCKERD, audit_runtimes, "Changes to runc are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of runc, and every "
     "other runtime of /info",
     "auditctl -w PATH -p wa -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.2.1"), "MMM", 1, 0, host_hardened, "The host is hardened",
     "A container's walls are the host's kernel: its patches, its accounts and its services decide how good "
     "they are.",
     "kernel, operating system and security modules, for a person to judge",
     "Follow the benchmark of the distribution; keep the kernel current; remove what is not needed."},
    {SAME_ID("1.2.2"), "MMM", 1, NEED_INFO, engine_version, "The version of Docker is current",
     "Known faults of old versions are how containers are left.",
     "/info ServerVersion against a floor and the dates of support", "Update to a supported release."},
};
const size_t SECTION_1_COUNT = sizeof SECTION_1 / sizeof *SECTION_1;
