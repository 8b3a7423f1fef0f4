/* resolve.c: from a host's merged variables, or a word of the command line, to a target. */
#include "inventory/resolve.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/xdg.h"
#include "inventory/policy.h"
#include "inventory/variables.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static json_t *sorted_group_names(json_t *groups)
{
    size_t count = 0;
    const char **names = xcalloc(json_object_size(groups), sizeof *names);
    const char *name;
    json_t *depth;
    json_object_foreach(groups, name, depth)
    {
        if (strcmp(name, "all") != 0 && strcmp(name, "ungrouped") != 0)
            names[count++] = name;
    }
    qsort(names, count, sizeof *names, compare_names);
    json_t *sorted = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(sorted, json_text(names[i]));
    free(names);
    return sorted;
}

static struct target *target_new(const char *name, const struct target_defaults *d)
{
    struct target *t = xcalloc(1, sizeof *t);
    t->name = xstrdup(name);
    t->groups = json_array();
    t->policy = json_object();
    t->tls_verify = d->tls_verify;
    t->become = d->become;
    t->host_key = d->host_key;
    t->private_key = path_from_home(d->private_key);
    t->password = xstrdup(d->password);
    t->ssh_options = json_array();
    return t;
}

/* The inventory's own come first, and so win. */
static void add_default_options(struct target *t, const struct target_defaults *d)
{
    for (size_t i = 0; d->ssh_options && d->ssh_options[i]; i++)
        json_array_append_new(t->ssh_options, json_text(d->ssh_options[i]));
}

/* Sets the engine, and the shell that comes with it: an ssh engine's session, this machine for a local
 * socket. */
static void set_engine(struct target *t, struct endpoint engine, const struct target_defaults *d)
{
    t->engine = engine;
    if (engine.scheme == SCHEME_SSH) {
        if (!t->engine.user && d->user)
            t->engine.user = xstrdup(d->user);
        t->shell_kind = SHELL_SSH;
        endpoint_copy(&t->shell, &t->engine);
    } else if (engine.scheme->is_socket) {
        t->shell_kind = SHELL_LOCAL;
    } else {
        t->tls = d->tls_asked || engine.port != 2375; /* the port Docker registered for plain HTTP */
        if (!t->engine.port)
            t->engine.port = engine.scheme->port;
        t->tls_ca = xstrdup(d->tls_ca);
        t->tls_cert = xstrdup(d->tls_cert);
        t->tls_key = xstrdup(d->tls_key);
    }
}

static const char *resolve_variable(json_t *vars, const char *key, const char *alias)
{
    const char *value = variable_value(vars, key);
    return value || !alias ? value : variable_value(vars, alias);
}

/* Only where become is wanted does it matter how. */
static void check_become(struct variable_reading *r, json_t *vars)
{
    const char *method = variable_value(vars, "ansible_become_method");
    const char *user = variable_value(vars, "ansible_become_user");
    if (!r->target->become)
        return;
    if (method && strcmp(method, "sudo") != 0)
        target_problem(r->target, xasprintf("ansible_become_method=%s: muster knows sudo only", method));
    else if (user && strcmp(user, "root") != 0)
        target_problem(r->target, xasprintf("ansible_become_user=%s: muster becomes root only", user));
}

/* The engine from endpoint=, else from Ansible's connection variables. */
static void resolve_engine(struct variable_reading *r, json_t *vars)
{
    struct target *t = r->target;
    /* community.docker's name for it; ansible_docker_host is a container's name there. */
    const char *url = resolve_variable(vars, "endpoint", "ansible_docker_docker_host");
    const char *connection = resolve_variable(vars, "ansible_connection", NULL);
    const char *host = resolve_variable(vars, "ansible_host", "ansible_ssh_host");
    const char *user = resolve_variable(vars, "ansible_user", "ansible_ssh_user");
    const char *port = resolve_variable(vars, "ansible_port", "ansible_ssh_port");
    static const char *const SSH_CONNECTIONS[] = {"ssh", "smart", "paramiko", "libssh", "local"};
    bool known = !connection;
    for (size_t i = 0; i < sizeof SSH_CONNECTIONS / sizeof *SSH_CONNECTIONS && !known; i++)
        known = strcmp(connection, SSH_CONNECTIONS[i]) == 0;
    if (!known)
        target_problem(t, xasprintf("ansible_connection=%s does not lead to a Docker host", connection));
    struct endpoint engine = {.scheme = SCHEME_SSH};
    struct error err = {0};
    if (url) {
        if (endpoint_parse(&engine, url, &err))
            target_problem(t, xasprintf("endpoint=%s: %s", url, err.text));
    } else if (connection && strcmp(connection, "local") == 0) {
        engine.scheme = SCHEME_UNIX;
        engine.path = xstrdup("/var/run/docker.sock");
    } else {
        const char *address = host ? host : t->name;
        char *text = xasprintf(strchr(address, ':') && *address != '[' ? "ssh://[%s]" : "ssh://%s", address);
        if (endpoint_parse(&engine, text, &err))
            target_problem(t, xasprintf("%s", err.text));
        free(text);
    }
    if (t->problem) {
        endpoint_clear(&engine);
        engine = (struct endpoint){.scheme = SCHEME_SSH, .host = xstrdup(t->name)};
    }
    long number = 0;
    if (engine.scheme == SCHEME_SSH && user && !engine.user)
        engine.user = xstrdup(user);
    if (engine.scheme == SCHEME_SSH && port && !engine.port) {
        if (text_number(port, 1, 65535, &number))
            engine.port = (unsigned)number;
        else
            variable_bad(r, "ansible_port", port, "a port (1 to 65535)");
    }
    set_engine(t, engine, r->defaults);
}

