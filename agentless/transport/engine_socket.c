/* engine_socket.c: see engine_socket.h. The methods are tried one after the other, before anything is
 * promised: a forward to the socket; then, after one command has said which sockets and tools there are,
 * forwards to those sockets; then the tools, each asked for one /_ping. */
#include "agentless/transport/engine_socket_internal.h"
#include "agentless/transport/ssh/openssh_version.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void engine_socket_try_next(struct engine_socket *t);

#define DEFAULT_SOCKET "/var/run/docker.sock"

static const char TRIAL[] = "GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n";

/* --- trials --- */

static void drop_trial(struct engine_socket *t)
{
    if (t->trial)
        chan_close(t->trial);
    t->trial = NULL;
}

static void engine_socket_keep_text(char **field, const char *text)
{
    free(*field);
    *field = xstrdup(text);
}

static void forward_opened(void *ctx)
{
    engine_socket_start_listening(ctx);
}

static void forward_refused(void *ctx, const char *why)
{
    struct engine_socket *t = ctx;
    drop_trial(t);
    engine_socket_drop_spares(t);
    engine_socket_keep_text(&t->refusal, why);
    engine_socket_try_next(t);
}

/* An engine that hangs up on an idle forward before its first use is not a failure of the tunnel. */
static void forward_closed(void *ctx, int exit_status)
{
    (void)exit_status;
    drop_trial(ctx);
}

static void try_forward(struct engine_socket *t, const char *socket)
{
    engine_socket_keep_text(&t->remote_socket, socket);
    t->trial = engine_socket_open_stream(
        t,
        (struct chan_events){.opened = forward_opened, .refused = forward_refused, .closed = forward_closed},
        t);
    engine_socket_open_spares(t);
}

static void command_ended(struct engine_socket *t, const char *why)
{
    char said[200];
    text_last_line(t->stderr_text.length ? t->stderr_text.data : why, said, sizeof said);
    if (*said && !t->said_by) {
        engine_socket_keep_text(&t->said, said);
        if (t->means == METHOD_TOOL)
            engine_socket_keep_text(&t->said_by, t->command_name);
    }
    drop_trial(t);
}

static void command_refused(void *ctx, const char *why)
{
    command_ended(ctx, why);
    engine_socket_try_next(ctx);
}

static void search_data(void *ctx, const char *bytes, size_t length, bool is_error)
{
    struct engine_socket *t = ctx;
    buf_add(is_error ? &t->stderr_text : &t->answer, bytes, length);
}

static void search_closed(void *ctx, int exit_status)
{
    struct engine_socket *t = ctx;
    (void)exit_status;
    if (!t->trial)
        return;
    socket_search_parse(&t->search, t->answer.length ? t->answer.data : "");
    command_ended(t, "");
    engine_socket_try_next(t);
}

static void tool_opened(void *ctx)
{
    struct engine_socket *t = ctx;
    chan_write(t->trial, TRIAL, sizeof TRIAL - 1);
}

static void tool_data(void *ctx, const char *bytes, size_t length, bool is_error)
{
    struct engine_socket *t = ctx;
    search_data(ctx, bytes, length, is_error);
    if (!is_error && t->trial && t->answer.length >= 9 && strncmp(t->answer.data, "HTTP/1.1 ", 9) == 0) {
        drop_trial(t);
        engine_socket_start_listening(t);
    }
}

static void tool_closed(void *ctx, int exit_status)
{
    struct engine_socket *t = ctx;
    struct error why;
    if (!t->trial)
        return;
    error_set(&why, "no answer (exit %d)", exit_status);
    command_ended(t, why.text);
    engine_socket_try_next(t);
}

static void run_trial(struct engine_socket *t, const char *command, struct chan_events events)
{
    t->answer.length = t->stderr_text.length = 0;
    engine_socket_keep_text(&t->command, command);
    t->trial = engine_socket_open_stream(t, events, t);
}

/* The next possibility of each means, NULL where there is none left. */

