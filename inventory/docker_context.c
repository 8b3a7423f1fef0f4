/* docker_context.c: this machine's Docker as the docker CLI would choose it. The order is the CLI's code
 * (resolveContextName), not its manual: --context, -H, DOCKER_HOST, DOCKER_CONTEXT, currentContext, default.
 */
#include "inventory/docker_context.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "inventory/sources.h"

#include <dirent.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define LOCAL_SOCKET "unix:///var/run/docker.sock"

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static char *config_folder(void)
{
    const char *folder = environment("DOCKER_CONFIG");
    const char *home = environment("HOME");
    return folder ? xstrdup(folder) : xasprintf("%s/.docker", text_or(home, ""));
}

/* A context's folder is named by the SHA-256 of its name. */
static char *context_id(const char *name)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    char *hex = xcalloc(2 * sizeof digest + 1, 1);
    EVP_Digest(name, strlen(name), digest, &length, EVP_sha256(), NULL);
    for (unsigned i = 0; i < length; i++)
        snprintf(hex + (size_t)2 * i, 3, "%02x", digest[i]);
    return hex;
}

/* Go's decoder takes keys in any case; so do we. */
static json_t *get_any_case(json_t *object, const char *key)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        if (strcasecmp(name, key) == 0)
            return value;
    }
    return NULL;
}

static char *current_context(void)
{
    const char *named = environment("DOCKER_CONTEXT");
    if (named)
        return xstrdup(named);
    char *folder = config_folder();
    char *path = xasprintf("%s/config.json", folder);
    json_t *config = json_load_file(path, 0, NULL);
    char *name = xstrdup(json_string_value(get_any_case(config, "currentContext")));
    json_decref(config);
    free(path);
    free(folder);
    return name;
}

static void set_if_readable(char **field, const char *folder, const char *file)
{
    char *path = xasprintf("%s/%s", folder, file);
    if (access(path, R_OK) == 0) {
        free(*field);
        *field = xstrdup(path);
    }
    free(path);
}

/* Whether another context leads to the same engine already. */
static bool is_there(const struct inventory *inventory, const char *host)
{
    json_t *members = json_at(json_object_get(inventory->groups, "docker-context"), "hosts");
    const char *name;
    json_t *one;
    json_object_foreach(members, name, one)
    {
        if (text_same(json_text_at(json_object_get(inventory->hosts, name), "endpoint"), host))
            return true;
    }
    return false;
}

/* A context's endpoint as a hosts file would say it. */
static void add_context(struct inventory *inventory, const char *name, const json_t *context, const char *id,
                        const char *from)
{
    static const char *const FILES[][2] = {
        {"tls_ca", "ca.pem"}, {"tls_cert", "cert.pem"}, {"tls_key", "key.pem"}};
    json_t *endpoint = get_any_case(get_any_case(json_at(context, ""), "Endpoints"), "docker");
    const char *host = json_string_value(get_any_case(endpoint, "Host"));
    if (host && is_there(inventory, host))
        return;
    json_t *vars = inventory_host(inventory, name, "docker-context");
    char *folder = config_folder();
    if (host)
        json_put(vars, "endpoint", variable_text(host, from));
    else
        json_put(vars, "problem", variable_text("this docker context names no docker endpoint", from));
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES && host && text_starts(host, "tcp:"); i++) {
        char *path = xasprintf("%s/contexts/tls/%s/docker/%s", folder, id, FILES[i][1]);
        if (access(path, R_OK) == 0)
            json_put(vars, FILES[i][0], variable_text(path, from));
        free(path);
    }
    if (json_is_true(get_any_case(endpoint, "SkipTLSVerify")))
        json_put(vars, "tls_verify", variable_text("no", from));
    free(folder);
}

static int context_not_hidden(const struct dirent *entry)
{
    return *entry->d_name != '.';
}

int inventory_add_docker_contexts(struct inventory *inventory, const char *pattern, struct error *err)
{
    struct dirent **entries = NULL;
    char *folder = config_folder();
    char *metas = xasprintf("%s/contexts/meta", folder);
    int count = scandir(metas, &entries, context_not_hidden, alphasort);
    size_t found = 0;
    for (int i = 0; i < count; i++) {
        char *path = xasprintf("%s/%s/meta.json", metas, entries[i]->d_name);
        json_error_t json_err;
        json_t *context = json_load_file(path, 0, &json_err);
        const char *name = json_string_value(get_any_case(context, "Name"));
        if (!context) {
            /* The name is in the file only; so messages name the folder. */
            json_t *vars = inventory_host(inventory, entries[i]->d_name, "docker-context");
            char *problem = xasprintf("docker context: %s: %s", path, json_err.text);
            json_put(vars, "problem", variable_text(problem, path));
            free(problem);
            found++;
        } else if (name && text_glob(pattern, name)) {
            add_context(inventory, name, context, entries[i]->d_name, path);
            found++;
        }
        json_decref(context);
        free(path);
        free(entries[i]);
    }
    int result =
        found ? 0 : error_set(err, "--contexts %s: no docker context of that name in %s", pattern, metas);
    free(entries);
    free(metas);
    free(folder);
    return result;
}

