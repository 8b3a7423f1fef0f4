/* judge.c: see judge.h. Missing evidence becomes ERROR here, once for all checks; and no check passes without
 * having named what it saw. */
#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "agentless/facts/document.h"
#include "agentless/checks/judge.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* True when the evidence for the check is there, or the finding says why it is not. */
static bool evidence_there(const struct facts *f, const struct check *check, struct finding *out)
{
    const struct {
        unsigned need;
        const json_t *part;
        const char *name;
    } PARTS[] = {
        {NEED_INFO | NEED_SWARM | NEED_MANAGER, f->info, "info"},
        {NEED_CONTAINERS | NEED_RUNNING, f->containers, PART_CONTAINERS},
        {NEED_NETWORKS, f->networks, "networks"},
        {NEED_IMAGES, f->images, "images"},
        {NEED_DOCKERD, f->version, "version"}, /* whether it is dockerd */
    };
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
        if (check->needs & PARTS[i].need && !PARTS[i].part) {
            finding_say(out, STATUS_ERROR, "evidence missing: the engine's %s: %s", PARTS[i].name,
                        facts_why_missing(f, PARTS[i].name));
            return false;
        }
    return true;
}

/* An engine may name thousands and answer for none: these say what is the matter, the rest is a number. */
#define MISSING_CONTAINERS_MAX 20

struct missing_containers {
    struct finding *out;
    size_t count;
};

static void report_missing_container(void *ctx, const char *part, const char *why)
{
    struct missing_containers *missing = ctx;
    const char *slash = strchr(part, '/');
    if (missing->count++ < MISSING_CONTAINERS_MAX)
        finding_item(missing->out, STATUS_ERROR, "container", slash ? slash + 1 : "(all)",
                     "could not be inspected: %s", why);
}

static void report_missing_containers(const struct facts *f, struct finding *out)
{
    struct missing_containers missing = {.out = out};
    char name[64];
    facts_each_missing(f, PART_CONTAINERS, report_missing_container, &missing);
    snprintf(name, sizeof name, "(%zu more)", missing.count - MISSING_CONTAINERS_MAX);
    if (missing.count > MISSING_CONTAINERS_MAX)
        finding_item(out, STATUS_ERROR, "container", name, "could not be inspected");
}

static size_t running_containers(const struct facts *f)
{
    struct container c;
    size_t running = 0;
    for_each_container(f, c) running += c.running;
    return running;
}

/* Sections whose object is containers: none there is "does not apply", and those not seen are reported. */
static bool containers_there(const struct facts *f, const struct check *check, struct finding *out)
{
    size_t running = running_containers(f);
    size_t all = facts_container_count(f);
    report_missing_containers(f, out);
    finding_fact(out, "/containers/json", "containers examined",
                 json_integer((json_int_t)(check->needs & NEED_RUNNING ? running : all)));
    if (check->needs & NEED_RUNNING ? running : all)
        return true;
    if (check->needs & ALSO_SERVICES && json_true_at(f->info, "Swarm.ControlAvailable"))
        return true;
    if (out->status == STATUS_PASS)
        finding_say(out, STATUS_INFO,
                    check->needs & NEED_RUNNING ? "does not apply: no container is running"
                                                : "does not apply: there are no containers");
    return false;
}

static bool images_there(const struct facts *f, struct finding *out)
{
    struct image image;
    size_t count = 0;
    for_each_image(f, image) count++;
    finding_fact(out, "/images/json", "images examined", json_integer((json_int_t)count));
    if (!count)
        finding_say(out, STATUS_INFO, "does not apply: there are no images");
    return count > 0;
}

