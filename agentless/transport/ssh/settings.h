/* settings.h: what an ssh configuration says of one host, in the keywords that matter here. Pure: no
 * files, no processes. */
#ifndef AGENTLESS_TRANSPORT_SSH_SETTINGS_H
#define AGENTLESS_TRANSPORT_SSH_SETTINGS_H

#include <stdbool.h>

#include "inventory/target.h"

#define SSH_FILES_MAX 8

/* Owns its strings. Lists end with NULL. */
struct ssh_settings {
    char *original; /* the name that was asked for (%n) */
    char *user, *host, *host_key_alias, *agent;
    char *proxy_jump;    /* [user@]host[:port],... ; NULL: none */
    char *proxy_command; /* NULL: none */
    unsigned port;
    char *identities[SSH_FILES_MAX + 1];
    char *certificates[SSH_FILES_MAX + 1];
    char *known_hosts[SSH_FILES_MAX + 1];
    bool identities_only;
    enum host_key_policy host_key; /* HOST_KEY_CONFIGURED: nothing was said */
    unsigned connect_timeout_ms;   /* 0: nothing was said */
};

/* Reads the output of `ssh -G`, lines of "keyword value"; cuts the text. The first word on a keyword counts;
 * unknown keywords are passed over. */
void ssh_settings_parse(struct ssh_settings *settings, char *text);
/* One "Keyword=value". */
void ssh_settings_option(struct ssh_settings *settings, const char *option);
/* What the endpoint itself says takes precedence over them; they take precedence over OpenSSH's defaults. */
void ssh_settings_complete(struct ssh_settings *settings, const struct endpoint *where);
void ssh_settings_copy(struct ssh_settings *to, const struct ssh_settings *from);
void ssh_settings_clear(struct ssh_settings *settings);

/* Replaces ssh's tokens (%h %p %r %n %u %d %i %%) in a file name or a command; the caller frees it. */
char *ssh_settings_expand(const struct ssh_settings *settings, const char *text);

#endif
