/* handshake.c: see handshake.h */
#include "agentless/transport/ssh/handshake.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

void greeting_note(struct greeting *greeting, int fd)
{
    char line[sizeof greeting->text];
    ssize_t got = recv(fd, line, sizeof line - 1, MSG_PEEK | MSG_DONTWAIT);
    if (greeting->noted || got < (ssize_t)strlen("SSH-"))
        return;
    greeting->noted = true;
    line[got] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    if (!text_starts(line, "SSH-"))
        snprintf(greeting->text, sizeof greeting->text, "%s", line);
}

/* Whatever libssh says of it: the other end has gone. */
static bool hung_up(int fd)
{
    char byte;
    ssize_t got = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

static const char *handshake_hint(const struct greeting *greeting, bool closed, bool by_command)
{
    if (by_command)
        return "the ProxyCommand of the ssh configuration leads there: try it by hand";
    if (strstr(greeting->text, "Not allowed at this time"))
        return "OpenSSH 9.8 and later says so for two reasons: more logins at once than its MaxStartups lets "
               "(lower --forks), or PerSourcePenalties against our address, for logins that failed or were "
               "broken off (wait, or exempt the scanner with PerSourcePenaltyExemptList)";
    if (strstr(greeting->text, "MaxStartups"))
        return "sshd's MaxStartups is too low for --forks";
    if (closed)
        return "the server hung up; sshd's MaxStartups may be too low for --forks, or (OpenSSH 9.8 and "
               "later) "
               "its PerSourcePenalties shut out our address for a while";
    return "is it an SSH server?";
}

void handshake_explain(const struct greeting *greeting, int fd, const char *error, const char *stderr_text,
                       const struct ssh_settings *settings, struct failure *failure)
{
    bool closed = strstr(error, "disconnect") || hung_up(fd);
    const char *by_command = stderr_text ? "; the ProxyCommand said: " : "";
    const char *said = *greeting->text ? "; it said \"" : "";
    failure_set(failure, STAGE_CONNECT, closed && !stderr_text,
                handshake_hint(greeting, closed, stderr_text != NULL),
                "the SSH key exchange with %s port %u failed: %s%s%s%s%s%s", settings->host, settings->port,
                error, by_command, text_or(stderr_text, ""), said, greeting->text, text_if(*said, "\""));
}
