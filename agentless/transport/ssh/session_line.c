/* session_line.c: libssh's session on a connected socket: made of the settings, watched for floods, ended. */
#include "agentless/transport/ssh/session_internal.h"
#include "base/mem.h"

#include <libssh/server.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* A list of the configuration that libssh gets: of what it knows of it. False, with the keyword, where it
 * knows none. */
static bool set_lists(struct session *session, const char **keyword)
{
    const struct ssh_settings *s = &session->settings;
    const struct {
        enum ssh_options_e option;
        const char *list, *keyword;
    } LISTS[] = {
        {SSH_OPTIONS_CIPHERS_C_S, s->ciphers, "Ciphers"},
        {SSH_OPTIONS_CIPHERS_S_C, s->ciphers, "Ciphers"},
        {SSH_OPTIONS_HMAC_C_S, s->macs, "MACs"},
        {SSH_OPTIONS_HMAC_S_C, s->macs, "MACs"},
        {SSH_OPTIONS_KEY_EXCHANGE, s->key_exchanges, "KexAlgorithms"},
        {SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, s->public_key_algorithms, "PubkeyAcceptedAlgorithms"}};
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++)
        if (LISTS[i].list && ssh_options_set(session->ssh, LISTS[i].option, LISTS[i].list) < 0) {
            *keyword = LISTS[i].keyword;
            return false;
        }
    return true;
}

/* Requests of the server's, to open a channel to us for instance: libssh keeps those that nobody answers. */
static int refuse_request(ssh_session ssh, ssh_message message, void *ctx)
{
    (void)ssh, (void)message, (void)ctx;
    return 1; /* libssh answers that it is refused */
}

bool session_make(struct session *session, int own, const char **keyword)
{
    int strict_off = 0;
    bool process_config = false;
    struct host_key_question question = session_host_key_question(session);
    char *algorithms = host_key_algorithms(&question);
    session->line = xcalloc(1, sizeof *session->line);
    session->ssh = session->line->ssh = session->channels.ssh = ssh_new();
    session->channels.delivered = 0;
    session->channels.overrun = false;
    ssh_set_counters(session->ssh, &session->line->traffic, NULL);
    ssh_set_message_callback(session->ssh, refuse_request, NULL);
    ssh_options_set(session->ssh, SSH_OPTIONS_HOST, session->settings.host);
    ssh_options_set(session->ssh, SSH_OPTIONS_USER, session->settings.user);
    ssh_options_set(session->ssh, SSH_OPTIONS_PORT, &session->settings.port);
    ssh_options_set(session->ssh, SSH_OPTIONS_PROCESS_CONFIG, &process_config);
    ssh_options_set(session->ssh, SSH_OPTIONS_STRICTHOSTKEYCHECK,
                    &strict_off); /* we check, in host_key_judge() */
    ssh_options_set(session->ssh, SSH_OPTIONS_KNOWNHOSTS, "/dev/null");
    ssh_options_set(session->ssh, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
    if (session->settings.agent)
        ssh_options_set(session->ssh, SSH_OPTIONS_IDENTITY_AGENT, session->settings.agent);
    ssh_options_set(session->ssh, SSH_OPTIONS_FD, &own); /* which is libssh's to close from now on */
    ssh_set_blocking(session->ssh, 0);
    *keyword = "HostKeyAlgorithms";
    bool good = !algorithms ||
                (*algorithms && ssh_options_set(session->ssh, SSH_OPTIONS_HOSTKEYS, algorithms) == SSH_OK);
    free(algorithms);
    return good && set_lists(session, keyword);
}

/* What arrives beside the channels' data: packets' own bytes, which are fewer than the data but for tiny
 * packets, and what a server may say at any time. libssh takes all of that, without an end. */
#define UNASKED_MAX (16u << 20)

bool session_is_flooded(const struct session *session)
{
    return session->channels.overrun ||
           session->line->traffic.in_bytes > 2 * session->channels.delivered + UNASKED_MAX;
}

/* libssh closes a socket that it was handed when the other end breaks off, and never when we end. The number
 * may be another file's by then, so it is looked at, not assumed. */
static void close_socket(int fd, const struct stat *socket)
{
    struct stat now;
    if (fd >= 0 && fstat(fd, &now) == 0 && now.st_ino == socket->st_ino && now.st_dev == socket->st_dev)
        close(fd);
}

static void end_line(void *ctx)
{
    struct ssh_line *line = ctx;
    ssh_session ssh = line->ssh;
    struct stat socket = {0};
    int fd = ssh_get_fd(ssh);
    if (fd >= 0 && fstat(fd, &socket))
        fd = -1;
    if (ssh_is_connected(ssh))
        ssh_disconnect(ssh);
    ssh_free(ssh);
    close_socket(fd, &socket);
    free(line);
}

void session_end(struct session *session)
{
    chan_host_free_all(&session->channels);
    if (session->event) {
        ssh_event_remove_session(session->event, session->ssh);
        ssh_event_free(session->event);
    }
    if (session->agent)
        agent_login_free(session->agent, end_line, session->line);
    else if (session->line)
        end_line(session->line);
    session->event = NULL;
    session->agent = NULL;
    session->asking = false;
    session->line = NULL;
    session->ssh = NULL;
}
