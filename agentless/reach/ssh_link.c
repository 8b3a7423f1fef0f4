/* ssh_link.c: see ssh_link.h. One enum of states, one function that walks through them (advance), run
 * whenever the socket is ready. libssh never blocks here: it gets a connected, non-blocking socket, and each
 * of its calls that would wait returns AGAIN and is made again. */
#include "agentless/reach/ssh_link.h"
#include "agentless/reach/known_hosts.h"
#include "agentless/reach/resolve.h"
#include "agentless/reach/ssh_config.h"
#include "agentless/reach/ssh_login.h"
#include "agentless/reach/ssh_stream.h"
#include "agentless/reach/tcp_connect.h"
#include "base/json.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum link_state {
    LINK_CONFIGURE,
    LINK_RESOLVE,
    LINK_CONNECT,
    LINK_HANDSHAKE,
    LINK_LOGIN,
    LINK_READY,
    LINK_DEAD
};

struct ssh_link {
    struct reach_env *env;
    const struct target *target;
    struct endpoint where; /* borrowed strings */
    struct ssh_link_events events;
    void *ctx;
    enum link_state state;
    struct ssh_config_query *config; /* at most one of these three is under way */
    struct resolution *resolution;
    struct tcp_connect *connect;
    struct ssh_settings settings;
    char *known_as; /* the name in known_hosts */
    ssh_session session;
    ssh_event event;
    struct ssh_login login;
    struct ssh_stream *streams;
    char *fingerprint, *key_type, *trusted_by;
    int key_bits; /* 0: no RSA key */
    int fd;
    uv_poll_t poll;
    uv_timer_t deadline; /* of resolve, handshake and login; the connection keeps its own */
    uv_idle_t wake;
    bool polling, advancing, closing;
    int open_handles;
};

static void advance(struct ssh_link *link);
static void close_now(struct ssh_link *link);

static void fail(struct ssh_link *link, const struct failure *failure)
{
    if (link->polling)
        uv_poll_stop(&link->poll);
    uv_timer_stop(&link->deadline);
    link->state = LINK_DEAD;
    link->events.failed(link->ctx, failure);
}

static void on_deadline(uv_timer_t *timer)
{
    struct ssh_link *link = timer->data;
    struct failure failure;
    static const char *const WORDS[] = {[LINK_CONFIGURE] = "reading the ssh configuration",
                                        [LINK_RESOLVE] = "looking the name up",
                                        [LINK_CONNECT] = "connecting",
                                        [LINK_HANDSHAKE] = "the SSH key exchange",
                                        [LINK_LOGIN] = "logging in",
                                        [LINK_READY] = "ready",
                                        [LINK_DEAD] = "dead"};
    enum stage stage = link->state <= LINK_RESOLVE ? STAGE_RESOLVE
                       : link->state == LINK_LOGIN ? STAGE_AUTHENTICATE
                                                   : STAGE_CONNECT;
    failure_set(&failure, stage, false,
                "is it an SSH server, and is the host overloaded? --timeout allows more",
                "%s gave no answer within %g s while %s",
                link->settings.host ? link->settings.host : link->where.host,
                link->env->connect_timeout_ms / 1000.0, WORDS[link->state]);
    fail(link, &failure);
}

static void enter(struct ssh_link *link, enum link_state state)
{
    link->state = state;
    if (state == LINK_READY)
        uv_timer_stop(&link->deadline);
    else
        uv_timer_start(&link->deadline, on_deadline, link->env->connect_timeout_ms, 0);
}

static void on_wake(uv_idle_t *idle)
{
    uv_idle_stop(idle);
    advance(idle->data);
}

void ssh_link_wake(struct ssh_link *link)
{
    if (!link->closing && link->state == LINK_READY)
        uv_idle_start(&link->wake, on_wake);
}

ssh_session ssh_link_session(struct ssh_link *link)
{
    return link->session;
}

void ssh_link_add(struct ssh_link *link, struct ssh_stream *stream)
{
    struct ssh_stream **end = &link->streams;
    while (*end)
        end = &(*end)->next;
    *end = stream;
    ssh_link_wake(link);
}

/* --- session --- */

