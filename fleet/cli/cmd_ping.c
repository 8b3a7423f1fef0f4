/* cmd_ping.c: muster ping: reach, log in, /_ping; nothing more. */
#include "fleet/cli/targets.h"
#include "base/json.h"
#include "base/text.h"
#include "fleet/cli/command.h"
#include "fleet/cli/confine.h"
#include "fleet/cli/options.h"
#include "fleet/run.h"
#include "fleet/run_folder.h"
#include "fleet/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tally {
    size_t reached, failed;
    struct profile profile;
};

/* What each stage took, in its order. */
static void print_timings(const json_t *timings)
{
    json_t *readable = json_at(timings, "");
    const char *stage;
    json_t *ms;
    double sum = 0;
    json_object_foreach(readable, stage, ms)
    {
        printf("%s%s %.1f", sum > 0 ? ", " : "  [", stage, json_real_value(ms));
        sum += json_real_value(ms) + 1e-9;
    }
    if (sum > 0)
        printf(" ms]");
}

static bool ping_tell(void *ctx, size_t index, const json_t *facts, void *judged)
{
    struct tally *t = ctx;
    const char *message = json_text_at(facts, "host.error.message");
    const char *hint = json_text_at(facts, "host.error.hint");
    (void)index, (void)judged;
    text_print_safe(stdout, json_text_at(facts, "host.name"));
    if (!message) {
        t->reached++;
        printf(": reached, engine API %s", json_text_at(facts, "engine.api"));
        if (json_text_at(facts, "session.tunnel"))
            printf(" (ssh, %s)", json_text_at(facts, "session.tunnel"));
    } else {
        t->failed++;
        printf(": FAILED: %s: ", json_text_at(facts, "host.error.stage"));
        text_print_safe(stdout, message);
        if (hint && *hint) {
            fputs(" (", stdout);
            text_print_safe(stdout, hint);
            fputs(")", stdout);
        }
    }
    print_timings(json_at(facts, "timings"));
    putchar('\n');
    fflush(stdout);
    return true;
}

static void ping_note_time(void *ctx, size_t index, const struct timeline *timeline)
{
    struct tally *t = ctx;
    profile_note(&t->profile, index, timeline);
}

static int run_ping(const struct options *o)
{
    struct target_list targets;
    struct tally tally = {0};
    int result = options_targets(o, &targets, NULL);
    if (result)
        return result;
    struct run_folder folder;
    if (run_folder_make(&folder)) {
        target_list_clear(&targets);
        return EXIT_NOTHING;
    }
    profile_begin(&tally.profile, o, &targets);
    confine_run(o, &targets, NULL, folder.path);
    enum run_end end = run_hosts(o, &targets, &(struct run_mode){.folder = folder.path, .ping_only = true},
                                 &(struct run_events){.result = ping_tell, .timed = ping_note_time}, &tally);
    bool watched = profile_end(&tally.profile);
    run_folder_remove(&folder);
    target_list_clear(&targets);
    return exit_code(&(struct exit_reasons){
        .end = end, .scanned = tally.reached, .failed = tally.failed, .lost = !watched});
}

const struct command COMMAND_PING = {
    .name = "ping",
    .arguments = "[OPTIONS] [TARGET...]",
    .summary = "reach hosts, log in, ask the engine's /_ping; nothing more",
    .help = "One line a host, as they answer. Use it to try an inventory before a scan.\n",
    .takes = TAKES_TARGETS | TAKES_CONNECTION | TAKES_RUN | TAKES_QUIET,
    .run = run_ping,
};
