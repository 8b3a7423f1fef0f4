/* section4.c: images and how they are built. Histories and environments come reduced (build_step.h,
 * secret_shape.h): what a check needs, never a secret. */
#include "agentless/checks/catalog.h"
#include "agentless/checks/container.h"
#include "base/json.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- 4.1 --- */

enum root { ROOT_NO, ROOT_YES, ROOT_UNKNOWN };

/* Root by any spelling: "", "0", "00", "root", and all of them with a group behind a colon. */
static bool configured_as_root(const char *user)
{
    char name[64];
    char *end;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(user, ":"), user);
    if (!*name || strcmp(name, "root") == 0)
        return true;
    long number = strtol(name, &end, 10);
    return !*end && number == 0;
}

/* The first row of /top, which is the container's first process. */
static bool top_uid(const struct facts *f, const char *id, json_int_t *uid)
{
    const json_t *top = json_object_get(json_at(f->root, "engine.top"), id);
    const json_t *titles = json_at(top, "Titles");
    const json_t *first = json_array_get(json_at(top, "Processes"), 0);
    for (size_t i = 0; i < json_array_size(titles); i++) {
        const char *title = json_string_value(json_array_get(titles, i));
        const char *value = json_string_value(json_array_get(first, i));
        long number;
        if (title && value && strcmp(title, "UID") == 0 && text_number(value, 0, 4294967295, &number)) {
            *uid = number;
            return true;
        }
    }
    return false;
}

/* The effective uid on the host, as the kernel or the engine shows it. */
static bool running_uid(const struct facts *f, const struct container *c, json_int_t *uid)
{
    const json_t *process = facts_first_process(f, c);
    return c->running && ((process && json_integer_at(process, "uid", uid)) || top_uid(f, c->id, uid));
}

static void container_user(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        json_int_t uid;
        const char *user = json_text_at(c.inspect, "Config.User");
        bool seen = running_uid(f, &c, &uid);
        /* Absent means empty from API 1.52 on; a container without a Config at all tells nothing. */
        if (!user && json_at(c.inspect, "Config"))
            user = "";
        if (!user && !seen) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: neither Config.User nor its processes were seen");
            continue;
        }
        bool starts_as_root = user && configured_as_root(user);
        if (container_in_user_namespace(f, &c)) {
            if (starts_as_root) {
                finding_container(out, STATUS_INFO, &c, "is root, but only in its user namespace");
                finding_container_fact(out, &c, "Config.User");
            }
        } else if (seen && uid == 0) {
            finding_container(out, STATUS_WARN, &c, "its first process runs as root (uid 0)%s",
                              starts_as_root ? "" : ", although it was told to start as another user");
            finding_container_fact(out, &c, "Config.User");
        } else if (!seen && starts_as_root) {
            finding_container(out, STATUS_WARN, &c, c.running ? "starts as root" : "will start as root");
            finding_container_fact(out, &c, "Config.User");
        } else if (seen && starts_as_root) {
            finding_container(out, STATUS_PASS, &c, "starts as root, then runs as uid %lld", (long long)uid);
        }
    }
}

/* --- what all images are asked --- */

static bool inspected(const struct facts *f, const struct image *i, struct finding *out, bool history)
{
    char part[128];
    if (history ? i->history != NULL : i->inspect != NULL)
        return true;
    snprintf(part, sizeof part, "%s/%s", history ? "image_history" : "image_inspects", i->id);
    finding_image(out, STATUS_ERROR, i, "evidence missing: its %s: %s", history ? "history" : "inspect",
                  facts_why_missing(f, part));
    return false;
}

