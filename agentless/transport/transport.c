/* transport.c: connects a host's engine and its shell. The kinds of connection are: a local socket (nothing
 * to open), TLS or plain TCP (the name is looked up; libcurl connects), and an SSH session that may serve
 * engine, shell or both. A shell that cannot be had does not fail the host: its absence is evidence that is
 * missing.
 */
#include "agentless/transport/transport.h"
#include "agentless/transport/dns.h"
#include "agentless/transport/local_shell.h"
#include "agentless/transport/ssh/remote_shell.h"
#include "agentless/transport/ssh/session.h"
#include "agentless/transport/engine_socket.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/timeline.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What one engine answers at once without queueing; measured on dockerd with 100 containers. */
#define LOCAL_PARALLEL 8

/* Of the connection to the engine, and of that to the shell. */
enum way_state { WAY_OPENING, WAY_OPEN, WAY_NONE };

struct transport {
    struct transport_env *env;
    const struct target *target;
    struct transport_events events;
    void *ctx;
    struct timeline *timeline;
    size_t span;
    struct engine_route route;
    char *base_url, *resolve_list;
    struct resolution *resolution;
    struct session *session;
    struct engine_socket *engine_socket;
    bool engine_answered; /* over TLS or not: see tls_may_vouch() */
    enum way_state engine, shell;
    bool engine_reported, shell_reported, failed;
    struct failure no_engine; /* why the engine is not connected */
    char *no_shell;
    struct later ready_at_once;
    struct handles handles;
};

/* Reports what is settled and was not reported yet. */
static void report(struct transport *r)
{
    if (r->engine != WAY_OPENING && !r->engine_reported && !r->failed) {
        r->engine_reported = true;
        r->events.engine(r->ctx);
    }
    if (r->shell != WAY_OPENING && !r->shell_reported && !r->failed) {
        r->shell_reported = true;
        r->events.shell(r->ctx);
    }
}

static void transport_fail(struct transport *r, const struct failure *failure)
{
    if (r->failed)
        return;
    r->failed = true;
    r->events.failed(r->ctx, failure);
}

static void on_ready_at_once(void *ctx)
{
    report(ctx);
}

/* --- tcp --- */

static void transport_on_resolved(void *ctx, const struct addresses *addresses, const struct failure *failure)
{
    struct transport *r = ctx;
    const struct endpoint *engine = &r->target->engine;
    struct buf list = {0};
    r->resolution = NULL;
    timeline_end(r->timeline, r->span);
    if (failure) {
        transport_fail(r, failure);
        return;
    }
    const char *name = r->target->tls_name ? r->target->tls_name : engine->host;
    buf_format(&list, "%s:%u:", name, engine->port);
    for (size_t i = 0; i < addresses->count; i++) {
        char text[64];
        address_text(&addresses->items[i], text, sizeof text);
        buf_format(&list, strchr(text, ':') ? "%s[%s]" : "%s%s", text_if(i, ","), text);
    }
    r->resolve_list = buf_take(&list);
    bool v6 = strchr(name, ':') != NULL;
    r->base_url = xasprintf("%s://%s%s%s:%u", r->target->tls ? "https" : "http", text_if(v6, "["), name,
                            text_if(v6, "]"), engine->port);
    r->route.base_url = r->base_url;
    r->route.resolve = v6 ? NULL : r->resolve_list;
    r->engine = WAY_OPEN;
    report(r);
}

/* --- ssh --- */

static void on_engine_socket_ready(void *ctx)
{
    struct transport *r = ctx;
    r->route.socket_path = engine_socket_path(r->engine_socket);
    r->route.parallel = engine_socket_parallel(r->engine_socket);
    r->engine = WAY_OPEN;
    timeline_end(r->timeline, r->span);
    report(r);
}

/* The shell is there all the same, and tells what it can. */
static void on_engine_socket_failed(void *ctx, const struct failure *failure)
{
    struct transport *r = ctx;
    r->no_engine = *failure;
    timeline_end(r->timeline, r->span);
    r->engine = WAY_NONE;
    report(r);
}

