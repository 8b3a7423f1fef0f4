/* daemon_config.c: see daemon_config.h */
#include "agentless/checks/finding.h"
#include "agentless/checks/daemon_config.h"
#include "agentless/checks/serving_daemon.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* Clocks drift between boot and start, and a file written just before the start is not a later change. */
#define CLOCK_SLACK_S 120

/* False: it is not known which came first. */
static bool changed_after_start(const struct facts *f, const json_t *daemon, const json_t *config,
                                bool *changed)
{
    json_int_t boot, ticks, start, mtime;
    if (!json_integer_at(f->host, "boot", &boot) || !json_integer_at(f->host, "ticks", &ticks) ||
        ticks <= 0 || !json_integer_at(daemon, "start_ticks", &start) ||
        !json_integer_at(config, "mtime", &mtime))
        return false;
    *changed = mtime > boot + start / ticks + CLOCK_SLACK_S;
    return true;
}

/* The settings the file in use has now; NULL when there is no file (*absent), or with a reason when they are
 * not known. */
static const json_t *file_settings(const struct facts *f, const json_t *daemon, struct error *why,
                                   bool *absent)
{
    static const char *const WHY[][2] = {{"denied", "may not be read by this user (become=yes would help)"},
                                         {"malformed", "is malformed"},
                                         {"special", "is no regular file"}};
    const char *path = daemon_file_of(f, daemon);
    const json_t *config = json_object_get(json_at(f->host, "configs"), path);
    const char *state = json_text_at(config, "state");
    bool by_flag = json_array_size(json_at(daemon, "settings.config-file")) > 0;
    if (!path) {
        error_set(why,
                  "the daemon is rootless, and this user may not see where its daemon.json is (a shell of "
                  "that user, or "
                  "of root, may)");
        return NULL;
    }
    /* dockerd refuses to start when a --config-file is missing, so an absent one was removed since. */
    *absent = state && strcmp(state, "absent") == 0 && !by_flag;
    if (*absent)
        return NULL;
    if (state && strcmp(state, "absent") == 0) {
        error_set(why, "%s, which the daemon was started with, is gone", path);
        return NULL;
    }
    for (size_t i = 0; state && i < sizeof WHY / sizeof *WHY; i++)
        if (strcmp(state, WHY[i][0]) == 0) {
            const char *detail = json_text_at(config, "why");
            error_set(why, "%s %s%s%.100s", path, WHY[i][1], text_if(detail, ": "), text_or(detail, ""));
            return NULL;
        }
    const json_t *settings = json_at(config, "settings");
    if (!settings) {
        error_set(why, "%s was not read", path);
        return NULL;
    }
    return settings;
}

const char *daemon_config_path(const struct facts *f, struct error *why)
{
    const json_t *daemon = serving_daemon(f, why);
    const char *path = daemon ? daemon_file_of(f, daemon) : NULL;
    if (daemon && !path)
        error_set(why, "the daemon is rootless, and where its daemon.json is was not seen");
    return path;
}

bool daemon_is_rootless(const struct facts *f, struct rootless_daemon *rootless)
{
    struct error why;
    const json_t *daemon = engine_is_rootless(f) ? serving_daemon(f, &why) : NULL;
    json_int_t uid = -1;
    json_integer_at(daemon, "uid", &uid);
    *rootless = (struct rootless_daemon){
        .uid = uid, .config = json_text_at(daemon, "config"), .runtime = json_text_at(daemon, "runtime")};
    return engine_is_rootless(f);
}

const char *daemon_environment(const struct facts *f, const char *name)
{
    struct error why;
    return json_string_value(json_object_get(json_at(serving_daemon(f, &why), "environment"), name));
}

const char *daemon_program(const struct facts *f)
{
    struct error why;
    return json_text_at(serving_daemon(f, &why), "exe");
}

/* Where a daemon's arguments were seen: its process, or (without a shell) the unit file that starts it. */
static const char *arguments_source(const json_t *daemon)
{
    const char *unit = json_text_at(daemon, "unit");
    return unit ? unit : "dockerd arguments";
}

