/* audit_trail.c: whether changes to the daemon's programs, files and sockets are audited (1.1.3 to 1.1.18).
 */
#include "agentless/checks/audit_rules.h"
#include "agentless/checks/topic.h"
#include "agentless/checks/daemon_config.h"
#include "agentless/checks/daemon_files.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>

/* --- 1.1.3 to 1.1.18 --- */

struct rules {
    json_t *list; /* {"rule", "source"} in order */
    struct audit_rules *read;
    bool loaded; /* as the kernel has them; else as files have them */
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
        snprintf(r->why, sizeof r->why, "audit rules were not seen%s%s", text_if(!f->host, ": "),
                 f->host ? "" : facts_why_no_files(f));
        return false;
    }
    r->loaded = json_integer_at(audit, "status", &status) && status == 0;
    if (r->loaded)
        add_rules(r, json_at(audit, "loaded"), "auditctl -l");
    else
        json_object_foreach(files, path, rules) add_rules(r, rules, path);
    if (json_array_size(r->list) > AUDIT_RULES_MAX) {
        snprintf(r->why, sizeof r->why, "there are more than %d audit rules", AUDIT_RULES_MAX);
        return false;
    }
    if (r->loaded)
        return true;
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

/* The benchmark's remedy for this one is a rule with path= on a folder. */
static bool is_benchmarks_own(const struct check *check)
{
    return check->about == DAEMON_RUN_CONTAINERD;
}

