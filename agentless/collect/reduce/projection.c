/* projection.c: see projection.h. Each document has a mask, written as JSON: 1 keeps a value whole, an object
 * goes deeper ("*" stands for any key), an array applies its one element to every element. Whole values are
 * kept only where Docker's API defines what they can hold; maps that users fill (labels, environment, options
 * of log and volume drivers) are never kept whole. */
#include "agentless/collect/budget.h"
#include "agentless/facts/document.h"
#include "agentless/collect/reduce/projection.h"
#include "agentless/collect/reduce/build_step.h"
#include "agentless/collect/reduce/drift.h"
#include "agentless/collect/reduce/redact.h"
#include "agentless/collect/reduce/secret_shape.h"
#include "agentless/transport/tls_certificate.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/json_cursor.h"
#include "base/mem.h"
#include "base/text.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const MASKS[] = {
    [ANSWER_VERSION] =
        "{\"Version\":1,\"ApiVersion\":1,\"MinAPIVersion\":1,\"Os\":1,\"Arch\":1,\"KernelVersion\":1,"
        "\"Experimental\":1,\"Platform\":{\"Name\":1},\"Components\":[{\"Name\":1,\"Version\":1}]}",
    [ANSWER_INFO] =
        "{\"ID\":1,\"Name\":1,\"ServerVersion\":1,\"Containers\":1,\"ContainersRunning\":1,"
        "\"ContainersPaused\":1,"
        "\"ContainersStopped\":1,\"Images\":1,\"Driver\":1,\"DriverStatus\":1,"
        "\"Plugins\":{\"Volume\":1,\"Network\":1,\"Authorization\":1,\"Log\":1},"
        "\"MemoryLimit\":1,\"SwapLimit\":1,\"KernelMemory\":1,\"CpuCfsPeriod\":1,\"CpuCfsQuota\":1,"
        "\"CPUShares\":1,"
        "\"CPUSet\":1,\"PidsLimit\":1,\"OomKillDisable\":1,\"IPv4Forwarding\":1,\"BridgeNfIptables\":1,"
        "\"BridgeNfIp6tables\":1,\"Debug\":1,\"LoggingDriver\":1,\"CgroupDriver\":1,\"CgroupVersion\":1,"
        "\"KernelVersion\":1,\"OperatingSystem\":1,\"OSVersion\":1,\"OSType\":1,\"Architecture\":1,"
        "\"IndexServerAddress\":1,\"RegistryConfig\":{\"InsecureRegistryCIDRs\":1,"
        "\"IndexConfigs\":{\"*\":{\"Name\":1,\"Secure\":1,\"Official\":1}}},\"NCPU\":1,\"MemTotal\":1,"
        "\"DockerRootDir\":1,\"ExperimentalBuild\":1,\"Runtimes\":{\"*\":{\"path\":1}},\"DefaultRuntime\":1,"
        "\"Swarm\":{\"NodeID\":1,\"NodeAddr\":1,\"LocalNodeState\":1,\"ControlAvailable\":1,\"Error\":1,"
        "\"Nodes\":1,"
        "\"Managers\":1,\"Cluster\":{\"ID\":1,\"Spec\":{\"EncryptionConfig\":{\"AutoLockManagers\":1},"
        "\"CAConfig\":{\"NodeCertExpiry\":1}},\"TLSInfo\":{\"TrustRoot\":1},\"RootRotationInProgress\":1,"
        "\"DataPathPort\":1}},"
        "\"LiveRestoreEnabled\":1,\"InitBinary\":1,\"SecurityOptions\":1,\"Warnings\":1,"
        "\"FirewallBackend\":{\"Driver\":1,\"Info\":1},\"Containerd\":{\"Address\":1}}",
    [ANSWER_CONTAINER_LIST] = "[{\"Id\":1,\"Names\":1,\"State\":1}]",
    [ANSWER_CONTAINER] =
        "{\"Id\":1,\"Name\":1,\"Created\":1,\"Image\":1,\"RestartCount\":1,\"Driver\":1,\"MountLabel\":1,"
        "\"ProcessLabel\":1,\"AppArmorProfile\":1,\"ExecIDs\":1,"
        "\"State\":{\"Status\":1,\"Running\":1,\"Paused\":1,\"Restarting\":1,\"OOMKilled\":1,\"Dead\":1,"
        "\"Pid\":1,"
        "\"ExitCode\":1,\"StartedAt\":1,\"FinishedAt\":1,\"Health\":{\"Status\":1,\"FailingStreak\":1}},"
        "\"HostConfig\":{\"NetworkMode\":1,\"PortBindings\":1,\"RestartPolicy\":1,\"AutoRemove\":1,"
        "\"CapAdd\":1,"
        "\"CapDrop\":1,\"CgroupnsMode\":1,\"IpcMode\":1,\"PidMode\":1,\"Privileged\":1,\"PublishAllPorts\":1,"
        "\"ReadonlyRootfs\":1,\"SecurityOpt\":1,\"UTSMode\":1,\"UsernsMode\":1,\"Runtime\":1,\"Memory\":1,"
        "\"MemoryReservation\":1,\"MemorySwap\":1,\"NanoCpus\":1,\"CpuShares\":1,\"CpuPeriod\":1,"
        "\"CpuQuota\":1,"
        "\"CpuRealtimePeriod\":1,\"CpuRealtimeRuntime\":1,\"CpusetCpus\":1,\"CpusetMems\":1,\"CgroupParent\":"
        "1,"
        "\"Devices\":1,\"DeviceCgroupRules\":1,\"DeviceRequests\":[{\"Driver\":1,\"Count\":1,\"DeviceIDs\":1,"
        "\"Capabilities\":1}],\"Ulimits\":1,\"PidsLimit\":1,\"OomKillDisable\":1,\"OomScoreAdj\":1,"
        "\"ShmSize\":1,"
        "\"Tmpfs\":1,\"GroupAdd\":1,\"MaskedPaths\":1,\"ReadonlyPaths\":1,\"Init\":1,\"LogConfig\":{\"Type\":"
        "1}},"
        "\"Mounts\":[{\"Type\":1,\"Name\":1,\"Source\":1,\"Destination\":1,\"Driver\":1,\"RW\":1,"
        "\"Propagation\":1}],"
        "\"Config\":{\"User\":1,\"Image\":1,\"ExposedPorts\":1,\"Env\":1,\"Labels\":1,\"Healthcheck\":{"
        "\"Test\":1}},"
        "\"NetworkSettings\":{\"Ports\":1,\"Networks\":{\"*\":{\"NetworkID\":1}}},"
        "\"GraphDriver\":{\"Name\":1,\"Data\":{\"UpperDir\":1}}}",
    [ANSWER_EXEC] = "{\"ID\":1,\"Running\":1,\"ContainerID\":1,\"ProcessConfig\":{\"privileged\":1,"
                    "\"user\":1,\"tty\":1}}",
    [ANSWER_TOP] = "{\"Titles\":1,\"Processes\":1}",
    [ANSWER_NETWORKS] =
        "[{\"Name\":1,\"Id\":1,\"Driver\":1,\"Scope\":1,\"Internal\":1,\"Ingress\":1,\"EnableIPv6\":1,"
        "\"Attachable\":1,\"Options\":1}]",
    [ANSWER_VOLUMES] = "{\"Volumes\":[{\"Name\":1,\"Driver\":1,\"Mountpoint\":1,\"Scope\":1,"
                       "\"Options\":{\"type\":1,\"device\":1,\"o\":1}}]}",
    [ANSWER_IMAGES] = "[{\"Id\":1,\"ParentId\":1,\"RepoTags\":1,\"RepoDigests\":1,\"Created\":1,\"Size\":1,"
                      "\"Containers\":1}]",
    [ANSWER_SERVICES] =
        "[{\"ID\":1,\"Spec\":{\"Name\":1,\"Mode\":1,\"TaskTemplate\":{\"RestartPolicy\":1,"
        "\"ContainerSpec\":{\"Image\":1,\"Env\":1,\"Secrets\":[{\"SecretID\":1,\"SecretName\":1}]}}},"
        "\"Endpoint\":{\"Ports\":1}}]",
    [ANSWER_NODES] = "[{\"ID\":1,\"Spec\":{\"Role\":1,\"Availability\":1},\"Description\":{\"Hostname\":1},"
                     "\"Status\":{\"State\":1,\"Addr\":1},\"ManagerStatus\":{\"Leader\":1,\"Addr\":1}}]",
    [ANSWER_IMAGE] =
        "{\"Id\":1,\"RepoTags\":1,\"RepoDigests\":1,\"Created\":1,\"Size\":1,\"Architecture\":1,\"Os\":1,"
        "\"Config\":{\"User\":1,\"Env\":1,\"Healthcheck\":{\"Test\":1},\"Volumes\":1,\"ExposedPorts\":1},"
        "\"RootFS\":{\"Layers\":1}}",
    [ANSWER_HISTORY] = "[{\"CreatedBy\":1,\"Size\":1}]",
    [ANSWER_PODMAN_CONTAINER] = "{\"BoundingCaps\":1}",
    [ANSWER_PODMAN_IMAGE] = "{\"HealthCheck\":{\"Test\":1},\"Healthcheck\":{\"Test\":1}}",
};
#define DOCUMENTS (sizeof MASKS / sizeof *MASKS)

