/* session.c: see session.h. One enum of states, one function that walks through them (advance), run
 * whenever the socket is ready. libssh never blocks here: it gets a connected, non-blocking socket, and each
 * of its calls that would wait returns AGAIN and is made again. */
#include "agentless/transport/ssh/session.h"
#include "agentless/transport/ssh/known_hosts.h"
#include "agentless/transport/ssh/host_certificate.h"
#include "agentless/transport/ssh/host_certificate_fetch.h"
#include "agentless/transport/ssh/host_certificate_store.h"
#include "agentless/transport/ssh/config.h"
#include "agentless/transport/ssh/auth.h"
#include "agentless/transport/ssh/channel.h"
#include "agentless/transport/ssh/dial.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum session_state {
    SESSION_CONFIGURE,
    SESSION_CERTIFICATE, /* an authority may vouch for the host: its certificate is fetched, or waited for */
    SESSION_CONNECT,
    SESSION_HANDSHAKE,
    SESSION_LOGIN,
    SESSION_READY,
    SESSION_DEAD
};

struct session {
    struct transport_env *env;
    const struct target *target;
    struct endpoint where; /* borrowed strings */
    struct session_events events;
    void *ctx;
    enum session_state state;
    struct timeline *timeline;
    size_t span;                     /* of the state */
    struct ssh_config_query *config; /* under way */
    struct dial *way;                /* stays as long as the session */
    struct host_certificate_fetch *fetch;
    struct host_certificate_waiter waiter;
    char *sshd; /* what its certificate is kept by; NULL: no authority, so that none is wanted */
    bool fetching, used_fresh, out_of_date, unanswered;
    struct ssh_settings settings;
    unsigned timeout_ms;
    uint64_t idle_before_ns, distance_us;
    char *known_as;         /* the name in known_hosts */
    struct buf certificate; /* of the host, as it was sent; empty: none */
    ssh_key pin;            /* a new key to be pinned, once it is known why it may be trusted; NULL: none */
    ssh_session ssh;
    ssh_event event;
    struct auth login;
    struct chan_host channels;
    char *fingerprint, *key_type, *trusted_by;
    int key_bits;      /* 0: no RSA key */
    bool unverified;   /* as asked */
    char greeting[96]; /* what came in place of SSH's own, of one line the beginning */
    bool greeted;
    int fd;
    uv_poll_t *poll;     /* of the connection; NULL: none */
    int watched;         /* uv_poll_event */
    uv_timer_t deadline; /* of resolve, handshake and login; the connection keeps its own */
    uv_idle_t wake;
    bool advancing, closing;
    int open_handles;
};

static void advance(struct session *session);
static void close_now(struct session *session);
static void enter(struct session *session, enum session_state state);

static void unwatch(struct session *session)
{
    if (session->poll)
        uv_poll_stop(session->poll);
    session->watched = 0;
}

static void fail(struct session *session, const struct failure *failure)
{
    unwatch(session);
    enter(session, SESSION_DEAD);
    session->events.failed(session->ctx, failure);
}

static void on_deadline(uv_timer_t *timer)
{
    struct session *session = timer->data;
    struct failure failure;
    bool login = session->state == SESSION_LOGIN;
    failure_set(&failure, login ? STAGE_AUTHENTICATE : STAGE_CONNECT, false,
                "is it an SSH server, and is the host overloaded? --timeout allows more",
                "%s gave no answer within %g s %s", session->settings.host, session->timeout_ms / 1000.0,
                login ? "while logging in" : "in the SSH key exchange");
    fail(session, &failure);
}

/* The configuration and the way have their own deadlines. */
static void enter(struct session *session, enum session_state state)
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
        uv_timer_start(&session->deadline, on_deadline, session->timeout_ms, 0);
    else
        uv_timer_stop(&session->deadline);
}

static void on_wake(uv_idle_t *idle)
{
    uv_idle_stop(idle);
    advance(idle->data);
}

static void wake(void *ctx)
{
    struct session *session = ctx;
    if (!session->closing && session->state == SESSION_READY)
        uv_idle_start(&session->wake, on_wake);
}

/* --- session --- */

