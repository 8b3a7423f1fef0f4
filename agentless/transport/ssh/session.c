/* session.c: see session.h. One enum of states, one function that walks through them (advance), run
 * whenever the socket is ready. libssh never blocks here: it gets a connected, non-blocking socket, and each
 * of its calls that would wait returns AGAIN and is made again. */
#include "agentless/transport/ssh/session_internal.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void close_now(struct session *session);
void session_enter(struct session *session, enum session_state state);

void session_unwatch(struct session *session)
{
    if (session->poll)
        uv_poll_stop(session->poll);
    session->watched = 0;
}

void session_fail(struct session *session, const struct failure *failure)
{
    session_unwatch(session);
    session_enter(session, SESSION_DEAD);
    later_drop(&session->look_again);
    session->events.failed(session->ctx, failure);
}

static void session_on_deadline(void *ctx)
{
    struct session *session = ctx;
    struct failure failure;
    bool login = session->state == SESSION_LOGIN;
    const char *doing = login ? "while logging in" : "in the SSH key exchange";
    failure_set(&failure, login ? STAGE_AUTHENTICATE : STAGE_CONNECT, false,
                "is it an SSH server, and is the host overloaded? --timeout allows more",
                "%s gave no answer within %g s %s", session->settings.host, session->timeout_ms / 1000.0,
                doing);
    session_fail(session, &failure);
}

/* The configuration and the dial have their own deadlines. */
void session_enter(struct session *session, enum session_state state)
{
    static const char *const SPANS[] = {[SESSION_CONFIGURE] = "configuration",
                                        [SESSION_CERTIFICATE] = "host certificate",
                                        [SESSION_HANDSHAKE] = "key exchange",
                                        [SESSION_LOGIN] = "log in",
                                        [SESSION_DEAD] = NULL};
    timeline_end(session->timeline, session->span);
    session->state = state;
    if (state < SESSION_DEAD && SPANS[state])
        session->span = timeline_begin(session->timeline, "stage", SPANS[state]);
    if (state == SESSION_HANDSHAKE || state == SESSION_LOGIN)
        later_call_in(&session->deadline, session->timeout_ms);
    else
        later_drop(&session->deadline);
}

static void on_wake(uv_idle_t *idle)
{
    uv_idle_stop(idle);
    session_advance(idle->data);
}

static void session_wake(void *ctx)
{
    struct session *session = ctx;
    if (!session->closing && session->state == SESSION_READY)
        uv_idle_start(&session->wake, on_wake);
}

/* --- session --- */

/* What is known of the host's key before it is seen. */
struct host_key_question session_host_key_question(const struct session *session)
{
    static const char *const none = NULL;
    const struct ssh_settings *settings = &session->settings;
    enum host_key_policy policy = session->target->host_key;
    if (policy == HOST_KEY_CONFIGURED)
        policy = settings->host_key != HOST_KEY_CONFIGURED ? settings->host_key : HOST_KEY_STRICT;
    return (struct host_key_question){
        .known = session->env->known,
        .sources = {.files = settings->known_hosts ? (const char *const *)settings->known_hosts : &none,
                    .revoked = settings->revoked_host_keys},
        .known_as = session->known_as,
        .host = session->certified_as,
        .address = session->address,
        .policy = policy,
        .algorithms = settings->host_key_algorithms,
        .ca_algorithms = settings->ca_algorithms,
        .rsa_bits_min = (int)settings->rsa_bits_min,
        .certificate = (const unsigned char *)session->certificate.data,
        .certificate_length = session->certificate.length,
        .authority = session->sshd != NULL,
        .certificate_is_fresh = session->used_fresh,
        .now = time(NULL)};
}

static enum host_key_result judge_host_key(struct session *session, struct failure *failure)
{
    struct host_key_question question = session_host_key_question(session);
    ssh_key key = NULL;
    if (ssh_get_server_publickey(session->ssh, &key) != SSH_OK) {
        failure_set(failure, STAGE_HOST_KEY, false, NULL, "the server showed no host key");
        return HOST_KEY_REFUSED;
    }
    enum host_key_result result = host_key_judge(&session->host_key, &question, key, failure);
    ssh_key_free(key);
    return result;
}

void session_pin(struct session *session, const char *reason)
{
    struct host_key_question question = session_host_key_question(session);
    host_key_pin(&session->host_key, &question, session->target->name, reason);
}

bool session_has_pin(const struct session *session)
{
    return session->host_key.pin != NULL;
}

