/* container_user.c: which user a container runs as (4.1). */
#include "agentless/checks/topic.h"
#include "agentless/checks/container.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- 4.1 --- */

enum root { ROOT_NO, ROOT_YES, ROOT_UNKNOWN };

/* Root by any spelling: "", "0", "00", "root", and all of them with a group behind a colon. */
static bool configured_as_root(const char *user)
{
    char name[64];
    char *end;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(user, ":"), user);
    if (!*name || strcmp(name, "root") == 0)
        return true;
    long number = strtol(name, &end, 10);
    return !*end && number == 0;
}

/* The first row of /top, which is the container's first process. */
static bool top_uid(const struct facts *f, const char *id, json_int_t *uid)
{
    const json_t *top = json_object_get(json_at(f->root, "engine.top"), id);
    const json_t *titles = json_at(top, "Titles");
    const json_t *first = json_array_get(json_at(top, "Processes"), 0);
    for (size_t i = 0; i < json_array_size(titles); i++) {
        const char *title = json_string_value(json_array_get(titles, i));
        const char *value = json_string_value(json_array_get(first, i));
        long number;
        if (title && value && strcmp(title, "UID") == 0 && text_number(value, 0, 4294967295, &number)) {
            *uid = number;
            return true;
        }
    }
    return false;
}

/* The effective uid on the host, as the kernel or the engine shows it. */
static bool running_uid(const struct facts *f, const struct container *c, json_int_t *uid)
{
    const json_t *process = facts_first_process(f, c);
    if (!c->running || !facts_runs_on_host(f, c))
        return false;
    return (process && json_integer_at(process, "uid", uid)) || top_uid(f, c->id, uid);
}

static void container_user(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        json_int_t uid;
        const char *user = json_text_at(c.inspect, "Config.User");
        bool seen = running_uid(f, &c, &uid);
        /* Absent means empty from API 1.52 on; a container without a Config at all tells nothing. */
        if (!user && json_at(c.inspect, "Config"))
            user = "";
        if (!user && !seen) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: neither Config.User nor its processes were seen");
            continue;
        }
        bool starts_as_root = user && configured_as_root(user);
        if (container_in_user_namespace(f, &c)) {
            if (starts_as_root) {
                finding_container(out, STATUS_INFO, &c, "is root, but only in its user namespace");
                finding_container_fact(out, &c, "Config.User");
            }
        } else if (seen && uid == 0) {
            finding_container(out, STATUS_WARN, &c, "its first process runs as root (uid 0)%s",
                              starts_as_root ? "" : ", although it was told to start as another user");
            finding_container_fact(out, &c, "Config.User");
        } else if (!seen && starts_as_root) {
            finding_container(out, STATUS_WARN, &c, c.running ? "starts as root" : "will start as root");
            finding_container_fact(out, &c, "Config.User");
        } else if (seen && starts_as_root) {
            finding_container(out, STATUS_PASS, &c, "starts as root, then runs as uid %lld", (long long)uid);
        }
    }
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("4.1"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = container_user,
     .title = "Containers run as a user that is not root",
     .rationale = "A process that is root in the container is root to the kernel as soon as it gets out.",
     .evidence = "effective uid of the first process; inspect Config.User",
     .judged = "The effective uid of the first process decides, from /proc or /top; for a stopped container "
               "its configured user, root by any spelling. INFO where root is so only in a user namespace.",
     .remedy = "USER in the Dockerfile, or --user."},
};

const struct check_topic TOPIC_CONTAINER_USER = CHECK_TOPIC(CHECKS);