/* Section 7: a host outside a swarm is none of its concern; what only managers know is judged there. */
static bool swarm_there(const struct facts *f, const struct check *check, struct finding *out)
{
    const char *state = json_text_at(f->info, "Swarm.LocalNodeState");
    finding_info_fact(out, f, "Swarm.LocalNodeState");
    if (!state && facts_docker_version(f))
        finding_say(out, STATUS_ERROR,
                    "evidence missing: the engine's /info does not say Swarm.LocalNodeState");
    else if (!state)
        finding_say(out, STATUS_INFO, "does not apply: this engine knows no swarm mode");
    else if (strcmp(state, "inactive") == 0 || !*state)
        finding_say(out, STATUS_INFO, "does not apply: the host is in no swarm");
    else if (strcmp(state, "active") != 0)
        finding_say(out, STATUS_ERROR, "the host's swarm is in state \"%.40s\"", state);
    else if (check->needs & NEED_MANAGER && !json_true_at(f->info, "Swarm.ControlAvailable"))
        finding_say(out, STATUS_INFO, "judged on the swarm's managers; this host is a worker");
    else
        return true;
    return false;
}

static void judge_check(const struct facts *facts, const struct check *check, struct finding *out)
{
    if (check->needs & NEED_DOCKERD && facts_is_podman(facts)) {
        finding_fact(out, "/version", "Components",
                     json_incref(json_at(facts->root, "engine.version.Components")));
        finding_say(out, STATUS_INFO,
                    "does not apply: the engine is Podman, which has no daemon to configure");
        return;
    }
    if (!evidence_there(facts, check, out))
        return;
    if (check->needs & (NEED_CONTAINERS | NEED_RUNNING) && !containers_there(facts, check, out))
        return;
    if (check->needs & NEED_IMAGES && !images_there(facts, out))
        return;
    if (check->needs & (NEED_SWARM | NEED_MANAGER) && !swarm_there(facts, check, out))
        return;
    check->judge(facts, out);
    if (out->status == STATUS_PASS && check->needs & ALSO_SERVICES && !running_containers(facts))
        finding_say(out, STATUS_INFO,
                    "does not apply: no container is running, and the swarm publishes no port on every node");
    if (out->status == STATUS_PASS && !json_array_size(out->evidence))
        finding_say(out, STATUS_ERROR, "the check named no evidence; this is a fault in muster");
}

void judge_one(const struct facts *facts, const struct check *check, struct finding *out)
{
    *out = (struct finding){
        .check = check, .status = STATUS_PASS, .items = json_array(), .evidence = json_array()};
    judge_check(facts, check, out);
    finding_close(out);
}

void finding_clear(struct finding *finding)
{
    json_decref(finding->items);
    json_decref(finding->evidence);
    *finding = (struct finding){0};
}

static json_t *finding_json(struct finding *f, enum benchmark benchmark)
{
    const struct check *check = f->check;
    json_t *json = json_object();
    json_put(json, "id", json_text(check->id[benchmark]));
    json_put(json, "section", json_text(section_name(check_section(check, benchmark))));
    json_put(json, "status", json_text(status_name(f->status)));
    json_put(json, "assessment", json_text(check_assessment(check, benchmark)));
    json_put(json, "level", json_integer(check->level));
    json_put(json, "title", json_text(check->title));
    if (*f->reason)
        json_put(json, "reason", json_text(f->reason));
    json_put(json, "items", json_incref(f->items));
    json_put(json, "evidence", json_incref(f->evidence));
    if (f->status == STATUS_WARN)
        json_put(json, "remedy", json_text(check->remedy));
    return json;
}

/* --- selection --- */

/* docker-bench-security's names for whole sections. */
static const char *const GROUPS[] = {"",
                                     "host_configuration",
                                     "docker_daemon_configuration",
                                     "docker_daemon_files",
                                     "container_images",
                                     "container_runtime",
                                     "docker_security_operations",
                                     "docker_swarm_configuration"};

