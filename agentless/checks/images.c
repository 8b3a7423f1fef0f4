/* images.c: images: where they come from, how they were built, and how many there are (4.2 to 4.12, 6.1). */
#include "agentless/facts/document.h"
#include "agentless/checks/topic.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* --- what all images are asked --- */

static bool inspected(const struct facts *f, const struct image *i, struct finding *out, bool history)
{
    char part[128];
    if (history ? i->history != NULL : i->inspect != NULL)
        return true;
    snprintf(part, sizeof part, "%s/%s", history ? "image_history" : PART_IMAGE_INSPECTS, i->id);
    finding_image(out, STATUS_ERROR, i, "evidence missing: its %s: %s", history ? "history" : "inspect",
                  facts_why_missing(f, part));
    return false;
}

static const char *use(const struct image *i)
{
    if (i->use_unknown)
        return "; whether a container uses it is not known";
    return i->used ? "" : "; no container uses it";
}

/* The registry of a reference: Docker Hub unless the first part has a dot, a port, or is localhost. */
static void registry_of(const char *reference, char *registry, size_t size)
{
    size_t first = strcspn(reference, "/");
    bool named = reference[first] && (memchr(reference, '.', first) || memchr(reference, ':', first) ||
                                      (first == 9 && strncmp(reference, "localhost", first) == 0));
    if (named)
        snprintf(registry, size, "%.*s", (int)first, reference);
    else
        snprintf(registry, size, "docker.io");
}

/* A trusted registry is a host (registry.example), or a prefix of repositories (registry.example/team/...);
 * globs too. */
static bool trusted_reference(const struct facts *f, const char *reference)
{
    const json_t *list = facts_policy(f, "trusted_registries");
    char registry[256], whole[512];
    registry_of(reference, registry, sizeof registry);
    bool named = strncmp(reference, registry, strlen(registry)) == 0 && reference[strlen(registry)] == '/';
    snprintf(whole, sizeof whole, "%s%s%s", named ? "" : registry, text_if(!named, "/"), reference);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *entry = json_string_value(json_array_get(list, i));
        size_t length = entry ? strlen(entry) : 0;
        while (length && entry[length - 1] == '/')
            length--;
        if (!length)
            continue;
        if (text_glob(entry, registry) || text_glob(entry, whole) ||
            (strncmp(whole, entry, length) == 0 &&
             (whole[length] == '/' || whole[length] == ':' || whole[length] == '@')))
            return true;
    }
    return false;
}

/* 4.2 */
static void trusted_registries(const struct facts *f, struct finding *out)
{
    struct image i;
    json_t *registries = json_object();
    bool listed = facts_policy(f, "trusted_registries") != NULL;
    for_each_image(f, i)
    {
        const json_t *tags = json_at(i.listed, "RepoTags");
        const json_t *digests = json_at(i.listed, "RepoDigests");
        const json_t *names = i.dangling ? digests : tags;
        if (!json_array_size(names) && listed)
            finding_image(out, STATUS_INFO, &i, "has no name, so where it came from is not known");
        for (size_t n = 0; n < json_array_size(names); n++) {
            char registry[256];
            const char *reference = json_string_value(json_array_get(names, n));
            if (!reference || text_starts(reference, "<none>"))
                continue;
            registry_of(reference, registry, sizeof registry);
            json_put(registries, registry, json_true());
            if (listed && !trusted_reference(f, reference)) {
                finding_image(out, STATUS_WARN, &i, "%.150s is of no trusted registry%s", reference, use(&i));
                break;
            }
        }
    }
    json_t *names = json_array();
    const char *registry;
    json_t *unused;
    json_object_foreach(registries, registry, unused) json_array_append_new(names, json_text(registry));
    finding_fact(out, "/images/json", "registries named", names);
    json_decref(registries);
    if (!listed)
        finding_say(out, STATUS_NOTE,
                    "which registries are trusted is for you to say (--trusted-registries); a tag names a "
                    "registry, it does not prove that the image came from there");
}

/* 4.3, 4.12: nothing that the engine keeps tells; what there is, is shown. */
static void count_images(const struct facts *f, struct finding *out, const char *say)
{
    struct image i;
    json_int_t size, largest = 0;
    char name[256] = "";
    for_each_image(f, i) if (json_integer_at(i.listed, "Size", &size) && size > largest)
    {
        largest = size;
        snprintf(name, sizeof name, "%s", i.name);
    }
    finding_fact(out, "/images/json", "largest image",
                 json_pack("{s:s, s:I}", "name", name, "bytes", largest));
    finding_say(out, STATUS_NOTE, "%s", say);
}

