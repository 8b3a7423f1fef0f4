/* engine_version.c: how old the engine is (1.2.2). */
#include "agentless/checks/topic.h"
#include "base/text.h"
#include "agentless/checks/daemon_config.h"
#include "agentless/checks/end_of_life.h"
#include "base/json.h"

#include <stdio.h>
#include <string.h>

/* --- 1.2 --- */

/* Compares dotted numbers; what follows them (-ce, +dfsg1) does not count. */
static int compare_versions(const char *a, const char *b)
{
    int left[3] = {0}, right[3] = {0};
    (void)sscanf(a, "%6d.%6d.%6d", &left[0], &left[1], &left[2]);
    (void)sscanf(b, "%6d.%6d.%6d", &right[0], &right[1], &right[2]);
    for (size_t i = 0; i < 3; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

/* A distribution mends its own packages of a branch that upstream has left. */
static bool distribution_build(const char *version)
{
    return strstr(version, "dfsg") || strstr(version, "ubuntu") || strstr(version, ".fc") ||
           strstr(version, ".el") || strstr(version, "deb");
}

static void judge_branch(const struct facts *f, const char *version, const char *floor, struct finding *out)
{
    const char *collected = json_text_at(f->root, "collected");
    const char *end = engine_end_of_life(facts_docker_version(f));
    const char *support = system_support_end(f);
    bool ended = ended_before(end, collected);
    if (ended && !distribution_build(version))
        finding_say(out, STATUS_WARN, "the engine is %.60s, whose branch reached its end of life on %s",
                    version, end);
    else if (ended && ended_before(support, collected))
        finding_say(out, STATUS_WARN,
                    "the engine is %.60s, of a branch that upstream ended on %s, and the distribution's own "
                    "support ended on %s",
                    version, end, support);
    else if (ended)
        finding_say(out, STATUS_INFO,
                    "the engine is %.60s, of a branch that upstream ended on %s; the distribution's security "
                    "support decides%s%s",
                    version, end, text_if(support, ", which lasts until "), text_or(support, ""));
    else if (floor)
        finding_say(out, STATUS_PASS, "the engine is %.60s, not older than what is asked", version);
    else
        finding_say(out, STATUS_INFO, "the engine is %.60s; compare with the current release", version);
}

static void engine_version(const struct facts *f, struct finding *out)
{
    const char *version = json_text_at(f->info, "ServerVersion");
    const char *floor = json_string_value(facts_policy(f, "min_engine"));
    const json_t *components = json_at(f->root, "engine.version.Components");
    bool old = end_of_life_is_old(json_text_at(f->root, "collected"));
    finding_info_fact(out, f, "ServerVersion");
    if (components)
        finding_fact(out, "/version", "Components", json_incref(json_at(components, "")));
    finding_fact(out, END_OF_LIFE_SOURCE, "table of ends of life", json_text(END_OF_LIFE_AS_OF));
    if (old)
        finding_fact(out, "muster",
                     "the table of ends of life is more than a year old: a newer muster knows more",
                     json_true());
    if (!version)
        finding_say(out, STATUS_ERROR, "evidence missing: the engine does not say its version");
    else if (floor && compare_versions(version, floor) < 0)
        finding_say(out, STATUS_WARN, "the engine is %.60s, older than %.40s, which is asked of this host",
                    version, floor);
    else
        judge_branch(f, version, floor, out);
    size_t length = strlen(out->reason);
    if (old && version)
        snprintf(out->reason + length, sizeof out->reason - length,
                 "; muster's table of ends of life is of %s, more than a year old", END_OF_LIFE_AS_OF);
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("1.2.2"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO,
     .judge = engine_version,
     .title = "The version of Docker is current",
     .rationale = "Known faults of old versions are how containers are left.",
     .evidence = "/info ServerVersion against a floor and the dates of support",
     .judged = "WARN below --min-engine, or when the branch is past its end of life by a dated table (INFO "
               "for a distribution's own build, which it mends, until its own support ends). Otherwise INFO, "
               "or PASS where a floor was given. The table says so when it is more than a year old.",
     .remedy = "Update to a supported release."},
};

const struct check_topic TOPIC_ENGINE_VERSION = CHECK_TOPIC(CHECKS);
