/* container_lifecycle.c: how containers live: read-only roots, restarts, health, the images they are made
 * from (5.13, 5.15, 5.27, 5.28, 6.2, X.7). */
#include "agentless/checks/topic.h"
#include "agentless/checks/container.h"
#include "base/json.h"
#include "base/text.h"

#include <string.h>
#include <time.h>

static void containers_read_only_root(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        bool read_only;
        if (container_bool(&c, out, "HostConfig.ReadonlyRootfs", &read_only) && !read_only) {
            finding_container(out, STATUS_WARN, &c, "can write to its root file system");
            finding_container_fact(out, &c, "HostConfig.ReadonlyRootfs");
        }
    }
}

/* The service that a swarm's task is of, as a manager lists it; NULL: it is not listed. */
static const json_t *service_of(const struct facts *f, const struct container *c)
{
    const char *id = json_string_value(
        json_object_get(json_at(c->inspect, "Config.Labels"), "com.docker.swarm.service.id"));
    const json_t *found = NULL;
    for (size_t i = 0; id && i < json_array_size(f->services) && !found; i++) {
        const json_t *service = json_array_get(f->services, i);
        found = text_same(json_text_at(service, "ID"), id) ? service : NULL;
    }
    return found;
}

/* A service without a policy is restarted always, without end (docker service create, --restart-condition).
 */
static void service_restart_policy(const struct facts *f, const struct container *c, struct finding *out)
{
    const json_t *service = service_of(f, c);
    const json_t *policy = json_at(service, "Spec.TaskTemplate.RestartPolicy");
    const char *condition = text_or(json_text_at(policy, "Condition"), "any");
    json_int_t attempts = 0;
    json_integer_at(policy, "MaxAttempts", &attempts);
    if (!service && json_true_at(f->info, "Swarm.ControlAvailable")) {
        finding_container(out, STATUS_ERROR, c, "evidence missing: its service: %s",
                          facts_why_missing(f, "services"));
    } else if (!service) {
        finding_container(out, STATUS_INFO, c, "is restarted by the swarm, by its service's own policy");
    } else if (strcmp(condition, "none") != 0 && (attempts < 1 || attempts > 5)) {
        finding_container(out, STATUS_WARN, c,
                          attempts ? "is restarted by the swarm up to %lld times (5 are advised)"
                                   : "is restarted by the swarm without end",
                          (long long)attempts);
        finding_fact(out, "/services", "Spec.TaskTemplate.RestartPolicy",
                     json_incref(json_at(service, "Spec.TaskTemplate.RestartPolicy")));
    }
}

static void containers_restart_policy(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const char *name = json_text_at(c.inspect, "HostConfig.RestartPolicy.Name");
        json_int_t retries;
        container_integer(&c, "HostConfig.RestartPolicy.MaximumRetryCount", &retries);
        if (container_of_swarm(&c)) {
            service_restart_policy(f, &c, out);
        } else if (!name) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say HostConfig.RestartPolicy");
        } else if (strcmp(name, "on-failure") == 0 && retries >= 1 && retries <= 5) {
            continue;
        } else if (*name && strcmp(name, "no") != 0) {
            if (strcmp(name, "on-failure") == 0)
                finding_container(out, STATUS_WARN, &c,
                                  retries ? "restarts up to %lld times after a failure (5 are advised)"
                                          : "restarts after every failure without end",
                                  (long long)retries);
            else
                finding_container(out, STATUS_WARN, &c, "restarts without end (%s)", name);
            finding_container_fact(out, &c, "HostConfig.RestartPolicy");
        }
    }
}

static void containers_health_check(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const json_t *test = json_at(c.inspect, "Config.Healthcheck.Test");
        const char *first = json_string_value(json_array_get(test, 0));
        const char *health = json_text_at(c.inspect, "State.Health.Status");
        if (!c.running)
            continue;
        if (health && strcmp(health, "none") != 0 && *health) {
            if (strcmp(health, "unhealthy") == 0) {
                finding_container(out, STATUS_WARN, &c, "is unhealthy by its own check");
                finding_container_fact(out, &c, "State.Health.Status");
            }
        } else if (!first || !*first || strcmp(first, "NONE") == 0) {
            finding_container(out, STATUS_WARN, &c, "has no health check, its own or its image's");
            finding_container_fact(out, &c, "Config.Healthcheck.Test");
        }
    }
}

/* An image's id, or the beginning of it, names that image and no other: hexadecimal, as long as people type
 * it, and the beginning of the id that the engine found for it. */
static bool container_lifecycle_is_image_id(const struct container *c, const char *image)
{
    static const size_t DIGITS_FEW = 8;
    const char *id = json_text_at(c->inspect, "Image");
    size_t digits = strspn(image, "0123456789abcdef");
    if (id && text_starts(id, "sha256:"))
        id += strlen("sha256:");
    return id && !image[digits] && digits >= DIGITS_FEW && text_starts(id, image);
}