static void make_session(struct ssh_link *link)
{
    int strict_off = 0;
    bool process_config = false;
    char *algorithms = known_hosts_algorithms(
        link->env->known, (const char *const *)link->settings.known_hosts, link->known_as);
    link->session = ssh_new();
    ssh_options_set(link->session, SSH_OPTIONS_HOST, link->settings.host);
    ssh_options_set(link->session, SSH_OPTIONS_USER, link->settings.user);
    ssh_options_set(link->session, SSH_OPTIONS_PORT, &link->settings.port);
    ssh_options_set(link->session, SSH_OPTIONS_PROCESS_CONFIG, &process_config);
    ssh_options_set(link->session, SSH_OPTIONS_STRICTHOSTKEYCHECK,
                    &strict_off); /* we check, in host_key_ok() */
    ssh_options_set(link->session, SSH_OPTIONS_KNOWNHOSTS, "/dev/null");
    ssh_options_set(link->session, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
    if (link->settings.agent)
        ssh_options_set(link->session, SSH_OPTIONS_IDENTITY_AGENT, link->settings.agent);
    if (algorithms)
        ssh_options_set(link->session, SSH_OPTIONS_HOSTKEYS, algorithms);
    free(algorithms);
    ssh_options_set(link->session, SSH_OPTIONS_FD, &link->fd);
    ssh_set_blocking(link->session, 0);
}

/* --- host key --- */

/* An RSA key's size, from the length of its encoding: three fields with a length of four bytes each,
 * "ssh-rsa", the exponent 65537, and the modulus with a leading zero. */
static int rsa_bits(ssh_key key)
{
    char *base64 = NULL;
    int bits = 0;
    if (ssh_key_type(key) == SSH_KEYTYPE_RSA && ssh_pki_export_pubkey_base64(key, &base64) == SSH_OK &&
        base64) {
        size_t length = strlen(base64);
        size_t padding = length - strcspn(base64, "=");
        size_t bytes = length / 4 * 3 - padding;
        bits = bytes > 23 ? (int)(bytes - 23) * 8 : 0;
    }
    ssh_string_free_char(base64);
    return bits;
}

static void note_host_key(struct ssh_link *link, ssh_key key)
{
    unsigned char *hash = NULL;
    size_t length = 0;
    link->key_bits = rsa_bits(key);
    link->key_type = xstrdup(ssh_key_type_to_char(ssh_key_type(key)));
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == 0) {
        char *text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
        link->fingerprint = xstrdup(text);
        ssh_string_free_char(text);
        ssh_clean_pubkey_hash(&hash);
    }
}

static bool trust(struct ssh_link *link, char *why)
{
    link->trusted_by = why;
    return true;
}

static bool host_key_ok(struct ssh_link *link, struct failure *failure)
{
    ssh_key key = NULL;
    const char *where = NULL;
    if (ssh_get_server_publickey(link->session, &key) != SSH_OK) {
        failure_set(failure, STAGE_HOST_KEY, false, NULL, "the server showed no host key");
        return false;
    }
    note_host_key(link, key);
    const char *pins = known_hosts_pins_path(link->env->known);
    enum host_key_verdict verdict = known_hosts_check(
        link->env->known, (const char *const *)link->settings.known_hosts, link->known_as, key, &where);
    bool ok = false;
    if (verdict == HOST_KEY_REVOKED) {
        failure_set(failure, STAGE_HOST_KEY, false, "do not log in there; the key was marked as compromised",
                    "the host key %s of %s is revoked by %s", link->fingerprint, link->known_as, where);
    } else if (verdict == HOST_KEY_KNOWN) {
        ok = trust(link, xstrdup(where));
    } else if (link->target->host_key == HOST_KEY_NO) {
        ok = trust(link, xstrdup("not verified (host-key no)"));
    } else if (verdict == HOST_KEY_CHANGED) {
        char hint[512];
        snprintf(hint, sizeof hint,
                 "if the host was reinstalled, remove the old key: ssh-keygen -R '%s' -f %.*s; else somebody "
                 "may be in between",
                 link->known_as, (int)strcspn(where, ":"), where);
        failure_set(failure, STAGE_HOST_KEY, false, hint,
                    "the host key of %s is %s %s, which is not the one in %s", link->known_as, link->key_type,
                    link->fingerprint, where);
    } else if (link->target->host_key == HOST_KEY_ACCEPT_NEW) {
        if (known_hosts_pin(link->env->known, link->known_as, key))
            fprintf(stderr, "muster: %s: the new host key could not be written to %s: %s\n",
                    link->target->name, pins, strerror(errno));
        ok = trust(link, xstrdup("accepted on first contact"));
    } else {
        failure_set(failure, STAGE_HOST_KEY, false,
                    "compare the fingerprint with the host's, then add the key with ssh or ssh-keyscan, or "
                    "use --host-key accept-new",
                    "the host key of %s is unknown: %s %s", link->known_as, link->key_type,
                    link->fingerprint);
    }
    ssh_key_free(key);
    return ok;
}

json_t *ssh_link_host_key_json(const struct ssh_link *link)
{
    json_t *json = json_object();
    json_put(json, "type", json_text(link->key_type));
    json_put(json, "fingerprint", json_text(link->fingerprint));
    if (link->key_bits)
        json_put(json, "bits", json_integer(link->key_bits));
    json_put(json, "trusted_by", json_text(link->trusted_by));
    return json;
}

