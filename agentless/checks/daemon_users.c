/* daemon_users.c: who may control the daemon (1.1.2, 2.13). */
#include "agentless/checks/topic.h"
#include "agentless/checks/daemon_config.h"
#include "agentless/checks/daemon_files.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

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
                     text_if(listed, "; is not among the trusted users"));
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
    struct error why;
    const json_t *users = json_at(f->host, "accounts.users");
    json_t *sockets = daemon_file_paths(f, DAEMON_ENGINE_SOCKETS, &why);
    if (!sockets || !json_array_size(users)) {
        finding_say(out, STATUS_ERROR, "evidence missing: %s",
                    !sockets ? why.text : "the host's accounts were not seen");
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
        finding_say(out, STATUS_INFO, "does not apply: %s", why.text);
    json_decref(sockets);
}

/* 2.13 */
static void authorization(const struct facts *f, struct finding *out)
{
    if (!finding_has_info(f, out, "Plugins"))
        return;
    finding_info_fact(out, f, "Plugins.Authorization");
    if (!json_array_size(json_at(f->info, "Plugins.Authorization")))
        finding_say(out, STATUS_WARN,
                    "no authorization plugin is loaded: whoever reaches the API may do everything");
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("1.1.2"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_DOCKERD,
     .judge = trusted_users,
     .title = "Only trusted users may control the daemon",
     .rationale =
         "Who may talk to the socket can start a container with / mounted: it is root without a password.",
     .evidence = "members of the group that owns the engine's socket, by group and by primary group",
     .judged = "Members of the socket's group by gid (supplementary and primary), the user of a rootless "
               "daemon, and other names for uid 0. Without --trusted-users INFO with the list; with it WARN "
               "for each who is not named there exactly.",
     .remedy = "gpasswd -d USER docker, for everyone who need not be root."},
    {.id = {"2.12", "2.12", "2.13"},
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_INFO | NEED_DOCKERD,
     .judge = authorization,
     .title = "An authorization plugin decides who may do what",
     .rationale = "Docker's own model is all or nothing: who may run a container may own the host.",
     .evidence = "/info Plugins.Authorization",
     .judged = "PASS when an authorization plugin is loaded, else WARN.",
     .remedy = "Install an authorization plugin and name it in \"authorization-plugins\" of daemon.json."},
};

const struct check_topic TOPIC_DAEMON_USERS = CHECK_TOPIC(CHECKS);
