/* container.c: the helper container: made from an image that is there, never started, and removed; and what
 * an earlier one left behind.
 *
 * The traps, each tried on a real engine: an image without a command is refused, so a dummy command is given;
 * the image's volumes would be made and filled, so a tmpfs lies over each; the mount point has a random name
 * that no image can have prepared as a link. */
#include "agentless/collect/helper/host_files_internal.h"
#include "agentless/facts/document.h"
#include "agentless/collect/probe/probe.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A leftover of another machine's scan may still be in use. */
#define LEFTOVER_AGE_S 3600

static void free_files(struct host_files *f)
{
    for (size_t i = 0; i < f->count; i++) {
        free(f->paths[i]->asked);
        free(f->paths[i]->at);
        free(f->paths[i]);
    }
    for (EACH(i, f->dropins))
        json_decref(f->dropins[i]);
    buf_free(&f->records);
    json_decref(f->texts);
    json_decref(f->present);
    free(f->data_root);
    free(f->mount);
    free(f->name);
    free(f->body);
    free(f->id);
    free(f);
}

static void helper_finish(struct host_files *f, json_t *files, const char *why, const char *remains)
{
    host_files_cb *done = f->done;
    void *ctx = f->ctx;
    free_files(f);
    done(ctx, files, why, remains);
}

/* --- the end --- */

static void on_removed(void *ctx, const struct answer *answer)
{
    struct host_files *f = ctx;
    struct error why = {"the host's files were not read"};
    char remains[400] = "";
    size_t length = f->records.length;
    char *text = buf_take(&f->records);
    bool gone = answer->status == 404; /* somebody else removed it: what is "absent" since may be there */
    json_t *files = *f->unread.text || gone ? NULL : probe_parse(text, length, f->mark, &why);
    free(text);
    if (*f->unread.text)
        why = f->unread;
    else if (gone)
        error_set(&why, "the helper container was removed by somebody else meanwhile");
    if (answer->error && answer->status != 404)
        snprintf(remains, sizeof remains, "the helper container %.12s could not be removed: %.250s", f->id,
                 answer->error);
    const char *unread = files ? NULL : why.text;
    helper_finish(f, files, unread, *remains ? remains : NULL);
}

static char *removal_path(const char *id)
{
    return xasprintf("/containers/%s?v=1&force=1", id);
}

void files_remove_helper(struct host_files *f)
{
    char *path = removal_path(f->id);
    engine_request(f->engine, (struct engine_call){.method = "DELETE", .path = path}, on_removed, f);
    free(path);
}

/* --- the helper --- */

static void on_created(void *ctx, const struct answer *answer)
{
    struct host_files *f = ctx;
    struct error why;
    json_t *made = answer->error ? NULL : json_parse(answer->body, answer->length, &why);
    const char *id = json_text_at(made, "Id");
    if (answer->error || !id || strspn(id, "0123456789abcdef") != strlen(id) || strlen(id) < 12) {
        error_set(&why, "the helper container could not be made: %.300s",
                  answer->error ? answer->error : "the engine named no id");
        json_decref(made);
        helper_finish(f, NULL, why.text, NULL);
        return;
    }
    f->id = xstrdup(id);
    json_decref(made);
    files_want_all(f);
    files_start_stage(f, 0, 0);
}

/* An image to make it from: any that could be inspected; the smallest is the least to mount. */
static const json_t *choose_image(const json_t *images, const json_t *inspects, const char **id)
{
    const json_t *chosen = NULL;
    json_int_t best = 0, size;
    for (size_t i = 0; i < json_array_size(images); i++) {
        const char *at = json_text_at(json_array_get(images, i), "Id");
        const json_t *inspect = at ? json_object_get(inspects, at) : NULL;
        if (!inspect || !json_integer_at(json_array_get(images, i), "Size", &size) ||
            (chosen && size >= best))
            continue;
        chosen = inspect;
        best = size;
        *id = at;
    }
    return chosen;
}

static char *label_value(void)
{
    char name[128] = "unknown";
    gethostname(name, sizeof name - 1);
    return xasprintf("%s:%ld:%lld", name, (long)getpid(), (long long)time(NULL));
}

