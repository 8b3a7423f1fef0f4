/* variables.c: see variables.h */
#include "inventory/variables.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/xdg.h"
#include "inventory/policy.h"
#include "inventory/ssh_arguments.h"

#include <stdlib.h>
#include <string.h>

/* --- setters: how a value becomes a part of the target --- */

static void *variables_field_of(struct variable_reading *r, const struct variable *v)
{
    return (char *)r->target + v->field;
}

void variable_bad(struct variable_reading *r, const char *key, const char *value, const char *expected)
{
    target_problem(r->target, xasprintf("%s=%s: %s is expected", key, value, expected));
}

static void set_flag(struct variable_reading *r, const struct variable *v, const char *value)
{
    if (!text_bool_loose(value, variables_field_of(r, v)))
        variable_bad(r, v->key, value, "yes or no");
}

static void replace_text(char **field, char *value)
{
    free(*field);
    *field = value;
}

static void variables_set_text(struct variable_reading *r, const struct variable *v, const char *value)
{
    replace_text(variables_field_of(r, v), xstrdup(value));
}

static void set_path(struct variable_reading *r, const struct variable *v, const char *value)
{
    replace_text(variables_field_of(r, v), path_from_home(value));
}

static void variables_set_host_key(struct variable_reading *r, const struct variable *v, const char *value)
{
    if (!host_key_policy_parse(value, &r->target->host_key))
        variable_bad(r, v->key, value, "strict, accept-new or no");
}

static void set_shell(struct variable_reading *r, const struct variable *v, const char *value)
{
    struct target *t = r->target;
    struct error err;
    endpoint_clear(&t->shell);
    if (strcmp(value, "none") == 0) {
        t->shell_kind = SHELL_NONE;
    } else if (strcmp(value, "local") == 0) {
        t->shell_kind = SHELL_LOCAL;
    } else if (endpoint_parse(&t->shell, value, &err) || t->shell.scheme != SCHEME_SSH || t->shell.path) {
        variable_bad(r, v->key, value, "ssh://[user@]host[:port], local or none");
        endpoint_clear(&t->shell);
        t->shell_kind = SHELL_NONE;
    } else {
        if (!t->shell.user && r->defaults->user)
            t->shell.user = xstrdup(r->defaults->user);
        t->shell_kind = SHELL_SSH;
    }
}

/* Words of an ssh command line, as Ansible hands them to ssh. */
static void set_ssh_arguments(struct variable_reading *r, const struct variable *v, const char *value)
{
    struct ssh_arguments arguments;
    struct error err;
    size_t i;
    json_t *option;
    if (ssh_arguments_parse(&arguments, value, &err))
        target_problem(r->target, xasprintf("%s: %s", v->key, err.text));
    json_array_foreach(arguments.options, i, option)
    {
        json_array_append(r->target->ssh_options, option);
    }
    if (arguments.config_file)
        replace_text(&r->target->ssh_config, path_from_home(arguments.config_file));
    ssh_arguments_clear(&arguments);
}

static void set_jump(struct variable_reading *r, const struct variable *v, const char *value)
{
    (void)v;
    target_ssh_option(r->target, "ProxyJump", value);
}

static void set_host_key_checking(struct variable_reading *r, const struct variable *v, const char *value)
{
    bool checking = true;
    if (!text_bool_loose(value, &checking))
        variable_bad(r, v->key, value, "yes or no");
    if (!checking)
        r->target->host_key = HOST_KEY_NO;
}

static void variables_set_connect_timeout(struct variable_reading *r, const struct variable *v,
                                          const char *value)
{
    long seconds;
    if (text_number(value, 1, 3600, &seconds))
        r->target->connect_timeout_ms = (unsigned)seconds * 1000;
    else
        variable_bad(r, v->key, value, "a number of seconds");
}

/* --- the table --- */

#define IN(member) .field = offsetof(struct target, member)