const char *ssh_link_banner(const struct ssh_link *link)
{
    return ssh_get_serverbanner(link->session);
}

const char *ssh_link_user(const struct ssh_link *link)
{
    return link->settings.user;
}

/* --- the walk --- */

static void lost(struct ssh_link *link)
{
    char why[256];
    snprintf(why, sizeof why, "%s", ssh_get_error(link->session));
    uv_poll_stop(&link->poll);
    link->state = LINK_DEAD;
    for (struct ssh_stream *s = link->streams; s; s = s->next)
        ssh_stream_lost(s);
    if (!link->closing)
        link->events.lost(link->ctx, *why ? why : "the server closed the connection");
}

static void handshake(struct ssh_link *link)
{
    struct failure failure;
    int result = ssh_connect(link->session);
    if (result == SSH_AGAIN)
        return;
    if (result != SSH_OK) {
        /* A closed connection in the exchange is what sshd's MaxStartups does to the ones too many. */
        bool closed = strstr(ssh_get_error(link->session), "disconnect") ||
                      strstr(ssh_get_error(link->session), "closed") ||
                      strstr(ssh_get_error(link->session), "reset");
        failure_set(&failure, STAGE_CONNECT, closed,
                    closed ? "the server hung up; sshd's MaxStartups may be too low for --forks"
                           : "is it an SSH server?",
                    "the SSH key exchange with %s port %u failed: %s", link->settings.host,
                    link->settings.port, ssh_get_error(link->session));
        fail(link, &failure);
    } else if (!host_key_ok(link, &failure)) {
        fail(link, &failure);
    } else {
        ssh_login_init(&link->login, link->env->keys, &link->settings, link->target->private_key);
        enter(link, LINK_LOGIN);
    }
}

static void log_in(struct ssh_link *link)
{
    struct failure failure;
    switch (ssh_login_advance(&link->login, link->session)) {
    case LOGIN_WAIT:
        return;
    case LOGIN_FAILED:
        ssh_login_explain(&link->login, link->session, link->settings.user, &failure);
        fail(link, &failure);
        return;
    case LOGIN_OK:
        link->event = ssh_event_new();
        ssh_event_add_session(link->event, link->session);
        enter(link, LINK_READY);
        link->events.ready(link->ctx);
        return;
    }
}

/* libssh reads 4 KB a call; a bounded number of rounds keeps one busy host from starving the others. */
#define ROUNDS_MAX 64

static void run_streams(struct ssh_link *link)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        if (ssh_event_dopoll(link->event, 0) == SSH_ERROR || !ssh_is_connected(link->session)) {
            lost(link);
            return;
        }
        if (!(ssh_get_status(link->session) & SSH_READ_PENDING))
            break;
    }
    for (struct ssh_stream *s = link->streams; s; s = s->next)
        if (!s->abandoned)
            ssh_stream_advance(s);
    struct ssh_stream **at = &link->streams;
    while (*at) {
        struct ssh_stream *s = *at;
        if (s->abandoned) {
            *at = s->next;
            ssh_stream_free(s);
        } else {
            at = &s->next;
        }
    }
    if (ssh_get_poll_flags(link->session) & SSH_WRITE_PENDING)
        ssh_event_dopoll(link->event, 0);
}

static void end_session(struct ssh_link *link)
{
    while (link->streams) {
        struct ssh_stream *next = link->streams->next;
        ssh_stream_free(link->streams);
        link->streams = next;
    }
    if (link->event) {
        ssh_event_remove_session(link->event, link->session);
        ssh_event_free(link->event);
    }
    if (link->session) {
        if (ssh_is_connected(link->session))
            ssh_disconnect(link->session);
        ssh_free(link->session);
    }
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    advance(poll->data);
}

static void watch(struct ssh_link *link)
{
    int flags = ssh_get_poll_flags(link->session);
    uv_poll_start(&link->poll, UV_READABLE | (flags & SSH_WRITE_PENDING ? UV_WRITABLE : 0), on_poll);
}

static void advance(struct ssh_link *link)
{
    enum link_state before;
    if (link->advancing || link->closing)
        return;
    link->advancing = true;
    do {
        before = link->state;
        if (link->state == LINK_HANDSHAKE)
            handshake(link);
        else if (link->state == LINK_LOGIN)
            log_in(link);
        else if (link->state == LINK_READY)
            run_streams(link);
    } while (link->state != before && link->state != LINK_DEAD && !link->closing);
    link->advancing = false;
    if (link->closing)
        close_now(link);
    else if (link->state != LINK_DEAD)
        watch(link);
}

/* --- the way to the socket --- */