static json_t *helper_config(const struct host_files *f, const char *image, const json_t *inspect)
{
    json_t *tmpfs = json_object();
    json_t *volumes = json_at(inspect, "Config.Volumes");
    const char *volume;
    json_t *unused;
    char *label = label_value();
    json_object_foreach(volumes, volume, unused) json_put(tmpfs, volume, json_text("size=4k"));
    json_t *config = json_pack(
        "{s:s, s:[s], s:[], s:b, s:{s:s}, s:{s:s, s:{s:s}, s:b, s:o, s:{s:s}, s:[{s:s, s:s, s:s, s:b, "
        "s:{s:s}}], s:[s]}}",
        "Image", image, "Cmd", "/muster-is-never-started", "Entrypoint", "NetworkDisabled", 1, "Labels",
        HELPER_LABEL, label, "HostConfig", "NetworkMode", "none", "RestartPolicy", "Name", "no",
        "ReadonlyRootfs", 1, "Tmpfs", tmpfs, "LogConfig", "Type", "none", "Mounts", "Type", "bind", "Source",
        "/", "Target", f->mount, "ReadOnly", 1, "BindOptions", "Propagation", "rslave", "CapDrop", "ALL");
    /* With user namespaces the container's root could not read what only the host's root may. */
    json_put(json_object_get(config, "HostConfig"), "UsernsMode", json_text("host"));
    free(label);
    return config;
}

/* Of this machine and a process that is gone, or old: nobody uses it any more. */
bool host_files_is_leftover(const char *label)
{
    char ours[128] = "unknown";
    char *copy = xstrdup(label);
    char *rest = copy;
    char *name = strsep(&rest, ":");
    char *pid_text = strsep(&rest, ":");
    long pid = 0, made = 0;
    gethostname(ours, sizeof ours - 1);
    bool readable = pid_text && rest && text_number(pid_text, 1, 2147483647, &pid) &&
                    text_number(rest, 0, 9007199254740991, &made);
    bool gone =
        readable && strcmp(name, ours) == 0 && pid != getpid() && kill((pid_t)pid, 0) && errno == ESRCH;
    bool old = !readable || made + LEFTOVER_AGE_S < time(NULL);
    free(copy);
    return gone || old;
}

static void on_leftover_removed(void *ctx, const struct answer *answer)
{
    (void)ctx;
    (void)answer;
}

static void on_leftovers(void *ctx, const struct answer *answer)
{
    struct host_files *f = ctx;
    struct error why;
    json_t *list = answer->error ? NULL : json_parse(answer->body, answer->length, &why);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        const char *id = json_text_at(one, "Id");
        const char *label = json_string_value(json_object_get(json_at(one, "Labels"), HELPER_LABEL));
        /* Never one that runs: that is not ours. */
        if (!id || strspn(id, "0123456789abcdef") != strlen(id) || !label ||
            !text_same(json_text_at(one, "State"), "created") || !host_files_is_leftover(label))
            continue;
        char *path = removal_path(id);
        engine_request(f->engine, (struct engine_call){.method = "DELETE", .path = path}, on_leftover_removed,
                       NULL);
        free(path);
    }
    json_decref(list);
    char *path = xasprintf("/containers/create?name=%s", f->name);
    engine_request(f->engine, (struct engine_call){.method = "POST", .path = path, .body = f->body},
                   on_created, f);
    free(path);
}

struct host_files *host_files_start(struct engine *engine, const json_t *images, const json_t *inspects,
                                    const json_t *info, host_files_cb *done, void *ctx)
{
    struct host_files *f = xcalloc(1, sizeof *f);
    unsigned char random[12];
    char name[2 * sizeof random + 1];
    const char *image = NULL;
    const json_t *inspect = choose_image(images, inspects, &image);
    *f = (struct host_files){.engine = engine, .done = done, .ctx = ctx};
    if (!inspect || RAND_bytes(random, sizeof random) != 1 || !probe_new_mark(f->mark)) {
        free_files(f);
        return NULL;
    }
    for (EACH(i, random))
        snprintf(name + 2 * i, 3, "%02x", random[i]);
    f->texts = json_object();
    f->present = json_object();
    f->mount = xasprintf("/muster-%s", name);
    f->data_root = xstrdup(json_text_at(info, "DockerRootDir"));
    buf_format(&f->records, "%smuster-probe 2\n", f->mark);
    json_t *config = helper_config(f, image, inspect);
    f->body = json_dumps(config, JSON_COMPACT);
    f->name = xasprintf("muster-helper-%s", name);
    json_decref(config);
    engine_request(
        engine,
        (struct engine_call){.method = "GET",
                             .path = "/containers/json?all=1&filters=%7B%22label%22%3A%5B%22" HELPER_LABEL
                                     "%22%5D%7D"},
        on_leftovers, f);
    return f;
}

void host_files_abort(struct host_files *f)
{
    /* By name: it may be in the making. */
    char *path = removal_path(f->name);
    engine_remove_later(f->engine, path);
    free(path);
    free_files(f);
}