static const char *use(const struct image *i)
{
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
    snprintf(whole, sizeof whole, "%s%s%s", named ? "" : registry, named ? "" : "/", reference);
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
        finding_image(out, i.used ? STATUS_WARN : STATUS_INFO, &i, "has %s health check%s",
                      first && strcmp(first, "NONE") == 0 ? "switched off its" : "no", use(&i));
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

/* 4.9 */
static void copy_not_add(const struct facts *f, struct finding *out)
{
    struct image i;
    for_each_image(f, i)
    {
        if (!inspected(f, &i, out, true))
            continue;
        for (size_t n = 0; n < json_array_size(i.history); n++) {
            const json_t *step = json_array_get(i.history, n);
            if (text_same(json_text_at(step, "instruction"), "ADD") && !json_true_at(step, "base")) {
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

const struct check SECTION_4[] = {
    {SAME_ID("4.1"), "MMM", 1, NEED_CONTAINERS, container_user, "Containers run as a user that is not root",
     "A process that is root in the container is root to the kernel as soon as it gets out.",
     "effective uid of the first process; inspect Config.User", "USER in the Dockerfile, or --user."},
    {SAME_ID("4.2"), "MMM", 1, NEED_IMAGES, trusted_registries, "Images come from trusted registries",
     "An image is a program from somebody else, run with the host's kernel.",
     "registries, tags and digests of the images in use", "Pull from registries you trust, by digest."},
    {SAME_ID("4.3"), "MMM", 1, NEED_IMAGES, packages, "Images hold no unnecessary packages",
     "Every package is attack surface and has to be patched.", "number of packages, where it is known",
     "Build on minimal bases; remove build tools."},
    {SAME_ID("4.4"), "MMM", 1, NEED_IMAGES, image_age, "Images are scanned and rebuilt with patches",
     "A container keeps the faults its image was built with until it is rebuilt.",
     "age of the images; a vulnerability scanner's results",
     "Scan (Clair, Quay, Anchore, Trivy, Grype) and rebuild on a schedule."},
    {SAME_ID("4.5"), "MMM", 2, NEED_IMAGES, content_trust, "Signatures of images are verified",
     "Without a signature a tag is only a promise of the registry.",
     "what is known of signatures; Docker Content Trust is being retired",
     "Sign and verify with a current tool (cosign, notation) in the pipeline and at admission."},
    {SAME_ID("4.6"), "MMM", 1, NEED_IMAGES, image_health_check, "Images have a health check",
     "An orchestrator cannot replace what it does not see fail.", "image Config.Healthcheck",
     "HEALTHCHECK in the Dockerfile."},
    {SAME_ID("4.7"), "MMM", 1, NEED_IMAGES, update_alone,
     "A package index is not updated in a step of its own",
     "The cached step keeps an old index, so that later installs get old packages.",
     "history: an update without an install in the same step",
     "RUN apt-get update && apt-get install -y ... in one step."},
    {SAME_ID("4.8"), "MMM", 2, NEED_IMAGES, setuid_files, "Images hold no needless setuid and setgid files",
     "They turn a foothold as a user into root.",
     "setuid and setgid files of the layers, where a root shell is at hand",
     "RUN find / -perm /6000 -type f -exec chmod a-s {} + in the Dockerfile."},
    {SAME_ID("4.9"), "MMM", 1, NEED_IMAGES, copy_not_add, "COPY is used instead of ADD",
     "ADD fetches from addresses and unpacks archives without being asked.",
     "history: ADD beyond the base layer",
     "COPY in the Dockerfile; fetch and verify what comes from elsewhere."},
    {SAME_ID("4.10"), "MMM", 1, NEED_IMAGES, image_secrets, "No secrets are stored in images",
     "Whoever can pull the image has the secret, also from a deleted layer.",
     "history and environment: names and shapes of secrets, never their values",
     "Pass secrets at run time, or with build secrets that leave no layer."},
    {SAME_ID("4.11"), "MMM", 2, NEED_IMAGES, verified_packages, "Only verified packages are installed",
     "A package that was not verified may be anybody's.", "history: options that switch verification off",
     "Use the package manager's signatures and pinned checksums."},
    {SAME_ID("4.12"), "MMM", 1, NEED_IMAGES, artefacts, "All signed artefacts are validated",
     "A signature that nobody checks protects nobody.",
     "signatures and attestations, where the engine knows them",
     "Verify signatures before artefacts are uploaded or run."},
};
const size_t SECTION_4_COUNT = sizeof SECTION_4 / sizeof *SECTION_4;
