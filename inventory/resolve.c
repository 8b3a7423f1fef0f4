/* resolve.c: from a host's merged variables, or a word of the command line, to a target. */
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "inventory/inventory.h"
#include "inventory/policy.h"
#include "inventory/ssh_arguments.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ranked {
    const char *name;
    json_int_t depth;
    long priority;
};

/* Ansible's order: by depth, then by ansible_group_priority, then by name; the later wins. */
static int compare_ranks(const void *a, const void *b)
{
    const struct ranked *one = a, *other = b;
    if (one->depth != other->depth)
        return one->depth < other->depth ? -1 : 1;
    if (one->priority != other->priority)
        return one->priority < other->priority ? -1 : 1;
    return strcmp(one->name, other->name);
}

/* Calls `use` with the variables of each group of a host, the weakest first, then with its own. */
static void for_each_source(const struct inventory *inventory, const char *host, json_t *groups,
                            void (*use)(void *ctx, json_t *vars, const char *group), void *ctx)
{
    size_t count = 0;
    struct ranked *ranks = xcalloc(json_object_size(groups), sizeof *ranks);
    const char *name;
    json_t *depth;
    json_object_foreach(groups, name, depth)
    {
        json_t *vars = json_object_get(json_object_get(inventory->groups, name), "vars");
        const char *priority = json_string_value(json_object_get(vars, "ansible_group_priority"));
        ranks[count] = (struct ranked){.name = name, .depth = json_integer_value(depth), .priority = 1};
        if (priority)
            text_number(priority, -1000000, 1000000, &ranks[count].priority);
        count++;
    }
    qsort(ranks, count, sizeof *ranks, compare_ranks);
    for (size_t i = 0; i < count; i++) {
        json_t *vars = json_object_get(json_object_get(inventory->groups, ranks[i].name), "vars");
        if (vars)
            use(ctx, vars, ranks[i].name);
    }
    free(ranks);
    use(ctx, json_object_get(inventory->hosts, host), NULL);
}

static void merge(void *ctx, json_t *vars, const char *group)
{
    (void)group;
    json_object_update(ctx, vars);
}

static json_t *merged_variables(const struct inventory *inventory, const char *host, json_t *groups)
{
    json_t *vars = json_object();
    for_each_source(inventory, host, groups, merge, vars);
    return vars;
}

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

static char *expand_home(const char *path)
{
    const char *home = getenv("HOME");
    if (!path || strncmp(path, "~/", 2) != 0 || !home)
        return xstrdup(path);
    return xasprintf("%s%s", home, path + 1);
}

static void problem(struct target *target, char *text)
{
    if (target->problem)
        free(text);
    else
        target->problem = text;
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
    t->private_key = expand_home(d->private_key);
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
    } else if (engine.scheme == SCHEME_UNIX) {
        t->shell_kind = SHELL_LOCAL;
    } else {
        /* 2375 is the port Docker registered for plain HTTP, 2376 for TLS. */
        t->tls = engine.port != 2375;
        if (!t->engine.port)
            t->engine.port = 2376;
        t->tls_ca = xstrdup(d->tls_ca);
        t->tls_cert = xstrdup(d->tls_cert);
        t->tls_key = xstrdup(d->tls_key);
    }
}

/* --- variables of an inventory, one small function each, in one table --- */

struct reading {
    struct target *target;
    const struct target_defaults *defaults;
};

static void bad_value(struct reading *r, const char *key, const char *value, const char *expected)
{
    problem(r->target, xasprintf("%s=%s: %s is expected", key, value, expected));
}

static void read_flag(struct reading *r, const char *key, const char *value, bool *flag)
{
    if (!text_bool_loose(value, flag))
        bad_value(r, key, value, "yes or no");
}

static void set_text(char **field, char *value)
{
    free(*field);
    *field = value;
}

static void set_become(struct reading *r, const char *key, const char *value)
{
    read_flag(r, key, value, &r->target->become);
}

static void set_private_key(struct reading *r, const char *key, const char *value)
{
    (void)key;
    set_text(&r->target->private_key, expand_home(value));
}

static void set_host_key(struct reading *r, const char *key, const char *value)
{
    if (!host_key_policy_parse(value, &r->target->host_key))
        bad_value(r, key, value, "strict, accept-new or no");
}

