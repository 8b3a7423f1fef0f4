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

#define FIELD(name) offsetof(struct ssh_settings, name)
#define TEXT(s, offset) ((char **)((char *)(s) + (offset)))
#define LIST(s, offset) ((char ***)((char *)(s) + (offset)))
#define FLAG(s, offset) ((bool *)((char *)(s) + (offset)))

static void add_text(char ***list, char *text)
{
    size_t count = 0;
    while (*list && (*list)[count])
        count++;
    if (count == SSH_FILES_MAX) {
        free(text);
        return;
    }
    *list = xrealloc(*list, (count + 2) * sizeof **list);
    (*list)[count] = text;
    (*list)[count + 1] = NULL;
}

static void settings_set_text(struct ssh_settings *s, size_t offset, const char *value)
{
    char **field = TEXT(s, offset);
    if (!*field && strcasecmp(value, "none") != 0)
        *field = xstrdup(value);
}

static void set_list(struct ssh_settings *s, size_t offset, const char *value)
{
    if (!*TEXT(s, offset))
        *TEXT(s, offset) = xstrdup(value);
}

/* $NAME is a variable of the environment. */
static void set_agent(struct ssh_settings *s, size_t offset, const char *value)
{
    const char *path = *value == '$' && value[1] != '{' ? getenv(value + 1) : value;
    if (strcasecmp(value, "SSH_AUTH_SOCK") == 0)
        return;
    s->no_agent = !s->agent && (!path || strcasecmp(value, "none") == 0);
    if (path)
        settings_set_text(s, offset, path);
}

static void settings_set_port(struct ssh_settings *s, size_t offset, const char *value)
{
    long port;
    (void)offset;
    if (!s->port && text_number(value, 1, 65535, &port))
        s->port = (unsigned)port;
}

static void set_rsa_bits(struct ssh_settings *s, size_t offset, const char *value)
{
    (void)offset;
    if (!s->rsa_bits_min)
        text_number(value, 0, 1000000, &s->rsa_bits_min);
}

static void set_yes(struct ssh_settings *s, size_t offset, const char *value)
{
    *FLAG(s, offset) = *FLAG(s, offset) || strcasecmp(value, "yes") == 0 || strcasecmp(value, "true") == 0;
}

static void set_no(struct ssh_settings *s, size_t offset, const char *value)
{
    *FLAG(s, offset) = *FLAG(s, offset) || strcasecmp(value, "no") == 0 || strcasecmp(value, "false") == 0;
}

static void add_one_file(struct ssh_settings *s, size_t offset, const char *value)
{
    if (strcasecmp(value, "none") != 0)
        add_text(LIST(s, offset), path_from_home(value));
    else if (offset == FIELD(identities))
        s->no_identities = true;
}

/* Adds the name that as many of the words make as there is a file of; ssh -G prints names with blanks
 * unquoted. */
static char **add_file_of_words(char ***list, char **words, size_t count)
{
    for (size_t n = count; n > 0; n--) {
        struct buf name = {0};
        for (size_t i = 0; i < n; i++)
            buf_format(&name, "%s%s", text_if(i > 0, " "), words[i]);
        char *path = path_from_home(name.data);
        buf_free(&name);
        if (n == 1 || access(path, F_OK) == 0) {
            add_text(list, path);
            return words + n;
        }
        free(path);
    }
    return words + count;
}

