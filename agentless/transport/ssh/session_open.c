/* session_open.c: from a target to a connected socket: its settings, the host's certificate where an
 * authority may vouch for it, and the dial. */
#include "agentless/transport/ssh/session_internal.h"
#include "agentless/transport/dns.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void on_poll_closed(uv_handle_t *handle)
{
    free(handle);
}

/* The session, its descriptor (after the poll was stopped, before the handle is gone) and its dial. */
void session_drop_connection(struct session *session)
{
    session_unwatch(session);
    session_end(session);
    if (session->dial)
        dial_close(session->dial);
    session->dial = NULL;
    if (session->poll)
        uv_close((uv_handle_t *)session->poll, on_poll_closed);
    session->greeting = (struct greeting){0};
    session->poll = NULL;
    if (session->fd >= 0)
        close(session->fd);
    session->fd = -1;
}

static void open_way(struct session *session);
static void seek_certificate(struct session *session);

/* The name by which known_hosts may have the address, for CheckHostIP; NULL where it is not asked for, not
 * known (behind a proxy), this machine, or the name itself. */
static char *address_for_check(const struct session *session)
{
    const struct ssh_settings *s = &session->settings;
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    char text[64];
    if (!s->check_host_ip || s->proxy_jump || s->proxy_command ||
        getpeername(session->fd, (struct sockaddr *)&peer, &size))
        return NULL;
    address_text(&peer, text, sizeof text);
    if (text_starts(text, "127.") || strcmp(text, "::1") == 0 || strcmp(text, session->certified_as) == 0)
        return NULL;
    return s->port == 22 ? xstrdup(text) : xasprintf("[%s]:%u", text, s->port);
}

static void session_on_connected(void *ctx, int fd, const struct failure *failure)
{
    struct session *session = ctx;
    struct failure trouble;
    const char *keyword;
    if (fd < 0) {
        session_fail(session, failure);
        return;
    }
    /* libssh closes what it was handed when the other end breaks off. It gets a descriptor of its own for
     * that: the one that is polled must not become another file's while libuv still knows it. */
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (own < 0) {
        failure_set(&trouble, STAGE_CONNECT, true, "lower --forks or raise the limit (ulimit -n)",
                    "no descriptor for the connection to %s: %s", session->settings.host, strerror(errno));
        close(fd);
        session_fail(session, &trouble);
        return;
    }
    session->fd = fd;
    session->poll = xcalloc(1, sizeof *session->poll);
    session->poll->data = session;
    uv_poll_init(session->env->loop, session->poll, fd); /* fails for what is not a socket or pipe only */
    free(session->address);
    session->address = address_for_check(session);
    if (!session_make(session, own, &keyword)) {
        failure_set(&trouble, STAGE_CONNECT, false,
                    "allow one of those that libssh has (see ssh -G HOST), or use -F none",
                    "the ssh configuration of %s allows nothing by %s that muster has",
                    session->settings.host, keyword);
        session_fail(session, &trouble);
        return;
    }
    session_enter(session, SESSION_HANDSHAKE);
    session_advance(session);
}

/* --- the host's certificate --- */

/* From the loop: what brought the certificate goes, and it is looked what there is. */
void session_look_again(void *ctx)
{
    struct session *session = ctx;
    if (session->fetch)
        host_certificate_fetch_close(session->fetch);
    session->fetch = NULL;
    if (session->dial)
        dial_close(session->dial);
    session->dial = NULL;
    seek_certificate(session);
}

/* Those who wait for us fetch it themselves. */
void session_give_up_fetching(struct session *session)
{
    if (session->fetching)
        host_certificate_store_give_up(session->env->certificates, session->sshd);
    session->fetching = false;
}

static void on_fetched_elsewhere(void *ctx)
{
    struct session *session = ctx;
    later_call(&session->look_again);
}

