/* ssh_config.c: see ssh_config.h */
#include "agentless/reach/ssh_config.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <glob.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define SYSTEM_CONFIG "/etc/ssh/ssh_config"
#define OUTPUT_MAX (256u << 10)
/* ssh -G answers in milliseconds; only a Match exec of the user's own can make it slow. */
#define QUERY_TIMEOUT_MS 10000

struct ssh_config_query {
    ssh_settings_cb *done; /* NULL: cancelled */
    void *ctx;
    struct endpoint where; /* borrowed strings of the target */
    uv_process_t process;
    uv_pipe_t output;
    uv_timer_t timer; /* the deadline; with no process: fires at once with the defaults */
    bool spawned, asked, exited, output_ended, finished;
    int exit_status;
    int open_handles;
    struct buf text;
};

void ssh_settings_clear(struct ssh_settings *s)
{
    free(s->user);
    free(s->host);
    free(s->host_key_alias);
    free(s->proxy);
    free(s->agent);
    for (size_t i = 0; i < SSH_FILES_MAX; i++) {
        free(s->identities[i]);
        free(s->known_hosts[i]);
    }
    *s = (struct ssh_settings){0};
}

static const char *home(void)
{
    const char *folder = getenv("HOME");
    return folder && *folder ? folder : "/";
}

static void add_file(char **list, const char *path)
{
    size_t i = 0;
    while (i < SSH_FILES_MAX && list[i])
        i++;
    if (i < SSH_FILES_MAX)
        list[i] = strncmp(path, "~/", 2) == 0 ? xasprintf("%s%s", home(), path + 1) : xstrdup(path);
}

static void add_files(char **list, char *paths)
{
    char *path;
    while ((path = text_next(&paths, " \t")))
        add_file(list, path);
}

static void set(char **field, const char *value)
{
    free(*field);
    *field = strcasecmp(value, "none") == 0 ? NULL : xstrdup(value);
}

static void read_setting(struct ssh_settings *s, const char *key, char *value)
{
    long port;
    if (strcasecmp(key, "hostname") == 0)
        set(&s->host, value);
    else if (strcasecmp(key, "user") == 0)
        set(&s->user, value);
    else if (strcasecmp(key, "port") == 0 && text_number(value, 1, 65535, &port))
        s->port = (unsigned)port;
    else if (strcasecmp(key, "hostkeyalias") == 0)
        set(&s->host_key_alias, value);
    else if (strcasecmp(key, "proxyjump") == 0 || strcasecmp(key, "proxycommand") == 0)
        set(&s->proxy, value);
    else if (strcasecmp(key, "identityagent") == 0 && strcasecmp(value, "SSH_AUTH_SOCK") != 0)
        set(&s->agent, value);
    else if (strcasecmp(key, "identitiesonly") == 0)
        s->identities_only = strcasecmp(value, "yes") == 0;
    else if (strcasecmp(key, "identityfile") == 0)
        add_file(s->identities, value);
    else if (strcasecmp(key, "userknownhostsfile") == 0 || strcasecmp(key, "globalknownhostsfile") == 0)
        add_files(s->known_hosts, value);
}

void ssh_settings_parse(struct ssh_settings *settings, char *text)
{
    char *line;
    while ((line = text_next(&text, "\r\n"))) {
        char *value = strchr(line, ' ');
        if (!value)
            continue;
        *value++ = '\0';
        read_setting(settings, line, text_trim(value));
    }
}

/* What OpenSSH does without any configuration. */
static void set_defaults(struct ssh_settings *s)
{
    struct passwd *me = getpwuid(getuid());
    if (!s->user)
        s->user = xstrdup(me ? me->pw_name : "root");
    if (!s->port)
        s->port = 22;
    if (!s->identities[0]) {
        add_file(s->identities, "~/.ssh/id_ed25519");
        add_file(s->identities, "~/.ssh/id_ecdsa");
        add_file(s->identities, "~/.ssh/id_rsa");
    }
    if (!s->known_hosts[0]) {
        add_file(s->known_hosts, "~/.ssh/known_hosts");
        add_file(s->known_hosts, "~/.ssh/known_hosts2");
        add_file(s->known_hosts, "/etc/ssh/ssh_known_hosts");
    }
}

