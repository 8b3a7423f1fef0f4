/* settings.c: see settings.h. The keywords and tokens are those of ssh_config(5). */
#include "agentless/transport/ssh/settings.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/xdg.h"

#include <pwd.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static void settings_add_file(char **list, const char *path)
{
    size_t i = 0;
    while (i < SSH_FILES_MAX && list[i])
        i++;
    if (i < SSH_FILES_MAX)
        list[i] = path_from_home(path);
}

static void settings_set_text(struct ssh_settings *s, size_t offset, const char *value)
{
    char **field = (char **)((char *)s + offset);
    if (!*field && strcasecmp(value, "none") != 0)
        *field = xstrdup(value);
}

static void set_agent(struct ssh_settings *s, size_t offset, const char *value)
{
    if (strcasecmp(value, "SSH_AUTH_SOCK") != 0)
        settings_set_text(s, offset, value);
}

static void settings_set_port(struct ssh_settings *s, size_t offset, const char *value)
{
    long port;
    (void)offset;
    if (!s->port && text_number(value, 1, 65535, &port))
        s->port = (unsigned)port;
}

static void set_identities_only(struct ssh_settings *s, size_t offset, const char *value)
{
    (void)offset;
    s->identities_only = s->identities_only || strcasecmp(value, "yes") == 0;
}

static void add_one_file(struct ssh_settings *s, size_t offset, const char *value)
{
    if (strcasecmp(value, "none") != 0)
        settings_add_file((char **)((char *)s + offset), value);
}

static void add_files(struct ssh_settings *s, size_t offset, const char *value)
{
    char *copy = xstrdup(value), *rest = copy, *path;
    while ((path = text_next(&rest, " \t")))
        settings_add_file((char **)((char *)s + offset), path);
    free(copy);
}

/* ask is strict for a program that cannot ask. */
static void settings_set_host_key(struct ssh_settings *s, size_t offset, const char *value)
{
    (void)offset;
    if (s->host_key != HOST_KEY_CONFIGURED)
        return;
    if (strcasecmp(value, "accept-new") == 0)
        s->host_key = HOST_KEY_ACCEPT_NEW;
    else if (strcasecmp(value, "no") == 0 || strcasecmp(value, "off") == 0 || strcasecmp(value, "false") == 0)
        s->host_key = HOST_KEY_NO;
    else
        s->host_key = HOST_KEY_STRICT;
}

static void settings_set_connect_timeout(struct ssh_settings *s, size_t offset, const char *value)
{
    long seconds;
    (void)offset;
    if (!s->connect_timeout_ms && text_number(value, 1, 3600, &seconds))
        s->connect_timeout_ms = (unsigned)seconds * 1000;
}

#define FIELD(name) offsetof(struct ssh_settings, name)

static const struct {
    const char *keyword;
    void (*set)(struct ssh_settings *s, size_t offset, const char *value);
    size_t offset;
} KEYWORDS[] = {
    {"hostname", settings_set_text, FIELD(host)},
    {"user", settings_set_text, FIELD(user)},
    {"port", settings_set_port, 0},
    {"hostkeyalias", settings_set_text, FIELD(host_key_alias)},
    {"proxyjump", settings_set_text, FIELD(proxy_jump)},
    {"proxycommand", settings_set_text, FIELD(proxy_command)},
    {"identityagent", set_agent, FIELD(agent)},
    {"identitiesonly", set_identities_only, 0},
    {"identityfile", add_one_file, FIELD(identities)},
    {"certificatefile", add_one_file, FIELD(certificates)},
    {"userknownhostsfile", add_files, FIELD(known_hosts)},
    {"globalknownhostsfile", add_files, FIELD(known_hosts)},
    {"stricthostkeychecking", settings_set_host_key, 0},
    {"connecttimeout", settings_set_connect_timeout, 0},
};

static void read_setting(struct ssh_settings *s, const char *keyword, size_t length, const char *value)
{
    for (size_t i = 0; i < sizeof KEYWORDS / sizeof *KEYWORDS; i++)
        if (strlen(KEYWORDS[i].keyword) == length && strncasecmp(keyword, KEYWORDS[i].keyword, length) == 0)
            KEYWORDS[i].set(s, KEYWORDS[i].offset, value);
}

