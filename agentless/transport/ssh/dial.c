/* dial.c: see dial.h */
#include "agentless/transport/ssh/dial.h"
#include "agentless/transport/dns.h"
#include "agentless/transport/tcp.h"
#include "base/buf.h"
#include "base/child.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/text.h"
#include "inventory/ssh_arguments.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct dial {
    struct transport_env *env;
    const struct ssh_settings *settings;
    unsigned timeout_ms;
    struct timeline *timeline;
    size_t span;
    dial_cb *done;
    void *ctx;
    struct resolution *resolution; /* at most one of these is under way */
    struct tcp_connect *connect;
    struct jump_channel *channel; /* and this one stays as long as this */
    struct child *command;        /* a ProxyCommand */
    struct buf stderr_text;       /* what it wrote to its standard error */
    char last_line[200];
    int fd;            /* of a ProxyCommand that was just started */
    struct later late; /* the deadline of a look-up */
    struct later command_started;
    struct failure failure;
    struct handles handles;
};

static void dial_tell(struct dial *d, int fd, const struct failure *failure)
{
    timeline_end(d->timeline, d->span);
    later_drop(&d->late);
    d->done(d->ctx, fd, failure);
}

/* --- direct --- */

static void dial_on_connected(void *ctx, int fd, int error)
{
    struct dial *d = ctx;
    struct failure failure;
    d->connect = NULL;
    if (fd >= 0) {
        dial_tell(d, fd, NULL);
        return;
    }
    bool transient = error == UV_ECONNRESET || error == UV_EMFILE;
    const char *hint = "check the address, the firewall and whether the host is up; --timeout allows more";
    if (error == UV_ECONNREFUSED)
        hint = "nothing listens there: check the port and that sshd runs";
    else if (error == UV_EMFILE)
        hint = "too many open files: lower --forks or raise the limit (ulimit -n)";
    failure_set(&failure, STAGE_CONNECT, transient, hint, "cannot connect to %s port %u: %s",
                d->settings->host, d->settings->port, uv_strerror(error));
    dial_tell(d, -1, &failure);
}

static int family_named(const char *name)
{
    if (name && strcasecmp(name, "inet") == 0)
        return AF_INET;
    return name && strcasecmp(name, "inet6") == 0 ? AF_INET6 : AF_UNSPEC;
}

/* Those that AddressFamily and BindAddress leave. */
static bool allowed_addresses(struct dial *d, const struct addresses *all, struct addresses *allowed)
{
    const struct ssh_settings *s = d->settings;
    int family = family_named(s->address_family);
    *allowed = (struct addresses){0};
    if (s->bind_address && !address_of_text(s->bind_address, &allowed->source)) {
        failure_set(&d->failure, STAGE_INVENTORY, false, "give it an address of this machine, not a name",
                    "the BindAddress \"%.80s\" of %s is no address", s->bind_address, s->host);
        return false;
    }
    for (size_t i = 0; i < all->count; i++) {
        int one = all->items[i].ss_family;
        if ((family == AF_UNSPEC || one == family) && (!s->bind_address || one == allowed->source.ss_family))
            allowed->items[allowed->count++] = all->items[i];
    }
    if (!allowed->count)
        failure_set(&d->failure, STAGE_RESOLVE, false, "see AddressFamily and BindAddress (ssh -G HOST)",
                    "%s has no address of the family that the ssh configuration allows", s->host);
    return allowed->count > 0;
}

static void dial_on_resolved(void *ctx, const struct addresses *addresses, const struct failure *failure)
{
    struct dial *d = ctx;
    d->resolution = NULL;
    if (failure) {
        dial_tell(d, -1, failure);
        return;
    }
    later_drop(&d->late);
    struct addresses allowed;
    if (!allowed_addresses(d, addresses, &allowed)) {
        dial_tell(d, -1, &d->failure);
        return;
    }
    timeline_end(d->timeline, d->span);
    d->span = timeline_begin(d->timeline, "stage", "connect");
    d->connect = tcp_connect_start(d->env->loop, &allowed, d->timeout_ms, dial_on_connected, d);
}

static void on_late(void *ctx)
{
    struct dial *d = ctx;
    resolve_cancel(d->resolution);
    d->resolution = NULL;
    failure_set(&d->failure, STAGE_RESOLVE, false, "is the name server reachable? --timeout allows more",
                "%s gave no answer within %g s while looking the name up", d->settings->host,
                d->timeout_ms / 1000.0);
    dial_tell(d, -1, &d->failure);
}

static void open_direct(struct dial *d)
{
    d->span = timeline_begin(d->timeline, "stage", "resolve");
    later_call_in(&d->late, d->timeout_ms);
    d->resolution =
        resolve_start(d->env->resolver, d->settings->host, d->settings->port, dial_on_resolved, d);
}

/* --- through a jump host --- */

static void on_channel(void *ctx, int fd, const struct failure *failure)
{
    dial_tell(ctx, fd, failure);
}

static void open_jump(struct dial *d, const struct jump_route *route)
{
    d->span = timeline_begin(d->timeline, "stage", "jump");
    d->channel = d->env->jump_opener->open(d->env->jumps, route, d->settings->host, d->settings->port,
                                           d->timeout_ms, on_channel, d);
}

/* `Host *` with a ProxyJump holds for the jump host too: it does not lead through itself. */
static bool is_itself(const struct ssh_settings *settings, const char *list)
{
    const char *comma = strrchr(list, ',');
    struct endpoint last;
    struct error err;
    if (endpoint_parse_ssh(&last, comma ? comma + 1 : list, &err))
        return false;
    bool same =
        (strcasecmp(last.host, settings->original) == 0 || strcasecmp(last.host, settings->host) == 0) &&
        (!last.port || last.port == settings->port);
    endpoint_clear(&last);
    return same;
}