static void packages(const struct facts *f, struct finding *out)
{
    count_images(
        f, out,
        "packages are inside the images; a scanner of images (Clair, Quay, Anchore, Trivy) lists them");
}

static void artefacts(const struct facts *f, struct finding *out)
{
    count_images(f, out,
                 "the engine does not keep what verified an artefact; look at the pipeline that builds and "
                 "admits them");
}

/* 4.4. The age of images that run, which is how long they cannot have been patched. */
static void image_age(const struct facts *f, struct finding *out)
{
    struct image i;
    json_int_t created, oldest = 0;
    char name[256] = "(none in use)";
    for_each_image(f, i) if (i.used && json_integer_at(i.listed, "Created", &created) &&
                             (!oldest || created < oldest))
    {
        oldest = created;
        snprintf(name, sizeof name, "%s", i.name);
    }
    finding_fact(out, "/images/json", "oldest image in use",
                 json_pack("{s:s, s:I}", "name", name, "created", oldest));
    finding_say(out, STATUS_NOTE,
                "whether images hold known faults, a scanner of images tells; the oldest in use is %.150s",
                name);
}

/* 4.5. Notary's service for Docker Hub ends on 2026-12-08 (docs.docker.com/engine/security/trust), so the
 * setting that the benchmark asks for can soon not be met for Hub's images: never a WARN. */
static void content_trust(const struct facts *f, struct finding *out)
{
    struct image i;
    size_t total = 0, by_digest = 0;
    for_each_image(f, i)
    {
        total++;
        by_digest += json_array_size(json_at(i.listed, "RepoDigests")) > 0;
    }
    finding_fact(out, "/images/json", "images with a registry's digest",
                 json_pack("[I,I]", (json_int_t)by_digest, (json_int_t)total));
    finding_say(out, STATUS_NOTE,
                "DOCKER_CONTENT_TRUST is a setting of clients, not of this host, and Docker Hub's Notary "
                "ends on 2026-12-08: "
                "verify signatures with cosign or notation where images are admitted");
}

/* 4.6 */
static void image_health_check(const struct facts *f, struct finding *out)
{
    struct image i;
    for_each_image(f, i)
    {
        if (!inspected(f, &i, out, false))
            continue;
        const char *first =
            json_string_value(json_array_get(json_at(i.inspect, "Config.Healthcheck.Test"), 0));
        /* Podman's Docker-like API leaves it out; its own API has it. */
        const json_t *own = json_object_get(json_at(f->root, "engine.podman_images"), i.id);
        if (facts_is_podman(f) && !own) {
            char part[128];
            snprintf(part, sizeof part, "podman_images/%s", i.id);
            finding_image(out, STATUS_ERROR, &i, "evidence missing: its health check: %s",
                          facts_why_missing(f, part));
            continue;
        }
        if (own)
            first = json_string_value(json_array_get(json_at(own, "Healthcheck.Test"), 0));
        if (first && *first && strcmp(first, "NONE") != 0)
            continue;
        bool off = first && strcmp(first, "NONE") == 0;
        enum status status = i.used ? STATUS_WARN : STATUS_INFO;
        if (i.use_unknown)
            status = STATUS_ERROR;
        finding_image(out, status, &i, "has %s health check%s", off ? "switched off its" : "no", use(&i));
    }
}

/* Steps are stored newest first; people count from the first. */
static size_t step_number(const struct image *i, size_t n)
{
    return json_array_size(i->history) - n;
}

/* 4.7 */
static void update_alone(const struct facts *f, struct finding *out)
{
    struct image i;
    for_each_image(f, i)
    {
        if (!inspected(f, &i, out, true))
            continue;
        for (size_t n = 0; n < json_array_size(i.history); n++) {
            const char *manager = json_text_at(json_array_get(i.history, n), "update_alone");
            if (manager) {
                finding_image(out, STATUS_WARN, &i,
                              "step %zu refreshes the index of %.20s and installs nothing%s",
                              step_number(&i, n), manager, use(&i));
                break;
            }
        }
    }
}

/* 4.8 */
static void setuid_files(const struct facts *f, struct finding *out)
{
    count_images(f, out,
                 "setuid and setgid files are inside the images' layers; count them where images are built");
}

/* Only the oldest step that brings anything can be a base image's root file system; steps come newest first.
 * Where no step has a size, the oldest that looks like one. */
static size_t base_step(const struct image *i)
{
    json_int_t size;
    size_t looks = 0;
    for (size_t n = json_array_size(i->history); n-- > 0;) {
        const json_t *step = json_array_get(i->history, n);
        if (json_integer_at(step, "size", &size) && size > 0)
            return n;
        looks = !looks && json_true_at(step, "base") ? n : looks;
    }
    return looks;
}

