/* container_content.c: what has changed in containers, and the secrets in their environments (X.5, X.6). */
#include "agentless/facts/document.h"
#include "agentless/checks/topic.h"
#include "base/json.h"

#include <stdio.h>

/* --- X.5 --- */

static const json_t *drift_of(const struct facts *f, const struct container *c, const char **source)
{
    const char *layer = facts_layer(f->shell, c->id, c->inspect);
    const json_t *drift = layer ? json_object_get(json_at(f->shell, "layers"), layer) : NULL;
    *source = drift ? "writable layer" : "/containers/ID/changes";
    return drift ? drift : json_object_get(json_at(f->root, "engine.changes"), c->id);
}

static void judge_drift(const struct container *c, const json_t *drift, const char *source,
                        struct finding *out)
{
    const json_t *telling = json_at(drift, "telling");
    json_int_t written = 0, deleted = 0;
    json_integer_at(drift, "written", &written);
    json_integer_at(drift, "deleted", &deleted);
    finding_fact(out, source, c->name, json_incref(json_at(drift, "")));
    if (!written && !deleted)
        return;
    const json_t *first = json_array_get(telling, 0);
    if (first)
        finding_container(out, STATUS_WARN, c,
                          "%lld files written, %lld deleted; the most telling: %.200s (%s)%s",
                          (long long)written, (long long)deleted, json_text_at(first, "path"),
                          json_text_at(first, "why"), json_array_size(telling) > 1 ? " and more" : "");
    else
        finding_container(out, STATUS_INFO, c, "%lld files written, %lld deleted", (long long)written,
                          (long long)deleted);
}

static void drift(const struct facts *f, struct finding *out)
{
    struct container c;
    size_t seen = 0, could_be = 0;
    for_each_container(f, c)
    {
        const char *source;
        const json_t *of = drift_of(f, &c, &source);
        json_int_t written = 0, deleted = 0, noise = 0;
        if (!of) {
            char part[96];
            snprintf(part, sizeof part, "changes/%s", c.id);
            const char *own = document_missing(f->root, part);
            finding_container(out, STATUS_ERROR, &c, "evidence missing: %s",
                              facts_why_missing(f, own ? part : PART_CHANGES));
            continue;
        }
        seen++;
        judge_drift(&c, of, source, out);
        json_integer_at(of, "written", &written);
        json_integer_at(of, "deleted", &deleted);
        json_integer_at(of, "noise", &noise);
        could_be += !written && !deleted && !noise && !json_true_at(c.inspect, "HostConfig.ReadonlyRootfs");
    }
    finding_fact(out, "drift", "containers compared", json_integer((json_int_t)seen));
    finding_fact(out, "drift", "could have been read-only (5.13): nothing was written outside volumes",
                 json_integer((json_int_t)could_be));
    if (could_be)
        finding_say(out, out->status, "%zu of %zu containers wrote nothing and could run with --read-only",
                    could_be, seen);
}

/* --- X.6, X.7 --- */

static void environment_secrets(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const json_t *names = json_at(c.inspect, "Config.SecretEnv");
        if (!json_at(c.inspect, "Config"))
            finding_container(out, STATUS_ERROR, &c, "evidence missing: the engine does not say Config");
        for (size_t i = 0; i < json_array_size(names); i++)
            finding_container(out, STATUS_WARN, &c, "its environment holds what looks like a secret: %.100s",
                              json_string_value(json_array_get(names, i)));
    }
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("X.5"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_CONTAINERS,
     .judge = drift,
     .title = "Containers have not drifted from their images",
     .rationale =
         "Programs and accounts that appear in a running container are what an intruder leaves behind.",
     .evidence = "the writable layer by a root shell, else /containers/ID/changes; tmp, run, log and "
                 "Docker's own files "
                 "left out",
     .judged = "Files written or deleted since the container was made, without noise: INFO with counts; WARN "
               "when programs, accounts, jobs or login keys are among them.",
     .remedy = "Look at `docker diff NAME`; rebuild from the image, and run it with --read-only."},
    {.id = SAME_ID("X.6"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_CONTAINERS,
     .judge = environment_secrets,
     .title = "No secrets are in containers' environments",
     .rationale = "Whoever may inspect, or runs a process in the container, reads them.",
     .evidence = "inspect Config.Env: names, and the shapes of values, which are never kept",
     .judged = "WARN for secret-looking variables, by name and by the shape of the value.",
     .remedy = "Give secrets as files: docker secret, or a mounted file of mode 400."},
};

const struct check_topic TOPIC_CONTAINER_CONTENT = CHECK_TOPIC(CHECKS);