/* `ssh [options] -W %h:%p bastion`: the old form of ProxyJump, which needs no process of its own. */
static bool open_as_jump(struct dial *d, const char *command)
{
    struct ssh_arguments arguments = {0};
    struct error err;
    const char *rest = command + strcspn(command, " \t");
    size_t length = (size_t)(rest - command);
    bool is_ssh = (length == 3 && strncmp(command, "ssh", 3) == 0) ||
                  (length > 4 && strncmp(command + length - 4, "/ssh", 4) == 0);
    bool jump = is_ssh && !strpbrk(rest, "|;&<>`$()") && !ssh_arguments_parse(&arguments, rest, &err) &&
                arguments.host &&
                (text_same(arguments.forward, "%h:%p") || text_same(arguments.forward, "[%h]:%p"));
    if (jump && !is_itself(d->settings, arguments.host))
        open_jump(d, &(struct jump_route){.list = arguments.host,
                                          .options = arguments.options,
                                          .config_file = arguments.config_file});
    else if (jump)
        open_direct(d);
    if (is_ssh)
        ssh_arguments_clear(&arguments);
    return jump;
}

/* --- by a command --- */

static void dial_release(void *owner)
{
    struct dial *d = owner;
    buf_free(&d->stderr_text);
    free(d);
}

static void on_proxy_output(void *ctx, const char *bytes, size_t length, bool is_error)
{
    struct dial *d = ctx;
    (void)is_error;
    buf_add(&d->stderr_text, bytes, length);
}

const char *dial_stderr(struct dial *d)
{
    if (!d->command)
        return NULL;
    /* The session may learn of the end before the loop has read why. */
    child_read_errors(d->command);
    if (d->stderr_text.length)
        text_last_line(d->stderr_text.data, d->last_line, sizeof d->last_line);
    return *d->last_line ? d->last_line : NULL;
}

static void on_command(void *ctx)
{
    struct dial *d = ctx;
    int fd = d->fd;
    d->fd = -1;
    dial_tell(d, fd, fd < 0 ? &d->failure : NULL);
}

/* What comes from an inventory must be a word to the shell, whatever the command does with it
 * (CVE-2023-51385). */
static bool dial_is_word(const char *text)
{
    static const char PLAIN[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:@%+";
    return *text && *text != '-' && strspn(text, PLAIN) == strlen(text);
}

/* Its end of the socket is closed when it ends: the session sees it. */
static void start_command(struct dial *d, const char *command, int socket)
{
    char *expanded = ssh_settings_expand(d->settings, command);
    char *line = xasprintf("%s%s", text_starts(expanded, "exec ") ? "" : "exec ", expanded);
    char shell[] = "/bin/sh", option[] = "-c";
    char *const words[] = {shell, option, line, NULL};
    d->stderr_text.limit = 4096;
    d->command = child_start(
        d->env->loop,
        &(struct child_options){.argv = words, .socket = socket, .group = true, .output = on_proxy_output},
        d);
    if (child_error(d->command))
        failure_set(&d->failure, STAGE_CONNECT, false, "is the command there?",
                    "the ProxyCommand \"%.200s\" cannot be run: %s", expanded,
                    uv_strerror(child_error(d->command)));
    free(line);
    free(expanded);
}

static void open_command(struct dial *d, const char *command)
{
    const struct ssh_settings *s = d->settings;
    int pair[2];
    d->fd = -1;
    d->span = timeline_begin(d->timeline, "stage", "proxy command");
    if (!dial_is_word(s->host) || !dial_is_word(s->user) || !dial_is_word(s->original)) {
        failure_set(&d->failure, STAGE_INVENTORY, false, "give it a plain name, or another way there",
                    "the host's or the user's name may not be given to a ProxyCommand's shell");
    } else if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
        failure_set(&d->failure, STAGE_CONNECT, errno == EMFILE,
                    "lower --forks or raise the limit (ulimit -n)", "no socket pair for the ProxyCommand: %s",
                    strerror(errno));
    } else {
        start_command(d, command, pair[1]);
        close(pair[1]);
        if (child_error(d->command))
            close(pair[0]);
        else
            d->fd = pair[0];
    }
    later_call(&d->command_started);
}

/* --- all --- */

struct dial *dial_open(struct transport_env *env, const struct ssh_settings *settings, unsigned timeout_ms,
                       struct timeline *timeline, dial_cb *done, void *ctx)
{
    struct dial *d = xcalloc(1, sizeof *d);
    *d = (struct dial){.env = env,
                       .settings = settings,
                       .timeout_ms = timeout_ms,
                       .timeline = timeline,
                       .done = done,
                       .ctx = ctx,
                       .fd = -1};
    handles_init(&d->handles, dial_release, d);
    later_init(&d->late, env->loop, on_late, d);
    later_init(&d->command_started, env->loop, on_command, d);
    if (settings->proxy_jump && !is_itself(settings, settings->proxy_jump))
        open_jump(d,
                  &(struct jump_route){.list = settings->proxy_jump, .config_file = settings->config_file});
    else if (settings->proxy_command && !settings->proxy_jump) {
        if (!open_as_jump(d, settings->proxy_command))
            open_command(d, settings->proxy_command);
    } else
        open_direct(d);
    return d;
}

void dial_close(struct dial *d)
{
    if (d->resolution)
        resolve_cancel(d->resolution);
    if (d->connect)
        tcp_connect_cancel(d->connect);
    if (d->channel)
        d->env->jump_opener->close(d->channel);
    if (d->fd >= 0)
        close(d->fd);
    if (d->command)
        child_close(d->command);
    later_close(&d->late, &d->handles);
    later_close(&d->command_started, &d->handles);
    handles_end(&d->handles);
}
