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
    ssh_session session;
    ssh_event event;
    struct auth login;
    struct chan *streams;
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

static void advance(struct session *link);
static void close_now(struct session *link);
static void enter(struct session *link, enum session_state state);

static void unwatch(struct session *link)
{
    if (link->poll)
        uv_poll_stop(link->poll);
    link->watched = 0;
}

static void fail(struct session *link, const struct failure *failure)
{
    unwatch(link);
    enter(link, SESSION_DEAD);
    link->events.failed(link->ctx, failure);
}

static void on_deadline(uv_timer_t *timer)
{
    struct session *link = timer->data;
    struct failure failure;
    bool login = link->state == SESSION_LOGIN;
    failure_set(&failure, login ? STAGE_AUTHENTICATE : STAGE_CONNECT, false,
                "is it an SSH server, and is the host overloaded? --timeout allows more",
                "%s gave no answer within %g s %s", link->settings.host, link->timeout_ms / 1000.0,
                login ? "while logging in" : "in the SSH key exchange");
    fail(link, &failure);
}

/* The configuration and the way have their own deadlines. */
static void enter(struct session *link, enum session_state state)
{
    static const char *const SPANS[] = {[SESSION_CONFIGURE] = "configuration",
                                        [SESSION_CERTIFICATE] = "host certificate",
                                        [SESSION_HANDSHAKE] = "key exchange",
                                        [SESSION_LOGIN] = "log in",
                                        [SESSION_DEAD] = NULL};
    timeline_end(link->timeline, link->span);
    link->state = state;
    if (state < SESSION_DEAD && SPANS[state])
        link->span = timeline_begin(link->timeline, "stage", SPANS[state]);
    if (state == SESSION_HANDSHAKE || state == SESSION_LOGIN)
        uv_timer_start(&link->deadline, on_deadline, link->timeout_ms, 0);
    else
        uv_timer_stop(&link->deadline);
}

static void on_wake(uv_idle_t *idle)
{
    uv_idle_stop(idle);
    advance(idle->data);
}

void session_wake(struct session *link)
{
    if (!link->closing && link->state == SESSION_READY)
        uv_idle_start(&link->wake, on_wake);
}

ssh_session session_session(struct session *link)
{
    return link->session;
}

void session_add(struct session *link, struct chan *stream)
{
    struct chan **end = &link->streams;
    while (*end)
        end = &(*end)->next;
    *end = stream;
    session_wake(link);
}

/* --- session --- */

/* The kind of key that the certificate is for, else the kinds that are known of the host. */
static char *wanted_algorithms(struct session *link)
{
    struct host_certificate certificate;
    struct error err;
    char *algorithms = NULL;
    if (link->certificate.length &&
        !host_certificate_read(&certificate, (const unsigned char *)link->certificate.data,
                               link->certificate.length, &err))
        algorithms = xstrdup(strcmp(certificate.type, "ssh-rsa") == 0 ? "rsa-sha2-512,rsa-sha2-256"
                                                                      : certificate.type);
    if (link->certificate.length)
        host_certificate_clear(&certificate);
    return algorithms
               ? algorithms
               : known_hosts_algorithms(link->env->known, (const char *const *)link->settings.known_hosts,
                                        link->known_as);
}

static void make_session(struct session *link, int own)
{
    int strict_off = 0;
    bool process_config = false;
    char *algorithms = wanted_algorithms(link);
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
    ssh_options_set(link->session, SSH_OPTIONS_FD, &own);
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

static void note_host_key(struct session *link, ssh_key key)
{
    unsigned char *hash = NULL;
    size_t length = 0;
    free(link->key_type);
    free(link->fingerprint);
    link->fingerprint = NULL;
    link->key_bits = rsa_bits(key);
    link->key_type = xstrdup(ssh_key_type_to_char(ssh_key_type(key)));
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == 0) {
        char *text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
        link->fingerprint = xstrdup(text);
        ssh_string_free_char(text);
        ssh_clean_pubkey_hash(&hash);
    }
}