static json_t *masks[DOCUMENTS];
static pthread_once_t masks_parsed = PTHREAD_ONCE_INIT;

static void parse_masks(void)
{
    for (size_t i = 0; i < DOCUMENTS; i++)
        masks[i] = json_loads(MASKS[i], 0, NULL);
}

/* --- the allowed parts, as text --- */

/* What is dropped is only skipped, never parsed: most of an answer, and of the work, is that. */
struct reading {
    struct json_cursor from;
    struct buf kept;
    const char *wrong; /* NULL: nothing so far */
};

/* Shorter texts cannot hold enough values to matter. */
#define ALWAYS_BOUNDED 65536

static bool keep_allowed(struct reading *r, const json_t *mask);

static bool projection_refuse(struct reading *r, const char *wrong)
{
    r->wrong = wrong;
    return false;
}

static bool keep(struct reading *r, const char *bytes, size_t length)
{
    return buf_add(&r->kept, bytes, length) ||
           projection_refuse(r, "it holds more than 8 MB of what would be kept");
}

static bool skip(struct reading *r, const char **begin)
{
    json_skip_blanks(&r->from);
    *begin = r->from.at;
    if (json_skip_value(&r->from) > JSON_DEPTH_MAX)
        return projection_refuse(r, "it is nested too deep");
    return r->from.at > *begin || projection_refuse(r, "a value is missing");
}