json_t *session_host_key_json(const struct session *session)
{
    return host_key_json(&session->host_key);
}

uint64_t session_distance_us(const struct session *session)
{
    return session->distance_us;
}

bool session_is_lost(const struct session *session)
{
    return session->state == SESSION_DEAD ||
           (session->state == SESSION_READY && !ssh_is_connected(session->ssh));
}

const char *session_banner(const struct session *session)
{
    return ssh_get_serverbanner(session->ssh);
}

struct chan_host *session_channels(struct session *session)
{
    return &session->channels;
}

const char *session_user(const struct session *session)
{
    return session->settings.user;
}

/* --- the walk --- */

static void lost(struct session *session, const char *because)
{
    struct error why;
    error_set(&why, "%s", because);
    session_unwatch(session);
    session->state = SESSION_DEAD;
    chan_host_lost(&session->channels);
    if (!session->closing)
        session->events.lost(session->ctx, *why.text ? why.text : "the server closed the connection");
}

static void handshake(struct session *session)
{
    struct failure failure;
    greeting_note(&session->greeting, session->fd);
    int result = ssh_connect(session->ssh);
    if (result == SSH_AGAIN)
        return;
    /* A host whose new key is of another kind than the certificate that is remembered. */
    if (result != SSH_OK && session->certificate.length && !session->used_fresh &&
        strstr(ssh_get_error(session->ssh), "server host key algo")) {
        session_seek_again(session);
        return;
    }
    if (result != SSH_OK) {
        handshake_explain(&session->greeting, session->fd, ssh_get_error(session->ssh),
                          dial_stderr(session->dial), &session->settings, &failure);
        session_fail(session, &failure);
        return;
    }
    switch (judge_host_key(session, &failure)) {
    case HOST_KEY_REFUSED:
        session_fail(session, &failure);
        return;
    case HOST_KEY_LOOK_AGAIN:
        session_seek_again(session);
        return;
    case HOST_KEY_OK:
        auth_init(&session->login, session->env->keys, &session->settings, session->target->private_key,
                  session->target->password, !session->host_key.unverified);
        session->idle_before_ns = uv_metrics_idle_time(session->env->loop);
        session->login_until_ms = uv_now(session->env->loop) + session->timeout_ms;
        session_enter(session, SESSION_LOGIN);
        return;
    }
}

static void on_unlocked(void *ctx)
{
    struct session *session = ctx;
    later_call_in(&session->deadline, session->timeout_ms);
    uv_idle_start(&session->wake, on_wake);
}

static void on_agent(void *ctx, int result, const char *problem)
{
    struct session *session = ctx;
    uint64_t now = uv_now(session->env->loop);
    session->asking = false;
    session->login_until_ms += now - session->asked_ms;
    later_call_in(&session->deadline, session->login_until_ms > now ? session->login_until_ms - now : 0);
    auth_agent_answered(&session->login, result, problem);
    session_advance(session);
}

static void ask_agent(struct session *session)
{
    session->asking = true;
    session->asked_ms = uv_now(session->env->loop);
    session_unwatch(session);
    later_drop(&session->deadline);
    if (!session->agent)
        session->agent = agent_login_new(session->env->agents, session->ssh, session->settings.agent);
    agent_login_ask(session->agent, session->timeout_ms, on_agent, session);
}

static void log_in(struct session *session)
{
    struct failure failure;
    switch (auth_advance(&session->login, session->ssh)) {
    case AUTH_WAIT:
        return;
    case AUTH_AGENT:
        ask_agent(session);
        return;
    case AUTH_LOCKED:
        /* A person takes their time. */
        later_drop(&session->deadline);
        keyring_forget(session->env->keys, session);
        keyring_unlock(session->env->keys, auth_locked(&session->login), on_unlocked, session);
        return;
    case AUTH_FAILED:
        auth_explain(&session->login, session->ssh, session->settings.user, &failure);
        session_fail(session, &failure);
        return;
    case AUTH_OK:
        session->distance_us = (uv_metrics_idle_time(session->env->loop) - session->idle_before_ns) / 2000;
        session->event = ssh_event_new();
        ssh_event_add_session(session->event, session->ssh);
        session_enter(session, SESSION_READY);
        session->events.ready(session->ctx);
        return;
    }
}

/* libssh reads 4 KB a call; a bounded number of rounds keeps one busy host from starving the others. */
#define ROUNDS_MAX 64

