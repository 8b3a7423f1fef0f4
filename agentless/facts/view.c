/* view.c: see view.h */
#include "agentless/facts/view.h"
#include "agentless/facts/document.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STATE_MAX 20

static void list_containers(struct facts *f);

static void note_missing_container(void *ctx, const char *part, const char *why)
{
    struct facts *f = ctx;
    (void)part, (void)why;
    f->containers_whole = false;
}

/* NULL for what is of another type: no evidence. */
static const json_t *object_at(const json_t *root, const char *path)
{
    const json_t *value = json_at(root, path);
    return json_is_object(value) ? value : NULL;
}

static const json_t *array_at(const json_t *root, const char *path)
{
    const json_t *value = json_at(root, path);
    return json_is_array(value) ? value : NULL;
}

bool facts_open(struct facts *f, const json_t *root, struct error *why)
{
    if (!document_is_facts(root)) {
        error_set(why, "is no " FACTS_SCHEMA " document");
        return false;
    }
    *f = (struct facts){
        .root = root,
        .info = object_at(root, "engine.info"),
        .version = object_at(root, "engine.version"),
        .containers = object_at(root, "engine.containers"),
        .networks = array_at(root, "engine.networks"),
        .volumes = array_at(root, "engine.volumes.Volumes"),
        .services = array_at(root, "engine.services"),
        .images = array_at(root, "engine.images"),
        .policy = object_at(root, "host.policy"),
        .execs = object_at(root, "engine.execs"),
        .shell = object_at(root, PART_SHELL),
    };
    f->host = f->shell ? f->shell : object_at(root, PART_HOST_FILES);
    f->containers_whole = true;
    facts_each_missing(f, PART_CONTAINER_LIST, note_missing_container, f);
    facts_each_missing(f, PART_CONTAINERS, note_missing_container, f);
    list_containers(f);
    return true;
}

const char *facts_why_missing(const struct facts *f, const char *part)
{
    return document_why_missing(f->root, part);
}

const json_t *facts_policy(const struct facts *f, const char *key)
{
    return json_object_get(f->policy, key);
}

bool facts_policy_matches(const struct facts *f, const char *key, const char *text)
{
    const json_t *globs = facts_policy(f, key);
    for (size_t i = 0; text && i < json_array_size(globs); i++) {
        const char *glob = json_string_value(json_array_get(globs, i));
        if (glob && text_glob(glob, text))
            return true;
    }
    return false;
}

/* A label is meant by its name, or by name=value. */
static bool label_matches(const struct facts *f, const char *key, json_t *labels)
{
    const char *name;
    json_t *value;
    char pair[512];
    json_object_foreach(labels, name, value)
    {
        const char *text = json_string_value(value);
        snprintf(pair, sizeof pair, "%s=%s", name, text ? text : "");
        if (facts_policy_matches(f, key, name) || facts_policy_matches(f, key, pair))
            return true;
    }
    return false;
}

static bool container_wanted(const struct facts *f, const struct container *c)
{
    const json_t *config = json_object_get(c->inspect, "Config");
    json_t *labels = json_object_get(config, "Labels");
    if (json_object_get(labels, HELPER_LABEL))
        return false;
    if (!f->policy)
        return true;
    const char *image = json_string_value(json_object_get(config, "Image"));
    bool names = facts_policy(f, "include_containers") != NULL;
    bool by_label = facts_policy(f, "include_labels") != NULL;
    if ((names || by_label) && !(facts_policy_matches(f, "include_containers", c->name) ||
                                 label_matches(f, "include_labels", labels)))
        return false;
    return !facts_policy_matches(f, "exclude_containers", c->name) &&
           !label_matches(f, "exclude_labels", labels) && !facts_policy_matches(f, "exclude_images", image);
}

const char *facts_why_no_files(const struct facts *f)
{
    const char *tried = document_missing(f->root, PART_HOST_FILES);
    return tried ? tried : facts_why_missing(f, PART_SHELL);
}

size_t facts_container_count(const struct facts *f)
{
    return f->wanted_count;
}

