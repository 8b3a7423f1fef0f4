/* daemon_conflict.c: X.11: where the running daemon, its arguments, its daemon.json and its unit disagree.
 * Each disagreement is harmless today and comes true at the next start, mostly at night after a kernel
 * update. */
#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "agentless/checks/daemon_config.h"
#include "agentless/checks/daemon_conflict.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* Settings whose effect /info shows; the others cannot be compared with what is in
 * force. (no-new-privileges is not among them: engines before 23.0 do not show it.) */
static const struct effect {
    const char *setting;
    const char *info;   /* a field of /info, boolean or text */
    const char *option; /* or a name among its SecurityOptions, there when the setting is on */
} EFFECTS[] = {
    {"debug", "Debug", NULL},
    {"experimental", "ExperimentalBuild", NULL},
    {"live-restore", "LiveRestoreEnabled", NULL},
    {"log-driver", "LoggingDriver", NULL},
    {"default-runtime", "DefaultRuntime", NULL},
    {"selinux-enabled", NULL, "selinux"},
    {"userns-remap", NULL, "userns"},
};

/* The one setting that dockerd takes from both places together (moby, daemon/config: skipDuplicates). */
#define MERGED "add-runtime"

/* "true", "false" or the text; NULL where the value is neither. */
static const char *plain(const json_t *value)
{
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    return json_string_value(value);
}

static void both_set(const struct daemon_sources *from, struct finding *out)
{
    const char *name;
    json_t *value;
    json_t *readable = json_at(from->file, "");
    json_object_foreach(readable, name, value)
    {
        if (json_object_get(from->arguments, name) && !text_same(name, MERGED))
            finding_item(out, STATUS_WARN, "setting", name,
                         "is set in %s and in %s: dockerd refuses to start so", from->arguments_source,
                         from->path);
    }
}

static void not_in_force(const struct facts *f, const struct daemon_sources *from, struct finding *out)
{
    for (size_t i = 0; i < sizeof EFFECTS / sizeof *EFFECTS; i++) {
        const struct effect *e = &EFFECTS[i];
        const char *wanted = plain(json_object_get(from->file, e->setting));
        const char *seen = NULL;
        if (!wanted || json_object_get(from->arguments, e->setting))
            continue;
        if (e->info) {
            seen = plain(json_at(f->info, e->info));
        } else {
            if (json_at(f->info, "SecurityOptions"))
                seen = facts_security_option(f, e->option, NULL) ? "true" : "false";
            wanted = *wanted && strcmp(wanted, "false") != 0 ? "true" : "false";
        }
        if (!seen || !*wanted || strcmp(wanted, seen) == 0)
            continue;
        finding_fact(out, "/info", e->info ? e->info : "SecurityOptions", json_text(seen));
        finding_item(out, STATUS_WARN, "setting", e->setting, "%s says %.80s, the running daemon %.80s",
                     from->path, wanted, seen);
    }
}

/* The unit as systemd has loaded it against the process; both are reduced alike, so equal values are equal.
 */
static void unit_differs(const struct facts *f, const struct daemon_sources *from, struct finding *out)
{
    const json_t *unit = json_object_get(json_at(f->host, "units"), "docker.service");
    json_t *loaded = json_at(unit, "settings");
    const char *name;
    json_t *value;
    if (text_same(json_text_at(unit, "NeedDaemonReload"), "yes")) {
        finding_fact(out, "systemctl show docker.service", "NeedDaemonReload", json_text("yes"));
        finding_item(out, STATUS_WARN, "unit", "docker.service",
                     "was changed on disk since systemd read it: the next start is another one");
    }
    if (text_same(json_text_at(unit, "ActiveState"), "unknown"))
        finding_say(out, STATUS_ERROR,
                    "evidence missing: systemctl does not say what systemd has loaded of docker.service");
    if (!loaded || !from->arguments || !text_same(json_text_at(unit, "ActiveState"), "active"))
        return;
    json_object_foreach(loaded, name, value)
    {
        if (!json_equal(value, json_object_get(from->arguments, name)))
            finding_item(
                out, STATUS_WARN, "setting", name,
                "differs between docker.service and the running dockerd: it was not restarted since");
    }
    json_t *arguments = json_at(from->arguments, "");
    json_object_foreach(arguments, name, value)
    {
        if (!json_object_get(loaded, name))
            finding_item(out, STATUS_WARN, "setting", name,
                         "is given to the running dockerd and no longer by docker.service");
    }
}

void daemon_conflict(const struct facts *f, struct finding *out)
{
    struct daemon_sources from;
    struct error why;
    bool known = daemon_sources(f, &from, &why);
    if (from.arguments)
        finding_fact(out, from.arguments_source, "settings", json_deep_copy(from.arguments));
    if (from.file)
        finding_fact(out, from.path, "settings", json_deep_copy(from.file));
    if (known && from.file_changed)
        finding_item(out, STATUS_WARN, "file", from.path,
                     "was changed after dockerd started: what a reload (SIGHUP) does not take comes into "
                     "force at the next start");
    both_set(&from, out);
    not_in_force(f, &from, out);
    unit_differs(f, &from, out);
    if (!known)
        finding_say(out, STATUS_ERROR, "evidence missing: %s", why.text);
}
