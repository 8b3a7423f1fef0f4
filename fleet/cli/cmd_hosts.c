/* cmd_hosts.c: muster hosts: the resolved inventory; no host is contacted. --explain says where each value
 * came from, and asks the ssh configuration, as a scan would. */
#include "fleet/cli/targets.h"
#include "inventory/variables.h"
#include "agentless/transport/ssh/config.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "fleet/cli/command.h"
#include "fleet/cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What --explain adds of one host. */
struct explanation {
    json_t *variables; /* of inventory_explain(), and what the command line adds */
    json_t *ssh;       /* what the ssh configuration makes of it; JSON null: no ssh */
};

/* The jump hosts that inventory or command line name; NULL: none (the ssh configuration may). */
static const char *hosts_jump_of(const struct target *t)
{
    size_t i;
    json_t *option;
    json_array_foreach(t->ssh_options, i, option)
    {
        const char *text = json_string_value(option);
        if (strncasecmp(text, "ProxyJump=", strlen("ProxyJump=")) == 0)
            return text + strlen("ProxyJump=");
    }
    return NULL;
}

static json_t *limits_json(const struct target *t)
{
    json_t *json = json_object();
    for (size_t i = 0; i < t->limit_count; i++)
        json_put(json, t->limits[i].group, json_integer((json_int_t)t->limits[i].at_once));
    return json;
}

static json_t *hosts_row(const struct target *t, const struct explanation *explanation)
{
    json_t *json = json_object();
    json_put(json, "name", json_text(t->name));
    json_put(json, "groups", json_incref(t->groups));
    json_put(json, "target", target_json(t));
    json_put(json, "tls", t->engine.scheme == SCHEME_TCP ? json_boolean(t->tls) : NULL);
    json_put(json, "become", json_boolean(t->become));
    json_put(json, "private_key", json_text(t->private_key));
    json_put(json, "jump", json_text(hosts_jump_of(t)));
    json_put(json, "max_parallel", limits_json(t));
    json_put(json, "problem", json_text(t->problem));
    if (explanation) {
        json_put(json, "explain", json_incref(explanation->variables));
        json_put(json, "ssh", json_incref(explanation->ssh));
    }
    return json;
}