static const char *next_socket(struct engine_socket *t)
{
    while (t->attempt < t->search.count) {
        const char *socket = t->search.sockets[t->attempt++];
        if (strcmp(socket, DEFAULT_SOCKET) != 0)
            return socket;
    }
    return NULL;
}

static char *next_tool_command(struct engine_socket *t)
{
    size_t sockets = t->asked_socket ? 1 : t->search.count;
    while (t->attempt < sockets * TOOL_COUNT) {
        size_t at = t->attempt++;
        const char *socket = t->asked_socket ? t->asked_socket : t->search.sockets[at / TOOL_COUNT];
        enum socket_tool tool = (enum socket_tool)(at % TOOL_COUNT);
        if (!t->search.tools[tool] || !socket_path_is_harmless(socket))
            continue;
        engine_socket_keep_text(&t->remote_socket, socket);
        free(t->command_name);
        t->command_name = socket_tool_name(tool, socket, t->become);
        return socket_tool_command(tool, socket, t->become);
    }
    return NULL;
}

/* --- the order --- */

static bool has_tool(const struct engine_socket *t)
{
    bool any = false;
    for (size_t i = 0; i < TOOL_COUNT; i++)
        any = any || t->search.tools[i];
    return any;
}

/* Where a forward was refused for another cause than the socket: the cause, and what else would do. */
static void forward_hint(const struct engine_socket *t, char *hint, size_t size)
{
    const char *refusal = t->refusal ? t->refusal : "";
    const char *banner = session_banner(t->session);
    const char *tools = t->search.whole && !has_tool(t)
                            ? "; without one, docker, socat, nc, perl or python3 are needed there"
                            : "";
    *hint = '\0';
    if (strstr(refusal, "OpenSSH server") && openssh_version(banner))
        snprintf(hint, size, "; the libssh of this build cannot ask this OpenSSH to forward%s", tools);
    else if (strstr(refusal, "OpenSSH server"))
        snprintf(hint, size, "; only OpenSSH forwards to sockets, and this server calls itself %.60s%s",
                 banner ? banner : "nothing", tools);
    else if (strstr(refusal, "prohibited"))
        snprintf(hint, size,
                 "; sshd there forbids this login to forward (AllowStreamLocalForwarding, "
                 "DisableForwarding, a restricted key)%s",
                 tools);
    else if (*tools) /* sshd often says no more than that the opening failed */
        snprintf(hint, size, "; where sshd forbids forwarding%s", tools + strlen("; without one"));
}

/* What to say of commands that said nothing. */
static const char *unsaid(const struct engine_socket *t, bool none)
{
    if (none)
        return "no command was tried: there is no socket that it could reach";
    if (has_tool(t))
        return "no answer";
    return t->search.whole ? "no docker, socat, nc, perl or python3 there to reach it with"
                           : "the search for sockets and commands gave no answer";
}

static void engine_socket_give_up(struct engine_socket *t)
{
    struct failure failure;
    const char *user = session_user(t->session);
    const char *said = t->said ? t->said : "";
    bool none = !t->asked_socket && t->search.whole && !t->search.count;
    char hint[512], where[160], forward[256];
    /* Nothing was refused: the connection went, which the session tells. */
    if (session_is_lost(t->session))
        return;
    forward_hint(t, forward, sizeof forward);
    if (strstr(said, "password is required"))
        snprintf(
            hint, sizeof hint,
            "allow %s to run docker by sudo without a password, or give the account a socket that only reads "
            "(docs/least-privilege.md)",
            user);
    else if (none)
        snprintf(hint, sizeof hint,
                 "is Docker running there? looked at: %s; another place: endpoint=ssh://HOST/path/of/socket"
                 "%s%.100s%s",
                 SOCKET_SEARCH_PLACES, text_if(t->search.other_engine, " (DOCKER_HOST there is "),
                 text_or(t->search.other_engine, ""), text_if(t->search.other_engine, ")"));
    else
        snprintf(hint, sizeof hint,
                 "check the socket's path; %s may not use it: use become=yes, or give the account a socket "
                 "that only reads (docs/least-privilege.md)%s",
                 user, forward);
    const char *tried = none ? "(none was found)" : text_or(t->remote_socket, DEFAULT_SOCKET);
    snprintf(where, sizeof where, "%s", text_or(t->asked_socket, tried));
    if (!*said)
        said = unsaid(t, none);
    failure_set(&failure, STAGE_TUNNEL, false, hint,
                "the engine's socket %s cannot be reached as %s: forward: %s; %.200s: %s", where, user,
                text_or(t->refusal, "not tried"), text_or(t->said_by, "a command"), said);
    t->events.failed(t->ctx, &failure);
}