static struct container container_of(const char *id, const json_t *inspect)
{
    struct container c = {.id = id, .inspect = inspect};
    const char *name = json_text_at(inspect, "Name");
    if (name && *name == '/')
        name++;
    name = name && *name ? name : id;
    size_t length = strnlen(name, sizeof c.name - 1);
    memcpy(c.name, name, length);
    c.name[length] = '\0';
    const json_t *state = json_object_get(inspect, "State");
    const char *word = json_string_value(json_object_get(state, "Status"));
    c.running = json_is_true(json_object_get(state, "Running"));
    /* One word of a few that Docker and Podman have; it stands in every finding's item. */
    c.state = "";
    if (word)
        c.state = strlen(word) <= STATE_MAX ? word : "(unknown)";
    return c;
}

/* Half of the checks go through all containers; whom the policy wants is decided once for all of them. */
static void list_containers(struct facts *f)
{
    const char *id;
    json_t *inspect;
    f->wanted = xcalloc(json_object_size(f->containers), sizeof *f->wanted);
    json_object_foreach(json_at(f->containers, ""), id, inspect)
    {
        struct container c = json_is_object(inspect) ? container_of(id, inspect) : (struct container){0};
        if (c.id && container_wanted(f, &c))
            f->wanted[f->wanted_count++] = c;
    }
}

bool facts_container_next(const struct facts *f, struct container *c)
{
    size_t next = c->next;
    if (next == f->wanted_count)
        return false;
    *c = f->wanted[next];
    c->next = next + 1;
    return true;
}

void facts_close(struct facts *f)
{
    free(f->wanted);
    *f = (struct facts){0};
}

static bool image_used(const struct facts *f, const char *id)
{
    const char *container;
    json_t *inspect;
    json_t *all = json_at(f->containers, "");
    const char *digest = text_starts(id, "sha256:") ? id + strlen("sha256:") : id;
    json_object_foreach(all, container, inspect)
    {
        const char *image = json_text_at(inspect, "Image");
        if (image && strcmp(text_starts(image, "sha256:") ? image + strlen("sha256:") : image, digest) == 0)
            return true;
    }
    return false;
}

static bool image_wanted(const struct facts *f, const struct image *image)
{
    const json_t *tags = json_at(image->listed, "RepoTags");
    bool included = !facts_policy(f, "include_images");
    for (size_t i = 0; f->policy && i < json_array_size(tags); i++) {
        const char *tag = json_string_value(json_array_get(tags, i));
        if (facts_policy_matches(f, "exclude_images", tag))
            return false;
        included = included || facts_policy_matches(f, "include_images", tag);
    }
    return included;
}

static void name_image(struct image *image)
{
    const json_t *tags = json_at(image->listed, "RepoTags");
    const char *first = json_string_value(json_array_get(tags, 0));
    const char *digest = text_starts(image->id, "sha256:") ? image->id + strlen("sha256:") : image->id;
    size_t more = json_array_size(tags) > 1 ? json_array_size(tags) - 1 : 0;
    image->dangling = !first || strcmp(first, "<none>:<none>") == 0;
    if (image->dangling)
        snprintf(image->name, sizeof image->name, "%.12s (no tag)", digest);
    else if (more)
        snprintf(image->name, sizeof image->name, "%.220s (and %zu more)", first, more);
    else
        snprintf(image->name, sizeof image->name, "%.250s", first);
}

bool facts_image_next(const struct facts *f, struct image *image)
{
    while (image->next < json_array_size(f->images)) {
        size_t at = image->next;
        const json_t *listed = json_array_get(f->images, at);
        const char *id = json_text_at(listed, "Id");
        *image = (struct image){.next = at + 1, .id = id ? id : "", .listed = listed};
        image->inspect = json_object_get(json_at(f->root, "engine.image_inspects"), image->id);
        if (!json_is_object(image->inspect))
            image->inspect = NULL;
        image->history = json_object_get(json_at(f->root, "engine.image_history"), image->id);
        if (!json_is_array(image->history))
            image->history = NULL;
        name_image(image);
        image->used = image_used(f, image->id);
        image->use_unknown = !image->used && !f->containers_whole;
        if (image_wanted(f, image))
            return true;
    }
    return false;
}

void facts_each_missing(const struct facts *f, const char *prefix,
                        void (*visit)(void *ctx, const char *part, const char *why), void *ctx)
{
    document_each_missing(f->root, prefix, visit, ctx);
}

bool facts_security_option(const struct facts *f, const char *name, const char **value)
{
    const json_t *options = json_at(f->info, "SecurityOptions");
    char wanted[64];
    int length = snprintf(wanted, sizeof wanted, "name=%s", name);
    for (size_t i = 0; i < json_array_size(options); i++) {
        const char *option = json_string_value(json_array_get(options, i));
        if (option && text_starts(option, wanted) && (!option[length] || option[length] == ',')) {
            if (value)
                *value = option;
            return true;
        }
    }
    return false;
}

