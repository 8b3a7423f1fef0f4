/* cmd_hosts.c: muster hosts: the resolved inventory; nobody is contacted. */
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "fleet/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *row(const struct target *t)
{
    json_t *json = json_object();
    json_put(json, "name", json_text(t->name));
    json_put(json, "groups", json_incref(t->groups));
    json_put(json, "target", target_json(t));
    json_put(json, "tls", t->engine.scheme == SCHEME_TCP ? json_boolean(t->tls) : NULL);
    json_put(json, "become", json_boolean(t->become));
    json_put(json, "private_key", json_text(t->private_key));
    json_put(json, "problem", json_text(t->problem));
    return json;
}

static void print_json(const struct target_list *targets)
{
    json_t *list = json_array();
    for (size_t i = 0; i < targets->count; i++)
        json_array_append_new(list, row(targets->items[i]));
    json_dumpf(list, stdout, JSON_INDENT(2));
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
    if (t->engine.scheme == SCHEME_TCP)
        printf("  %s", !t->tls ? "plain" : t->tls_verify ? "tls" : "tls (not verified)");
    if (t->engine.scheme == SCHEME_TCP) {
        printf("  shell ");
        text_print_safe(stdout, shell ? shell : "none");
    }
    if (t->become)
        printf("  become");
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

static int run_hosts(const struct options *o)
{
    struct target_list targets;
    int result = options_targets(o, &targets);
    if (result)
        return result;
    if (o->format && strcmp(o->format, "json") == 0)
        print_json(&targets);
    else
        for (size_t i = 0; i < targets.count; i++)
            print_line(targets.items[i]);
    target_list_clear(&targets);
    return EXIT_OK;
}

const struct command COMMAND_HOSTS = {"hosts",
                                      "[OPTIONS] [TARGET...]",
                                      "show the resolved inventory; contact nobody",
                                      "--format json prints it as JSON.\n",
                                      NULL,
                                      run_hosts};