static void hosts_print_json(const struct target_list *targets, const struct explanation *explanations)
{
    json_t *list = json_array();
    for (size_t i = 0; i < targets->count; i++)
        json_array_append_new(list, hosts_row(targets->items[i], explanations ? &explanations[i] : NULL));
    json_dumpf(list, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
    putchar('\n');
    json_decref(list);
}

static void print_line(const struct target *t)
{
    char *engine = endpoint_url(&t->engine);
    char *shell = t->shell_kind == SHELL_SSH ? endpoint_url(&t->shell) : NULL;
    size_t columns = text_print_safe(stdout, t->name);
    printf("%*s  ", columns < 24 ? (int)(24 - columns) : 0, "");
    text_print_safe(stdout, engine);
    if (t->engine.scheme == SCHEME_TCP) {
        const char *tls = t->tls_verify ? "tls" : "tls (not verified)";
        printf("  %s", t->tls ? tls : "plain");
    }
    if (t->engine.scheme == SCHEME_TCP) {
        printf("  shell ");
        text_print_safe(stdout, shell ? shell : "none");
    }
    if (t->become)
        printf("  become");
    if (hosts_jump_of(t)) {
        fputs("  through ", stdout);
        text_print_safe(stdout, hosts_jump_of(t));
    }
    for (size_t i = 0; i < json_array_size(t->groups); i++) {
        fputs(i ? "," : "  [", stdout);
        text_print_safe(stdout, json_string_value(json_array_get(t->groups, i)));
    }
    fputs(json_array_size(t->groups) ? "]" : "", stdout);
    if (t->problem) {
        fputs("  CANNOT BE SCANNED: ", stdout);
        text_print_safe(stdout, t->problem);
    }
    putchar('\n');
    free(engine);
    free(shell);
}

/* --- --explain --- */

static void add_variable(json_t *list, const char *variable, const char *value, const char *from)
{
    json_t *json = json_object();
    json_put(json, "variable", json_text(variable));
    json_put(json, "value", json_text(value));
    json_put(json, "from", json_text(from));
    json_put(json, "of", json_text("all targets"));
    json_array_append_new(list, json);
}

/* What holds for all targets where the inventory says nothing else. */
static void add_defaults(json_t *list, const struct options *o)
{
    const struct target_defaults *d = &o->defaults;
    const char *found = getenv("DOCKER_CERT_PATH") ? "DOCKER_CERT_PATH" : "the docker configuration folder";
    static const char *const TLS[] = {"tls_ca", "tls_cert", "tls_key"};
    const char *const files[] = {d->tls_ca, d->tls_cert, d->tls_key};
    if (d->user)
        add_variable(list, "user", d->user, "--user");
    if (d->private_key)
        add_variable(list, "private_key", d->private_key, "--private-key");
    if (d->become)
        add_variable(list, "become", "yes", "--become");
    if (o->host_key_given)
        add_variable(list, "host_key", o->host_key_given, "--host-key");
    if (d->password)
        add_variable(list, "password", "(not shown)", "MUSTER_SSH_PASSWORD_FILE");
    for (size_t i = 0; d->ssh_options && d->ssh_options[i]; i++)
        add_variable(list, "ssh option", d->ssh_options[i],
                     strncmp(d->ssh_options[i], "ProxyJump=", 10) == 0 ? "--jump" : "--ssh-option");
    for (size_t i = 0; i < 3; i++)
        if (files[i])
            add_variable(list, TLS[i], files[i], o->storage[i] ? found : "--tlscacert, --tlscert, --tlskey");
}

static json_t *files_json(char *const *files)
{
    json_t *list = json_array();
    for (; files && *files; files++)
        json_array_append_new(list, json_text(*files));
    return list;
}

static void on_settings(void *ctx, const struct ssh_settings *s, const struct failure *failure)
{
    struct explanation *e = ctx;
    static const char *const POLICIES[] = {[HOST_KEY_CONFIGURED] = NULL,
                                           [HOST_KEY_STRICT] = "strict",
                                           [HOST_KEY_ACCEPT_NEW] = "accept-new",
                                           [HOST_KEY_NO] = "no"};
    json_t *json = json_object();
    if (failure) {
        json_put(json, "problem", json_text(failure->message));
    } else {
        json_put(json, "host", json_text(s->host));
        json_put(json, "port", json_integer(s->port));
        json_put(json, "user", json_text(s->user));
        json_put(json, "host_key_alias", json_text(s->host_key_alias));
        json_put(json, "jump", json_text(s->proxy_jump));
        json_put(json, "proxy_command", json_text(s->proxy_command));
        json_put(json, "identities", files_json(s->identities));
        json_put(json, "certificates", files_json(s->certificates));
        json_put(json, "identities_only", json_boolean(s->identities_only));
        json_put(json, "known_hosts", files_json(s->known_hosts));
        json_put(json, "revoked_host_keys", json_text(s->revoked_host_keys));
        json_put(json, "host_key_checking", json_text(POLICIES[s->host_key]));
    }
    json_decref(e->ssh);
    e->ssh = json;
}

static struct explanation *hosts_explain(const struct options *o, const struct target_list *targets,
                                         const struct inventory *inventory)
{
    struct explanation *all = xcalloc(targets->count, sizeof *all);
    size_t open = 0;
    uv_loop_t loop;
    if (uv_loop_init(&loop))
        return all;
    struct ssh_config *config = ssh_config_new(&loop, o->ssh_config);
    for (size_t i = 0; i < targets->count; i++) {
        const struct target *t = targets->items[i];
        all[i].variables =
            json_object_get(inventory->hosts, t->name) ? inventory_explain(inventory, t->name) : json_array();
        add_defaults(all[i].variables, o);
        all[i].ssh = json_null();
        if (t->shell_kind == SHELL_SSH && !t->problem) {
            ssh_config_start(config, &t->shell, t->ssh_options, t->ssh_config, on_settings, &all[i]);
            open++;
        }
    }
    while (open) {
        open = 0;
        for (size_t i = 0; i < targets->count; i++)
            open += targets->items[i]->shell_kind == SHELL_SSH && !targets->items[i]->problem &&
                    json_is_null(all[i].ssh);
        if (open)
            uv_run(&loop, UV_RUN_ONCE);
    }
    ssh_config_close(config);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    ssh_config_free(config);
    return all;
}

/* "variable = value    where", one a line. */
static void print_value(const char *name, const char *value, const char *from, const char *of)
{
    fputs("    ", stdout);
    size_t columns = text_print_safe(stdout, name);
    fputs(" = ", stdout);
    columns += 3 + text_print_safe(stdout, value ? value : "");
    printf("%*s  ", columns < 48 ? (int)(48 - columns) : 0, "");
    text_print_safe(stdout, from ? from : "?");
    fputs(" (", stdout);
    text_print_safe(stdout, of ? of : "?");
    fputs(")\n", stdout);
}

static void print_explanation(const struct explanation *e)
{
    static const char SOURCE[] = "ssh configuration, or its default";
    size_t i;
    json_t *one;
    const char *key;
    json_array_foreach(e->variables, i, one)
    {
        print_value(json_text_at(one, "variable"), json_text_at(one, "value"), json_text_at(one, "from"),
                    json_text_at(one, "of"));
    }
    json_object_foreach(e->ssh, key, one)
    {
        char *name = xasprintf("ssh %s", key);
        char number[24];
        size_t k;
        json_t *file;
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(one));
        if (json_is_string(one))
            print_value(name, json_string_value(one), SOURCE, "resolved");
        else if (json_is_integer(one))
            print_value(name, number, SOURCE, "resolved");
        else if (json_is_true(one))
            print_value(name, "yes", SOURCE, "resolved");
        json_array_foreach(one, k, file)
        {
            print_value(name, json_string_value(file), SOURCE, "resolved");
        }
        free(name);
    }
}