static bool keep_elements(struct reading *r, const json_t *mask)
{
    keep(r, "[", 1);
    if (!json_take(&r->from, ']')) {
        while (keep_allowed(r, mask) && json_take(&r->from, ','))
            keep(r, ",", 1);
        if (r->wrong || !json_take(&r->from, ']'))
            return r->wrong ? false : projection_refuse(r, "a list does not end");
    }
    return keep(r, "]", 1);
}

static bool keep_member(struct reading *r, const json_t *mask, const json_t *any, bool *first)
{
    const char *name, *value;
    if (!skip(r, &name))
        return false;
    size_t length = (size_t)(r->from.at - name);
    if (*name != '"' || length < 2 || !json_take(&r->from, ':'))
        return projection_refuse(r, "a member has no name");
    const json_t *part = any ? any : json_object_getn(mask, name + 1, length - 2);
    if (!part)
        return skip(r, &value);
    if (!*first)
        keep(r, ",", 1);
    *first = false;
    keep(r, name, length);
    keep(r, ":", 1);
    return keep_allowed(r, part);
}

static bool keep_members(struct reading *r, const json_t *mask)
{
    const json_t *any = json_object_get(mask, "*");
    bool first = true;
    keep(r, "{", 1);
    if (!json_take(&r->from, '}')) {
        while (keep_member(r, mask, any, &first) && json_take(&r->from, ','))
            continue;
        if (r->wrong || !json_take(&r->from, '}'))
            return r->wrong ? false : projection_refuse(r, "an object does not end");
    }
    return keep(r, "}", 1);
}