static bool word_selects(const char *word, const struct check *check, enum benchmark benchmark)
{
    const char *id = check->id[benchmark];
    char section[8], level[16], spelled[32];
    int number = check_section(check, benchmark);
    snprintf(section, sizeof section, "%s", section_name(number));
    snprintf(level, sizeof level, "level%d", check->level);
    snprintf(spelled, sizeof spelled, "check_%s", id);
    for (char *p = spelled; *p; p++)
        if (*p == '.')
            *p = '_';
    return strcmp(word, section) == 0 || strcmp(word, level) == 0 || strcmp(word, spelled) == 0 ||
           text_glob(word, id) || (number >= 1 && number <= 7 && strcmp(word, GROUPS[number]) == 0);
}

static bool any_selects(const char *const *words, size_t count, const struct check *check,
                        enum benchmark benchmark)
{
    for (size_t i = 0; i < count; i++)
        if (word_selects(words[i], check, benchmark))
            return true;
    return false;
}

static bool listed(const json_t *words, const struct check *check, enum benchmark benchmark)
{
    for (size_t i = 0; i < json_array_size(words); i++) {
        const char *word = json_string_value(json_array_get(words, i));
        if (word && word_selects(word, check, benchmark))
            return true;
    }
    return false;
}

/* Level 2 of the benchmark is level 1 and more. */
static bool policy_selects(const json_t *policy, const struct check *check, enum benchmark benchmark)
{
    json_int_t level;
    const json_t *sections = json_object_get(policy, "sections");
    const json_t *checks = json_object_get(policy, "checks");
    if (json_integer_at(policy, "level", &level) && check->level > level)
        return false;
    if (sections && !listed(sections, check, benchmark))
        return false;
    if (checks && !listed(checks, check, benchmark))
        return false;
    return !listed(json_object_get(policy, "exclude_checks"), check, benchmark);
}

bool selection_has(const struct selection *s, const struct check *check)
{
    if (!check->id[s->benchmark] || !policy_selects(s->policy, check, s->benchmark))
        return false;
    if (s->include_count && !any_selects(s->include, s->include_count, check, s->benchmark))
        return false;
    return !any_selects(s->exclude, s->exclude_count, check, s->benchmark);
}

static int check_words(const char *const *words, size_t count, enum benchmark benchmark, const char *option,
                       struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        const struct check *check;
        for (size_t n = 0; !found && (check = catalog_at(n)); n++)
            found = check->id[benchmark] && word_selects(words[i], check, benchmark);
        if (!found)
            return error_set(
                err,
                "%s: \"%s\" is no check, section, level or glob of benchmark %s; `muster checks` lists them",
                option, words[i], benchmark_name(benchmark));
    }
    return 0;
}

int selection_check_policy(const json_t *policy, enum benchmark benchmark, struct error *err)
{
    static const char *const KEYS[] = {"sections", "checks", "exclude_checks"};
    for (size_t k = 0; k < sizeof KEYS / sizeof *KEYS; k++) {
        const json_t *words = json_object_get(policy, KEYS[k]);
        for (size_t i = 0; i < json_array_size(words); i++) {
            const char *word = json_string_value(json_array_get(words, i));
            if (check_words(&word, 1, benchmark, KEYS[k], err))
                return -1;
        }
    }
    return 0;
}

int selection_check(const struct selection *s, struct error *err)
{
    if (check_words(s->include, s->include_count, s->benchmark, "--check", err))
        return -1;
    return check_words(s->exclude, s->exclude_count, s->benchmark, "--exclude", err);
}

json_t *judge_all(const struct facts *facts, const struct selection *selection, size_t counts[STATUS_COUNT])
{
    json_t *findings = json_array();
    const struct check *check;
    for (size_t n = 0; (check = catalog_at(n)); n++) {
        struct finding finding;
        if (!selection_has(selection, check) || !policy_selects(facts->policy, check, selection->benchmark))
            continue;
        judge_one(facts, check, &finding);
        counts[finding.status]++;
        json_array_append_new(findings, finding_json(&finding, selection->benchmark));
        finding_clear(&finding);
    }
    return findings;
}