/* 4.9 */
static void copy_not_add(const struct facts *f, struct finding *out)
{
    struct image i;
    for_each_image(f, i)
    {
        if (!inspected(f, &i, out, true))
            continue;
        size_t oldest = base_step(&i);
        for (size_t n = 0; n < json_array_size(i.history); n++) {
            const json_t *step = json_array_get(i.history, n);
            bool base = json_true_at(step, "base") && n >= oldest;
            if (text_same(json_text_at(step, "instruction"), "ADD") && !base) {
                finding_image(out, STATUS_WARN, &i, "step %zu is an ADD%s", step_number(&i, n), use(&i));
                break;
            }
        }
    }
}

/* 4.10: names only. */
static void image_secrets(const struct facts *f, struct finding *out)
{
    struct image i;
    for_each_image(f, i)
    {
        bool env = inspected(f, &i, out, false);
        bool history = inspected(f, &i, out, true);
        const json_t *names = env ? json_at(i.inspect, "Config.SecretEnv") : NULL;
        for (size_t n = 0; n < json_array_size(names); n++)
            finding_image(out, STATUS_WARN, &i, "its environment holds what looks like a secret: %.100s%s",
                          json_string_value(json_array_get(names, n)), use(&i));
        for (size_t n = 0; history && n < json_array_size(i.history); n++) {
            const json_t *secrets = json_at(json_array_get(i.history, n), "secrets");
            const char *kind = json_text_at(json_array_get(i.history, n), "instruction");
            /* What ENV sets is in the environment already. */
            if (json_array_size(secrets) && !(json_array_size(names) && text_same(kind, "ENV")))
                finding_image(out, STATUS_WARN, &i,
                              "step %zu (%.12s) holds what looks like a secret: %.100s%s", step_number(&i, n),
                              kind ? kind : "?", json_string_value(json_array_get(secrets, 0)), use(&i));
        }
    }
}

/* 4.11 */
static void verified_packages(const struct facts *f, struct finding *out)
{
    struct image i;
    for_each_image(f, i)
    {
        if (!inspected(f, &i, out, true))
            continue;
        for (size_t n = 0; n < json_array_size(i.history); n++) {
            const char *option = json_text_at(json_array_get(i.history, n), "unverified");
            if (option)
                finding_image(out, STATUS_WARN, &i, "step %zu switches verification off: %.40s%s",
                              step_number(&i, n), option, use(&i));
        }
    }
    if (out->status == STATUS_PASS)
        finding_say(out, STATUS_NOTE,
                    "no step switches the verification of packages off; what else was installed, a person "
                    "has to tell");
}

