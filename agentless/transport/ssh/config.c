/* config.c: see config.h. Each distinct question is one entry: asked once, answered to all who wait,
 * kept for the run. At most a few processes run at once. */
#include "agentless/transport/ssh/config.h"
#include "agentless/transport/ssh/config_scan.h"
#include "base/buf.h"
#include "base/child.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUTPUT_MAX (256u << 10)
/* ssh -G answers in milliseconds; only a Match exec of the user's own can make it slow. */
#define QUERY_TIMEOUT_MS 10000
#define PROCESSES_MAX 8
#define ARGUMENTS_MAX 128

enum entry_state { ENTRY_WAITING, ENTRY_RUNNING, ENTRY_ANSWERED };

struct entry {
    struct ssh_config *config;
    char *file; /* -F; NULL: the user's and the system's */
    struct endpoint where;
    json_t *options;
    enum entry_state state;
    struct child *run; /* ssh -G */
    struct buf printed, complained;
    struct ssh_settings settings;
    bool failed;
    struct failure failure;
};

struct ssh_config_query {
    struct ssh_config_query *next;
    struct entry *entry;
    ssh_settings_cb *done;
    void *ctx;
};

struct ssh_config {
    uv_loop_t *loop;
    char *file;
    json_t *index; /* key -> number of the entry */
    struct entry **entries;
    size_t count, capacity;
    struct ssh_config_query *queries; /* those not answered yet, in the order of asking */
    unsigned running;
    json_t *harmless; /* file name ("" for the usual ones) -> whether it surely says nothing of interest */
    uv_idle_t soon;
    bool closed;
};

/* --- whether ssh has to be asked --- */

/* Each configuration is looked at once a run. */
static bool configuration_is_harmless(struct ssh_config *config, const char *file)
{
    json_t *known = json_object_get(config->harmless, text_or(file, ""));
    if (known)
        return json_is_true(known);
    /* What is named has to be there, or ssh says so. */
    bool harmless = file ? strcmp(file, "none") == 0 : ssh_config_says_nothing();
    json_put(config->harmless, text_or(file, ""), json_boolean(harmless));
    return harmless;
}

static bool must_ask(struct ssh_config *config, const char *file, const json_t *options)
{
    size_t i;
    json_t *option;
    json_array_foreach(options, i, option)
    {
        if (!ssh_settings_option_is_plain(json_string_value(option)))
            return true;
    }
    return !configuration_is_harmless(config, file);
}

/* --- answers --- */

static void on_soon(uv_idle_t *idle);

static void config_wake(struct ssh_config *config)
{
    if (!config->closed)
        uv_idle_start(&config->soon, on_soon);
}

/* `text` is what ssh -G printed; NULL: without OpenSSH's help, from the options alone. */
static void answer(struct entry *entry, char *text)
{
    size_t i;
    json_t *option;
    if (text)
        ssh_settings_parse(&entry->settings, text);
    else
        json_array_foreach(entry->options, i, option)
        {
            ssh_settings_option(&entry->settings, json_string_value(option));
        }
    entry->settings.config_file = xstrdup(entry->file);
    ssh_settings_complete(&entry->settings, &entry->where);
    entry->state = ENTRY_ANSWERED;
    config_wake(entry->config);
}

static void config_fail(struct entry *entry, const char *trouble)
{
    entry->failed = true;
    entry->state = ENTRY_ANSWERED;
    failure_set(&entry->failure, STAGE_INVENTORY, false,
                "run ssh -G HOST to see what is wrong, or use -F none",
                "the ssh configuration could not be read: %s", trouble);
    config_wake(entry->config);
}

/* --- the process --- */

static void config_start_waiting(struct ssh_config *config);

static void end_run(struct entry *entry)
{
    child_close(entry->run);
    entry->run = NULL;
    buf_free(&entry->printed);
    buf_free(&entry->complained);
    entry->config->running--;
    config_start_waiting(entry->config);
}

static void on_output(void *ctx, const char *bytes, size_t length, bool is_error)
{
    struct entry *entry = ctx;
    buf_add(is_error ? &entry->complained : &entry->printed, bytes, length);
}

static void on_ended(void *ctx, int exit_status)
{
    struct entry *entry = ctx;
    char trouble[64], said[200] = "";
    snprintf(trouble, sizeof trouble, "ssh -G ended with %d", exit_status);
    if (entry->complained.length)
        text_last_line(entry->complained.data, said, sizeof said);
    if (child_error(entry->run))
        config_fail(entry, "it takes OpenSSH's ssh to read it, which cannot be run");
    else if (exit_status == CHILD_TIMED_OUT)
        config_fail(entry, "ssh -G did not answer in 10 s");
    else if (exit_status)
        config_fail(entry, *said ? said : trouble);
    else
        answer(entry, entry->printed.data);
    end_run(entry);
}

/* The words of the command, each its own; NULL at the end. */
static void command_of(const struct entry *entry, char **args)
{
    size_t n = 0, i;
    json_t *option;
    args[n++] = xstrdup("ssh");
    args[n++] = xstrdup("-G");
    if (entry->file) {
        args[n++] = xstrdup("-F");
        args[n++] = xstrdup(entry->file);
    }
    if (entry->where.user) {
        args[n++] = xstrdup("-l");
        args[n++] = xstrdup(entry->where.user);
    }
    if (entry->where.port) {
        args[n++] = xstrdup("-p");
        args[n++] = xasprintf("%u", entry->where.port);
    }
    json_array_foreach(entry->options, i, option)
    {
        if (n + 4 < ARGUMENTS_MAX) {
            args[n++] = xstrdup("-o");
            args[n++] = xstrdup(json_string_value(option));
        }
    }
    args[n++] = xstrdup("--");
    args[n] = xstrdup(entry->where.host);
}

