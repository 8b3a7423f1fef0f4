/* container_processes.c: what runs in containers: ssh servers, and execs with more rights (5.7, 5.23, 5.24).
 */
#include "agentless/facts/document.h"
#include "agentless/checks/topic.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static bool is_ssh_server(const char *command)
{
    static const char *const SERVERS[] = {"sshd",     "sshd-session", "sshd-auth",
                                          "dropbear", "tinysshd",     "tinysshd-"};
    for (size_t i = 0; command && i < sizeof SERVERS / sizeof *SERVERS; i++)
        if (strcmp(command, SERVERS[i]) == 0)
            return true;
    return false;
}

/* The command names of /top's rows ("pid uid comm", the last column). */
static const char *top_command(const json_t *row)
{
    return json_string_value(json_array_get(row, json_array_size(row) - 1));
}

/* It ended between the question what it is and the question what runs in it: the engine refused the second
 * one, or answered with columns and no row. */
static bool has_ended(const json_t *top)
{
    return json_true_at(top, "not_running") || json_array_size(json_at(top, "Titles"));
}

static void containers_no_sshd(const struct facts *f, struct finding *out)
{
    struct container c;
    const json_t *tops = json_at(f->root, "engine.top");
    for_each_container(f, c)
    {
        const json_t *seen = facts_runs_on_host(f, &c) ? facts_processes(f, c.id) : NULL;
        const json_t *rows = seen ? seen : json_at(json_object_get(tops, c.id), "Processes");
        bool found = false;
        char part[96], source[200];
        /* Between two starts nothing runs in it; X.7 tells of it. */
        if (!c.running || json_true_at(c.inspect, "State.Restarting") ||
            (!json_array_size(rows) && has_ended(json_object_get(tops, c.id))))
            continue;
        if (!json_array_size(rows)) {
            snprintf(part, sizeof part, "top/%s", c.id);
            finding_container(out, STATUS_ERROR, &c, "evidence missing: its processes: %s",
                              facts_why_missing(f, part));
            continue;
        }
        for (size_t i = 0; i < json_array_size(rows) && !found; i++) {
            const json_t *row = json_array_get(rows, i);
            const char *command = seen ? json_text_at(row, "comm") : top_command(row);
            found = is_ssh_server(command);
            if (!found)
                continue;
            finding_container(out, STATUS_WARN, &c, "runs an SSH server (%s)", command);
            snprintf(source, sizeof source, seen ? "processes of %s" : "/top of %s", c.name);
            finding_fact(out, source, "command", json_text(command));
        }
    }
}

static bool is_root(const char *user)
{
    long number;
    char id[32];
    size_t length = strcspn(user, ":");
    snprintf(id, sizeof id, "%.*s", (int)length, user);
    return strcmp(id, "root") == 0 || (text_number(id, 0, 4294967295, &number) && number == 0);
}

static bool find_container(const struct facts *f, const char *id, struct container *c)
{
    for_each_container(f, (*c))
    {
        if (text_same(c->id, id))
            return true;
    }
    return false;
}

static void report_missing_exec(void *ctx, const char *part, const char *why)
{
    (void)part;
    finding_say(ctx, STATUS_ERROR, "evidence missing: not all live execs were seen: %.200s", why);
}

typedef void exec_fn(struct finding *out, const struct container *c, const char *id, const json_t *exec);

/* Every live exec of a container that is still there; where none of them decides, a person has to. */
static void each_exec(const struct facts *f, struct finding *out, exec_fn *visit, const char *undecided)
{
    json_t *execs = json_at(f->execs, "");
    const char *id;
    json_t *exec;
    struct container c;
    finding_fact(out, "/exec/ID/json", "live execs", json_integer((json_int_t)json_object_size(execs)));
    json_object_foreach(execs, id, exec)
    {
        if (find_container(f, json_text_at(exec, "ContainerID"), &c))
            visit(out, &c, id, exec);
    }
    facts_each_missing(f, PART_EXECS, report_missing_exec, out);
    if (out->status == STATUS_PASS)
        finding_say(out, STATUS_NOTE,
                    "%s is live now; past ones leave no trace in the engine: consult the audit log",
                    undecided);
}

static void check_privileged_exec(struct finding *out, const struct container *c, const char *id,
                                  const json_t *exec)
{
    if (json_true_at(exec, "ProcessConfig.privileged"))
        finding_container(out, STATUS_WARN, c, "has a live exec with --privileged (%.12s)", id);
}

static void containers_privileged_exec(const struct facts *f, struct finding *out)
{
    each_exec(f, out, check_privileged_exec, "no privileged exec");
}

static void check_root_exec(struct finding *out, const struct container *c, const char *id,
                            const json_t *exec)
{
    const char *user = json_text_at(exec, "ProcessConfig.user");
    if (!user || !*user)
        finding_container(out, STATUS_INFO, c, "has a live exec as the container's own user (%.12s)", id);
    else if (is_root(user))
        finding_container(out, STATUS_WARN, c, "has a live exec as root (%.12s)", id);
}

static void containers_root_exec(const struct facts *f, struct finding *out)
{
    each_exec(f, out, check_root_exec, "no exec as root");
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("5.7"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_RUNNING,
     .judge = containers_no_sshd,
     .title = "No container runs an SSH server",
     .rationale = "It adds a login, its keys and its faults to every container, beside docker exec.",
     .evidence = "the containers' processes by the host's process list, else /top",
     .judged = "WARN when an ssh server is among the container's processes; running containers only, not one "
               "between two starts.",
     .remedy = "Take sshd out of the image; use docker exec, or a sidecar, for access."},
    {.id = SAME_ID("5.23"),
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_INFO | NEED_RUNNING,
     .judge = containers_privileged_exec,
     .title = "docker exec is not used with --privileged",
     .rationale = "It gives a container's process every capability, whatever the container was started with.",
     .evidence = "inspect ExecIDs; /exec/ID/json of live execs; the host's audit log",
     .judged = "WARN for a live exec with privileges; else NOTE, since past ones leave no trace.",
     .remedy = "Use docker exec without --privileged."},
    {.id = SAME_ID("5.24"),
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_INFO | NEED_RUNNING,
     .judge = containers_root_exec,
     .title = "docker exec is not used with --user root",
     .rationale = "It goes around the container's unprivileged user.",
     .evidence = "inspect ExecIDs; /exec/ID/json of live execs; the host's audit log",
     .judged = "WARN for a live exec as root; else NOTE, since past ones leave no trace.",
     .remedy = "Use docker exec without --user root."},
};

const struct check_topic TOPIC_CONTAINER_PROCESSES = CHECK_TOPIC(CHECKS);