/* 6.1 */
static void image_sprawl(const struct facts *f, struct finding *out)
{
    struct image image;
    size_t total = 0, unused = 0, unknown = 0, dangling = 0;
    json_int_t bytes = 0, size;
    if (!f->containers) {
        finding_say(out, STATUS_ERROR, "evidence missing: the engine's containers: %s",
                    facts_why_missing(f, PART_CONTAINERS));
        return;
    }
    for_each_image(f, image)
    {
        total++;
        unknown += image.use_unknown;
        if (image.used || image.use_unknown)
            continue;
        unused++;
        dangling += image.dangling;
        if (json_integer_at(image.listed, "Size", &size))
            bytes += size;
        finding_image(out, STATUS_INFO, &image, "no container was made from it");
    }
    finding_fact(out, "/images/json", "without a container", json_integer((json_int_t)unused));
    finding_fact(out, "/images/json", "bytes of those (layers that are shared counted each time)",
                 json_integer(bytes));
    if (unknown)
        finding_say(
            out, STATUS_ERROR,
            "evidence missing: of %zu of %zu images no container is known, and not all containers could be "
            "inspected",
            unknown, total);
    else if (unused)
        finding_say(out, STATUS_INFO,
                    "%zu of %zu images are used by no container (%zu without a tag), %lld MB", unused, total,
                    dangling, (long long)bytes / 1000000);
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("4.2"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_IMAGES,
     .judge = trusted_registries,
     .title = "Images come from trusted registries",
     .rationale = "An image is a program from somebody else, run with the host's kernel.",
     .evidence = "registries, tags and digests of the images in use",
     .judged = "With --trusted-registries WARN for each image of another registry, by whole name; without, "
               "NOTE with the registries in use.",
     .remedy = "Pull from registries you trust, by digest."},
    {.id = SAME_ID("4.3"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_IMAGES,
     .judge = packages,
     .title = "Images hold no unnecessary packages",
     .rationale = "Every package is attack surface and has to be patched.",
     .evidence = "number of packages, where it is known",
     .judged = "NOTE: the engine does not know packages.",
     .remedy = "Build on minimal bases; remove build tools."},
    {.id = SAME_ID("4.4"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_IMAGES,
     .judge = image_age,
     .title = "Images are scanned and rebuilt with patches",
     .rationale = "A container keeps the faults its image was built with until it is rebuilt.",
     .evidence = "age of the images; a vulnerability scanner's results",
     .judged = "NOTE, with the oldest image in use.",
     .remedy = "Scan (Clair, Quay, Anchore, Trivy, Grype) and rebuild on a schedule."},
    {.id = SAME_ID("4.5"),
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_IMAGES,
     .judge = content_trust,
     .title = "Signatures of images are verified",
     .rationale = "Without a signature a tag is only a promise of the registry.",
     .evidence = "what is known of signatures; Docker Content Trust is being retired",
     .judged = "NOTE, never WARN: content trust is a setting of clients, and Docker Hub's Notary ends on "
               "2026-12-08.",
     .remedy = "Sign and verify with a current tool (cosign, notation) in the pipeline and at admission."},
    {.id = SAME_ID("4.6"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_IMAGES,
     .judge = image_health_check,
     .title = "Images have a health check",
     .rationale = "An orchestrator cannot replace what it does not see fail.",
     .evidence = "image Config.Healthcheck",
     .judged = "WARN for each image in use without a health check, or with one switched off (NONE); INFO for "
               "unused images. Podman's own API is asked for it; ERROR where it does not answer.",
     .remedy = "HEALTHCHECK in the Dockerfile."},
    {.id = SAME_ID("4.7"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_IMAGES,
     .judge = update_alone,
     .title = "A package index is not updated in a step of its own",
     .rationale = "The cached step keeps an old index, so that later installs get old packages.",
     .evidence = "history: an update without an install in the same step",
     .judged =
         "WARN when a step refreshes a package index and nothing is installed or upgraded in the same step.",
     .remedy = "RUN apt-get update && apt-get install -y ... in one step."},
    {.id = SAME_ID("4.8"),
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_IMAGES,
     .judge = setuid_files,
     .title = "Images hold no needless setuid and setgid files",
     .rationale = "They turn a foothold as a user into root.",
     .evidence = "setuid and setgid files of the layers, where a root shell is at hand",
     .judged = "NOTE: files inside layers are not read.",
     .remedy = "RUN find / -perm /6000 -type f -exec chmod a-s {} + in the Dockerfile."},
    {.id = SAME_ID("4.9"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_IMAGES,
     .judge = copy_not_add,
     .title = "COPY is used instead of ADD",
     .rationale = "ADD fetches from addresses and unpacks archives without being asked.",
     .evidence = "history: ADD beyond the base layer",
     .judged = "WARN for an ADD instruction other than the one that brings a base image's root file system.",
     .remedy = "COPY in the Dockerfile; fetch and verify what comes from elsewhere."},
    {.id = SAME_ID("4.10"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_IMAGES,
     .judge = image_secrets,
     .title = "No secrets are stored in images",
     .rationale = "Whoever can pull the image has the secret, also from a deleted layer.",
     .evidence = "history and environment: names and shapes of secrets, never their values",
     .judged = "WARN for names and shapes of secrets in history and environment; the name is shown, never "
               "the value.",
     .remedy = "Pass secrets at run time, or with build secrets that leave no layer."},
    {.id = SAME_ID("4.11"),
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_IMAGES,
     .judge = verified_packages,
     .title = "Only verified packages are installed",
     .rationale = "A package that was not verified may be anybody's.",
     .evidence = "history: options that switch verification off",
     .judged = "WARN when a step switches verification off (--allow-unauthenticated, --nogpgcheck, ...); "
               "else NOTE.",
     .remedy = "Use the package manager's signatures and pinned checksums."},
    {.id = SAME_ID("4.12"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_IMAGES,
     .judge = artefacts,
     .title = "All signed artefacts are validated",
     .rationale = "A signature that nobody checks protects nobody.",
     .evidence = "signatures and attestations, where the engine knows them",
     .judged = "NOTE: the engine does not keep what verified an artefact.",
     .remedy = "Verify signatures before artefacts are uploaded or run."},
    {.id = SAME_ID("6.1"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_IMAGES,
     .judge = image_sprawl,
     .title = "There is no sprawl of images",
     .rationale = "Old images are run again by mistake, with all their faults, and fill the disk.",
     .evidence = "images that no container uses, dangling ones, bytes",
     .judged = "INFO with images no container uses, those without a tag, and bytes; PASS when all are used; "
               "ERROR where not all containers could be inspected and one of those may use it.",
     .remedy = "docker image prune -a, on a schedule."},
};

const struct check_topic TOPIC_IMAGES = CHECK_TOPIC(CHECKS);