/* `seen`: false where it may be there or not. */
static void judge_watch(const struct rules *r, const char *path, const json_t *file, bool seen,
                        struct finding *out)
{
    const json_t *by, *by_target;
    const char *target = json_text_at(file, "target");
    bool folder = text_same(json_text_at(file, "type"), "directory");
    enum watch watch = audit_rules_watch(r->read, path, folder, &by);
    /* The kernel watches what a link leads to. */
    if (target && watch != WATCH_FULL) {
        enum watch other = audit_rules_watch(r->read, target, folder, &by_target);
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
    if (watch != WATCH_FULL && !seen)
        finding_item(out, STATUS_ERROR, "file", path, "whether it exists could not be seen");
    else if (watch == WATCH_NONE)
        finding_item(out, STATUS_WARN, "file", path, "no audit rule watches it%s",
                     r->loaded ? "" : " (by the rule files)");
    else if (watch == WATCH_OFF)
        finding_item(out, STATUS_WARN, "file", path,
                     "a rule ends all auditing, or drops what it records: %.150s", rule);
    else if (watch == WATCH_NEVER)
        finding_item(out, STATUS_WARN, "file", path, "a rule excludes it from auditing: %.150s", rule);
    else if (watch == WATCH_PARTIAL)
        finding_item(out, STATUS_WARN, "file", path,
                     "its rule misses writes, changes of attributes, or some users: %.150s", rule);
    else if (watch == WATCH_FOLDER)
        finding_item(out, is_benchmarks_own(out->check) ? STATUS_INFO : STATUS_WARN, "file", path,
                     "its rule%s misses what is below the folder (-w and dir= do not): %.150s",
                     text_if(is_benchmarks_own(out->check), ", which is the benchmark's own,"), rule);
}

/* Whether auditing is on, by the kernel's word or by the last -e of the files. */
static void judge_switch(const struct facts *f, const struct rules *rules, struct finding *out)
{
    json_int_t enabled = -1;
    int by_files = audit_rules_enabled(rules->read);
    json_integer_at(f->host, "audit.enabled", &enabled);
    if (enabled == 0) {
        finding_fact(out, "auditctl -s", "enabled", json_integer(0));
        finding_say(out, STATUS_WARN, "auditing is switched off in the kernel, whatever the rules say");
    } else if (rules->loaded && enabled < 0) {
        finding_say(out, STATUS_ERROR, "evidence missing: auditctl -s does not say whether auditing is on");
    } else if (!rules->loaded && by_files == 0) {
        finding_fact(out, "audit rule files", "-e", json_integer(0));
        finding_say(out, STATUS_WARN, "the rule files switch auditing off (-e 0)");
    } else if (!rules->loaded && out->status == STATUS_PASS) {
        finding_say(out, STATUS_PASS, "configured by rule files; whether they are loaded could not be seen");
    }
}

/* How many of them exist, or may: programs are known by having been found, the data root by the engine's
 * word. */
static size_t count_present(const struct facts *f, const json_t *paths)
{
    size_t present = 0;
    const json_t *file;
    for (size_t i = 0; i < json_array_size(paths); i++)
        present += host_file(f, json_string_value(json_array_get(paths, i)), &file) != FILE_ABSENT;
    return present;
}

static void judge_rules(const struct facts *f, const json_t *paths, struct finding *out)
{
    struct rules rules = {0};
    bool readable = read_rules(f, &rules);
    rules.read = audit_rules_read(rules.list);
    for (size_t i = 0; readable && i < json_array_size(paths); i++) {
        const char *path = json_string_value(json_array_get(paths, i));
        const json_t *file;
        enum file_state state = host_file(f, path, &file);
        if (state != FILE_ABSENT)
            judge_watch(&rules, path, file, state != FILE_DENIED, out);
    }
    if (readable)
        judge_switch(f, &rules, out);
    else
        finding_say(out, STATUS_ERROR, "evidence missing: %s", rules.why);
    audit_rules_free(rules.read);
    json_decref(rules.list);
}

static void judge_audit(const struct facts *f, struct finding *out, enum daemon_file object)
{
    struct error why;
    json_t *paths = daemon_file_paths(f, object, &why);
    const char *first = json_string_value(json_array_get(paths, 0));
    if (!paths) {
        finding_say(out, STATUS_ERROR, "evidence missing: %s", why.text);
    } else if (count_present(f, paths)) {
        judge_rules(f, paths, out);
    } else {
        finding_fact(out, "host", text_or(first, "path"), json_text("(absent)"));
        finding_say(out, STATUS_INFO, "does not apply: %.200s%s", text_or(first, why.text),
                    text_if(first, " does not exist"));
    }
    json_decref(paths);
}

static void audited(const struct facts *f, struct finding *out)
{
    judge_audit(f, out, (enum daemon_file)out->check->about);
}

/* What the rows have in common; `against`: which path the rules have to name. */
#define AUDITED(object, against)                                                                             \
    .about = (object), .judge = audited,                                                                     \
    .rationale =                                                                                             \
        "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",        \
    .evidence = "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the " against,         \
    .judged = "PASS when rules with action always record writes and attribute changes of the object, or of " \
              "a folder above it, by all users; "                                                            \
              "loaded rules decide, else the rule files, and then that is said. As the kernel has it, the "  \
              "first rule that matches decides. "                                                            \
              "WARN when none does, when an earlier rule excludes it, when a rule for tasks or of the "      \
              "exclude list ends all auditing, or when "                                                     \
              "auditing is off. INFO when the object does not exist, and for the benchmark's own path= "     \
              "rule on a folder. ERROR when neither "                                                        \
              "loaded rules nor files may be read, and where no rule names an object of which could not be " \
              "seen whether it exists.",                                                                     \
    .remedy = "auditctl -w PATH -p wa -k docker; and that it lasts, \"-w PATH -p wa -k docker\" (without "   \
              "the word auditctl) in "                                                                       \
              "/etc/audit/rules.d/docker.rules, then augenrules --load."

static const struct check CHECKS[] = {
    {.id = SAME_ID("1.1.3"),
     .assessment = "AAA",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "Changes to the Docker daemon's program are audited",
     AUDITED(DAEMON_DOCKERD, "real path of dockerd")},
    {.id = SAME_ID("1.1.4"),
     .assessment = "AMM",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "Changes to /run/containerd are audited",
     AUDITED(DAEMON_RUN_CONTAINERD, "real path of /run/containerd")},
    {.id = SAME_ID("1.1.5"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_DOCKERD,
     .title = "Changes to Docker's data root are audited",
     AUDITED(DAEMON_DATA_ROOT, "real path of the data root (normally /var/lib/docker)")},
    {.id = SAME_ID("1.1.6"),
     .assessment = "AAA",
     .level = 1,
     .needs = NEED_DOCKERD,
     .title = "Changes to /etc/docker are audited",
     AUDITED(DAEMON_CONFIG_FOLDER, "real path of /etc/docker")},
    {.id = SAME_ID("1.1.7"),
     .assessment = "AAA",
     .level = 2,
     .needs = NEED_DOCKERD,
     .title = "Changes to docker.service are audited",
     AUDITED(DAEMON_SERVICE_UNIT, "real path of the unit file docker.service and its drop-ins")},
    {.id = SAME_ID("1.1.8"),
     .assessment = "AAA",
     .level = 2,
     .needs = NEED_DOCKERD,
     .title = "Changes to containerd.sock are audited",
     AUDITED(DAEMON_CONTAINERD_SOCKET, "real path of containerd's socket")},
    {.id = {"1.1.9", NULL, NULL},
     .assessment = "A--",
     .level = 2,
     .needs = 0,
     .title = "Changes to docker.socket are audited",
     AUDITED(DAEMON_SOCKET_UNIT, "real path of the socket unit and its drop-ins")},
    {.id = {NULL, "1.1.9", "1.1.9"},
     .assessment = "-AA",
     .level = 2,
     .needs = 0,
     .title = "Changes to docker.sock are audited",
     AUDITED(DAEMON_ENGINE_SOCKETS, "path of every unix socket the daemon listens on")},
    {.id = SAME_ID("1.1.10"),
     .assessment = "AAA",
     .level = 2,
     .needs = NEED_DOCKERD,
     .title = "Changes to /etc/default/docker are audited",
     AUDITED(DAEMON_DEFAULT_DOCKER, "real path of /etc/default/docker and the unit's environment files")},
    {.id = SAME_ID("1.1.11"),
     .assessment = "AAA",
     .level = 2,
     .needs = NEED_DOCKERD,
     .title = "Changes to daemon.json are audited",
     AUDITED(DAEMON_DAEMON_JSON, "real path of the daemon.json in use")},
    {.id = SAME_ID("1.1.12"),
     .assessment = "AAA",
     .level = 2,
     .needs = NEED_DOCKERD,
     .title = "Changes to containerd's config.toml are audited",
     AUDITED(DAEMON_CONTAINERD_CONFIG, "real path of /etc/containerd/config.toml")},
    {.id = SAME_ID("1.1.13"),
     .assessment = "AAA",
     .level = 2,
     .needs = NEED_DOCKERD,
     .title = "Changes to /etc/sysconfig/docker are audited",
     AUDITED(DAEMON_SYSCONFIG_DOCKER, "real path of /etc/sysconfig/docker")},
    {.id = SAME_ID("1.1.14"),
     .assessment = "AAA",
     .level = 2,
     .needs = NEED_DOCKERD,
     .title = "Changes to containerd's program are audited",
     AUDITED(DAEMON_CONTAINERD, "real path of containerd")},
    {.id = SAME_ID("1.1.15"),
     .assessment = "MAA",
     .level = 2,
     .needs = NEED_DOCKERD,
     .title = "Changes to containerd-shim are audited",
     AUDITED(DAEMON_SHIM, "real path of containerd-shim")},
    {.id = SAME_ID("1.1.16"),
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_DOCKERD,
     .title = "Changes to containerd-shim-runc-v1 are audited",
     AUDITED(DAEMON_SHIM_RUNC_V1, "real path of containerd-shim-runc-v1")},
    {.id = SAME_ID("1.1.17"),
     .assessment = "MAA",
     .level = 2,
     .needs = NEED_DOCKERD,
     .title = "Changes to containerd-shim-runc-v2 are audited",
     AUDITED(DAEMON_SHIM_RUNC_V2, "real path of containerd-shim-runc-v2")},
    {.id = SAME_ID("1.1.18"),
     .assessment = "MAA",
     .level = 2,
     .needs = NEED_INFO | NEED_DOCKERD,
     .title = "Changes to runc are audited",
     AUDITED(DAEMON_RUNTIMES, "real path of runc, and every other runtime of /info")},
};

const struct check_topic TOPIC_AUDIT_TRAIL = CHECK_TOPIC(CHECKS);