/* --- whether any configuration says something that matters here --- */

static bool keyword_matters(const char *keyword)
{
    static const char *const KEYWORDS[] = {"hostname",
                                           "user",
                                           "port",
                                           "hostkeyalias",
                                           "proxyjump",
                                           "proxycommand",
                                           "identityagent",
                                           "identitiesonly",
                                           "identityfile",
                                           "userknownhostsfile",
                                           "match",
                                           "canonicalizehostname",
                                           "globalknownhostsfile",
                                           "certificatefile"};
    for (size_t i = 0; i < sizeof KEYWORDS / sizeof *KEYWORDS; i++)
        if (strcasecmp(keyword, KEYWORDS[i]) == 0)
            return true;
    return false;
}

static bool config_matters(const char *path, int depth);

static bool include_matters(char *patterns, const char *folder, int depth)
{
    char *pattern;
    bool matters = false;
    while (!matters && (pattern = text_next(&patterns, " \t"))) {
        glob_t found;
        char *full = *pattern == '/'                  ? xstrdup(pattern)
                     : strncmp(pattern, "~/", 2) == 0 ? xasprintf("%s%s", home(), pattern + 1)
                                                      : xasprintf("%s/%s", folder, pattern);
        if (glob(full, 0, NULL, &found) == 0)
            for (size_t i = 0; i < found.gl_pathc && !matters; i++)
                matters = config_matters(found.gl_pathv[i], depth + 1);
        globfree(&found);
        free(full);
    }
    return matters;
}

static bool config_matters(const char *path, int depth)
{
    FILE *file = depth < 4 ? fopen(path, "re") : NULL;
    char *line = NULL;
    size_t size = 0;
    bool matters = false;
    while (file && !matters && getline(&line, &size, file) > 0) {
        char *rest = text_trim(line);
        char *keyword = strsep(&rest, " \t=");
        if (!keyword || *keyword == '#')
            continue;
        if (strcasecmp(keyword, "include") == 0 && rest) {
            char *folder = xasprintf("%s/.ssh", home());
            matters = include_matters(rest, text_starts(path, "/etc/") ? "/etc/ssh" : folder, depth);
            free(folder);
        } else {
            matters = keyword_matters(keyword);
        }
    }
    free(line);
    if (file)
        fclose(file);
    return matters;
}

static bool must_ask(const char *config_file)
{
    if (config_file)
        return config_matters(config_file, 0);
    char *own = xasprintf("%s/.ssh/config", home());
    bool matters = config_matters(own, 0) || config_matters(SYSTEM_CONFIG, 0);
    free(own);
    return matters;
}

/* --- the query --- */

static void on_closed(uv_handle_t *handle)
{
    struct ssh_config_query *q = handle->data;
    if (--q->open_handles == 0) {
        buf_free(&q->text);
        free(q);
    }
}

static void close_handles(struct ssh_config_query *q)
{
    if (q->spawned && !q->exited)
        uv_process_kill(&q->process, SIGKILL);
    if (q->spawned) {
        uv_close((uv_handle_t *)&q->process, on_closed);
        uv_close((uv_handle_t *)&q->output, on_closed);
    }
    uv_close((uv_handle_t *)&q->timer, on_closed);
}