static const char *hosts_format_name(size_t n)
{
    static const char *const FORMATS[] = {"table", "json"};
    return n < sizeof FORMATS / sizeof *FORMATS ? FORMATS[n] : NULL;
}

static int run_hosts(const struct options *o)
{
    struct target_list targets;
    struct inventory inventory;
    int result = options_targets(o, &targets, &inventory);
    if (result)
        return result;
    struct explanation *explanations = o->explain ? hosts_explain(o, &targets, &inventory) : NULL;
    bool json = o->format && strcmp(o->format, "json") == 0;
    if (json)
        hosts_print_json(&targets, explanations);
    for (size_t i = 0; i < targets.count && !json; i++) {
        print_line(targets.items[i]);
        if (explanations)
            print_explanation(&explanations[i]);
    }
    for (size_t i = 0; i < targets.count && explanations; i++) {
        json_decref(explanations[i].variables);
        json_decref(explanations[i].ssh);
    }
    free(explanations);
    target_list_clear(&targets);
    inventory_clear(&inventory);
    return EXIT_OK;
}

const struct command COMMAND_HOSTS = {
    .name = "hosts",
    .arguments = "[OPTIONS] [TARGET...]",
    .summary = "show the resolved inventory; contact nobody",
    .help = "--format json prints it as JSON. --explain tells where each value came from, and what the ssh "
            "configuration\nmakes of each host.\n",
    .takes = TAKES_TARGETS | TAKES_CONNECTION | TAKES_EXPLAIN | TAKES_FORMAT | TAKES_QUIET,
    .formats = hosts_format_name,
    .run = run_hosts,
};