bool daemon_sources(const struct facts *f, struct daemon_sources *sources, struct error *why)
{
    const json_t *daemon = serving_daemon(f, why);
    bool absent = false;
    *sources = (struct daemon_sources){0};
    if (!daemon)
        return false;
    if (!json_true_at(daemon, "arguments_seen")) {
        error_set(why, "dockerd's arguments could not be read");
        return false;
    }
    sources->arguments = json_at(daemon, "settings");
    sources->arguments_source = arguments_source(daemon);
    sources->path = daemon_file_of(f, daemon);
    sources->file = file_settings(f, daemon, why, &absent);
    if (!sources->file)
        return absent;
    const json_t *config = json_object_get(json_at(f->host, "configs"), sources->path);
    bool compared = changed_after_start(f, daemon, config, &sources->file_changed);
    /* Of a unit's daemon no process was seen, so its file is taken as it is. */
    if (compared || json_text_at(daemon, "unit"))
        return true;
    error_set(why, "whether %s was changed after dockerd started was not seen", sources->path);
    return false;
}

struct setting_value daemon_setting(const struct facts *f, const char *name)
{
    struct setting_value v = {.knowledge = SETTING_UNKNOWN};
    struct daemon_sources from;
    bool known = daemon_sources(f, &from, &v.why);
    v.value = json_object_get(from.arguments, name);
    if (v.value) {
        v.knowledge = SETTING_GIVEN;
        snprintf(v.source, sizeof v.source, "%s", from.arguments_source);
        return v;
    }
    if (!known)
        return v;
    if (from.file_changed) {
        error_set(&v.why,
                  "%s was changed after dockerd started: some of it comes into force by a reload (SIGHUP), "
                  "all of it after a restart",
                  from.path);
        return v;
    }
    v.value = json_object_get(from.file, name);
    v.knowledge = v.value ? SETTING_GIVEN : SETTING_DEFAULT;
    if (v.value)
        snprintf(v.source, sizeof v.source, "%s", from.path);
    else
        snprintf(v.source, sizeof v.source, "%.100s, %.150s", from.arguments_source, from.path);
    return v;
}

const char *daemon_setting_text(const struct setting_value *v)
{
    const json_t *value = v->value;
    if (v->knowledge == SETTING_DEFAULT)
        return "";
    if (json_is_array(value))
        value = json_array_get(value, json_array_size(value) - 1);
    return json_string_value(value);
}

bool daemon_setting_bool(const struct facts *f, const char *name, bool by_default, struct setting_value *seen,
                         bool *value)
{
    *seen = daemon_setting(f, name);
    *value = by_default;
    if (seen->knowledge != SETTING_GIVEN)
        return seen->knowledge == SETTING_DEFAULT;
    if (json_is_boolean(seen->value)) {
        *value = json_is_true(seen->value);
        return true;
    }
    const char *text = daemon_setting_text(seen);
    if (text && text_bool(text, value))
        return true;
    seen->knowledge = SETTING_UNKNOWN;
    error_set(&seen->why, "%s in %.200s has no value that dockerd would take", name, seen->source);
    return false;
}

void finding_setting(struct finding *out, const char *name, const struct setting_value *v)
{
    if (v->knowledge == SETTING_UNKNOWN)
        finding_fact(out, "shell", name, json_null());
    else
        finding_fact(out, v->source, name, v->value ? json_deep_copy(v->value) : json_text("(not set)"));
}

json_t *security_options(const struct facts *f)
{
    return json_incref(json_at(f->info, "SecurityOptions"));
}

bool engine_is_rootless(const struct facts *f)
{
    return facts_security_option(f, "rootless", NULL);
}

void setting_unknown(struct finding *out, const char *name, const struct setting_value *v)
{
    finding_say(out, STATUS_ERROR, "evidence missing: %s: %s", name, v->why.text);
}