static void finish(struct ssh_config_query *q, const char *trouble)
{
    struct ssh_settings settings = {0};
    struct failure failure;
    if (q->finished)
        return;
    q->finished = true;
    if (q->done && trouble) {
        failure_set(&failure, STAGE_INVENTORY, false, "run ssh -G HOST to see what is wrong, or use -F none",
                    "the ssh configuration could not be read: %s", trouble);
        q->done(q->ctx, NULL, &failure);
    } else if (q->done) {
        if (q->text.data)
            ssh_settings_parse(&settings, q->text.data);
        if (!settings.host)
            settings.host = xstrdup(q->where.host);
        if (q->where.user)
            set(&settings.user, q->where.user);
        if (q->where.port)
            settings.port = q->where.port;
        set_defaults(&settings);
        q->done(q->ctx, &settings, NULL);
        ssh_settings_clear(&settings);
    }
    close_handles(q);
}

static void finish_when_done(struct ssh_config_query *q)
{
    if (!q->exited || !q->output_ended)
        return;
    char *trouble = q->exit_status ? xasprintf("ssh -G ended with %d", q->exit_status) : NULL;
    finish(q, trouble);
    free(trouble);
}

static void on_process_exit(uv_process_t *process, int64_t status, int signal)
{
    struct ssh_config_query *q = process->data;
    q->exited = true;
    q->exit_status = signal ? signal : (int)status;
    finish_when_done(q);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    (void)handle, (void)suggested;
    *buf = uv_buf_init(xcalloc(1, 16384), 16384);
}

static void on_output(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
    struct ssh_config_query *q = stream->data;
    if (got > 0)
        buf_add(&q->text, buf->base, (size_t)got);
    free(buf->base);
    if (got < 0) {
        q->output_ended = true;
        finish_when_done(q);
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct ssh_config_query *q = timer->data;
    finish(q, q->asked ? "ssh -G did not answer in 10 s" : NULL);
}

static int spawn(struct ssh_config_query *q, uv_loop_t *loop, const char *config_file)
{
    char port[16];
    char *args[16] = {0};
    size_t n = 0;
    char option_G[] = "-G", option_F[] = "-F", option_l[] = "-l", option_p[] = "-p", ssh[] = "ssh",
         end[] = "--";
    char *file = xstrdup(config_file);
    args[n++] = ssh;
    args[n++] = option_G;
    if (file) {
        args[n++] = option_F;
        args[n++] = file;
    }
    if (q->where.user) {
        args[n++] = option_l;
        args[n++] = q->where.user;
    }
    if (q->where.port) {
        snprintf(port, sizeof port, "%u", q->where.port);
        args[n++] = option_p;
        args[n++] = port;
    }
    args[n++] = end;
    args[n++] = q->where.host;
    uv_stdio_container_t stdio[] = {
        {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&q->output},
        {.flags = UV_IGNORE},
    };
    uv_process_options_t options = {
        .exit_cb = on_process_exit, .file = "ssh", .args = args, .stdio = stdio, .stdio_count = 3};
    uv_pipe_init(loop, &q->output, 0);
    q->process.data = q->output.data = q;
    q->open_handles += 2;
    q->spawned = true;
    int status = uv_spawn(loop, &q->process, &options);
    free(file);
    if (status)
        q->exited = true;
    else
        uv_read_start((uv_stream_t *)&q->output, on_alloc, on_output);
    return status;
}

struct ssh_config_query *ssh_config_start(uv_loop_t *loop, const char *config_file,
                                          const struct endpoint *where, ssh_settings_cb *done, void *ctx)
{
    struct ssh_config_query *q = xcalloc(1, sizeof *q);
    bool none = config_file && strcmp(config_file, "none") == 0;
    q->done = done;
    q->ctx = ctx;
    q->where = *where;
    q->text.limit = OUTPUT_MAX;
    q->open_handles = 1;
    uv_timer_init(loop, &q->timer);
    q->timer.data = q;
    /* Without an OpenSSH client the defaults are used: there is then no user of ssh_config on this machine.
     */
    q->asked = !none && must_ask(config_file) && spawn(q, loop, config_file) == 0;
    uv_timer_start(&q->timer, on_timer, q->asked ? QUERY_TIMEOUT_MS : 0, 0);
    return q;
}

void ssh_config_cancel(struct ssh_config_query *q)
{
    q->done = NULL;
    finish(q, NULL);
}