void ssh_settings_parse(struct ssh_settings *settings, char *text)
{
    char *line;
    while ((line = text_next(&text, "\r\n"))) {
        size_t length = strcspn(line, " ");
        if (line[length])
            read_setting(settings, line, length, text_trim(line + length));
    }
}

void ssh_settings_option(struct ssh_settings *settings, const char *option)
{
    size_t length = strcspn(option, "=");
    if (option[length])
        read_setting(settings, option, length, option + length + 1);
}

static void replace(char **field, const char *value)
{
    free(*field);
    *field = xstrdup(value);
}

static void expand_all(const struct ssh_settings *s, char **list)
{
    for (; *list; list++)
        if (strchr(*list, '%')) {
            char *expanded = ssh_settings_expand(s, *list);
            free(*list);
            *list = expanded;
        }
}

void ssh_settings_complete(struct ssh_settings *s, const struct endpoint *where)
{
    static const char *const IDENTITIES[] = {"~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa"};
    static const char *const KNOWN_HOSTS[] = {"~/.ssh/known_hosts", "~/.ssh/known_hosts2",
                                              "/etc/ssh/ssh_known_hosts"};
    replace(&s->original, where->host);
    if (!s->host)
        s->host = xstrdup(where->host);
    if (where->user)
        replace(&s->user, where->user);
    if (where->port)
        s->port = where->port;
    if (!s->user) {
        struct passwd *me = getpwuid(getuid());
        s->user = xstrdup(me ? me->pw_name : "root");
    }
    if (!s->port)
        s->port = 22;
    for (size_t i = 0; !s->identities[i] && i < sizeof IDENTITIES / sizeof *IDENTITIES; i++)
        settings_add_file(s->identities, IDENTITIES[i]);
    for (size_t i = 0; !s->known_hosts[i] && i < sizeof KNOWN_HOSTS / sizeof *KNOWN_HOSTS; i++)
        settings_add_file(s->known_hosts, KNOWN_HOSTS[i]);
    expand_all(s, s->identities);
    expand_all(s, s->certificates);
    expand_all(s, s->known_hosts);
}

void ssh_settings_copy(struct ssh_settings *to, const struct ssh_settings *from)
{
    *to = *from;
    to->original = xstrdup(from->original);
    to->user = xstrdup(from->user);
    to->host = xstrdup(from->host);
    to->host_key_alias = xstrdup(from->host_key_alias);
    to->agent = xstrdup(from->agent);
    to->proxy_jump = xstrdup(from->proxy_jump);
    to->proxy_command = xstrdup(from->proxy_command);
    for (size_t i = 0; i < SSH_FILES_MAX; i++) {
        to->identities[i] = xstrdup(from->identities[i]);
        to->certificates[i] = xstrdup(from->certificates[i]);
        to->known_hosts[i] = xstrdup(from->known_hosts[i]);
    }
}

void ssh_settings_clear(struct ssh_settings *s)
{
    free(s->original);
    free(s->user);
    free(s->host);
    free(s->host_key_alias);
    free(s->agent);
    free(s->proxy_jump);
    free(s->proxy_command);
    for (size_t i = 0; i < SSH_FILES_MAX; i++) {
        free(s->identities[i]);
        free(s->certificates[i]);
        free(s->known_hosts[i]);
    }
    *s = (struct ssh_settings){0};
}

char *ssh_settings_expand(const struct ssh_settings *s, const char *text)
{
    struct buf out = {0};
    struct passwd *me = getpwuid(getuid());
    buf_text(&out, "");
    for (; *text; text++) {
        if (*text != '%' || !text[1]) {
            buf_add(&out, text, 1);
            continue;
        }
        switch (*++text) {
        case 'h':
            buf_text(&out, s->host);
            break;
        case 'n':
            buf_text(&out, s->original);
            break;
        case 'p':
            buf_format(&out, "%u", s->port);
            break;
        case 'r':
            buf_text(&out, s->user);
            break;
        case 'u':
            buf_text(&out, me ? me->pw_name : "");
            break;
        case 'd':
            buf_text(&out, user_home());
            break;
        case 'i':
            buf_format(&out, "%u", (unsigned)getuid());
            break;
        default:
            buf_add(&out, text, 1);
            break;
        }
    }
    return buf_take(&out);
}