/* Goes on to the next possibility, and to the next means where there is none. */
static void engine_socket_try_next(struct engine_socket *t)
{
    static const struct chan_events SEARCH = {
        .refused = command_refused, .data = search_data, .closed = search_closed};
    static const struct chan_events TOOL = {
        .opened = tool_opened, .refused = command_refused, .data = tool_data, .closed = tool_closed};
    for (;; t->means++, t->attempt = 0) {
        const char *socket = NULL;
        char *command = NULL;
        switch (t->means) {
        case METHOD_DEFAULT_FORWARD:
            if (t->attempt++ == 0) {
                try_forward(t, t->asked_socket ? t->asked_socket : DEFAULT_SOCKET);
                return;
            }
            break;
        case METHOD_SEARCH:
            if (t->attempt++ == 0) {
                run_trial(t, socket_search_command(t->become), SEARCH);
                return;
            }
            break;
        case METHOD_FORWARD:
            if ((socket = t->asked_socket ? NULL : next_socket(t))) {
                free(t->command);
                t->command = NULL;
                try_forward(t, socket);
                return;
            }
            break;
        case METHOD_TOOL:
            if ((command = next_tool_command(t))) {
                run_trial(t, command, TOOL);
                free(command);
                return;
            }
            break;
        case METHOD_NONE:
            engine_socket_give_up(t);
            return;
        }
    }
}

static void engine_socket_release(void *owner)
{
    struct engine_socket *t = owner;
    free(t->path);
    free(t->asked_socket);
    free(t->remote_socket);
    free(t->command);
    free(t->command_name);
    free(t->refusal);
    free(t->said);
    free(t->said_by);
    socket_search_clear(&t->search);
    buf_free(&t->answer);
    buf_free(&t->stderr_text);
    free(t);
}

struct engine_socket *engine_socket_open(struct transport_env *env, struct session *session,
                                         const char *remote_socket, bool become,
                                         struct engine_socket_events events, void *ctx)
{
    struct engine_socket *t = xcalloc(1, sizeof *t);
    t->env = env;
    t->session = session;
    handles_init(&t->handles, engine_socket_release, t);
    t->become = become;
    t->events = events;
    t->ctx = ctx;
    t->answer.limit = t->stderr_text.limit = 65536; /* many users may have sockets */
    t->asked_socket = xstrdup(remote_socket);
    t->path = xasprintf("%s/%lu.sock", env->run_dir, env->next_socket++);
    engine_socket_try_next(t);
    return t;
}

void engine_socket_close(struct engine_socket *t)
{
    drop_trial(t);
    engine_socket_drop_spares(t);
    while (t->relays)
        relay_close(t->relays);
    if (t->listening) {
        unlink(t->path);
        handles_close(&t->handles, &t->listener);
    }
    handles_end(&t->handles);
}

const char *engine_socket_path(const struct engine_socket *t)
{
    return t->path;
}

unsigned engine_socket_parallel(const struct engine_socket *t)
{
    if (t->command)
        return EXEC_PARALLEL;
    return engine_socket_is_long(t) && t->env->parallel_max > FORWARD_PARALLEL ? t->env->parallel_max
                                                                               : FORWARD_PARALLEL;
}

const char *engine_socket_method(const struct engine_socket *t)
{
    return t->command ? t->command_name : "streamlocal";
}

const char *engine_socket_socket(const struct engine_socket *t)
{
    return t->remote_socket;
}