/* The one context of a name, as --contexts would have it. */
static struct target *from_context(const char *name, const struct target_defaults *defaults,
                                   struct error *err)
{
    struct inventory inventory;
    char *folder = config_folder();
    char *id = context_id(name);
    char *meta = xasprintf("%s/contexts/meta/%s/meta.json", folder, id);
    json_error_t json_err;
    json_t *context = json_load_file(meta, 0, &json_err);
    struct target *target = NULL;
    inventory_init(&inventory);
    if (!context)
        error_set(err, "docker context \"%s\": %s: %s", name, meta, json_err.text);
    else
        add_context(&inventory, name, context, id, meta);
    if (context)
        target = inventory_resolve(&inventory, name, defaults);
    if (target && target->problem) {
        error_set(err, "docker context \"%s\": %s: %s", name, meta, target->problem);
        target_free(target);
        target = NULL;
    }
    json_decref(context);
    inventory_clear(&inventory);
    free(meta);
    free(id);
    free(folder);
    return target;
}

static struct target *from_host(const char *host, const struct target_defaults *defaults, struct error *err)
{
    /* The docker CLI reads an address without a scheme as tcp. */
    char *url = strstr(host, "://") || *host == '/' ? xstrdup(host) : xasprintf("tcp://%s", host);
    struct target *target = target_from_word(url, defaults, err);
    free(url);
    bool asked = environment("DOCKER_TLS_VERIFY") || environment("DOCKER_TLS") || defaults->tls_asked;
    if (target && target->engine.scheme == SCHEME_TCP) {
        target->tls = asked || target->engine.port == 2376;
        if (environment("DOCKER_TLS") && !environment("DOCKER_TLS_VERIFY"))
            target->tls_verify = false;
    }
    return target;
}

static void name_after(struct target *target, const char *name)
{
    free(target->name);
    target->name = xstrdup(name);
}

struct target *target_from_docker(const char *host, const char *context,
                                  const struct target_defaults *defaults, struct error *err)
{
    if (host && context) {
        error_set(err, "--host and --context exclude each other");
        return NULL;
    }
    const char *from_env = !context && !host ? environment("DOCKER_HOST") : NULL;
    char *chosen = xstrdup(context);
    if (!context && !host && !from_env)
        chosen = current_context();
    bool named = chosen && strcmp(chosen, "default") != 0;
    struct target *target;
    if (named)
        target = from_context(chosen, defaults, err);
    else
        target = from_host(host ? host : text_or(from_env, LOCAL_SOCKET), defaults, err);
    const char *machine = environment("DOCKER_MACHINE_NAME");
    char local_name[256] = "localhost";
    if (target && from_env && machine)
        name_after(target, machine);
    else if (target && named)
        name_after(target, chosen);
    else if (target && target->engine.scheme->is_socket &&
             gethostname(local_name, sizeof local_name - 1) == 0)
        name_after(target, local_name);
    free(chosen);
    return target;
}

void defaults_from_environment(struct target_defaults *d, char *storage[3])
{
    static const char *const FILES[] = {"ca.pem", "cert.pem", "key.pem"};
    const char **fields[] = {&d->tls_ca, &d->tls_cert, &d->tls_key};
    const char *folder_named = environment("DOCKER_CERT_PATH");
    char *folder = folder_named ? xstrdup(folder_named) : config_folder();
    for (size_t i = 0; i < 3; i++) {
        storage[i] = NULL;
        if (*fields[i])
            continue;
        /* A named folder without the file is an error that TLS will tell; the default folder is only a guess.
         */
        if (folder_named)
            storage[i] = xasprintf("%s/%s", folder, FILES[i]);
        else
            set_if_readable(&storage[i], folder, FILES[i]);
        *fields[i] = storage[i];
    }
    free(folder);
}

/* --- as a source --- */

static int add_contexts(struct inventory *inventory, const char *value,
                        const struct source_settings *settings, struct error *err)
{
    (void)settings;
    return inventory_add_docker_contexts(inventory, value, err);
}

const struct inventory_source SOURCE_DOCKER_CONTEXTS = {
    .option = "contexts",
    .metavar = "GLOB",
    .help = "the docker contexts of these names; '*': all",
    .add = add_contexts,
};