static void containers_image_reference(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        const char *image = json_text_at(c.inspect, "Config.Image");
        if (!image) {
            finding_container(out, STATUS_ERROR, &c,
                              "evidence missing: the engine does not say Config.Image");
            continue;
        }
        /* What a pod's pause container was made of is Podman's own. */
        if (!*image && facts_is_podman(f))
            continue;
        if (container_lifecycle_is_image_id(&c, image))
            continue;
        const char *slash = strrchr(image, '/');
        const char *tag = strchr(slash ? slash : image, ':');
        if (strstr(image, "@sha256:") || text_starts(image, "sha256:"))
            continue;
        if (!tag || strcmp(tag, ":latest") == 0)
            finding_container(out, STATUS_INFO, &c,
                              "was made from %s, whose tag means whatever was pushed last", image);
        else
            finding_container(out, STATUS_INFO, &c,
                              "was made from %s, a tag that can be moved; a digest cannot", image);
    }
}

/* 6.2 */
static void container_sprawl(const struct facts *f, struct finding *out)
{
    struct container c;
    size_t total = 0, stopped = 0;
    for_each_container(f, c)
    {
        const char *finished = json_text_at(c.inspect, "State.FinishedAt");
        total++;
        if (c.running)
            continue;
        stopped++;
        if (finished && *finished != '0')
            finding_container(out, STATUS_INFO, &c, "stopped at %.19s", finished);
        else
            finding_container(out, STATUS_INFO, &c, "was never started");
    }
    finding_fact(out, "/containers/json", "not running", json_integer((json_int_t)stopped));
    if (stopped)
        finding_say(out, STATUS_INFO, "%zu of %zu containers do not run", stopped, total);
}

/* So many restarts are not an accident. */
#define RESTARTS_MANY 5

static void restart_loops(const struct facts *f, struct finding *out)
{
    struct container c;
    for_each_container(f, c)
    {
        json_int_t restarts;
        const char *health = json_text_at(c.inspect, "State.Health.Status");
        if (!json_at(c.inspect, "State")) {
            finding_container(out, STATUS_ERROR, &c, "evidence missing: the engine does not say its State");
            continue;
        }
        container_integer(&c, "RestartCount", &restarts);
        if (json_true_at(c.inspect, "State.Restarting"))
            finding_container(out, STATUS_WARN, &c, "is restarting right now, for the %lld. time",
                              (long long)restarts);
        else if (restarts >= RESTARTS_MANY)
            finding_container(out, STATUS_WARN, &c, "was restarted %lld times", (long long)restarts);
        else if (c.running && text_same(health, "unhealthy")) /* engines say so of stopped ones too */
            finding_container(out, STATUS_WARN, &c, "is unhealthy by its own check");
        else if (json_true_at(c.inspect, "State.OOMKilled"))
            finding_container(out, STATUS_INFO, &c, "was killed for lack of memory when it last ended");
        else
            continue;
        finding_container_fact(out, &c, "RestartCount");
    }
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("5.13"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_read_only_root,
     .title = "The root file system of containers is read-only",
     .rationale = "An intruder then cannot replace programs or leave tools behind.",
     .evidence = "inspect HostConfig.ReadonlyRootfs",
     .judged = "WARN unless ReadonlyRootfs is true.",
     .remedy = "--read-only, with --tmpfs /tmp and volumes for what has to be written."},
    {.id = SAME_ID("5.15"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_CONTAINERS,
     .judge = containers_restart_policy,
     .title = "Containers restart on failure at most 5 times",
     .rationale =
         "A container that restarts without end hides an attack, or a fault, and can exhaust the host.",
     .evidence = "inspect HostConfig.RestartPolicy",
     .judged = "WARN for always, unless-stopped, and on-failure without or with more than 5 tries; INFO for "
               "swarm tasks.",
     .remedy = "--restart on-failure:5"},
    {.id = SAME_ID("5.27"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO | NEED_RUNNING,
     .judge = containers_health_check,
     .title = "Running containers have a health check",
     .rationale = "A service that hangs, or was broken, goes unnoticed until users tell.",
     .evidence = "inspect Config.Healthcheck (the image's included), State.Health",
     .judged = "WARN for running containers without a health check, or unhealthy.",
     .remedy = "HEALTHCHECK in the image, or --health-cmd."},
    {.id = SAME_ID("5.28"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_CONTAINERS,
     .judge = containers_image_reference,
     .title = "Containers run the intended version of their image",
     .rationale = "A moved tag means that the same command starts something else tomorrow.",
     .evidence = "inspect Config.Image: tag or digest",
     .judged = "INFO for containers made from a tag, which can be moved; PASS for digests and image ids.",
     .remedy = "Name images by digest: image@sha256:..."},
    {.id = SAME_ID("6.2"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_CONTAINERS,
     .judge = container_sprawl,
     .title = "There is no sprawl of containers",
     .rationale = "Stopped containers hold data and secrets, and can be started again.",
     .evidence = "stopped versus running containers",
     .judged = "INFO with each container that does not run; PASS when all do.",
     .remedy = "docker container prune, on a schedule."},
    {.id = SAME_ID("X.7"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_CONTAINERS,
     .judge = restart_loops,
     .title = "No container is unhealthy or restarts again and again",
     .rationale = "A service that keeps falling over may be under attack, and hides what made it fall.",
     .evidence = "inspect RestartCount, State.Restarting, State.Health",
     .judged = "WARN when unhealthy while it runs, restarting, or restarted 5 times or more.",
     .remedy = "docker logs NAME; mend the cause, bound the restarts."},
};

const struct check_topic TOPIC_CONTAINER_LIFECYCLE = CHECK_TOPIC(CHECKS);
