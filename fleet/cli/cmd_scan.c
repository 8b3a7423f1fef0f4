/* cmd_scan.c: muster scan: scan, judge, report. */
#include "fleet/cli/targets.h"
#include "base/mem.h"
#include "fleet/cli/command.h"
#include "fleet/cli/confine.h"
#include "fleet/cli/options.h"
#include "fleet/facts_store.h"
#include "fleet/cli/outcome.h"
#include "fleet/cli/resume.h"
#include "fleet/run.h"
#include "fleet/run_folder.h"
#include "fleet/swarm.h"
#include "fleet/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct keeper {
    const struct options *options;
    struct target_list *targets;
    struct swarm *swarm; /* NULL: its nodes are not scanned */
    struct profile profile;
    struct outcome outcome;
    bool facts_lost;
};

struct judged_host {
    struct scan_entry entry;
    struct error unsaved;
    bool facts_lost;
};

/* Off the loop: the keeper is only read here. */
static void *judge(void *ctx, size_t index, const json_t *facts)
{
    const struct keeper *k = ctx;
    struct judged_host *j = xcalloc(1, sizeof *j);
    j->facts_lost =
        k->options->save_facts && facts_store_save(k->options->save_facts, facts, &j->unsaved) != 0;
    outcome_judge(&k->outcome, k->targets->items[index]->order, facts, &j->entry);
    return j;
}

static bool scan_keep_result(void *ctx, size_t index, const json_t *facts, void *judged)
{
    struct keeper *k = ctx;
    struct judged_host *j = judged;
    if (k->swarm)
        swarm_note(k->swarm, k->targets->items[index], facts);
    if (j->facts_lost)
        fail_with(&j->unsaved);
    k->facts_lost = k->facts_lost || j->facts_lost;
    bool good = outcome_add(&k->outcome, &j->entry);
    free(j);
    return good;
}

static void scan_note_time(void *ctx, size_t index, const struct timeline *timeline)
{
    struct keeper *k = ctx;
    profile_note(&k->profile, index, timeline);
}

static bool add_nodes(void *ctx, struct target_list *targets)
{
    struct keeper *k = ctx;
    size_t before = targets->count;
    if (!swarm_add_targets(k->swarm, targets) || options_give_policies(k->options, targets, before))
        return false;
    scan_grow(&k->outcome.scan, targets->count);
    return true;
}

static int scan_targets(const struct options *o, struct target_list *targets,
                        const struct inventory *inventory, const char *folder)
{
    struct keeper k = {.options = o, .targets = targets};
    int code = outcome_open(&k.outcome, o, o->benchmark, targets->count);
    if (code)
        return code;
    if (o->resume) {
        code = resume_from(o->resume, &k.outcome, targets);
        if (code) {
            outcome_abandon(&k.outcome);
            return code;
        }
    }
    if (o->swarm)
        k.swarm = swarm_new(inventory, &o->defaults, o->limit, (size_t)o->swarm_max);
    profile_begin(&k.profile, o, targets);
    struct run_events events = {.judge = judge, .result = scan_keep_result};
    if (profile_is_wanted(&k.profile))
        events.timed = scan_note_time;
    if (o->swarm)
        events.more = add_nodes;
    enum run_end end = RUN_COMPLETE;
    confine_run(o, targets, &k.outcome, folder);
    if (targets->count)
        end = run_hosts(o, targets, &(struct run_mode){.folder = folder}, &events, &k);
    if (k.swarm)
        swarm_free(k.swarm);
    k.outcome.scan.finished = time(NULL);
    k.outcome.scan.complete = end == RUN_COMPLETE;
    outcome_write(&k.outcome);
    bool traced = profile_end(&k.profile);
    if (o->resume && end == RUN_COMPLETE && !k.outcome.lost)
        resume_forget(o->resume, &k.outcome);
    return outcome_close(&k.outcome, end, !traced || k.facts_lost);
}

static int run_scan(const struct options *o)
{
    struct target_list targets;
    struct inventory inventory = {0};
    struct error err;
    int result = outcome_check(o);
    if (!result && o->resume && o->swarm) {
        error_set(&err,
                  "--resume and --swarm do not go together: a saved scan does not hold what its managers "
                  "have named; scan the missing hosts by name");
        return fail_with(&err);
    }
    if (!result && !o->resume)
        resume_tell(o);
    if (!result)
        /* Only nodes that are found later are still looked up there. */
        result = options_targets(o, &targets, o->swarm ? &inventory : NULL);
    if (result)
        return result;
    if (o->save_facts && facts_store_open(o->save_facts, &err)) {
        target_list_clear(&targets);
        inventory_clear(&inventory);
        return fail_with(&err);
    }
    struct run_folder folder;
    result = run_folder_make(&folder) ? EXIT_NOTHING : scan_targets(o, &targets, &inventory, folder.path);
    run_folder_remove(&folder);
    target_list_clear(&targets);
    inventory_clear(&inventory);
    return result;
}

const struct command COMMAND_SCAN = {
    .name = "scan",
    .arguments = "[OPTIONS] [TARGET...]",
    .summary = "visit hosts, judge them, report",
    .help = "A TARGET is ssh://[user@]host[:port][/socket], tcp://host[:port], unix:///socket, a name of the "
            "inventory,\nor a bare host name (ssh). Without a target and an inventory, this machine's Docker "
            "is scanned, as the docker\nCLI would choose it. Nothing is installed or changed on the hosts; "
            "SECURITY.md says what is read.\n",
    .takes = TAKES_TARGETS | TAKES_CONNECTION | TAKES_RUN | TAKES_SCAN | TAKES_SELECTION | TAKES_POLICY |
             TAKES_REPORT,
    .formats = report_format_name,
    .run = run_scan,
};
