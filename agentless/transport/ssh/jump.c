/* jump.c: see jump.h. A jump host's session that is lost is opened once more, for the hosts that are
 * not done: the run tries them again. One that refused us is not asked again: a wrong key must
 * not become two hundred failed logins in the bastion's log. */
#include "agentless/transport/ssh/jump.h"
#include "base/text.h"
#include "agentless/transport/ssh/dial.h"
#include "agentless/transport/ssh/session.h"
#include "agentless/transport/ssh/relay.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/loop.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Logins to one jump host over a whole run: the first, one after the session was lost, and as many after a
 * failure that passes (sshd's MaxStartups). */
#define DROPS_MAX 1
#define TRANSIENTS_MAX 3
#define CHAIN_MAX 8

enum jump_state { JUMP_CLOSED, JUMP_OPENING, JUMP_READY, JUMP_FAILED };

struct jump {
    struct jump_hosts *jumps;
    struct jump *next;
    char *key;
    struct target *target;
    struct session *session;
    enum jump_state state;
    unsigned drops, transients, channel_count;
    struct jump_channel *channels;
    struct failure failure; /* where it failed for good */
    struct later go_on;     /* with those that wait */
};

struct jump_hosts {
    struct transport_env *env;
    const struct target *like;
    size_t at_once;
    struct jump *list;
    bool closed;
};

struct jump_channel {
    struct jump_channel *next, **link;
    struct jump *jump;
    char *host;
    unsigned port, timeout_ms;
    dial_cb *done; /* NULL: called */
    void *ctx;
    struct chan *channel; /* while it opens */
    struct relay *relays; /* the list it is in */
    struct later deadline;
    struct handles handles;
    bool deferred;
};

static void open_session(struct jump *jump);

static void jump_tell(struct jump_channel *c, int fd, const struct failure *failure)
{
    dial_cb *done = c->done;
    later_drop(&c->deadline);
    c->done = NULL;
    if (done)
        done(c->ctx, fd, failure);
    else if (fd >= 0)
        close(fd);
}

/* --- channels --- */

static void jump_refused(void *ctx, const char *why)
{
    struct jump_channel *c = ctx;
    struct failure failure;
    bool lost = !c->jump->session || session_is_lost(c->jump->session);
    failure_set(&failure, STAGE_CONNECT, lost,
                "can the jump host reach it, and does its sshd allow TCP forwarding (AllowTcpForwarding, "
                "PermitOpen)?",
                "%s cannot be reached at port %u through %s: %s", c->host, c->port, c->jump->target->name,
                why);
    if (c->channel)
        chan_close(c->channel);
    c->channel = NULL;
    jump_tell(c, -1, &failure);
}

static void jump_opened(void *ctx)
{
    struct jump_channel *c = ctx;
    struct failure failure;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair)) {
        failure_set(&failure, STAGE_CONNECT, errno == EMFILE, "lower --forks or raise the limit (ulimit -n)",
                    "no socket pair for the way through %s: %s", c->jump->target->name, strerror(errno));
        jump_tell(c, -1, &failure);
        return;
    }
    struct relay *relay = relay_new(c->jump->jumps->env->loop, &c->relays);
    uv_pipe_open(&relay->pipe, pair[0]);
    chan_redirect(c->channel, RELAY_EVENTS, relay);
    relay_start(relay, c->channel);
    c->channel = NULL;
    jump_tell(c, pair[1], NULL);
}

static void jump_open_stream(struct jump_channel *c)
{
    c->channel = chan_tcp(session_channels(c->jump->session), c->host, c->port,
                          (struct chan_events){.opened = jump_opened, .refused = jump_refused}, c);
}

static void jump_on_deadline(void *ctx)
{
    struct jump_channel *c = ctx;
    struct failure failure;
    if (c->channel)
        chan_close(c->channel);
    c->channel = NULL;
    failure_set(&failure, STAGE_CONNECT, false,
                "check the address, and whether the jump host can reach it; --timeout allows more",
                "%s did not answer at port %u through %s within %g s", c->host, c->port,
                c->jump->target->name, c->timeout_ms / 1000.0);
    jump_tell(c, -1, &failure);
}

static void channel_release(void *owner)
{
    struct jump_channel *c = owner;
    free(c->host);
    free(c);
}