static void start_run(struct entry *entry)
{
    char *args[ARGUMENTS_MAX] = {NULL};
    command_of(entry, args);
    entry->printed.limit = entry->complained.limit = OUTPUT_MAX;
    entry->state = ENTRY_RUNNING;
    entry->config->running++;
    entry->run =
        child_start(entry->config->loop,
                    &(struct child_options){
                        .argv = args, .timeout_ms = QUERY_TIMEOUT_MS, .output = on_output, .ended = on_ended},
                    entry);
    for (size_t i = 0; i < ARGUMENTS_MAX; i++)
        free(args[i]);
}

static void config_start_waiting(struct ssh_config *config)
{
    for (struct ssh_config_query *q = config->queries;
         q && config->running < PROCESSES_MAX && !config->closed; q = q->next)
        if (q->entry->state == ENTRY_WAITING)
            start_run(q->entry);
}

/* --- questions --- */

static struct ssh_config_query *first_answered(struct ssh_config *config)
{
    struct ssh_config_query **at = &config->queries;
    while (*at && (*at)->entry->state != ENTRY_ANSWERED)
        at = &(*at)->next;
    struct ssh_config_query *q = *at;
    if (q)
        *at = q->next;
    return q;
}

static void on_soon(uv_idle_t *idle)
{
    struct ssh_config *config = idle->data;
    struct ssh_config_query *q = first_answered(config);
    if (!q) {
        uv_idle_stop(idle);
        return;
    }
    if (q->entry->failed)
        q->done(q->ctx, NULL, &q->entry->failure);
    else
        q->done(q->ctx, &q->entry->settings, NULL);
    free(q);
}

static char *config_key_of(const char *file, const struct endpoint *where, const json_t *options)
{
    struct buf key = {0};
    size_t i;
    json_t *option;
    buf_format(&key, "%s\n%s\n%u\n%s", text_or(file, ""), text_or(where->user, ""), where->port, where->host);
    json_array_foreach(options, i, option)
    {
        buf_format(&key, "\n%s", json_string_value(option));
    }
    return buf_take(&key);
}

static struct entry *config_entry_of(struct ssh_config *config, const char *file,
                                     const struct endpoint *where, const json_t *options)
{
    char *key = config_key_of(file, where, options);
    json_t *number = json_object_get(config->index, key);
    if (number) {
        free(key);
        return config->entries[json_integer_value(number)];
    }
    struct entry *entry = xcalloc(1, sizeof *entry);
    entry->config = config;
    entry->file = xstrdup(file);
    endpoint_copy(&entry->where, where);
    entry->options = json_copy((json_t *)(uintptr_t)options);
    json_put(config->index, key, json_integer((json_int_t)config->count));
    free(key);
    config->entries = grow_array(config->entries, config->count, &config->capacity, sizeof(void *));
    config->entries[config->count++] = entry;
    if (!must_ask(config, file, options))
        answer(entry, NULL);
    return entry;
}

struct ssh_config_query *ssh_config_start(struct ssh_config *config, const struct endpoint *where,
                                          const json_t *options, const char *file, ssh_settings_cb *done,
                                          void *ctx)
{
    struct ssh_config_query *q = xcalloc(1, sizeof *q);
    struct ssh_config_query **end = &config->queries;
    *q = (struct ssh_config_query){.entry =
                                       config_entry_of(config, file ? file : config->file, where, options),
                                   .done = done,
                                   .ctx = ctx};
    while (*end)
        end = &(*end)->next;
    *end = q;
    if (q->entry->state == ENTRY_ANSWERED)
        config_wake(config);
    else
        config_start_waiting(config);
    return q;
}

void ssh_config_cancel(struct ssh_config *config, struct ssh_config_query *query)
{
    struct ssh_config_query **at = &config->queries;
    while (*at && *at != query)
        at = &(*at)->next;
    if (*at)
        *at = query->next;
    free(query);
}

struct ssh_config *ssh_config_new(uv_loop_t *loop, const char *file)
{
    struct ssh_config *config = xcalloc(1, sizeof *config);
    config->loop = loop;
    config->file = xstrdup(file);
    config->index = json_object();
    config->harmless = json_object();
    uv_idle_init(loop, &config->soon);
    config->soon.data = config;
    return config;
}

void ssh_config_close(struct ssh_config *config)
{
    config->closed = true;
    uv_close((uv_handle_t *)&config->soon, NULL);
    for (size_t i = 0; i < config->count; i++)
        if (config->entries[i]->run)
            end_run(config->entries[i]);
}

void ssh_config_free(struct ssh_config *config)
{
    for (size_t i = 0; i < config->count; i++) {
        struct entry *entry = config->entries[i];
        free(entry->file);
        endpoint_clear(&entry->where);
        json_decref(entry->options);
        ssh_settings_clear(&entry->settings);
        free(entry);
    }
    free(config->entries);
    json_decref(config->index);
    json_decref(config->harmless);
    free(config->file);
    free(config);
}
