/* daemon_operation.c: how the daemon runs: logs, live restore, experimental features, and whether it runs as
 * it is configured (2.3, 2.14, 2.16, 2.19, X.11). */
#include "agentless/checks/topic.h"
#include "agentless/checks/daemon_config.h"
#include "agentless/checks/daemon_conflict.h"
#include "base/json.h"

#include <string.h>
#include <strings.h>

/* 2.3 */
static void log_level(const struct facts *f, struct finding *out)
{
    struct setting_value v = daemon_setting(f, "log-level");
    const char *level = daemon_setting_text(&v);
    finding_info_fact(out, f, "Debug");
    if (json_true_at(f->info, "Debug")) {
        finding_say(out, STATUS_WARN, "the daemon runs in debug mode");
        return;
    }
    finding_setting(out, "log-level", &v);
    if (v.knowledge == SETTING_UNKNOWN || !level)
        setting_unknown(out, "log-level", &v);
    else if (*level && strcasecmp(level, "info") != 0) /* dockerd takes it in any case */
        finding_say(out, STATUS_WARN, "the log level is \"%s\" (%s)", level, v.source);
}

/* 2.14. Drivers that hand logs to another machine by their nature, those that may, and those that never do.
 */
static void remote_logging(const struct facts *f, struct finding *out)
{
    static const char *const REMOTE[] = {"gelf",    "fluentd",    "awslogs", "splunk",
                                         "gcplogs", "logentries", NULL};
    static const char *const LOCAL[] = {"json-file", "local", "none", "", NULL};
    const char *driver = json_text_at(f->info, "LoggingDriver");
    if (!driver) {
        finding_has_info(f, out, "LoggingDriver");
        return;
    }
    finding_info_fact(out, f, "LoggingDriver");
    for (size_t i = 0; LOCAL[i]; i++)
        if (strcmp(driver, LOCAL[i]) == 0) {
            finding_say(out, STATUS_WARN,
                        "the log driver \"%s\" keeps logs on the host, where an intruder can remove them",
                        driver);
            return;
        }
    for (size_t i = 0; REMOTE[i]; i++)
        if (strcmp(driver, REMOTE[i]) == 0)
            return;
    finding_say(out, STATUS_INFO,
                "the log driver \"%s\" may or may not send logs off the host; confirm that it does", driver);
}

/* 2.16 */
static void live_restore(const struct facts *f, struct finding *out)
{
    const char *swarm = json_text_at(f->info, "Swarm.LocalNodeState");
    if (!finding_has_info(f, out, "LiveRestoreEnabled"))
        return;
    finding_info_fact(out, f, "LiveRestoreEnabled");
    finding_info_fact(out, f, "Swarm.LocalNodeState");
    if (swarm && strcmp(swarm, "inactive") != 0)
        finding_say(out, STATUS_INFO, "does not apply: live restore and swarm mode exclude each other");
    else if (!json_true_at(f->info, "LiveRestoreEnabled"))
        finding_say(out, STATUS_WARN, "containers stop whenever the daemon stops");
}

/* 2.19 */
static void experimental(const struct facts *f, struct finding *out)
{
    if (!finding_has_info(f, out, "ExperimentalBuild"))
        return;
    finding_info_fact(out, f, "ExperimentalBuild");
    if (json_true_at(f->info, "ExperimentalBuild"))
        finding_say(out, STATUS_WARN, "experimental features are switched on");
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("2.3"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_DOCKERD,
     .judge = log_level,
     .title = "The log level is info",
     .rationale = "Debug logs hold request details that belong to nobody's log store; anything coarser than "
                  "info loses "
                  "the trail that an investigation needs.",
     .evidence = "/info Debug; log-level of dockerd's arguments and daemon.json",
     .judged = "PASS for log level info or unset; WARN for any other, or when /info says Debug.",
     .remedy = "\"log-level\": \"info\" in daemon.json, and no debug."},
    {.id = {"2.13", "2.13", "2.14"},
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_INFO | NEED_DOCKERD,
     .judge = remote_logging,
     .title = "Logs go to another host",
     .rationale = "Logs that stay on the host are the first thing an intruder removes.",
     .evidence = "/info LoggingDriver",
     .judged = "PASS for drivers that ship logs elsewhere, WARN for those that keep them on the host.",
     .remedy = "\"log-driver\": one that ships logs (syslog to a remote address, gelf, fluentd, ...) in "
               "daemon.json, "
               "with its log-opts."},
    {.id = {"2.15", "2.15", "2.16"},
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_DOCKERD,
     .judge = live_restore,
     .title = "Containers survive a restart of the daemon",
     .rationale = "A daemon that cannot be restarted without an outage is a daemon that is not patched.",
     .evidence = "/info LiveRestoreEnabled, Swarm.LocalNodeState",
     .judged = "PASS when live restore is on, WARN when off; INFO in swarm mode, which does not support it.",
     .remedy = "\"live-restore\": true in daemon.json."},
    {.id = {"2.18", "2.18", "2.19"},
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_DOCKERD,
     .judge = experimental,
     .title = "Experimental features are off",
     .rationale = "Experimental features are not tested for production and change without notice.",
     .evidence = "/info ExperimentalBuild",
     .judged = "WARN when /info says ExperimentalBuild.",
     .remedy = "Remove \"experimental\": true from daemon.json."},
    {.id = SAME_ID("X.11"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_DOCKERD,
     .judge = daemon_conflict,
     .title = "The running daemon agrees with its configuration",
     .rationale = "What was mended in a file only, or broken in it, comes true at the next start: a scan of "
                  "today does "
                  "not "
                  "speak for tomorrow, and a daemon with a setting in two places does not start at all.",
     .evidence = "dockerd's arguments, daemon.json, docker.service with its drop-ins, and what /info says is "
                 "in force",
     .judged = "WARN for a setting given both as an argument and in daemon.json, for a daemon.json that was "
               "changed after dockerd started or says another thing than /info, and for a docker.service "
               "that systemd has not reloaded or that gives other arguments than the running dockerd has. "
               "ERROR when the arguments or the file could not be read and nothing was found without them.",
     .remedy = "Keep each setting in one place; systemctl daemon-reload && systemctl restart docker."},
};

const struct check_topic TOPIC_DAEMON_OPERATION = CHECK_TOPIC(CHECKS);