static bool trust(struct session *link, char *why)
{
    link->trusted_by = why;
    return true;
}

/* The verdict on an authority for this name; off port 22 the bare name counts too, as with OpenSSH. */
static enum host_key_verdict check_authority(struct session *link, const char *base64, const char **where)
{
    const char *names[] = {link->known_as, link->settings.host_key_alias ? link->settings.host_key_alias
                                                                         : link->settings.host};
    enum host_key_verdict verdict = HOST_KEY_UNKNOWN;
    for (size_t i = 0; i < 2 && verdict == HOST_KEY_UNKNOWN; i++)
        verdict = known_hosts_check_authority(
            link->env->known, (const char *const *)link->settings.known_hosts, names[i], base64, where);
    return verdict;
}

/* True where a trusted authority vouches for the key by the certificate that was fetched; else the reason is
 * in `err`, empty where there is no certificate. */
static bool vouched_for(struct session *link, ssh_key key, const char **where, struct error *err)
{
    struct host_certificate certificate = {0};
    char *key_text = NULL, *certified = NULL, *authority = NULL;
    const char *name = link->settings.host_key_alias ? link->settings.host_key_alias : link->settings.host;
    bool good = false;
    err->text[0] = '\0';
    if (!link->certificate.length)
        return false;
    if (!host_certificate_read(&certificate, (const unsigned char *)link->certificate.data,
                               link->certificate.length, err) &&
        ssh_pki_export_pubkey_base64(key, &key_text) == SSH_OK) {
        certified = ssh_key_base64(certificate.key, certificate.key_length);
        authority = ssh_key_base64(certificate.authority.data, certificate.authority.length);
        enum host_key_verdict verdict = check_authority(link, authority, where);
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

static enum host_key_policy policy_of(const struct session *link)
{
    if (link->target->host_key != HOST_KEY_CONFIGURED)
        return link->target->host_key;
    return link->settings.host_key != HOST_KEY_CONFIGURED ? link->settings.host_key : HOST_KEY_STRICT;
}

static void refuse_changed(struct session *link, const char *where, struct failure *failure)
{
    char hint[512];
    snprintf(hint, sizeof hint,
             "if the host was reinstalled, remove the old key: ssh-keygen -R '%s' -f %.*s; else somebody "
             "may be in between",
             link->known_as, (int)strcspn(where, ":"), where);
    failure_set(failure, STAGE_HOST_KEY, false, hint,
                "the host key of %s is %s %s, which is not the one in %s", link->known_as, link->key_type,
                link->fingerprint, where);
}

enum host_key_result { HOST_KEY_OK, HOST_KEY_REFUSED, HOST_KEY_LOOK_AGAIN };

/* LOOK_AGAIN: what is known of its certificate is of an earlier run, and may be out of date. */
static enum host_key_result judge_host_key(struct session *link, struct failure *failure)
{
    ssh_key key = NULL;
    const char *where = NULL, *authority_at = NULL;
    struct error why = {0};
    if (ssh_get_server_publickey(link->session, &key) != SSH_OK) {
        failure_set(failure, STAGE_HOST_KEY, false, NULL, "the server showed no host key");
        return HOST_KEY_REFUSED;
    }
    note_host_key(link, key);
    enum host_key_verdict verdict = known_hosts_check(
        link->env->known, (const char *const *)link->settings.known_hosts, link->known_as, key, &where);
    enum host_key_policy policy = policy_of(link);
    bool vouched = verdict != HOST_KEY_REVOKED && vouched_for(link, key, &authority_at, &why);
    bool ok = false;
    if (link->sshd && !link->used_fresh && !vouched && policy != HOST_KEY_NO &&
        (verdict == HOST_KEY_UNKNOWN || verdict == HOST_KEY_CHANGED)) {
        ssh_key_free(key);
        return HOST_KEY_LOOK_AGAIN;
    }
    if (verdict == HOST_KEY_REVOKED) {
        failure_set(failure, STAGE_HOST_KEY, false, "do not log in there; the key was marked as compromised",
                    "the host key %s of %s is revoked by %s", link->fingerprint, link->known_as, where);
    } else if (vouched) {
        ok = trust(link, xasprintf("certificate of the authority in %s", authority_at));
    } else if (verdict == HOST_KEY_KNOWN) {
        ok = trust(link, xstrdup(where));
    } else if (policy == HOST_KEY_NO) {
        ok = trust(link, xstrdup("not verified (host-key no)"));
        link->unverified = true;
    } else if (*why.text) {
        failure_set(
            failure, STAGE_HOST_KEY, false,
            "renew the host's certificate (ssh-keygen -s CA -h -n NAMES), or add its key to known_hosts",
            "the host certificate of %s does not vouch for its key %s: %s", link->known_as, link->fingerprint,
            why.text);
    } else if (verdict == HOST_KEY_CHANGED) {
        refuse_changed(link, where, failure);
    } else if (policy == HOST_KEY_ACCEPT_NEW) {
        link->pin = ssh_key_dup(key);
        ok = trust(link, xstrdup("accepted on first contact"));
    } else {
        /* A certificate that was looked for and did not come may have been lost on the way. */
        failure_set(failure, STAGE_HOST_KEY, link->sshd && !link->certificate.length,
                    "compare the fingerprint with the host's, then add the key with ssh or ssh-keyscan, or "
                    "use --host-key accept-new",
                    "the host key of %s is unknown: %s %s", link->known_as, link->key_type,
                    link->fingerprint);
    }
    ssh_key_free(key);
    return ok ? HOST_KEY_OK : HOST_KEY_REFUSED;
}

void session_pin(struct session *link, const char *reason)
{
    if (!link->pin)
        return;
    if (known_hosts_pin(link->env->known, link->known_as, link->pin, reason))
        fprintf(stderr, "muster: %s: the new host key could not be written to %s: %s\n", link->target->name,
                known_hosts_pins_path(link->env->known), strerror(errno));
    free(link->trusted_by);
    link->trusted_by = xasprintf("accepted on first contact: %s", reason);
    ssh_key_free(link->pin);
    link->pin = NULL;
}

bool session_has_pin(const struct session *link)
{
    return link->pin != NULL;
}

json_t *session_host_key_json(const struct session *link)
{
    json_t *json = json_object();
    json_put(json, "type", json_text(link->key_type));
    json_put(json, "fingerprint", json_text(link->fingerprint));
    if (link->key_bits)
        json_put(json, "bits", json_integer(link->key_bits));
    json_put(json, "trusted_by", json_text(link->trusted_by));
    return json;
}

uint64_t session_distance_us(const struct session *link)
{
    return link->distance_us;
}

bool session_is_lost(const struct session *link)
{
    return link->state == SESSION_DEAD || (link->state == SESSION_READY && !ssh_is_connected(link->session));
}

const char *session_banner(const struct session *link)
{
    return ssh_get_serverbanner(link->session);
}

const char *session_user(const struct session *link)
{
    return link->settings.user;
}

/* --- the walk --- */

static void lost(struct session *link)
{
    char why[256];
    snprintf(why, sizeof why, "%s", ssh_get_error(link->session));
    unwatch(link);
    link->state = SESSION_DEAD;
    for (struct chan *s = link->streams; s; s = s->next)
        chan_lost(s);
    if (!link->closing)
        link->events.lost(link->ctx, *why ? why : "the server closed the connection");
}

/* An sshd that turns us away says so in a line before SSH begins, which libssh passes over. */
static void note_greeting(struct session *link)
{
    char line[sizeof link->greeting];
    ssize_t got = recv(link->fd, line, sizeof line - 1, MSG_PEEK | MSG_DONTWAIT);
    if (link->greeted || got < (ssize_t)strlen("SSH-"))
        return;
    link->greeted = true;
    line[got] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    if (!text_starts(line, "SSH-"))
        snprintf(link->greeting, sizeof link->greeting, "%s", line);
}

/* Whatever libssh says of it: the other end has gone. */
static bool hung_up(const struct session *link)
{
    char byte;
    ssize_t got = recv(link->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

static const char *handshake_hint(const struct session *link, bool closed, bool by_command)
{
    if (by_command)
        return "the ProxyCommand of the ssh configuration leads there: try it by hand";
    if (strstr(link->greeting, "Not allowed at this time"))
        return "OpenSSH 9.8 and later says so for two reasons: more logins at once than its MaxStartups lets "
               "(lower --forks), or PerSourcePenalties against our address, for logins that failed or were "
               "broken off (wait, or exempt the scanner with PerSourcePenaltyExemptList)";
    if (strstr(link->greeting, "MaxStartups"))
        return "sshd's MaxStartups is too low for --forks";
    if (closed)
        return "the server hung up; sshd's MaxStartups may be too low for --forks, or (OpenSSH 9.8 and "
               "later) "
               "its PerSourcePenalties shut out our address for a while";
    return "is it an SSH server?";
}

static void explain_handshake(struct session *link, struct failure *failure)
{
    const char *error = ssh_get_error(link->session);
    const char *complaint = dial_complaint(link->way);
    bool closed = strstr(error, "disconnect") || hung_up(link);
    failure_set(failure, STAGE_CONNECT, closed && !complaint, handshake_hint(link, closed, complaint != NULL),
                "the SSH key exchange with %s port %u failed: %s%s%s%s%s%s", link->settings.host,
                link->settings.port, error, complaint ? "; the ProxyCommand said: " : "",
                complaint ? complaint : "", *link->greeting ? "; it said \"" : "", link->greeting,
                *link->greeting ? "\"" : "");
}

static void seek_again(struct session *link);

static void handshake(struct session *link)
{
    struct failure failure;
    note_greeting(link);
    int result = ssh_connect(link->session);
    if (result == SSH_AGAIN)
        return;
    /* A host whose new key is of another kind than the certificate that is remembered. */
    if (result != SSH_OK && link->certificate.length && !link->used_fresh &&
        strstr(ssh_get_error(link->session), "server host key algo")) {
        seek_again(link);
        return;
    }
    if (result != SSH_OK) {
        explain_handshake(link, &failure);
        fail(link, &failure);
        return;
    }
    switch (judge_host_key(link, &failure)) {
    case HOST_KEY_REFUSED:
        fail(link, &failure);
        return;
    case HOST_KEY_LOOK_AGAIN:
        seek_again(link);
        return;
    case HOST_KEY_OK:
        auth_init(&link->login, link->env->keys, &link->settings, link->target->private_key,
                  link->target->password, !link->unverified);
        link->idle_before_ns = uv_metrics_idle_time(link->env->loop);
        enter(link, SESSION_LOGIN);
        return;
    }
}

static void on_unlocked(void *ctx)
{
    struct session *link = ctx;
    uv_timer_start(&link->deadline, on_deadline, link->timeout_ms, 0);
    uv_idle_start(&link->wake, on_wake);
}

static void log_in(struct session *link)
{
    struct failure failure;
    switch (auth_advance(&link->login, link->session)) {
    case AUTH_WAIT:
        return;
    case AUTH_LOCKED:
        /* A person takes their time. */
        uv_timer_stop(&link->deadline);
        keyring_forget(link->env->keys, link);
        keyring_unlock(link->env->keys, auth_locked(&link->login), on_unlocked, link);
        return;
    case AUTH_FAILED:
        auth_explain(&link->login, link->session, link->settings.user, &failure);
        fail(link, &failure);
        return;
    case AUTH_OK:
        link->distance_us = (uv_metrics_idle_time(link->env->loop) - link->idle_before_ns) / 2000;
        link->event = ssh_event_new();
        ssh_event_add_session(link->event, link->session);
        enter(link, SESSION_READY);
        link->events.ready(link->ctx);
        return;
    }
}

/* libssh reads 4 KB a call; a bounded number of rounds keeps one busy host from starving the others. */
#define ROUNDS_MAX 64

static void run_streams(struct session *link)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        if (ssh_event_dopoll(link->event, 0) == SSH_ERROR || !ssh_is_connected(link->session)) {
            lost(link);
            return;
        }
        if (!(ssh_get_status(link->session) & SSH_READ_PENDING))
            break;
    }
    for (struct chan *s = link->streams; s; s = s->next)
        if (!s->abandoned)
            chan_advance(s);
    struct chan **at = &link->streams;
    while (*at) {
        struct chan *s = *at;
        if (s->abandoned) {
            *at = s->next;
            chan_free(s);
        } else {
            at = &s->next;
        }
    }
    if (ssh_get_poll_flags(link->session) & SSH_WRITE_PENDING)
        ssh_event_dopoll(link->event, 0);
}

/* libssh closes a socket that it was handed when the other end breaks off, and never when we end. The number
 * may be another file's by then, so it is looked at, not assumed. */
static void close_socket(int fd, const struct stat *socket)
{
    struct stat now;
    if (fd >= 0 && fstat(fd, &now) == 0 && now.st_ino == socket->st_ino && now.st_dev == socket->st_dev)
        close(fd);
}

static void end_session(struct session *link)
{
    struct stat socket = {0};
    int fd = link->session ? ssh_get_fd(link->session) : -1;
    if (fd >= 0 && fstat(fd, &socket))
        fd = -1;

    while (link->streams) {
        struct chan *next = link->streams->next;
        chan_free(link->streams);
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
    close_socket(fd, &socket);
    link->event = NULL;
    link->session = NULL;
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct session *link = poll->data;
    (void)events;
    /* After an error libuv watches no longer; what has come before it is still to be read. */
    if (status < 0)
        link->watched = 0;
    advance(link);
}

/* sshd sends small packets one behind the other, and holds back each (Nagle) until the one before is
 * acknowledged, which our side would put off by 40 ms. Linux forgets the wish whenever we send, so it is said
 * again each time. */
static void acknowledge_at_once(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

static void watch(struct session *link)
{
    unsigned flags = (unsigned)ssh_get_poll_flags(link->session);
    int wanted = UV_READABLE | (flags & SSH_WRITE_PENDING ? UV_WRITABLE : 0);
    acknowledge_at_once(link->fd);
    /* Said again, it costs two system calls. */
    if (wanted != link->watched)
        uv_poll_start(link->poll, wanted, on_poll);
    link->watched = wanted;
}

static void advance(struct session *link)
{
    enum session_state before;
    if (link->advancing || link->closing)
        return;
    link->advancing = true;
    do {
        before = link->state;
        if (link->state == SESSION_HANDSHAKE)
            handshake(link);
        else if (link->state == SESSION_LOGIN)
            log_in(link);
        else if (link->state == SESSION_READY)
            run_streams(link);
    } while (link->state != before && link->state != SESSION_DEAD && !link->closing);
    link->advancing = false;
    if (link->closing)
        close_now(link);
    else if (link->session && link->state != SESSION_DEAD)
        watch(link);
}

/* --- the way to the socket --- */

static void on_poll_closed(uv_handle_t *handle)
{
    free(handle);
}

/* The session, its descriptor (after the poll was stopped, before the handle is gone) and its way. */
static void drop_connection(struct session *link)
{
    unwatch(link);
    end_session(link);
    if (link->way)
        dial_close(link->way);
    link->way = NULL;
    if (link->poll)
        uv_close((uv_handle_t *)link->poll, on_poll_closed);
    link->greeted = false;
    *link->greeting = '\0';
    link->poll = NULL;
    if (link->fd >= 0)
        close(link->fd);
    link->fd = -1;
}

static void open_way(struct session *link);
static void seek_certificate(struct session *link);

static void on_connected(void *ctx, int fd, const struct failure *failure)
{
    struct session *link = ctx;
    struct failure trouble;
    if (fd < 0) {
        fail(link, failure);
        return;
    }
    /* libssh closes what it was handed when the other end breaks off. It gets a descriptor of its own for
     * that: the one that is polled must not become another file's while libuv still knows it. */
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (own < 0) {
        failure_set(&trouble, STAGE_CONNECT, true, "lower --forks or raise the limit (ulimit -n)",
                    "no descriptor for the connection to %s: %s", link->settings.host, strerror(errno));
        close(fd);
        fail(link, &trouble);
        return;
    }
    link->fd = fd;
    link->poll = xcalloc(1, sizeof *link->poll);
    link->poll->data = link;
    uv_poll_init(link->env->loop, link->poll, fd); /* fails for what is no socket or pipe only */
    make_session(link, own);
    enter(link, SESSION_HANDSHAKE);
    advance(link);
}

/* --- the host's certificate --- */

/* From the loop: what brought the certificate goes, and it is looked what there is. */
static void look_again(uv_timer_t *timer)
{
    struct session *link = timer->data;
    if (link->fetch)
        host_certificate_fetch_close(link->fetch);
    link->fetch = NULL;
    if (link->way)
        dial_close(link->way);
    link->way = NULL;
    seek_certificate(link);
}

/* Those who wait for us find their own way. */
static void give_up_fetching(struct session *link)
{
    if (link->fetching)
        host_certificate_store_give_up(link->env->certificates, link->sshd);
    link->fetching = false;
}

static void on_fetched_elsewhere(void *ctx)
{
    struct session *link = ctx;
    uv_timer_start(&link->deadline, look_again, 0, 0);
}

/* Whatever came of it, the session is opened next; judge_host_key() judges. */
static void on_certificate(void *ctx, const unsigned char *bytes, size_t length, bool answered)
{
    struct session *link = ctx;
    if (bytes || answered) {
        link->fetching = false;
        host_certificate_store_put(link->env->certificates, link->sshd, bytes, length);
    } else {
        /* Lost on the way: the session says what is the matter, and the next visit asks again. */
        give_up_fetching(link);
        link->unanswered = true;
    }
    uv_timer_start(&link->deadline, look_again, 0, 0);
}

static void on_certificate_way(void *ctx, int fd, const struct failure *failure)
{
    struct session *link = ctx;
    if (fd >= 0) {
        link->fetch =
            host_certificate_fetch_start(link->env->loop, fd, link->timeout_ms, on_certificate, link);
        return;
    }
    give_up_fetching(link);
    fail(link, failure);
}

/* One that was fetched in this run is used as it is; one of an earlier run too, unless it has just proved to
 * be out of date. */
static void seek_certificate(struct session *link)
{
    struct host_certificate_entry entry = host_certificate_store_get(link->env->certificates, link->sshd);
    if (entry.fresh || link->unanswered || (entry.known && !link->out_of_date)) {
        link->certificate.length = 0;
        if (entry.bytes)
            buf_add(&link->certificate, entry.bytes, entry.length);
        link->used_fresh = entry.fresh || link->unanswered;
        open_way(link);
        return;
    }
    enter(link, SESSION_CERTIFICATE);
    link->waiter.ready = on_fetched_elsewhere;
    link->waiter.ctx = link;
    if (!host_certificate_store_claim(link->env->certificates, link->sshd, &link->waiter))
        return;
    link->fetching = true;
    link->way = dial_open(link->env, &link->settings, link->timeout_ms, NULL, on_certificate_way, link);
}

/* The session that has just been opened is of no use; from within the walk. */
static void seek_again(struct session *link)
{
    link->out_of_date = true;
    drop_connection(link);
    enter(link, SESSION_CERTIFICATE);
    uv_timer_start(&link->deadline, look_again, 0, 0);
}

/* What certificates are kept by: not the name alone, since one name may be another machine behind another
 * jump host. */
static char *name_of_sshd(const struct session *link)
{
    return xasprintf("%s,%s:%u,%s,%s", link->known_as, link->settings.host, link->settings.port,
                     link->settings.proxy_jump ? link->settings.proxy_jump : "",
                     link->settings.proxy_command ? link->settings.proxy_command : "");
}

/* A key that is known makes certificates needless, and asking for one is not free (see ssh_certificates.h).
 */
static bool has_known_key(struct session *link)
{
    char *algorithms = known_hosts_algorithms(
        link->env->known, (const char *const *)link->settings.known_hosts, link->known_as);
    free(algorithms);
    return algorithms != NULL;
}

static void open_way(struct session *link)
{
    enter(link, SESSION_CONNECT);
    link->way = dial_open(link->env, &link->settings, link->timeout_ms, link->timeline, on_connected, link);
}

static void on_configured(void *ctx, const struct ssh_settings *settings, const struct failure *failure)
{
    struct session *link = ctx;
    const char *where;
    link->config = NULL;
    if (failure) {
        fail(link, failure);
        return;
    }
    ssh_settings_copy(&link->settings, settings);
    link->timeout_ms = link->target->connect_timeout_ms ? link->target->connect_timeout_ms
                       : settings->connect_timeout_ms   ? settings->connect_timeout_ms
                                                        : link->env->connect_timeout_ms;
    if (settings->host_key_alias)
        link->known_as = xstrdup(settings->host_key_alias);
    else if (settings->port != 22)
        link->known_as = xasprintf("[%s]:%u", settings->host, settings->port);
    else
        link->known_as = xstrdup(settings->host);
    if (check_authority(link, NULL, &where) == HOST_KEY_KNOWN)
        link->sshd = name_of_sshd(link);
    if (link->sshd && !has_known_key(link))
        seek_certificate(link);
    else
        open_way(link);
}

struct session *session_open(struct transport_env *env, const struct target *target,
                             const struct endpoint *where, struct timeline *timeline,
                             struct session_events events, void *ctx)
{
    struct session *link = xcalloc(1, sizeof *link);
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
    link->timeline = timeline;
    link->span = timeline_begin(timeline, "stage", "configuration");
    link->config =
        ssh_config_start(env->config, where, target->ssh_options, target->ssh_config, on_configured, link);
    return link;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct session *link = handle->data;
    if (--link->open_handles)
        return;
    ssh_settings_clear(&link->settings);
    ssh_key_free(link->pin);
    buf_free(&link->certificate);
    free(link->known_as);
    free(link->sshd);
    free(link->fingerprint);
    free(link->key_type);
    free(link->trusted_by);
    free(link);
}

static void close_now(struct session *link)
{
    if (link->config)
        ssh_config_cancel(link->env->config, link->config);
    if (link->fetch)
        host_certificate_fetch_close(link->fetch);
    host_certificate_store_forget(&link->waiter);
    give_up_fetching(link);
    keyring_forget(link->env->keys, link);
    session_pin(link, "first contact");
    drop_connection(link);
    uv_close((uv_handle_t *)&link->deadline, on_handle_closed);
    uv_close((uv_handle_t *)&link->wake, on_handle_closed);
}

void session_close(struct session *link)
{
    for (struct chan *s = link->streams; s; s = s->next)
        s->abandoned = true;
    link->closing = true;
    /* Called from one of our own callbacks: the walk that made it ends first. */
    if (!link->advancing)
        close_now(link);
}