static void set_tls(struct reading *r, const char *key, const char *value)
{
    read_flag(r, key, value, &r->target->tls);
}

static void set_tls_verify(struct reading *r, const char *key, const char *value)
{
    read_flag(r, key, value, &r->target->tls_verify);
}

static void set_tls_ca(struct reading *r, const char *key, const char *value)
{
    (void)key;
    set_text(&r->target->tls_ca, expand_home(value));
}

static void set_tls_cert(struct reading *r, const char *key, const char *value)
{
    (void)key;
    set_text(&r->target->tls_cert, expand_home(value));
}

static void set_tls_key(struct reading *r, const char *key, const char *value)
{
    (void)key;
    set_text(&r->target->tls_key, expand_home(value));
}

static void set_tls_name(struct reading *r, const char *key, const char *value)
{
    (void)key;
    set_text(&r->target->tls_name, xstrdup(value));
}

static void set_shell(struct reading *r, const char *key, const char *value)
{
    struct target *t = r->target;
    struct error err;
    endpoint_clear(&t->shell);
    if (strcmp(value, "none") == 0) {
        t->shell_kind = SHELL_NONE;
    } else if (strcmp(value, "local") == 0) {
        t->shell_kind = SHELL_LOCAL;
    } else if (endpoint_parse(&t->shell, value, &err) || t->shell.scheme != SCHEME_SSH || t->shell.path) {
        bad_value(r, key, value, "ssh://[user@]host[:port], local or none");
        endpoint_clear(&t->shell);
        t->shell_kind = SHELL_NONE;
    } else {
        if (!t->shell.user && r->defaults->user)
            t->shell.user = xstrdup(r->defaults->user);
        t->shell_kind = SHELL_SSH;
    }
}

/* Words of an ssh command line, as Ansible hands them to ssh. */
static void set_ssh_arguments(struct reading *r, const char *key, const char *value)
{
    struct ssh_arguments arguments;
    struct error err;
    size_t i;
    json_t *option;
    if (ssh_arguments_parse(&arguments, value, &err))
        problem(r->target, xasprintf("%s: %s", key, err.text));
    json_array_foreach(arguments.options, i, option)
    {
        json_array_append(r->target->ssh_options, option);
    }
    if (arguments.config_file)
        set_text(&r->target->ssh_config, expand_home(arguments.config_file));
    ssh_arguments_clear(&arguments);
}

static void set_jump(struct reading *r, const char *key, const char *value)
{
    (void)key;
    target_ssh_option(r->target, "ProxyJump", value);
}

static void set_host_key_checking(struct reading *r, const char *key, const char *value)
{
    bool checking = true;
    read_flag(r, key, value, &checking);
    if (!checking)
        r->target->host_key = HOST_KEY_NO;
}

static void set_connect_timeout(struct reading *r, const char *key, const char *value)
{
    long seconds;
    if (text_number(value, 1, 3600, &seconds))
        r->target->connect_timeout_ms = (unsigned)seconds * 1000;
    else
        bad_value(r, key, value, "a number of seconds");
}

static void set_password(struct reading *r, const char *key, const char *value)
{
    (void)key;
    set_text(&r->target->password, xstrdup(value));
}

/* Only where become is wanted does it matter how. */
static void check_become(struct reading *r, json_t *vars)
{
    const char *method = json_string_value(json_object_get(vars, "ansible_become_method"));
    const char *user = json_string_value(json_object_get(vars, "ansible_become_user"));
    if (!r->target->become)
        return;
    if (method && strcmp(method, "sudo") != 0)
        problem(r->target, xasprintf("ansible_become_method=%s: muster knows sudo only", method));
    else if (user && strcmp(user, "root") != 0)
        problem(r->target, xasprintf("ansible_become_user=%s: muster becomes root only", user));
}

/* Set by sources that know of a host and that it cannot be scanned. */
static void set_problem(struct reading *r, const char *key, const char *value)
{
    (void)key;
    free(r->target->problem);
    r->target->problem = xstrdup(value);
}