/* Whatever came of it, the session is opened next; judge_host_key() judges. */
static void on_certificate(void *ctx, const unsigned char *bytes, size_t length, bool answered)
{
    struct session *session = ctx;
    if (bytes || answered) {
        session->fetching = false;
        host_certificate_store_put(session->env->certificates, session->sshd, bytes, length);
    } else {
        /* Lost on the way: the session says what is the matter, and the next attempt asks again. */
        session_give_up_fetching(session);
        session->unanswered = true;
    }
    later_call(&session->look_again);
}

static void on_certificate_way(void *ctx, int fd, const struct failure *failure)
{
    struct session *session = ctx;
    if (fd >= 0) {
        session->fetch = host_certificate_fetch_start(session->env->loop, fd, session->timeout_ms,
                                                      on_certificate, session);
        return;
    }
    session_give_up_fetching(session);
    session_fail(session, failure);
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
    session_enter(session, SESSION_CERTIFICATE);
    session->waiter.ready = on_fetched_elsewhere;
    session->waiter.ctx = session;
    if (!host_certificate_store_claim(session->env->certificates, session->sshd, &session->waiter))
        return;
    session->fetching = true;
    session->dial =
        dial_open(session->env, &session->settings, session->timeout_ms, NULL, on_certificate_way, session);
}

/* The session that has just been opened is of no use; from within the walk. */
void session_seek_again(struct session *session)
{
    session->out_of_date = true;
    session_drop_connection(session);
    session_enter(session, SESSION_CERTIFICATE);
    later_call(&session->look_again);
}

/* What certificates are kept by: not the name alone, since one name may be another machine behind another
 * jump host. */
static char *name_of_sshd(const struct session *session)
{
    return xasprintf("%s,%s:%u,%s,%s", session->known_as, session->settings.host, session->settings.port,
                     text_or(session->settings.proxy_jump, ""), text_or(session->settings.proxy_command, ""));
}

static void open_way(struct session *session)
{
    session_enter(session, SESSION_CONNECT);
    session->dial = dial_open(session->env, &session->settings, session->timeout_ms, session->timeline,
                              session_on_connected, session);
}

/* As OpenSSH, which looks all names up in small letters. */
static void note_names(struct session *session)
{
    const struct ssh_settings *s = &session->settings;
    session->certified_as = xstrdup(s->host_key_alias ? s->host_key_alias : s->host);
    text_lower(session->certified_as);
    if (s->host_key_alias || s->port == 22)
        session->known_as = xstrdup(session->certified_as);
    else
        session->known_as = xasprintf("[%s]:%u", session->certified_as, s->port);
}

void session_on_configured(void *ctx, const struct ssh_settings *settings, const struct failure *failure)
{
    struct session *session = ctx;
    struct failure trouble;
    session->config = NULL;
    if (!failure && settings->known_hosts_command) {
        failure_set(
            &trouble, STAGE_HOST_KEY, false,
            "write what it prints to a file that UserKnownHostsFile names, and set KnownHostsCommand none "
            "for muster (--ssh-option)",
            "the ssh configuration of %s has a KnownHostsCommand, which may revoke keys and which muster "
            "does not run",
            settings->host);
        failure = &trouble;
    }
    if (failure) {
        session_fail(session, failure);
        return;
    }
    ssh_settings_copy(&session->settings, settings);
    session->timeout_ms = session->target->connect_timeout_ms;
    if (!session->timeout_ms)
        session->timeout_ms = settings->connect_timeout_ms;
    if (!session->timeout_ms)
        session->timeout_ms = session->env->connect_timeout_ms;
    note_names(session);
    struct host_key_question question = session_host_key_question(session);
    if (host_key_has_authority(&question))
        session->sshd = name_of_sshd(session);
    /* A key that is known makes certificates needless, and asking for one is not free (see
     * host_certificate_fetch.h). */
    if (session->sshd && host_key_needs_certificate(&question))
        seek_certificate(session);
    else
        open_way(session);
}