static bool any_of(json_t *vars, const char *const *keys)
{
    bool any = false;
    for (; *keys && !any; keys++)
        any = variable_value(vars, *keys) != NULL;
    return any;
}

/* Who names files for TLS, or asks for its verification, is not served by plain HTTP: not on port 2375
 * either. tls=no says otherwise in as many words, but not against a wish to verify. */
static void resolve_tls(struct target *t, json_t *vars)
{
    static const char *const SAID[] = {"tls", "ansible_docker_tls", NULL};
    static const char *const VERIFY[] = {"tls_verify", "ansible_docker_validate_certs", NULL};
    static const char *const FILES[] = {"tls_ca",
                                        "tls_cert",
                                        "tls_key",
                                        "ansible_docker_ca_cert",
                                        "ansible_docker_ca_path",
                                        "ansible_docker_client_cert",
                                        "ansible_docker_client_key",
                                        NULL};
    if (t->engine.scheme == SCHEME_TCP &&
        ((t->tls_verify && any_of(vars, VERIFY)) || (!any_of(vars, SAID) && any_of(vars, FILES))))
        t->tls = true;
}

/* Variables that are keys of the policy. */
static void read_policy(struct variable_reading *r, json_t *vars)
{
    const char *key;
    json_t *value;
    struct error err;
    json_object_foreach(vars, key, value)
    {
        const char *text = json_string_value(value);
        if (policy_has_key(key) && text && policy_set(r->target->policy, key, text, &err))
            target_problem(r->target, xstrdup(err.text));
    }
}

/* How many of a group may be visited at once is said of groups only: of a host it would mean nothing. */
static void read_limits(struct variable_reading *r, const struct inventory *inventory, const char *host,
                        json_t *groups)
{
    static const char KEY[] = "max_parallel";
    struct target *t = r->target;
    const char *name;
    json_t *depth;
    long number;
    t->limits = xcalloc(json_object_size(groups) + 1, sizeof *t->limits);
    json_object_foreach(groups, name, depth)
    {
        json_t *vars = json_object_get(json_object_get(inventory->groups, name), "vars");
        const char *value = json_string_value(json_object_get(vars, KEY));
        if (value && text_number(value, 1, 100000, &number))
            t->limits[t->limit_count++] =
                (struct group_limit){.group = xstrdup(name), .at_once = (size_t)number};
        else if (value)
            variable_bad(r, KEY, value, "a number from 1 to 100000");
    }
    if (json_object_get(json_object_get(inventory->hosts, host), KEY))
        target_problem(t, xasprintf("%s is said of a group ([GROUP:vars]), not of a host", KEY));
}

struct target *inventory_resolve(const struct inventory *inventory, const char *host,
                                 const struct target_defaults *defaults)
{
    json_t *groups = inventory_groups_of(inventory, host);
    json_t *vars = variables_merged(inventory, host, groups);
    struct target *t = target_new(host, defaults);
    struct variable_reading r = {.target = t, .defaults = defaults};
    json_decref(t->groups);
    t->groups = sorted_group_names(groups);
    variables_refuse_templates(&r, vars);
    resolve_engine(&r, vars);
    variables_set(&r, vars);
    resolve_tls(t, vars);
    add_default_options(t, defaults);
    check_become(&r, vars);
    read_limits(&r, inventory, host, groups);
    read_policy(&r, vars);
    json_decref(vars);
    json_decref(groups);
    return t;
}

struct target *target_from_word(const char *word, const struct target_defaults *defaults, struct error *err)
{
    struct endpoint engine;
    const char *scheme = strstr(word, "://") ? "" : "ssh://";
    char *url = xasprintf("%s%s", *word == '/' ? "unix://" : scheme, word);
    int result = endpoint_parse(&engine, url, err);
    if (!result && !strstr(word, "://") && (engine.port == 2375 || engine.port == 2376)) {
        result = error_set(
            err, "\"%s\": port %u is Docker's own; write tcp://%s (or ssh://%s if sshd listens there)", word,
            engine.port, word, word);
        endpoint_clear(&engine);
    }
    struct target *t = NULL;
    if (!result) {
        t = target_new(engine.scheme->is_socket ? url : engine.host, defaults);
        set_engine(t, engine, defaults);
        add_default_options(t, defaults);
    }
    free(url);
    return t;
}