bool version_is_podman(const json_t *version)
{
    const json_t *components = json_at(version, "Components");
    for (size_t i = 0; i < json_array_size(components); i++) {
        const char *name = json_text_at(json_array_get(components, i), "Name");
        if (name && strstr(name, "Podman"))
            return true;
    }
    return false;
}

bool facts_is_podman(const struct facts *f)
{
    return version_is_podman(f->version);
}

int facts_docker_version(const struct facts *f)
{
    const char *version = json_text_at(f->info, "ServerVersion");
    int major, minor;
    bool read = version && sscanf(version, "%4d.%4d", &major, &minor) == 2 && minor < 100;
    return read && !facts_is_podman(f) ? major * 100 + minor : 0;
}

const json_t *facts_processes(const struct facts *f, const char *id)
{
    const json_t *list = json_object_get(json_at(f->shell, "containers"), id);
    return json_array_size(list) ? list : NULL;
}

const char *facts_layer(const json_t *shell, const char *id, const json_t *inspect)
{
    const char *reported = json_text_at(inspect, "GraphDriver.Data.UpperDir");
    return reported ? reported : json_string_value(json_object_get(json_at(shell, "layer_of"), id));
}

/* Seconds since 1970 of an RFC 3339 time in UTC; -1 where it is none. */
static long long moment(const char *text)
{
    struct tm tm = {0};
    return text && strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) ? (long long)timegm(&tm) : -1;
}

/* By the engine's clock and ours, which may differ a little. */
static bool just_started(const struct facts *f, const struct container *c)
{
    static const long long START_SECONDS = 10;
    long long started = moment(json_text_at(c->inspect, "State.StartedAt"));
    long long collected = moment(json_text_at(f->root, "collected"));
    return started >= 0 && collected >= 0 && started - collected < START_SECONDS &&
           collected - started < START_SECONDS;
}

/* Runtimes that put a kernel of their own between a container and the host, by a word of their name or
 * program. */
static bool is_sandbox(const char *name)
{
    static const char *const WORDS[] = {"kata", "runsc", "gvisor", "firecracker", "wasm", "quark"};
    bool found = false;
    for (size_t i = 0; name && i < sizeof WORDS / sizeof *WORDS && !found; i++)
        found = strcasestr(name, WORDS[i]) != NULL;
    return found;
}

/* Programs that run a machine; a runtime of any name may start one. */
static bool is_monitor(const char *comm)
{
    static const char *const MONITORS[] = {"qemu-",      "cloud-hyperviso", "firecracker",
                                           "stratovirt", "crosvm",          "runsc"};
    bool found = false;
    for (size_t i = 0; comm && i < sizeof MONITORS / sizeof *MONITORS && !found; i++)
        found = text_starts(comm, MONITORS[i]);
    return found;
}

static const json_t *process_of(const struct facts *f, const struct container *c)
{
    const json_t *list = c->running ? facts_processes(f, c->id) : NULL;
    json_int_t pid, at;
    if (!json_integer_at(c->inspect, "State.Pid", &pid))
        return NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *process = json_array_get(list, i);
        if (json_integer_at(process, "pid", &at) && at == pid)
            return process;
    }
    return NULL;
}

bool facts_runs_on_host(const struct facts *f, const struct container *c)
{
    const char *name = json_text_at(c->inspect, "HostConfig.Runtime");
    const json_t *runtime = name ? json_object_get(json_at(f->info, "Runtimes"), name) : NULL;
    bool own_kernel = is_sandbox(name) || is_sandbox(json_text_at(runtime, "path"));
    return !own_kernel && !(name && *name && strcmp(name, "runc") != 0 &&
                            is_monitor(json_text_at(process_of(f, c), "comm")));
}

const json_t *facts_first_process(const struct facts *f, const struct container *c)
{
    const json_t *process = facts_runs_on_host(f, c) ? process_of(f, c) : NULL;
    const char *comm = json_text_at(process, "comm");
    /* While it starts, runc is what runs, and has not given up yet what the container must not have. A
     * process can call itself so at any time, so that this counts in its first moments only. */
    return comm && text_starts(comm, "runc:[") && just_started(f, c) ? NULL : process;
}
