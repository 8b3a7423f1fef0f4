/* confine.c: see confine.h */
#include "fleet/cli/confine.h"
#include "agentless/transport/ssh/config_scan.h"
#include "agentless/transport/ssh/settings.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/xdg.h"
#include "fleet/sandbox.h"

#include <stdlib.h>
#include <string.h>

/* ssh is asked for what its configuration says, and that may name a command. */
static bool asks_ssh(const struct options *o, const struct target *t)
{
    const char *file = text_or(t->ssh_config, o->ssh_config);
    size_t i;
    json_t *option;
    json_array_foreach(t->ssh_options, i, option)
    {
        const char *text = json_string_value(option);
        if (!ssh_settings_option_is_plain(text) || strncasecmp(text, "ProxyCommand=", 13) == 0)
            return true;
    }
    return file ? strcmp(file, "none") != 0 : !ssh_config_says_nothing();
}

static bool starts_programs(const struct options *o, const struct target_list *targets)
{
    bool starts = false;
    for (size_t i = 0; i < targets->count && !starts; i++) {
        const struct target *t = targets->items[i];
        bool ssh = t->shell_kind == SHELL_SSH || t->engine.scheme == SCHEME_SSH;
        starts = t->shell_kind == SHELL_LOCAL || (ssh && asks_ssh(o, t));
    }
    return starts;
}

/* Needs what a sandbox takes: sudo on this machine, or a socket below /proc, into which Landlock lets nobody
 * look at other processes. */
static bool needs_freedom(const struct target *t)
{
    bool sudo = t->become && t->shell_kind == SHELL_LOCAL;
    bool in_proc = t->engine.scheme->is_socket && t->engine.path && text_starts(t->engine.path, "/proc/");
    return sudo || in_proc;
}

static bool any_needs_freedom(const struct target_list *targets)
{
    bool any = false;
    for (size_t i = 0; i < targets->count && !any; i++)
        any = needs_freedom(targets->items[i]);
    return any;
}

static void confine_add_reports(struct sandbox *sandbox, const struct outcome *outcome)
{
    char *state = xdg_state_path("");
    /* Made now: a folder that is not there cannot be allowed, and a key may have to be pinned there. */
    if (state)
        xdg_make_parents(state);
    if (state)
        sandbox_add_folder(sandbox, state);
    free(state);
    if (outcome && outcome->scan.folder)
        sandbox_add_folder(sandbox, outcome->scan.folder);
    for (size_t i = 0; outcome && i < outcome->options->outputs.count; i++)
        sandbox_add_file(sandbox, outcome_path(outcome->options, outcome->options->outputs.items[i]));
}

void confine_run(const struct options *o, const struct target_list *targets, const struct outcome *outcome,
                 const char *run_folder)
{
    struct sandbox sandbox = {.programs = starts_programs(o, targets)};
    if (o->no_sandbox || any_needs_freedom(targets))
        return;
    confine_add_reports(&sandbox, outcome);
    sandbox_add_folder(&sandbox, run_folder);
    sandbox.emptied = xstrndup(run_folder, (size_t)(strrchr(run_folder, '/') - run_folder));
    if (o->save_facts)
        sandbox_add_folder(&sandbox, o->save_facts);
    if (o->trace) {
        const char *equals = strchr(o->trace, '=');
        sandbox_add_file(&sandbox, equals ? equals + 1 : "trace.json");
    }
    sandbox_enter(&sandbox);
}

void confine_reports(const struct outcome *outcome)
{
    struct sandbox sandbox = {0};
    confine_add_reports(&sandbox, outcome);
    sandbox_enter(&sandbox);
}