/* A value of another kind than Docker's API has there: nothing of it is kept, but JSON it has to be. */
static bool keep_null(struct reading *r, const char *value)
{
    if (r->from.at - value > ALWAYS_BOUNDED)
        return projection_refuse(r, "a long value is not what an engine has there");
    json_t *other = json_loadb(value, (size_t)(r->from.at - value), JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
    json_decref(other);
    return other ? keep(r, "null", 4) : projection_refuse(r, "a value is invalid");
}

/* Goes as deep as the mask does. */
static bool keep_allowed(struct reading *r, const json_t *mask)
{
    const char *value;
    if (json_is_object(mask) && json_take(&r->from, '{'))
        return keep_members(r, mask);
    if (json_is_array(mask) && json_take(&r->from, '['))
        return keep_elements(r, json_array_get(mask, 0));
    if (!skip(r, &value))
        return false;
    if (!json_is_integer(mask))
        return keep_null(r, value);
    return keep(r, value, (size_t)(r->from.at - value));
}

/* Why what is kept would take too much memory once it is parsed; NULL: it would not. */
static const char *kept_too_large(const char *text, size_t length)
{
    size_t values = 0;
    const char *quote = NULL;
    for (const char *at = text; length > ALWAYS_BOUNDED && at < text + length; at++) {
        if (*at == '"') {
            quote = quote ? NULL : at;
        } else if (quote) {
            at += *at == '\\';
            if (at - quote > (ptrdiff_t)BUDGET_TEXT)
                return "it holds a text of more than 1 MB where an engine has a name";
        } else if ((*at == ',' || *at == '{' || *at == '[') && ++values > BUDGET_VALUES) {
            return "it holds more than 200,000 values";
        }
    }
    return NULL;
}

/* NULL with a message where it is not JSON. */
static json_t *parse_allowed(const json_t *mask, const char *text, size_t length,
                             const atomic_bool *abandoned, struct error *why)
{
    struct reading r = {.from = {.at = text, .end = text + length, .abandoned = abandoned},
                        .kept.limit = BUDGET_KEPT_ANSWER};
    json_error_t error;
    json_t *kept = NULL;
    if (keep_allowed(&r, mask)) {
        json_skip_blanks(&r.from);
        if (r.from.at < r.from.end)
            projection_refuse(&r, "more follows behind its end");
    }
    if (!r.wrong)
        r.wrong = kept_too_large(r.kept.data, r.kept.length);
    if (!r.wrong)
        kept = json_loadb(r.kept.data, r.kept.length, JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
    if (r.wrong)
        error_set(why, "%s (at byte %zu)", r.wrong, (size_t)(r.from.at - text));
    else if (!kept)
        json_error_text(why, &error);
    buf_free(&r.kept);
    return kept;
}

/* --- what needs more than a mask --- */

/* Variables that look like secrets are reported by name, before the values go. */
static void name_secrets(json_t *config)
{
    json_t *env = json_object_get(config, "Env");
    if (json_is_array(env))
        json_put(config, "SecretEnv", secret_names(env));
}

/* Docker keeps no variable without a value; what stands there may be a value alone, by mistake. */
static bool is_variable_name(const char *text)
{
    static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    return *text && text[strspn(text, PLAIN)] == '\0' && !secret_value(text);
}

/* "NAME=value" becomes "NAME": the value may be a secret, the name is evidence. */
static void keep_names(json_t *env)
{
    size_t i;
    json_t *pair;
    json_array_foreach(env, i, pair)
    {
        const char *text = text_or(json_string_value(pair), "");
        char *name = xstrndup(text, strcspn(text, "="));
        bool shown = strchr(text, '=') || is_variable_name(name);
        json_array_set_new(env, i, json_text(shown ? name : "(not a name)"));
        free(name);
    }
}

/* The options that Docker's own drivers define; another driver's may be anything. */
static void keep_known_options(json_t *options)
{
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(options, next, key, value)
    {
        if (!text_starts(key, "com.docker.network.") && strcmp(key, "encrypted") != 0)
            json_object_del(options, key);
    }
}

/* In the forms that engines are known to have; others may quote what was configured. */
static void keep_known_warnings(json_t *warnings)
{
    for (size_t i = json_array_size(warnings); i-- > 0;) {
        const char *text = json_string_value(json_array_get(warnings, i));
        if (!text || (!text_starts(text, "WARNING: ") && !text_starts(text, "[DEPRECATION NOTICE]")))
            json_array_remove(warnings, i);
    }
}

/* Whether the policy's list speaks of this label: "NAME" or "NAME=VALUE". */
static bool selected_by(const json_t *policy, const char *list, const char *label)
{
    const json_t *words = json_object_get(policy, list);
    for (size_t i = 0; i < json_array_size(words); i++) {
        const char *word = json_string_value(json_array_get(words, i));
        char *name = xstrndup(text_or(word, ""), strcspn(text_or(word, ""), "="));
        bool selected = text_glob(name, label);
        free(name);
        if (selected)
            return true;
    }
    return false;
}

/* Only the labels by which orchestrators mark what is theirs. */
static void keep_known_labels(json_t *labels, const json_t *policy)
{
    static const char *const KEPT[] = {"com.docker.swarm.service.name", "com.docker.swarm.service.id",
                                       "com.docker.swarm.task.id",      "com.docker.compose.project",
                                       "com.docker.compose.service",    HELPER_LABEL};
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(labels, next, key, value)
    {
        bool keep = false;
        for (size_t i = 0; i < sizeof KEPT / sizeof *KEPT && !keep; i++)
            keep = strcmp(KEPT[i], key) == 0;
        keep =
            keep || selected_by(policy, "include_labels", key) || selected_by(policy, "exclude_labels", key);
        if (!keep)
            json_object_del(labels, key);
    }
}

/* A health check's command may carry a password; whether there is one is all that is asked. */
static void keep_first(json_t *list)
{
    while (json_array_size(list) > 1)
        json_array_remove(list, json_array_size(list) - 1);
}

/* seccomp=... holds the whole profile as JSON when one was given by file. */
static void shorten_profiles(json_t *options)
{
    size_t i;
    json_t *option;
    json_array_foreach(options, i, option)
    {
        const char *text = json_string_value(option);
        size_t name = text ? strcspn(text, "=:") : 0;
        if (text && text[name] && strchr(text + name, '{')) {
            char *kept = xasprintf("%.*s=(custom profile)", (int)name, text);
            json_array_set_new(options, i, json_text(kept));
            free(kept);
        }
    }
}

/* o= of a volume may hold username=,password=; the bare words (bind, ro) and the folders of an overlay are
 * what matters. */
static void keep_bare_options(json_t *options)
{
    const char *text = json_text_at(options, "o");
    if (!text)
        return;
    char *copy = xstrdup(text);
    char *rest = copy;
    char *word;
    struct buf kept = {0};
    while ((word = text_next(&rest, ",")))
        if (!strchr(word, '=') || text_starts(word, "lowerdir=/") || text_starts(word, "upperdir=/"))
            buf_format(&kept, "%s%s", kept.length ? "," : "", word);
    json_put(options, "o", json_text(kept.data ? kept.data : ""));
    buf_free(&kept);
    free(copy);
}

static void tidy_container(json_t *c, const json_t *policy)
{
    name_secrets(json_at(c, "Config"));
    keep_names(json_at(c, "Config.Env"));
    keep_known_labels(json_at(c, "Config.Labels"), policy);
    keep_first(json_at(c, "Config.Healthcheck.Test"));
    shorten_profiles(json_at(c, "HostConfig.SecurityOpt"));
}

static void tidy_image(json_t *image)
{
    name_secrets(json_at(image, "Config"));
    keep_names(json_at(image, "Config.Env"));
    keep_first(json_at(image, "Config.Healthcheck.Test"));
}

static void reduce_history(json_t *steps)
{
    size_t i;
    json_t *step;
    json_array_foreach(steps, i, step)
    {
        json_t *kept = build_step(json_text_at(step, "CreatedBy"));
        json_put(kept, "size", json_incref(json_at(step, "Size")));
        json_array_set_new(steps, i, kept);
    }
}

/* The swarm's root certificate is public; its dates are all that is asked. */
static void read_swarm_authority(json_t *info)
{
    json_t *tls = json_at(info, "Swarm.Cluster.TLSInfo");
    const char *pem = json_text_at(tls, "TrustRoot");
    char from[32], until[32];
    if (pem && certificate_validity(pem, from, until)) {
        json_put(tls, "not_before", json_text(from));
        json_put(tls, "not_after", json_text(until));
    }
    json_object_del(tls, "TrustRoot");
}

static void tidy(enum answer_kind document, json_t *kept, const json_t *policy)
{
    size_t i;
    json_t *one;
    if (document == ANSWER_CONTAINER)
        tidy_container(kept, policy);
    if (document == ANSWER_SERVICES)
        json_array_foreach(kept, i, one)
        {
            name_secrets(json_at(one, "Spec.TaskTemplate.ContainerSpec"));
            keep_names(json_at(one, "Spec.TaskTemplate.ContainerSpec.Env"));
        }
    if (document == ANSWER_IMAGE)
        tidy_image(kept);
    if (document == ANSWER_HISTORY)
        reduce_history(kept);
    if (document == ANSWER_INFO) {
        read_swarm_authority(kept);
        keep_known_warnings(json_at(kept, "Warnings"));
    }
    if (document == ANSWER_NETWORKS)
        json_array_foreach(kept, i, one) keep_known_options(json_at(one, "Options"));
    if (document == ANSWER_VOLUMES)
        json_array_foreach(json_at(kept, "Volumes"), i, one) keep_bare_options(json_at(one, "Options"));
}

json_t *project(enum answer_kind document, const char *text, size_t length, const json_t *about,
                const atomic_bool *abandoned, struct error *why)
{
    if (document == ANSWER_CHANGES)
        return drift_from_changes(text, length, about, abandoned, why);
    pthread_once(&masks_parsed, parse_masks);
    json_t *kept = parse_allowed(masks[document], text, length, abandoned, why);
    if (json_is_null(kept) && json_is_array(masks[document])) {
        /* Go writes an empty list as null. */
        json_decref(kept);
        kept = json_array();
    }
    if (kept) {
        tidy(document, kept, about);
        /* Most answers have no address in them, and walking through them costs as much as parsing. */
        if (memchr(text, '@', length))
            redact_document(kept);
    }
    return kept;
}