static void on_connected(void *ctx, int fd, int error)
{
    struct ssh_link *link = ctx;
    struct failure failure;
    link->connect = NULL;
    if (fd < 0) {
        bool transient = error == UV_ECONNRESET || error == UV_EMFILE;
        const char *hint =
            error == UV_ECONNREFUSED ? "nothing listens there: check the port and that sshd runs"
            : error == UV_EMFILE
                ? "too many open files: lower --forks or raise the limit (ulimit -n)"
                : "check the address, the firewall and whether the host is up; --timeout allows more";
        failure_set(&failure, STAGE_CONNECT, transient, hint, "cannot connect to %s port %u: %s",
                    link->settings.host, link->settings.port, uv_strerror(error));
        fail(link, &failure);
        return;
    }
    link->fd = fd;
    link->polling = uv_poll_init(link->env->loop, &link->poll, fd) == 0;
    link->poll.data = link;
    link->open_handles++;
    make_session(link);
    enter(link, LINK_HANDSHAKE);
    advance(link);
}

static void on_resolved(void *ctx, const struct addresses *addresses, const struct failure *failure)
{
    struct ssh_link *link = ctx;
    link->resolution = NULL;
    if (failure) {
        fail(link, failure);
        return;
    }
    link->state = LINK_CONNECT;
    uv_timer_stop(&link->deadline);
    link->connect =
        tcp_connect_start(link->env->loop, addresses, link->env->connect_timeout_ms, on_connected, link);
}

/* Copies the settings, which end with this call, and goes on to the name. */
static void on_configured(void *ctx, const struct ssh_settings *settings, const struct failure *failure)
{
    struct ssh_link *link = ctx;
    struct failure own;
    link->config = NULL;
    if (failure) {
        fail(link, failure);
        return;
    }
    for (size_t i = 0; i < SSH_FILES_MAX; i++) {
        link->settings.identities[i] = xstrdup(settings->identities[i]);
        link->settings.known_hosts[i] = xstrdup(settings->known_hosts[i]);
    }
    link->settings.user = xstrdup(settings->user);
    link->settings.host = xstrdup(settings->host);
    link->settings.agent = xstrdup(settings->agent);
    link->settings.port = settings->port;
    link->settings.identities_only = settings->identities_only;
    if (settings->host_key_alias)
        link->known_as = xstrdup(settings->host_key_alias);
    else if (settings->port != 22)
        link->known_as = xasprintf("[%s]:%u", settings->host, settings->port);
    else
        link->known_as = xstrdup(settings->host);
    if (settings->proxy) {
        failure_set(&own, STAGE_CONNECT, false,
                    "give a direct address, or use -F none to pass over the ssh configuration",
                    "ssh_config leads to %s through \"%s\", and this version cannot jump", settings->host,
                    settings->proxy);
        fail(link, &own);
        return;
    }
    enter(link, LINK_RESOLVE);
    link->resolution = resolve_start(link->env->loop, settings->host, settings->port, on_resolved, link);
}

struct ssh_link *ssh_link_open(struct reach_env *env, const struct target *target,
                               const struct endpoint *where, struct ssh_link_events events, void *ctx)
{
    struct ssh_link *link = xcalloc(1, sizeof *link);
    link->env = env;
    link->target = target;
    link->where = *where;
    link->events = events;
    link->ctx = ctx;
    link->fd = -1;
    uv_timer_init(env->loop, &link->deadline);
    uv_idle_init(env->loop, &link->wake);
    link->deadline.data = link->wake.data = link;
    link->open_handles = 2;
    link->config = ssh_config_start(env->loop, env->ssh_config, where, on_configured, link);
    return link;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct ssh_link *link = handle->data;
    if (--link->open_handles)
        return;
    ssh_login_clear(&link->login);
    ssh_settings_clear(&link->settings);
    free(link->known_as);
    free(link->fingerprint);
    free(link->key_type);
    free(link->trusted_by);
    free(link);
}

static void close_now(struct ssh_link *link)
{
    if (link->config)
        ssh_config_cancel(link->config);
    if (link->resolution)
        resolve_cancel(link->resolution);
    if (link->connect)
        tcp_connect_cancel(link->connect);
    if (link->polling)
        uv_poll_stop(&link->poll);
    end_session(link); /* closes the descriptor: after the poll was stopped, before the handle is gone */
    uv_close((uv_handle_t *)&link->deadline, on_handle_closed);
    uv_close((uv_handle_t *)&link->wake, on_handle_closed);
    if (link->polling)
        uv_close((uv_handle_t *)&link->poll, on_handle_closed);
}

void ssh_link_close(struct ssh_link *link)
{
    for (struct ssh_stream *s = link->streams; s; s = s->next)
        s->abandoned = true;
    link->closing = true;
    /* Called from one of our own callbacks: the walk that made it ends first. */
    if (!link->advancing)
        close_now(link);
}