static void close_channel(struct jump_channel *c)
{
    c->done = NULL;
    if (c->channel)
        chan_close(c->channel);
    c->channel = NULL;
    while (c->relays)
        relay_close(c->relays);
    *c->link = c->next;
    if (c->next)
        c->next->link = c->link;
    if (!c->deferred)
        c->jump->channel_count--;
    later_close(&c->deadline, &c->handles);
    handles_end(&c->handles);
}

/* --- the jump host's session --- */

/* Goes on with those that wait; a callback may close any of them, so each look begins anew. */
static void on_go_on(void *ctx)
{
    struct jump *jump = ctx;
    struct jump_channel *c = jump->channels;
    while (c) {
        struct failure failure;
        struct jump_channel *next = c->next;
        if (c->done && c->deferred) {
            failure_set(&failure, STAGE_DEFERRED, true, NULL, "%s", jump->key);
            jump_tell(c, -1, &failure);
            next = jump->channels;
        } else if (c->done && !c->channel && jump->state == JUMP_READY) {
            later_call_in(&c->deadline, c->timeout_ms);
            jump_open_stream(c);
        } else if (c->done && !c->channel && jump->state == JUMP_FAILED) {
            failure = jump->failure;
            jump_tell(c, -1, &failure);
            next = jump->channels;
        }
        c = next;
    }
    if (jump->state == JUMP_CLOSED && jump->channels)
        open_session(jump);
}

static void jump_wake(struct jump *jump)
{
    if (!jump->jumps->closed)
        later_call(&jump->go_on);
}

static void drop_session(struct jump *jump)
{
    for (struct jump_channel *c = jump->channels; c; c = c->next) {
        c->channel = NULL; /* closed with the session */
        while (c->relays)
            relay_close(c->relays);
    }
    if (jump->session)
        session_close(jump->session);
    jump->session = NULL;
}

static void jump_on_session_ready(void *ctx)
{
    struct jump *jump = ctx;
    jump->state = JUMP_READY;
    session_pin(jump->session, "first contact");
    jump_wake(jump);
}

static void jump_on_session_failed(void *ctx, const struct failure *failure)
{
    struct jump *jump = ctx;
    drop_session(jump);
    jump->failure = *failure;
    snprintf(jump->failure.message, sizeof jump->failure.message, "%s: %.600s", jump->target->name,
             failure->message);
    if (failure->transient && jump->transients++ < TRANSIENTS_MAX) {
        /* The hosts behind it are tried again, later and spread; the first of them opens it again. */
        for (struct jump_channel *c = jump->channels, *next; c; c = next) {
            next = c->next;
            if (c->done) {
                struct failure copy = jump->failure;
                jump_tell(c, -1, &copy);
                next = jump->channels;
            }
        }
        jump->state = JUMP_CLOSED;
        return;
    }
    jump->failure.transient = false;
    jump->state = JUMP_FAILED;
    jump_wake(jump);
}

static void jump_on_session_lost(void *ctx, const char *why)
{
    struct jump *jump = ctx;
    drop_session(jump);
    if (jump->drops++ < DROPS_MAX) {
        jump->state = JUMP_CLOSED;
    } else {
        jump->state = JUMP_FAILED;
        failure_set(&jump->failure, STAGE_CONNECT, false,
                    "is the jump host overloaded, or does it end long sessions? --per-jump lowers its load",
                    "%s dropped the session again, after it was opened once more: %s", jump->target->name,
                    why);
    }
    jump_wake(jump);
}

static void open_session(struct jump *jump)
{
    jump->state = JUMP_OPENING;
    jump->session = session_open(jump->jumps->env, jump->target, &jump->target->shell, NULL,
                                 (struct session_events){.ready = jump_on_session_ready,
                                                         .failed = jump_on_session_failed,
                                                         .lost = jump_on_session_lost},
                                 jump);
}

/* --- which jump host --- */

static char *jump_key_of(const struct jump_route *route)
{
    struct buf key = {0};
    char *options = route->options ? json_dumps(route->options, JSON_COMPACT) : NULL;
    buf_format(&key, "%s\n%s\n%s", route->list, text_or(route->config_file, ""), text_or(options, ""));
    free(options);
    return buf_take(&key);
}

static struct jump *jump_find(const struct jump_hosts *jumps, const char *key)
{
    struct jump *jump = jumps->list;
    while (jump && strcmp(jump->key, key) != 0)
        jump = jump->next;
    return jump;
}