/* Applied in this order after the engine is known; muster's own keys come last and so win. */
static const struct {
    const char *key;
    void (*set)(struct reading *r, const char *key, const char *value);
} VARIABLES[] = {
    {"ansible_docker_tls", set_tls},
    {"ansible_docker_validate_certs", set_tls_verify},
    {"ansible_docker_ca_cert", set_tls_ca},
    {"ansible_docker_ca_path", set_tls_ca},
    {"ansible_docker_client_cert", set_tls_cert},
    {"ansible_docker_client_key", set_tls_key},
    {"ansible_docker_tls_hostname", set_tls_name},
    {"ansible_become", set_become},
    {"jump", set_jump},
    {"ansible_ssh_args", set_ssh_arguments},
    {"ansible_ssh_common_args", set_ssh_arguments},
    {"ansible_ssh_extra_args", set_ssh_arguments},
    {"ansible_host_key_checking", set_host_key_checking},
    {"ansible_ssh_host_key_checking", set_host_key_checking},
    {"ansible_ssh_timeout", set_connect_timeout},
    {"ansible_timeout", set_connect_timeout},
    {"ansible_ssh_password", set_password},
    {"ansible_ssh_pass", set_password},
    {"ansible_password", set_password},
    {"ansible_ssh_private_key_file", set_private_key},
    {"ansible_private_key_file", set_private_key},
    {"private_key", set_private_key},
    {"become", set_become},
    {"host_key", set_host_key},
    {"tls", set_tls},
    {"tls_verify", set_tls_verify},
    {"tls_ca", set_tls_ca},
    {"tls_cert", set_tls_cert},
    {"tls_key", set_tls_key},
    {"tls_name", set_tls_name},
    {"shell", set_shell},
    {"problem", set_problem},
};

static const char *variable(json_t *vars, const char *key, const char *alias)
{
    const char *value = json_string_value(json_object_get(vars, key));
    return value || !alias ? value : json_string_value(json_object_get(vars, alias));
}

/* The engine from endpoint=, else from Ansible's connection variables. */
static void resolve_engine(struct reading *r, json_t *vars)
{
    struct target *t = r->target;
    /* community.docker's name for it; ansible_docker_host is a container's name there. */
    const char *url = variable(vars, "endpoint", "ansible_docker_docker_host");
    const char *connection = variable(vars, "ansible_connection", NULL);
    const char *host = variable(vars, "ansible_host", "ansible_ssh_host");
    const char *user = variable(vars, "ansible_user", "ansible_ssh_user");
    const char *port = variable(vars, "ansible_port", "ansible_ssh_port");
    static const char *const SSH_CONNECTIONS[] = {"ssh", "smart", "paramiko", "libssh", "local"};
    bool known = !connection;
    for (size_t i = 0; i < sizeof SSH_CONNECTIONS / sizeof *SSH_CONNECTIONS && !known; i++)
        known = strcmp(connection, SSH_CONNECTIONS[i]) == 0;
    if (!known)
        problem(t, xasprintf("ansible_connection=%s does not lead to a Docker host", connection));
    struct endpoint engine = {.scheme = SCHEME_SSH};
    struct error err = {0};
    if (url) {
        if (endpoint_parse(&engine, url, &err))
            problem(t, xasprintf("endpoint=%s: %s", url, err.text));
    } else if (connection && strcmp(connection, "local") == 0) {
        engine.scheme = SCHEME_UNIX;
        engine.path = xstrdup("/var/run/docker.sock");
    } else {
        const char *address = host ? host : t->name;
        char *text = xasprintf(strchr(address, ':') && *address != '[' ? "ssh://[%s]" : "ssh://%s", address);
        if (endpoint_parse(&engine, text, &err))
            problem(t, xasprintf("%s", err.text));
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
            bad_value(r, "ansible_port", port, "a port (1 to 65535)");
    }
    set_engine(t, engine, r->defaults);
}

/* Jinja templates and vaulted values cannot be evaluated here; passing them on as text would reach nowhere
 * or, worse, somewhere. */
