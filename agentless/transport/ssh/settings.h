/* settings.h: what an ssh configuration says of one host, in the keywords that matter here. Pure: no
 * processes, and files are looked for only where a name may be one or two. */
#ifndef AGENTLESS_TRANSPORT_SSH_SETTINGS_H
#define AGENTLESS_TRANSPORT_SSH_SETTINGS_H

#include <stdbool.h>

#include "inventory/target.h"

/* Files of one kind; OpenSSH has bounds of 32 and 100. */
#define SSH_FILES_MAX 100

/* Owns its strings. NULL: nothing was said, or none. Lists are NULL where they are empty, and end with NULL.
 */
struct ssh_settings {
    char *original;    /* the name that was asked for (%n) */
    char *config_file; /* -F, which holds for its jump hosts too; NULL: the usual ones */
    char *user, *host, *host_key_alias;
    char *proxy_jump; /* [user@]host[:port],... */
    char *proxy_command;
    unsigned port;
    bool check_host_ip;
    enum host_key_policy host_key; /* HOST_KEY_CONFIGURED: nothing was said */
    unsigned connect_timeout_ms;   /* 0: nothing was said */
    char *bind_address;
    char *address_family; /* "inet", "inet6", "any" */

    /* Which host keys are trusted. */
    char **known_hosts;
    bool no_known_hosts; /* "none" was said */
    char *revoked_host_keys;
    char *known_hosts_command;
    char *host_key_algorithms;
    char *ca_algorithms;
    long rsa_bits_min;

    /* How to log in. */
    char *agent;
    bool no_agent;
    char **identities;
    bool no_identities; /* "none" was said */
    char **certificates;
    bool identities_only;
    bool no_public_key, no_password;
    char *methods; /* PreferredAuthentications */
    char *public_key_algorithms;

    char *ciphers, *macs, *key_exchanges;
};

/* Reads the output of `ssh -G`, lines of "keyword value"; cuts the text. The first word on a keyword counts;
 * unknown keywords are passed over. */
void ssh_settings_parse(struct ssh_settings *settings, char *text);
/* One "Keyword=value". */
void ssh_settings_option(struct ssh_settings *settings, const char *option);
/* Whether an option means the same to ssh_settings_option() as to ssh, so that ssh need not be asked. */
bool ssh_settings_option_is_plain(const char *option);
/* What the endpoint itself says takes precedence over them; they take precedence over OpenSSH's defaults. */
void ssh_settings_complete(struct ssh_settings *settings, const struct endpoint *where);
void ssh_settings_copy(struct ssh_settings *to, const struct ssh_settings *from);
void ssh_settings_clear(struct ssh_settings *settings);

/* Replaces ssh's tokens (%h %p %r %n %u %d %i %%) in a file name or a command; the caller frees it. */
char *ssh_settings_expand(const struct ssh_settings *settings, const char *text);

#endif