/* Both were installed by the same hands, on the same address: what TLS proves of it holds for sshd too. */
static bool tls_may_vouch(const struct transport *r)
{
    const struct target *t = r->target;
    return t->engine.scheme == SCHEME_TCP && t->tls && t->tls_verify && t->shell_kind == SHELL_SSH &&
           text_same(t->engine.host, t->shell.host);
}

/* Whichever of the two comes last. */
static void pin_by_tls(struct transport *r)
{
    if (!r->engine_answered || !r->session || !session_has_pin(r->session) || !tls_may_vouch(r))
        return;
    char *reason =
        xasprintf("TLS to %s port %u had just verified by %s", r->target->engine.host, r->target->engine.port,
                  r->target->tls_ca ? r->target->tls_ca : "the system's CAs");
    session_pin(r->session, reason);
    free(reason);
}

void transport_engine_answered(struct transport *r)
{
    r->engine_answered = true;
    pin_by_tls(r);
}

static void transport_on_session_ready(void *ctx)
{
    struct transport *r = ctx;
    const struct endpoint *engine = &r->target->engine;
    if (r->target->shell_kind == SHELL_SSH)
        r->shell = WAY_OPEN;
    if (!tls_may_vouch(r))
        session_pin(r->session, "first contact");
    pin_by_tls(r);
    if (engine->scheme == SCHEME_SSH) {
        r->span = timeline_begin(r->timeline, "stage", "tunnel");
        r->engine_socket = engine_socket_open(
            r->env, r->session, engine->path, r->target->become,
            (struct engine_socket_events){.ready = on_engine_socket_ready, .failed = on_engine_socket_failed},
            r);
    }
    report(r);
}

static void transport_on_session_failed(void *ctx, const struct failure *failure)
{
    struct transport *r = ctx;
    if (r->target->engine.scheme == SCHEME_SSH || failure->stage == STAGE_DEFERRED) {
        transport_fail(r, failure);
        return;
    }
    r->no_shell =
        xasprintf("the shell could not be reached (%s): %s", stage_name(failure->stage), failure->message);
    r->shell = WAY_NONE;
    report(r);
}

static void transport_on_session_lost(void *ctx, const char *why)
{
    struct transport *r = ctx;
    struct failure failure;
    free(r->no_shell);
    r->no_shell = xasprintf("the SSH connection was lost: %s", why);
    if (r->target->engine.scheme != SCHEME_SSH)
        return;
    failure_set(&failure, STAGE_TUNNEL, true, "scan it again; the log of its sshd says more",
                "the SSH connection was lost: %s", why);
    transport_fail(r, &failure);
}

/* --- all --- */

/* A socket of this machine: there is nothing to open. */
static void open_socket(struct transport *r)
{
    r->route.socket_path = r->target->engine.path;
    r->engine = WAY_OPEN;
}

static void open_tcp(struct transport *r)
{
    const struct endpoint *engine = &r->target->engine;
    r->route.ca = r->target->tls_ca;
    r->route.cert = r->target->tls_cert;
    r->route.key = r->target->tls_key;
    r->span = timeline_begin(r->timeline, "stage", "resolve");
    r->resolution = resolve_start(r->env->resolver, engine->host, engine->port, transport_on_resolved, r);
}

/* How the connection to an engine is opened, by the scheme of its address. */
static const struct {
    const char *scheme;
    void (*open)(struct transport *r); /* NULL: over the shell's session, once that is ready */
} TRANSPORTS[] = {
    {"ssh", NULL},
    {"tcp", open_tcp},
    {"unix", open_socket},
};