/* The last of the list is the host, those before it lead there. */
static struct target *target_of(const struct jump_hosts *jumps, const struct jump_route *route)
{
    const char *comma = strrchr(route->list, ',');
    const char *word = comma ? comma + 1 : route->list;
    struct endpoint where;
    struct error err;
    struct target *target = NULL;
    size_t hops = 1;
    for (const char *p = route->list; (p = strchr(p, ',')); p++)
        hops++;
    if (hops <= CHAIN_MAX && !endpoint_parse_ssh(&where, word, &err)) {
        char *url = endpoint_url(&where);
        char *name = xasprintf("the jump host %s", url + strlen("ssh://"));
        target = target_for_host(jumps->like, name, where.host);
        free(name);
        free(url);
        endpoint_clear(&target->engine);
        endpoint_clear(&target->shell);
        target->engine = where;
        endpoint_copy(&target->shell, &where);
        json_decref(target->ssh_options);
        target->ssh_options = route->options ? json_copy((json_t *)(uintptr_t)route->options) : json_array();
        if (route->config_file) {
            free(target->ssh_config);
            target->ssh_config = xstrdup(route->config_file);
        }
        if (comma) {
            char *before = xstrndup(route->list, (size_t)(comma - route->list));
            target_ssh_option(target, "ProxyJump", before);
            free(before);
        }
    }
    return target;
}

static struct jump *jump_jump_of(struct jump_hosts *jumps, const struct jump_route *route)
{
    char *key = jump_key_of(route);
    struct jump *jump = jump_find(jumps, key);
    if (jump) {
        free(key);
        return jump;
    }
    jump = xcalloc(1, sizeof *jump);
    jump->jumps = jumps;
    jump->key = key;
    jump->next = jumps->list;
    jumps->list = jump;
    later_init(&jump->go_on, jumps->env->loop, on_go_on, jump);
    jump->target = target_of(jumps, route);
    if (!jump->target) {
        jump->target = target_for_host(jumps->like, route->list, "");
        jump->state = JUMP_FAILED;
        failure_set(&jump->failure, STAGE_INVENTORY, false, "a jump is [user@]host[:port], several by commas",
                    "\"%s\" names no jump host", route->list);
    }
    return jump;
}

static struct jump_channel *jump_open_channel(struct jump_hosts *jumps, const struct jump_route *route,
                                              const char *host, unsigned port, unsigned timeout_ms,
                                              dial_cb *done, void *ctx)
{
    struct jump *jump = jump_jump_of(jumps, route);
    struct jump_channel *c = xcalloc(1, sizeof *c);
    struct jump_channel **end = &jump->channels;
    *c = (struct jump_channel){.jump = jump,
                               .host = xstrdup(host),
                               .port = port,
                               .timeout_ms = timeout_ms,
                               .done = done,
                               .ctx = ctx};
    while (*end)
        end = &(*end)->next;
    *end = c;
    c->link = end;
    handles_init(&c->handles, channel_release, c);
    later_init(&c->deadline, jumps->env->loop, jump_on_deadline, c);
    c->deferred = jumps->at_once && jump->channel_count >= jumps->at_once;
    if (!c->deferred)
        jump->channel_count++;
    jump_wake(jump);
    return c;
}

bool jump_hosts_have_room(const struct jump_hosts *jumps, const char *key)
{
    const struct jump *jump = jump_find(jumps, key);
    return !jump || !jumps->at_once || jump->channel_count < jumps->at_once;
}

static const struct jump_opener JUMP_OPENER = {.open = jump_open_channel, .close = close_channel};

struct jump_hosts *jump_hosts_new(struct transport_env *env, const struct target *like, size_t at_once)
{
    struct jump_hosts *jumps = xcalloc(1, sizeof *jumps);
    *jumps = (struct jump_hosts){.env = env, .like = like, .at_once = at_once};
    env->jumps = jumps;
    env->jump_opener = &JUMP_OPENER;
    return jumps;
}

void jump_hosts_close(struct jump_hosts *jumps)
{
    jumps->closed = true;
    for (struct jump *jump = jumps->list; jump; jump = jump->next) {
        drop_session(jump);
        later_close_for_good(&jump->go_on); /* jump_hosts_free() comes after the loop */
    }
}

void jump_hosts_free(struct jump_hosts *jumps)
{
    for (struct jump *jump = jumps->list, *next; jump; jump = next) {
        next = jump->next;
        target_free(jump->target);
        free(jump->key);
        free(jump);
    }
    free(jumps);
}