static const struct variable VARIABLES[] = {
    {.key = "endpoint"},
    {.key = "ansible_docker_docker_host"},
    {.key = "ansible_connection"},
    {.key = "ansible_host"},
    {.key = "ansible_ssh_host"},
    {.key = "ansible_port"},
    {.key = "ansible_ssh_port"},
    {.key = "ansible_user"},
    {.key = "ansible_ssh_user"},
    {.key = "ansible_become_method"},
    {.key = "ansible_become_user"},
    {.key = "ansible_group_priority"},
    {.key = "max_parallel"},
    {"ansible_docker_tls", .set = set_flag, IN(tls)},
    {"ansible_docker_validate_certs", .set = set_flag, IN(tls_verify)},
    {"ansible_docker_ca_cert", .set = set_path, IN(tls_ca)},
    {"ansible_docker_ca_path", .set = set_path, IN(tls_ca)},
    {"ansible_docker_client_cert", .set = set_path, IN(tls_cert)},
    {"ansible_docker_client_key", .set = set_path, IN(tls_key)},
    {"ansible_docker_tls_hostname", .set = variables_set_text, IN(tls_name)},
    {"ansible_become", .set = set_flag, IN(become)},
    {"jump", .set = set_jump},
    {"ansible_ssh_args", .set = set_ssh_arguments},
    {"ansible_ssh_common_args", .set = set_ssh_arguments},
    {"ansible_ssh_extra_args", .set = set_ssh_arguments},
    {"ansible_host_key_checking", .set = set_host_key_checking},
    {"ansible_ssh_host_key_checking", .set = set_host_key_checking},
    {"ansible_ssh_timeout", .set = variables_set_connect_timeout},
    {"ansible_timeout", .set = variables_set_connect_timeout},
    {"ansible_ssh_password", .set = variables_set_text, IN(password), .secret = true},
    {"ansible_ssh_pass", .set = variables_set_text, IN(password), .secret = true},
    {"ansible_password", .set = variables_set_text, IN(password), .secret = true},
    {"ansible_ssh_private_key_file", .set = set_path, IN(private_key)},
    {"ansible_private_key_file", .set = set_path, IN(private_key)},
    {"private_key", .set = set_path, IN(private_key), .relative = true},
    {"become", .set = set_flag, IN(become)},
    {"host_key", .set = variables_set_host_key},
    {"tls", .set = set_flag, IN(tls)},
    {"tls_verify", .set = set_flag, IN(tls_verify)},
    {"tls_ca", .set = set_path, IN(tls_ca), .relative = true},
    {"tls_cert", .set = set_path, IN(tls_cert), .relative = true},
    {"tls_key", .set = set_path, IN(tls_key), .relative = true},
    {"tls_name", .set = variables_set_text, IN(tls_name)},
    {"shell", .set = set_shell},
    {"problem", .set = variables_set_text, IN(problem)},
};
#define VARIABLE_COUNT (sizeof VARIABLES / sizeof *VARIABLES)

static const struct variable *variable_named(const char *key)
{
    for (size_t i = 0; i < VARIABLE_COUNT; i++)
        if (strcmp(VARIABLES[i].key, key) == 0)
            return &VARIABLES[i];
    return NULL;
}

/* Relative to the folder of the file that says it. */
static char *path_beside(const char *file, const char *value)
{
    const char *slash = strrchr(file, '/');
    if (*value == '/' || *value == '~' || !slash)
        return xstrdup(value);
    return xasprintf("%.*s/%s", (int)(slash - file), file, value);
}

void variable_set(json_t *vars, const char *key, const char *value, const char *path, size_t line)
{
    const struct variable *v = variable_named(key);
    char *own = *value && v && v->relative ? path_beside(path, value) : NULL;
    char *from = xasprintf("%s:%zu", path, line);
    json_put(vars, key, variable_text(own ? own : value, from));
    free(from);
    free(own);
}

bool variable_is_secret(const char *key)
{
    const struct variable *v = variable_named(key);
    return (v && v->secret) || strcasestr(key, "pass") || strcasestr(key, "secret") ||
           strcasestr(key, "token");
}