static void refuse_templates(struct reading *r, json_t *vars)
{
    const char *key;
    json_t *value;
    json_object_foreach(vars, key, value)
    {
        const char *text = json_string_value(value);
        bool ours = text_starts(key, "ansible_") || text_starts(key, "tls") || strcmp(key, "endpoint") == 0 ||
                    strcmp(key, "shell") == 0 || policy_has_key(key);
        if (ours && text && (strstr(text, "{{") || text_starts(text, "!vault")))
            problem(r->target,
                    xasprintf("%s holds a template or a vaulted value, which muster cannot evaluate", key));
    }
}

/* Variables that are keys of the policy. */
static void read_policy(struct reading *r, json_t *vars)
{
    const char *key;
    json_t *value;
    struct error err;
    json_object_foreach(vars, key, value)
    {
        const char *text = json_string_value(value);
        if (policy_has_key(key) && text && policy_set(r->target->policy, key, text, &err))
            problem(r->target, xstrdup(err.text));
    }
}

/* How many of a group may be visited at once is said of groups only: of a host it would mean nothing. */
static void read_limits(struct reading *r, const struct inventory *inventory, const char *host,
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
            bad_value(r, KEY, value, "a number from 1 to 100000");
    }
    if (json_object_get(json_object_get(inventory->hosts, host), KEY))
        problem(t, xasprintf("%s is said of a group ([GROUP:vars]), not of a host", KEY));
}

struct target *inventory_resolve(const struct inventory *inventory, const char *host,
                                 const struct target_defaults *defaults)
{
    json_t *groups = inventory_groups_of(inventory, host);
    json_t *vars = merged_variables(inventory, host, groups);
    struct target *t = target_new(host, defaults);
    struct reading r = {.target = t, .defaults = defaults};
    json_decref(t->groups);
    t->groups = sorted_group_names(groups);
    refuse_templates(&r, vars);
    resolve_engine(&r, vars);
    for (size_t i = 0; i < sizeof VARIABLES / sizeof *VARIABLES; i++) {
        const char *value = variable(vars, VARIABLES[i].key, NULL);
        if (value)
            VARIABLES[i].set(&r, VARIABLES[i].key, value);
    }
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
    char *url = *word == '/'          ? xasprintf("unix://%s", word)
                : strstr(word, "://") ? xstrdup(word)
                                      : xasprintf("ssh://%s", word);
    int result = endpoint_parse(&engine, url, err);
    if (!result && !strstr(word, "://") && (engine.port == 2375 || engine.port == 2376)) {
        result = error_set(
            err, "\"%s\": port %u is Docker's own; write tcp://%s (or ssh://%s if sshd listens there)", word,
            engine.port, word, word);
        endpoint_clear(&engine);
    }
    struct target *t = NULL;
    if (!result) {
        t = target_new(engine.scheme == SCHEME_UNIX ? url : engine.host, defaults);
        set_engine(t, engine, defaults);
        add_default_options(t, defaults);
    }
    free(url);
    return t;
}

/* --- where it all came from --- */

struct explanation {
    json_t *list;
    json_t *seen; /* variable -> index in the list */
};

static bool is_secret(const char *variable)
{
    return strcasestr(variable, "pass") || strcasestr(variable, "secret") || strcasestr(variable, "token");
}

static void explain(void *ctx, json_t *vars, const char *group)
{
    struct explanation *e = ctx;
    const char *key;
    json_t *value;
    json_object_foreach(vars, key, value)
    {
        char *of = group ? xasprintf("group %s", group) : xstrdup("host");
        json_t *row = json_object();
        json_put(row, "variable", json_text(key));
        json_put(row, "value", json_text(is_secret(key) ? "(not shown)" : json_string_value(value)));
        json_put(row, "from", json_text(variable_from(value)));
        json_put(row, "of", json_text(of));
        free(of);
        json_t *at = json_object_get(e->seen, key);
        if (at) {
            json_array_set_new(e->list, (size_t)json_integer_value(at), row);
        } else {
            json_put(e->seen, key, json_integer((json_int_t)json_array_size(e->list)));
            json_array_append_new(e->list, row);
        }
    }
}

json_t *inventory_explain(const struct inventory *inventory, const char *host)
{
    struct explanation e = {.list = json_array(), .seen = json_object()};
    json_t *groups = inventory_groups_of(inventory, host);
    for_each_source(inventory, host, groups, explain, &e);
    json_decref(groups);
    json_decref(e.seen);
    return e.list;
}