static void run_streams(struct session *session)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        bool failed = ssh_event_dopoll(session->event, 0) == SSH_ERROR || !ssh_is_connected(session->ssh);
        int status = ssh_get_status(session->ssh);
        if (failed || status & SSH_CLOSED_ERROR) {
            lost(session, ssh_get_error(session->ssh));
            return;
        }
        if (!(status & SSH_READ_PENDING) || status & SSH_WRITE_PENDING)
            break;
    }
    if (session_is_flooded(session)) {
        lost(session, "the server sent what nobody asked for, more than 16 MB");
        return;
    }
    chan_host_advance(&session->channels);
    if (ssh_get_poll_flags(session->ssh) & SSH_WRITE_PENDING)
        ssh_event_dopoll(session->event, 0);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct session *session = poll->data;
    (void)events;
    /* After an error libuv watches no longer; what has come before it is still to be read. */
    if (status < 0)
        session->watched = 0;
    session_advance(session);
}

/* sshd sends small packets one behind the other, and holds back each (Nagle) until the one before is
 * acknowledged, which our side would put off by 40 ms. Linux forgets the want whenever we send, so it is said
 * again each time. */
static void acknowledge_at_once(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

static void watch(struct session *session)
{
    unsigned flags = (unsigned)ssh_get_poll_flags(session->ssh);
    /* While something waits to be sent nothing is read, since what is read may have to be answered: a server
     * that asks and never reads would have the answers pile up here. */
    int wanted = flags & SSH_WRITE_PENDING ? UV_WRITABLE : UV_READABLE;
    acknowledge_at_once(session->fd);
    /* Said again, it costs two system calls. */
    if (wanted != session->watched)
        uv_poll_start(session->poll, wanted, on_poll);
    session->watched = wanted;
}

void session_advance(struct session *session)
{
    enum session_state before;
    if (session->advancing || session->closing || session->asking)
        return;
    session->advancing = true;
    do {
        before = session->state;
        if (session->state == SESSION_HANDSHAKE)
            handshake(session);
        else if (session->state == SESSION_LOGIN)
            log_in(session);
        else if (session->state == SESSION_READY)
            run_streams(session);
    } while (session->state != before && session->state != SESSION_DEAD && !session->closing &&
             !session->asking);
    session->advancing = false;
    if (session->closing)
        close_now(session);
    else if (session->ssh && session->state != SESSION_DEAD && !session->asking)
        watch(session);
}

static void session_release(void *owner)
{
    struct session *session = owner;
    ssh_settings_clear(&session->settings);
    host_key_clear(&session->host_key);
    buf_free(&session->certificate);
    free(session->known_as);
    free(session->certified_as);
    free(session->address);
    free(session->sshd);
    free(session);
}

struct session *session_open(struct transport_env *env, const struct target *target,
                             const struct endpoint *where, struct timeline *timeline,
                             struct session_events events, void *ctx)
{
    struct session *session = xcalloc(1, sizeof *session);
    session->env = env;
    session->target = target;
    session->where = *where;
    session->events = events;
    session->ctx = ctx;
    session->fd = -1;
    session->channels.wake = session_wake;
    session->channels.ctx = session;
    handles_init(&session->handles, session_release, session);
    later_init(&session->deadline, env->loop, session_on_deadline, session);
    later_init(&session->look_again, env->loop, session_look_again, session);
    uv_idle_init(env->loop, &session->wake);
    session->wake.data = session;
    session->timeline = timeline;
    session->span = timeline_begin(timeline, "stage", "configuration");
    session->config = ssh_config_start(env->config, where, target->ssh_options, target->ssh_config,
                                       session_on_configured, session);
    return session;
}

static void close_now(struct session *session)
{
    if (session->config)
        ssh_config_cancel(session->env->config, session->config);
    if (session->fetch)
        host_certificate_fetch_close(session->fetch);
    host_certificate_store_forget(&session->waiter);
    session_give_up_fetching(session);
    keyring_forget(session->env->keys, session);
    session_pin(session, "first contact");
    session_drop_connection(session);
    later_close(&session->deadline, &session->handles);
    later_close(&session->look_again, &session->handles);
    handles_close(&session->handles, &session->wake);
    handles_end(&session->handles);
}

void session_close(struct session *session)
{
    chan_host_abandon(&session->channels);
    session->closing = true;
    /* Called from one of our own callbacks: the walk that made it ends first. */
    if (!session->advancing)
        close_now(session);
}