const char *variable_value(const json_t *variables, const char *key)
{
    return json_string_value(json_object_get(variables, key));
}

void variables_set(struct variable_reading *r, const json_t *variables)
{
    for (size_t i = 0; i < VARIABLE_COUNT; i++) {
        const char *value = variable_value(variables, VARIABLES[i].key);
        if (value && VARIABLES[i].set)
            VARIABLES[i].set(r, &VARIABLES[i], value);
    }
}

/* Jinja templates and vaulted values cannot be evaluated here; passing them on as text would reach nowhere
 * or, worse, somewhere. */
void variables_refuse_templates(struct variable_reading *r, json_t *variables)
{
    const char *key;
    json_t *value;
    json_object_foreach(variables, key, value)
    {
        const char *text = json_string_value(value);
        bool ours = variable_named(key) || policy_has_key(key);
        if (ours && text && (strstr(text, "{{") || text_starts(text, "!vault")))
            target_problem(
                r->target,
                xasprintf("%s holds a template or a vaulted value, which muster cannot evaluate", key));
    }
}

/* --- precedence: of groups and host, and where each value came from --- */

struct ranked_group {
    const char *name;
    json_int_t depth;
    long priority;
};

/* Ansible's order: by depth, then by ansible_group_priority, then by name; the later wins. */
static int compare_ranked_groups(const void *a, const void *b)
{
    const struct ranked_group *one = a, *other = b;
    if (one->depth != other->depth)
        return one->depth < other->depth ? -1 : 1;
    if (one->priority != other->priority)
        return one->priority < other->priority ? -1 : 1;
    return strcmp(one->name, other->name);
}

/* Calls `use` with the variables of each group of a host, the weakest first, then with its own. */
static void variables_each(const struct inventory *inventory, const char *host, json_t *groups,
                           void (*use)(void *ctx, json_t *vars, const char *group), void *ctx)
{
    size_t count = 0;
    struct ranked_group *ranks = xcalloc(json_object_size(groups), sizeof *ranks);
    const char *name;
    json_t *depth;
    json_object_foreach(groups, name, depth)
    {
        json_t *vars = json_object_get(json_object_get(inventory->groups, name), "vars");
        const char *priority = json_string_value(json_object_get(vars, "ansible_group_priority"));
        ranks[count] = (struct ranked_group){.name = name, .depth = json_integer_value(depth), .priority = 1};
        if (priority)
            text_number(priority, -1000000, 1000000, &ranks[count].priority);
        count++;
    }
    qsort(ranks, count, sizeof *ranks, compare_ranked_groups);
    for (size_t i = 0; i < count; i++) {
        json_t *vars = json_object_get(json_object_get(inventory->groups, ranks[i].name), "vars");
        if (vars)
            use(ctx, vars, ranks[i].name);
    }
    free(ranks);
    use(ctx, json_object_get(inventory->hosts, host), NULL);
}

static void merge_variables(void *ctx, json_t *vars, const char *group)
{
    (void)group;
    json_object_update(ctx, vars);
}

json_t *variables_merged(const struct inventory *inventory, const char *host, json_t *groups)
{
    json_t *vars = json_object();
    variables_each(inventory, host, groups, merge_variables, vars);
    return vars;
}

struct explanation {
    json_t *list;
    json_t *seen; /* variable -> index in the list */
};

static void explain_variables(void *ctx, json_t *vars, const char *group)
{
    struct explanation *e = ctx;
    const char *key;
    json_t *value;
    json_object_foreach(vars, key, value)
    {
        char *of = group ? xasprintf("group %s", group) : xstrdup("host");
        json_t *row = json_object();
        json_put(row, "variable", json_text(key));
        json_put(row, "value", json_text(variable_is_secret(key) ? "(not shown)" : json_string_value(value)));
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
    variables_each(inventory, host, groups, explain_variables, &e);
    json_decref(groups);
    json_decref(e.seen);
    return e.list;
}