static void start_engine(struct transport *r)
{
    r->route = (struct engine_route){
        .base_url = "http://localhost", .parallel = LOCAL_PARALLEL, .verify = r->target->tls_verify};
    for (size_t i = 0; i < sizeof TRANSPORTS / sizeof *TRANSPORTS; i++)
        if (TRANSPORTS[i].open && strcmp(TRANSPORTS[i].scheme, r->target->engine.scheme->name) == 0)
            TRANSPORTS[i].open(r);
}

static void transport_release(void *owner)
{
    struct transport *r = owner;
    free(r->base_url);
    free(r->resolve_list);
    free(r->no_shell);
    free(r);
}

struct transport *transport_open(struct transport_env *env, const struct target *target,
                                 struct timeline *timeline, struct transport_events events, void *ctx)
{
    struct transport *r = xcalloc(1, sizeof *r);
    r->env = env;
    r->target = target;
    r->timeline = timeline;
    r->events = events;
    r->ctx = ctx;
    handles_init(&r->handles, transport_release, r);
    later_init(&r->ready_at_once, env->loop, on_ready_at_once, r);
    start_engine(r);
    /* An engine behind ssh has its session also where no shell is wanted, or this machine's. */
    bool ssh_shell = target->shell_kind == SHELL_SSH;
    if (ssh_shell || target->engine.scheme == SCHEME_SSH)
        r->session = session_open(env, target, ssh_shell ? &target->shell : &target->engine, timeline,
                                  (struct session_events){.ready = transport_on_session_ready,
                                                          .failed = transport_on_session_failed,
                                                          .lost = transport_on_session_lost},
                                  r);
    if (target->shell_kind == SHELL_LOCAL)
        r->shell = WAY_OPEN;
    if (target->shell_kind == SHELL_NONE) {
        r->shell = WAY_NONE;
        r->no_shell = xstrdup("there is no shell on this host for muster, only its engine (--host-files "
                              "reads files through it; "
                              "shell= names a shell)");
    }
    if (r->engine != WAY_OPENING || r->shell != WAY_OPENING)
        later_call(&r->ready_at_once);
    return r;
}

void transport_close(struct transport *r)
{
    if (r->resolution)
        resolve_cancel(r->resolution);
    if (r->engine_socket)
        engine_socket_close(r->engine_socket);
    if (r->session)
        session_close(r->session);
    later_close(&r->ready_at_once, &r->handles);
    handles_end(&r->handles);
}

const struct engine_route *transport_route(const struct transport *r)
{
    return &r->route;
}

const struct failure *transport_no_engine(const struct transport *r)
{
    return r->engine == WAY_NONE ? &r->no_engine : NULL;
}

const char *transport_no_shell(const struct transport *r)
{
    return r->no_shell;
}

json_t *transport_session_json(const struct transport *r)
{
    const struct scheme *scheme = r->target->engine.scheme;
    bool tls = scheme == SCHEME_TCP && r->target->tls;
    json_t *json = json_object();
    json_put(json, "transport", json_text(tls ? "tls" : scheme->name));
    if (tls)
        json_put(json, "certificate_verified", json_boolean(r->target->tls_verify));
    if (r->session && !r->no_shell) {
        json_put(json, "user", json_text(session_user(r->session)));
        if (session_banner(r->session))
            json_put(json, "banner", json_text(session_banner(r->session)));
        json_put(json, "host_key", session_host_key_json(r->session));
    }
    if (r->engine_socket && r->engine != WAY_NONE)
        json_put(json, "tunnel", json_text(engine_socket_method(r->engine_socket)));
    if (r->engine_socket && r->engine != WAY_NONE)
        json_put(json, "socket", json_text(engine_socket_socket(r->engine_socket)));
    return json;
}

struct shell_run *transport_run(struct transport *r, const char *script, size_t length,
                                struct shell_events events, void *ctx)
{
    if (r->no_shell)
        return NULL;
    if (r->target->shell_kind == SHELL_LOCAL)
        return shell_run_local(r->env->loop, r->target->become, script, length, events, ctx);
    return shell_run_ssh(session_channels(r->session), r->target->become, script, length, events, ctx);
}