static void add_files(struct ssh_settings *s, size_t offset, const char *value)
{
    char *copy = xstrdup(value), *rest = copy, *word;
    char *words[64];
    size_t count = 0;
    while (count < sizeof words / sizeof *words && (word = text_next(&rest, " \t\"")))
        words[count++] = word;
    if (count == 1 && strcasecmp(words[0], "none") == 0)
        s->no_known_hosts = true;
    else
        for (char **at = words; at < words + count;)
            at = add_file_of_words(LIST(s, offset), at, (size_t)(words + count - at));
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

/* `plain`: a value without quotes, tokens and variables means here what it means to ssh. */
static const struct keyword {
    const char *keyword;
    void (*set)(struct ssh_settings *s, size_t offset, const char *value);
    size_t offset;
    bool plain;
} KEYWORDS[] = {
    {"hostname", settings_set_text, FIELD(host), true},
    {"user", settings_set_text, FIELD(user), true},
    {"port", settings_set_port, 0, true},
    {"hostkeyalias", settings_set_text, FIELD(host_key_alias), true},
    {"proxyjump", settings_set_text, FIELD(proxy_jump), true},
    {"proxycommand", settings_set_text, FIELD(proxy_command), true},
    {"stricthostkeychecking", settings_set_host_key, 0, true},
    {"connecttimeout", settings_set_connect_timeout, 0, true},
    {"checkhostip", set_yes, FIELD(check_host_ip), false},
    {"bindaddress", settings_set_text, FIELD(bind_address), false},
    {"addressfamily", set_list, FIELD(address_family), false},
    {"userknownhostsfile", add_files, FIELD(known_hosts), false},
    {"globalknownhostsfile", add_files, FIELD(known_hosts), false},
    {"revokedhostkeys", settings_set_text, FIELD(revoked_host_keys), false},
    {"knownhostscommand", settings_set_text, FIELD(known_hosts_command), false},
    {"hostkeyalgorithms", set_list, FIELD(host_key_algorithms), false},
    {"casignaturealgorithms", set_list, FIELD(ca_algorithms), false},
    {"requiredrsasize", set_rsa_bits, 0, false},
    {"identityagent", set_agent, FIELD(agent), false},
    {"identitiesonly", set_yes, FIELD(identities_only), false},
    {"identityfile", add_one_file, FIELD(identities), true},
    {"certificatefile", add_one_file, FIELD(certificates), true},
    {"pubkeyauthentication", set_no, FIELD(no_public_key), false},
    {"passwordauthentication", set_no, FIELD(no_password), false},
    {"preferredauthentications", set_list, FIELD(methods), false},
    {"pubkeyacceptedalgorithms", set_list, FIELD(public_key_algorithms), false},
    {"pubkeyacceptedkeytypes", set_list, FIELD(public_key_algorithms), false},
    {"ciphers", set_list, FIELD(ciphers), false},
    {"macs", set_list, FIELD(macs), false},
    {"kexalgorithms", set_list, FIELD(key_exchanges), false},
};

static const size_t TEXTS[] = {FIELD(original),       FIELD(config_file),
                               FIELD(user),           FIELD(host),
                               FIELD(host_key_alias), FIELD(proxy_jump),
                               FIELD(proxy_command),  FIELD(bind_address),
                               FIELD(address_family), FIELD(revoked_host_keys),
                               FIELD(ca_algorithms),  FIELD(known_hosts_command),
                               FIELD(agent),          FIELD(host_key_algorithms),
                               FIELD(methods),        FIELD(public_key_algorithms),
                               FIELD(ciphers),        FIELD(macs),
                               FIELD(key_exchanges)};
static const size_t LISTS[] = {FIELD(known_hosts), FIELD(identities), FIELD(certificates)};
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct keyword *keyword_of(const char *name, size_t length)
{
    for (size_t i = 0; i < COUNT(KEYWORDS); i++)
        if (strlen(KEYWORDS[i].keyword) == length && strncasecmp(name, KEYWORDS[i].keyword, length) == 0)
            return &KEYWORDS[i];
    return NULL;
}

static void read_setting(struct ssh_settings *s, const char *name, size_t length, const char *value)
{
    const struct keyword *keyword = keyword_of(name, length);
    if (keyword)
        keyword->set(s, keyword->offset, value);
}

bool ssh_settings_option_is_plain(const char *option)
{
    size_t length = strcspn(option, "=");
    const struct keyword *keyword = keyword_of(option, length);
    if (!keyword || !keyword->plain || !option[length])
        return false;
    /* A command is a shell's, with tokens that are expanded here. */
    return keyword->offset == FIELD(proxy_command) || !strpbrk(option + length + 1, "\"'%$\\ \t");
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
    for (; list && *list; list++)
        if (strchr(*list, '%')) {
            char *expanded = ssh_settings_expand(s, *list);
            free(*list);
            *list = expanded;
        }
}

static void add_usual_files(char ***list, const char *const *paths, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_text(list, path_from_home(paths[i]));
}

void ssh_settings_complete(struct ssh_settings *s, const struct endpoint *where)
{
    static const char *const IDENTITIES[] = {"~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa"};
    static const char *const KNOWN_HOSTS[] = {"~/.ssh/known_hosts", "~/.ssh/known_hosts2",
                                              "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"};
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
    if (!s->identities && !s->no_identities)
        add_usual_files(&s->identities, IDENTITIES, COUNT(IDENTITIES));
    if (!s->known_hosts && !s->no_known_hosts)
        add_usual_files(&s->known_hosts, KNOWN_HOSTS, COUNT(KNOWN_HOSTS));
    expand_all(s, s->identities);
    expand_all(s, s->certificates);
    expand_all(s, s->known_hosts);
}

void ssh_settings_copy(struct ssh_settings *to, const struct ssh_settings *from)
{
    *to = *from; /* lends, until each is copied */
    for (size_t i = 0; i < COUNT(TEXTS); i++)
        *TEXT(to, TEXTS[i]) = xstrdup(*TEXT(to, TEXTS[i]));
    for (size_t i = 0; i < COUNT(LISTS); i++) {
        char **list = *LIST(to, LISTS[i]);
        *LIST(to, LISTS[i]) = NULL;
        for (; list && *list; list++)
            add_text(LIST(to, LISTS[i]), xstrdup(*list));
    }
}

void ssh_settings_clear(struct ssh_settings *s)
{
    for (size_t i = 0; i < COUNT(TEXTS); i++)
        free(*TEXT(s, TEXTS[i]));
    for (size_t i = 0; i < COUNT(LISTS); i++) {
        for (char **text = *LIST(s, LISTS[i]); text && *text; text++)
            free(*text);
        free(*LIST(s, LISTS[i]));
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