/* The kind of key that the certificate is for, else the kinds that are known of the host. */
static char *wanted_algorithms(struct session *session)
{
    struct host_certificate certificate;
    struct error err;
    char *algorithms = NULL;
    if (session->certificate.length &&
        !host_certificate_read(&certificate, (const unsigned char *)session->certificate.data,
                               session->certificate.length, &err))
        algorithms = xstrdup(strcmp(certificate.type, "ssh-rsa") == 0 ? "rsa-sha2-512,rsa-sha2-256"
                                                                      : certificate.type);
    if (session->certificate.length)
        host_certificate_clear(&certificate);
    return algorithms ? algorithms
                      : known_hosts_algorithms(session->env->known,
                                               (const char *const *)session->settings.known_hosts,
                                               session->known_as);
}

static void make_session(struct session *session, int own)
{
    int strict_off = 0;
    bool process_config = false;
    char *algorithms = wanted_algorithms(session);
    session->ssh = session->channels.ssh = ssh_new();
    ssh_options_set(session->ssh, SSH_OPTIONS_HOST, session->settings.host);
    ssh_options_set(session->ssh, SSH_OPTIONS_USER, session->settings.user);
    ssh_options_set(session->ssh, SSH_OPTIONS_PORT, &session->settings.port);
    ssh_options_set(session->ssh, SSH_OPTIONS_PROCESS_CONFIG, &process_config);
    ssh_options_set(session->ssh, SSH_OPTIONS_STRICTHOSTKEYCHECK,
                    &strict_off); /* we check, in host_key_ok() */
    ssh_options_set(session->ssh, SSH_OPTIONS_KNOWNHOSTS, "/dev/null");
    ssh_options_set(session->ssh, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
    if (session->settings.agent)
        ssh_options_set(session->ssh, SSH_OPTIONS_IDENTITY_AGENT, session->settings.agent);
    if (algorithms)
        ssh_options_set(session->ssh, SSH_OPTIONS_HOSTKEYS, algorithms);
    free(algorithms);
    ssh_options_set(session->ssh, SSH_OPTIONS_FD, &own);
    ssh_set_blocking(session->ssh, 0);
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

static void note_host_key(struct session *session, ssh_key key)
{
    unsigned char *hash = NULL;
    size_t length = 0;
    free(session->key_type);
    free(session->fingerprint);
    session->fingerprint = NULL;
    session->key_bits = rsa_bits(key);
    session->key_type = xstrdup(ssh_key_type_to_char(ssh_key_type(key)));
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == 0) {
        char *text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
        session->fingerprint = xstrdup(text);
        ssh_string_free_char(text);
        ssh_clean_pubkey_hash(&hash);
    }
}

static bool trust(struct session *session, char *why)
{
    session->trusted_by = why;
    return true;
}

/* The verdict on an authority for this name; off port 22 the bare name counts too, as with OpenSSH. */
static enum host_key_verdict check_authority(struct session *session, const char *base64, const char **where)
{
    const char *names[] = {session->known_as, session->settings.host_key_alias
                                                  ? session->settings.host_key_alias
                                                  : session->settings.host};
    enum host_key_verdict verdict = HOST_KEY_UNKNOWN;
    for (size_t i = 0; i < 2 && verdict == HOST_KEY_UNKNOWN; i++)
        verdict = known_hosts_check_authority(
            session->env->known, (const char *const *)session->settings.known_hosts, names[i], base64, where);
    return verdict;
}

/* True where a trusted authority vouches for the key by the certificate that was fetched; else the reason is
 * in `err`, empty where there is no certificate. */
static bool vouched_for(struct session *session, ssh_key key, const char **where, struct error *err)
{
    struct host_certificate certificate = {0};
    char *key_text = NULL, *certified = NULL, *authority = NULL;
    const char *name =
        session->settings.host_key_alias ? session->settings.host_key_alias : session->settings.host;
    bool good = false;
    err->text[0] = '\0';
    if (!session->certificate.length)
        return false;
    if (!host_certificate_read(&certificate, (const unsigned char *)session->certificate.data,
                               session->certificate.length, err) &&
        ssh_pki_export_pubkey_base64(key, &key_text) == SSH_OK) {
        certified = ssh_key_base64(certificate.key, certificate.key_length);
        authority = ssh_key_base64(certificate.authority.data, certificate.authority.length);
        enum host_key_verdict verdict = check_authority(session, authority, where);
        if (strcmp(certified, key_text) != 0)
            error_set(err, "it is for another key than the host's");
        else if (verdict != HOST_KEY_KNOWN)
            error_set(err, verdict == HOST_KEY_REVOKED ? "its authority is revoked"
                                                       : "its authority is not one that known_hosts trusts");
        else
            good = !host_certificate_check(&certificate, name, time(NULL), err);
    }
    ssh_string_free_char(key_text);
    free(certified);
    free(authority);
    host_certificate_clear(&certificate);
    return good;
}

static enum host_key_policy policy_of(const struct session *session)
{
    if (session->target->host_key != HOST_KEY_CONFIGURED)
        return session->target->host_key;
    return session->settings.host_key != HOST_KEY_CONFIGURED ? session->settings.host_key : HOST_KEY_STRICT;
}

static void refuse_changed(struct session *session, const char *where, struct failure *failure)
{
    char hint[512];
    snprintf(hint, sizeof hint,
             "if the host was reinstalled, remove the old key: ssh-keygen -R '%s' -f %.*s; else somebody "
             "may be in between",
             session->known_as, (int)strcspn(where, ":"), where);
    failure_set(failure, STAGE_HOST_KEY, false, hint,
                "the host key of %s is %s %s, which is not the one in %s", session->known_as,
                session->key_type, session->fingerprint, where);
}

enum host_key_result { HOST_KEY_OK, HOST_KEY_REFUSED, HOST_KEY_LOOK_AGAIN };

/* LOOK_AGAIN: what is known of its certificate is of an earlier run, and may be out of date. */
static enum host_key_result judge_host_key(struct session *session, struct failure *failure)
{
    ssh_key key = NULL;
    const char *where = NULL, *authority_at = NULL;
    struct error why = {0};
    if (ssh_get_server_publickey(session->ssh, &key) != SSH_OK) {
        failure_set(failure, STAGE_HOST_KEY, false, NULL, "the server showed no host key");
        return HOST_KEY_REFUSED;
    }
    note_host_key(session, key);
    enum host_key_verdict verdict =
        known_hosts_check(session->env->known, (const char *const *)session->settings.known_hosts,
                          session->known_as, key, &where);
    enum host_key_policy policy = policy_of(session);
    bool vouched = verdict != HOST_KEY_REVOKED && vouched_for(session, key, &authority_at, &why);
    bool ok = false;
    if (session->sshd && !session->used_fresh && !vouched && policy != HOST_KEY_NO &&
        (verdict == HOST_KEY_UNKNOWN || verdict == HOST_KEY_CHANGED)) {
        ssh_key_free(key);
        return HOST_KEY_LOOK_AGAIN;
    }
    if (verdict == HOST_KEY_REVOKED) {
        failure_set(failure, STAGE_HOST_KEY, false, "do not log in there; the key was marked as compromised",
                    "the host key %s of %s is revoked by %s", session->fingerprint, session->known_as, where);
    } else if (vouched) {
        ok = trust(session, xasprintf("certificate of the authority in %s", authority_at));
    } else if (verdict == HOST_KEY_KNOWN) {
        ok = trust(session, xstrdup(where));
    } else if (policy == HOST_KEY_NO) {
        ok = trust(session, xstrdup("not verified (host-key no)"));
        session->unverified = true;
    } else if (*why.text) {
        failure_set(
            failure, STAGE_HOST_KEY, false,
            "renew the host's certificate (ssh-keygen -s CA -h -n NAMES), or add its key to known_hosts",
            "the host certificate of %s does not vouch for its key %s: %s", session->known_as,
            session->fingerprint, why.text);
    } else if (verdict == HOST_KEY_CHANGED) {
        refuse_changed(session, where, failure);
    } else if (policy == HOST_KEY_ACCEPT_NEW) {
        session->pin = ssh_key_dup(key);
        ok = trust(session, xstrdup("accepted on first contact"));
    } else {
        /* A certificate that was looked for and did not come may have been lost on the way. */
        failure_set(failure, STAGE_HOST_KEY, session->sshd && !session->certificate.length,
                    "compare the fingerprint with the host's, then add the key with ssh or ssh-keyscan, or "
                    "use --host-key accept-new",
                    "the host key of %s is unknown: %s %s", session->known_as, session->key_type,
                    session->fingerprint);
    }
    ssh_key_free(key);
    return ok ? HOST_KEY_OK : HOST_KEY_REFUSED;
}

void session_pin(struct session *session, const char *reason)
{
    if (!session->pin)
        return;
    if (known_hosts_pin(session->env->known, session->known_as, session->pin, reason))
        fprintf(stderr, "muster: %s: the new host key could not be written to %s: %s\n",
                session->target->name, known_hosts_pins_path(session->env->known), strerror(errno));
    free(session->trusted_by);
    session->trusted_by = xasprintf("accepted on first contact: %s", reason);
    ssh_key_free(session->pin);
    session->pin = NULL;
}

bool session_has_pin(const struct session *session)
{
    return session->pin != NULL;
}

json_t *session_host_key_json(const struct session *session)
{
    json_t *json = json_object();
    json_put(json, "type", json_text(session->key_type));
    json_put(json, "fingerprint", json_text(session->fingerprint));
    if (session->key_bits)
        json_put(json, "bits", json_integer(session->key_bits));
    json_put(json, "trusted_by", json_text(session->trusted_by));
    return json;
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

static void lost(struct session *session)
{
    char why[256];
    snprintf(why, sizeof why, "%s", ssh_get_error(session->ssh));
    unwatch(session);
    session->state = SESSION_DEAD;
    chan_host_lost(&session->channels);
    if (!session->closing)
        session->events.lost(session->ctx, *why ? why : "the server closed the connection");
}

/* An sshd that turns us away says so in a line before SSH begins, which libssh passes over. */
static void note_greeting(struct session *session)
{
    char line[sizeof session->greeting];
    ssize_t got = recv(session->fd, line, sizeof line - 1, MSG_PEEK | MSG_DONTWAIT);
    if (session->greeted || got < (ssize_t)strlen("SSH-"))
        return;
    session->greeted = true;
    line[got] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    if (!text_starts(line, "SSH-"))
        snprintf(session->greeting, sizeof session->greeting, "%s", line);
}

/* Whatever libssh says of it: the other end has gone. */
static bool hung_up(const struct session *session)
{
    char byte;
    ssize_t got = recv(session->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

static const char *handshake_hint(const struct session *session, bool closed, bool by_command)
{
    if (by_command)
        return "the ProxyCommand of the ssh configuration leads there: try it by hand";
    if (strstr(session->greeting, "Not allowed at this time"))
        return "OpenSSH 9.8 and later says so for two reasons: more logins at once than its MaxStartups lets "
               "(lower --forks), or PerSourcePenalties against our address, for logins that failed or were "
               "broken off (wait, or exempt the scanner with PerSourcePenaltyExemptList)";
    if (strstr(session->greeting, "MaxStartups"))
        return "sshd's MaxStartups is too low for --forks";
    if (closed)
        return "the server hung up; sshd's MaxStartups may be too low for --forks, or (OpenSSH 9.8 and "
               "later) "
               "its PerSourcePenalties shut out our address for a while";
    return "is it an SSH server?";
}

static void explain_handshake(struct session *session, struct failure *failure)
{
    const char *error = ssh_get_error(session->ssh);
    const char *complaint = dial_complaint(session->way);
    bool closed = strstr(error, "disconnect") || hung_up(session);
    failure_set(failure, STAGE_CONNECT, closed && !complaint,
                handshake_hint(session, closed, complaint != NULL),
                "the SSH key exchange with %s port %u failed: %s%s%s%s%s%s", session->settings.host,
                session->settings.port, error, complaint ? "; the ProxyCommand said: " : "",
                complaint ? complaint : "", *session->greeting ? "; it said \"" : "", session->greeting,
                *session->greeting ? "\"" : "");
}

static void seek_again(struct session *session);

static void handshake(struct session *session)
{
    struct failure failure;
    note_greeting(session);
    int result = ssh_connect(session->ssh);
    if (result == SSH_AGAIN)
        return;
    /* A host whose new key is of another kind than the certificate that is remembered. */
    if (result != SSH_OK && session->certificate.length && !session->used_fresh &&
        strstr(ssh_get_error(session->ssh), "server host key algo")) {
        seek_again(session);
        return;
    }
    if (result != SSH_OK) {
        explain_handshake(session, &failure);
        fail(session, &failure);
        return;
    }
    switch (judge_host_key(session, &failure)) {
    case HOST_KEY_REFUSED:
        fail(session, &failure);
        return;
    case HOST_KEY_LOOK_AGAIN:
        seek_again(session);
        return;
    case HOST_KEY_OK:
        auth_init(&session->login, session->env->keys, &session->settings, session->target->private_key,
                  session->target->password, !session->unverified);
        session->idle_before_ns = uv_metrics_idle_time(session->env->loop);
        enter(session, SESSION_LOGIN);
        return;
    }
}

static void on_unlocked(void *ctx)
{
    struct session *session = ctx;
    uv_timer_start(&session->deadline, on_deadline, session->timeout_ms, 0);
    uv_idle_start(&session->wake, on_wake);
}

static void log_in(struct session *session)
{
    struct failure failure;
    switch (auth_advance(&session->login, session->ssh)) {
    case AUTH_WAIT:
        return;
    case AUTH_LOCKED:
        /* A person takes their time. */
        uv_timer_stop(&session->deadline);
        keyring_forget(session->env->keys, session);
        keyring_unlock(session->env->keys, auth_locked(&session->login), on_unlocked, session);
        return;
    case AUTH_FAILED:
        auth_explain(&session->login, session->ssh, session->settings.user, &failure);
        fail(session, &failure);
        return;
    case AUTH_OK:
        session->distance_us = (uv_metrics_idle_time(session->env->loop) - session->idle_before_ns) / 2000;
        session->event = ssh_event_new();
        ssh_event_add_session(session->event, session->ssh);
        enter(session, SESSION_READY);
        session->events.ready(session->ctx);
        return;
    }
}

/* libssh reads 4 KB a call; a bounded number of rounds keeps one busy host from starving the others. */
#define ROUNDS_MAX 64

static void run_streams(struct session *session)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        if (ssh_event_dopoll(session->event, 0) == SSH_ERROR || !ssh_is_connected(session->ssh)) {
            lost(session);
            return;
        }
        if (!(ssh_get_status(session->ssh) & SSH_READ_PENDING))
            break;
    }
    chan_host_advance(&session->channels);
    if (ssh_get_poll_flags(session->ssh) & SSH_WRITE_PENDING)
        ssh_event_dopoll(session->event, 0);
}

/* libssh closes a socket that it was handed when the other end breaks off, and never when we end. The number
 * may be another file's by then, so it is looked at, not assumed. */
static void close_socket(int fd, const struct stat *socket)
{
    struct stat now;
    if (fd >= 0 && fstat(fd, &now) == 0 && now.st_ino == socket->st_ino && now.st_dev == socket->st_dev)
        close(fd);
}

static void end_session(struct session *session)
{
    struct stat socket = {0};
    int fd = session->ssh ? ssh_get_fd(session->ssh) : -1;
    if (fd >= 0 && fstat(fd, &socket))
        fd = -1;

    chan_host_free_all(&session->channels);
    if (session->event) {
        ssh_event_remove_session(session->event, session->ssh);
        ssh_event_free(session->event);
    }
    if (session->ssh) {
        if (ssh_is_connected(session->ssh))
            ssh_disconnect(session->ssh);
        ssh_free(session->ssh);
    }
    close_socket(fd, &socket);
    session->event = NULL;
    session->ssh = NULL;
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct session *session = poll->data;
    (void)events;
    /* After an error libuv watches no longer; what has come before it is still to be read. */
    if (status < 0)
        session->watched = 0;
    advance(session);
}

/* sshd sends small packets one behind the other, and holds back each (Nagle) until the one before is
 * acknowledged, which our side would put off by 40 ms. Linux forgets the wish whenever we send, so it is said
 * again each time. */
static void acknowledge_at_once(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

static void watch(struct session *session)
{
    unsigned flags = (unsigned)ssh_get_poll_flags(session->ssh);
    int wanted = UV_READABLE | (flags & SSH_WRITE_PENDING ? UV_WRITABLE : 0);
    acknowledge_at_once(session->fd);
    /* Said again, it costs two system calls. */
    if (wanted != session->watched)
        uv_poll_start(session->poll, wanted, on_poll);
    session->watched = wanted;
}

static void advance(struct session *session)
{
    enum session_state before;
    if (session->advancing || session->closing)
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
    } while (session->state != before && session->state != SESSION_DEAD && !session->closing);
    session->advancing = false;
    if (session->closing)
        close_now(session);
    else if (session->ssh && session->state != SESSION_DEAD)
        watch(session);
}

/* --- the way to the socket --- */

static void on_poll_closed(uv_handle_t *handle)
{
    free(handle);
}

/* The session, its descriptor (after the poll was stopped, before the handle is gone) and its way. */
static void drop_connection(struct session *session)
{
    unwatch(session);
    end_session(session);
    if (session->way)
        dial_close(session->way);
    session->way = NULL;
    if (session->poll)
        uv_close((uv_handle_t *)session->poll, on_poll_closed);
    session->greeted = false;
    *session->greeting = '\0';
    session->poll = NULL;
    if (session->fd >= 0)
        close(session->fd);
    session->fd = -1;
}

static void open_way(struct session *session);
static void seek_certificate(struct session *session);

static void on_connected(void *ctx, int fd, const struct failure *failure)
{
    struct session *session = ctx;
    struct failure trouble;
    if (fd < 0) {
        fail(session, failure);
        return;
    }
    /* libssh closes what it was handed when the other end breaks off. It gets a descriptor of its own for
     * that: the one that is polled must not become another file's while libuv still knows it. */
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (own < 0) {
        failure_set(&trouble, STAGE_CONNECT, true, "lower --forks or raise the limit (ulimit -n)",
                    "no descriptor for the connection to %s: %s", session->settings.host, strerror(errno));
        close(fd);
        fail(session, &trouble);
        return;
    }
    session->fd = fd;
    session->poll = xcalloc(1, sizeof *session->poll);
    session->poll->data = session;
    uv_poll_init(session->env->loop, session->poll, fd); /* fails for what is no socket or pipe only */
    make_session(session, own);
    enter(session, SESSION_HANDSHAKE);
    advance(session);
}

/* --- the host's certificate --- */

/* From the loop: what brought the certificate goes, and it is looked what there is. */
static void look_again(uv_timer_t *timer)
{
    struct session *session = timer->data;
    if (session->fetch)
        host_certificate_fetch_close(session->fetch);
    session->fetch = NULL;
    if (session->way)
        dial_close(session->way);
    session->way = NULL;
    seek_certificate(session);
}

/* Those who wait for us find their own way. */
static void give_up_fetching(struct session *session)
{
    if (session->fetching)
        host_certificate_store_give_up(session->env->certificates, session->sshd);
    session->fetching = false;
}

static void on_fetched_elsewhere(void *ctx)
{
    struct session *session = ctx;
    uv_timer_start(&session->deadline, look_again, 0, 0);
}

/* Whatever came of it, the session is opened next; judge_host_key() judges. */
static void on_certificate(void *ctx, const unsigned char *bytes, size_t length, bool answered)
{
    struct session *session = ctx;
    if (bytes || answered) {
        session->fetching = false;
        host_certificate_store_put(session->env->certificates, session->sshd, bytes, length);
    } else {
        /* Lost on the way: the session says what is the matter, and the next visit asks again. */
        give_up_fetching(session);
        session->unanswered = true;
    }
    uv_timer_start(&session->deadline, look_again, 0, 0);
}

static void on_certificate_way(void *ctx, int fd, const struct failure *failure)
{
    struct session *session = ctx;
    if (fd >= 0) {
        session->fetch = host_certificate_fetch_start(session->env->loop, fd, session->timeout_ms,
                                                      on_certificate, session);
        return;
    }
    give_up_fetching(session);
    fail(session, failure);
}

/* One that was fetched in this run is used as it is; one of an earlier run too, unless it has just proved to
 * be out of date. */
static void seek_certificate(struct session *session)
{
    struct host_certificate_entry entry =
        host_certificate_store_get(session->env->certificates, session->sshd);
    if (entry.fresh || session->unanswered || (entry.known && !session->out_of_date)) {
        session->certificate.length = 0;
        if (entry.bytes)
            buf_add(&session->certificate, entry.bytes, entry.length);
        session->used_fresh = entry.fresh || session->unanswered;
        open_way(session);
        return;
    }
    enter(session, SESSION_CERTIFICATE);
    session->waiter.ready = on_fetched_elsewhere;
    session->waiter.ctx = session;
    if (!host_certificate_store_claim(session->env->certificates, session->sshd, &session->waiter))
        return;
    session->fetching = true;
    session->way =
        dial_open(session->env, &session->settings, session->timeout_ms, NULL, on_certificate_way, session);
}

/* The session that has just been opened is of no use; from within the walk. */
static void seek_again(struct session *session)
{
    session->out_of_date = true;
    drop_connection(session);
    enter(session, SESSION_CERTIFICATE);
    uv_timer_start(&session->deadline, look_again, 0, 0);
}

/* What certificates are kept by: not the name alone, since one name may be another machine behind another
 * jump host. */
static char *name_of_sshd(const struct session *session)
{
    return xasprintf("%s,%s:%u,%s,%s", session->known_as, session->settings.host, session->settings.port,
                     session->settings.proxy_jump ? session->settings.proxy_jump : "",
                     session->settings.proxy_command ? session->settings.proxy_command : "");
}

/* A key that is known makes certificates needless, and asking for one is not free (see ssh_certificates.h).
 */
static bool has_known_key(struct session *session)
{
    char *algorithms = known_hosts_algorithms(
        session->env->known, (const char *const *)session->settings.known_hosts, session->known_as);
    free(algorithms);
    return algorithms != NULL;
}

static void open_way(struct session *session)
{
    enter(session, SESSION_CONNECT);
    session->way = dial_open(session->env, &session->settings, session->timeout_ms, session->timeline,
                             on_connected, session);
}

static void on_configured(void *ctx, const struct ssh_settings *settings, const struct failure *failure)
{
    struct session *session = ctx;
    const char *where;
    session->config = NULL;
    if (failure) {
        fail(session, failure);
        return;
    }
    ssh_settings_copy(&session->settings, settings);
    session->timeout_ms = session->target->connect_timeout_ms ? session->target->connect_timeout_ms
                          : settings->connect_timeout_ms      ? settings->connect_timeout_ms
                                                              : session->env->connect_timeout_ms;
    if (settings->host_key_alias)
        session->known_as = xstrdup(settings->host_key_alias);
    else if (settings->port != 22)
        session->known_as = xasprintf("[%s]:%u", settings->host, settings->port);
    else
        session->known_as = xstrdup(settings->host);
    if (check_authority(session, NULL, &where) == HOST_KEY_KNOWN)
        session->sshd = name_of_sshd(session);
    if (session->sshd && !has_known_key(session))
        seek_certificate(session);
    else
        open_way(session);
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
    session->channels.wake = wake;
    session->channels.ctx = session;
    uv_timer_init(env->loop, &session->deadline);
    uv_idle_init(env->loop, &session->wake);
    session->deadline.data = session->wake.data = session;
    session->open_handles = 2;
    session->timeline = timeline;
    session->span = timeline_begin(timeline, "stage", "configuration");
    session->config =
        ssh_config_start(env->config, where, target->ssh_options, target->ssh_config, on_configured, session);
    return session;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct session *session = handle->data;
    if (--session->open_handles)
        return;
    ssh_settings_clear(&session->settings);
    ssh_key_free(session->pin);
    buf_free(&session->certificate);
    free(session->known_as);
    free(session->sshd);
    free(session->fingerprint);
    free(session->key_type);
    free(session->trusted_by);
    free(session);
}

static void close_now(struct session *session)
{
    if (session->config)
        ssh_config_cancel(session->env->config, session->config);
    if (session->fetch)
        host_certificate_fetch_close(session->fetch);
    host_certificate_store_forget(&session->waiter);
    give_up_fetching(session);
    keyring_forget(session->env->keys, session);
    session_pin(session, "first contact");
    drop_connection(session);
    uv_close((uv_handle_t *)&session->deadline, on_handle_closed);
    uv_close((uv_handle_t *)&session->wake, on_handle_closed);
}

void session_close(struct session *session)
{
    chan_host_abandon(&session->channels);
    session->closing = true;
    /* Called from one of our own callbacks: the walk that made it ends first. */
    if (!session->advancing)
        close_now(session);
}
