/* target.h: one entry of the inventory, resolved: where its engine is, where its shell is, and with what
 * credentials. Everything below works on targets and knows nothing of where they came from. */
#ifndef INVENTORY_TARGET_H
#define INVENTORY_TARGET_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "inventory/scheme.h"

/* Where something listens. Owns its strings. */
struct endpoint {
    const struct scheme *scheme;
    char *user;    /* ssh only; NULL: from ssh_config or the caller's name */
    char *host;    /* tcp, ssh: a name or an address without brackets */
    unsigned port; /* 0: the scheme's own (ssh 22 or ssh_config, tcp 2376) */
    char *path;    /* the socket: unix always; ssh where the URL names one, else NULL */
};

enum shell_kind { SHELL_NONE, SHELL_LOCAL, SHELL_SSH };
/* HOST_KEY_CONFIGURED: what the ssh configuration says (StrictHostKeyChecking), else strict. */
enum host_key_policy { HOST_KEY_CONFIGURED, HOST_KEY_STRICT, HOST_KEY_ACCEPT_NEW, HOST_KEY_NO };

/* At most so many hosts of a group are visited at once. */
struct group_limit {
    char *group;
    size_t at_once;
};

/* Owns everything it points to. */
struct target {
    char *name;
    size_t order;   /* its place among all targets of a command, from 0 */
    json_t *groups; /* array of strings, sorted, without all and ungrouped */
    struct endpoint engine;
    enum shell_kind shell_kind;
    struct endpoint shell; /* where shell_kind is SHELL_SSH; for ssh:// engines a copy of the engine's */
    bool tls;              /* tcp only */
    bool tls_verify;
    char *tls_ca, *tls_cert, *tls_key; /* files; NULL: none */
    char *tls_name;                    /* the name the certificate must carry, where it is not the host's */
    json_t *policy;                    /* what is expected of the host; see policy.h */
    char *private_key;                 /* ssh identity file; NULL: ssh_config, agent and the usual names */
    char *password;                    /* ssh login, tried after all keys; never shown; NULL: none */
    json_t *ssh_options; /* array of "Keyword=value", as ssh's -o; they win over the ssh configuration */
    char *ssh_config;    /* NULL: the run's */
    unsigned connect_timeout_ms; /* 0: the ssh configuration's, else the run's */
    bool become;                 /* sudo -n on the host */
    enum host_key_policy host_key;
    struct group_limit *limits;
    size_t limit_count;
    char *problem; /* why this entry cannot be scanned at all (bad value, unsupported connection); NULL: none
                    */
};

/* Reads unix:///path, tcp://host[:port], ssh://[user@]host[:port][/socket]. A password, query or fragment
 * is an error, as in Docker's own CLI. Returns 0, or -1 with a message. */
int endpoint_parse(struct endpoint *endpoint, const char *url, struct error *err);
char *endpoint_url(const struct endpoint *endpoint); /* the caller frees it */
void endpoint_clear(struct endpoint *endpoint);
void endpoint_copy(struct endpoint *to, const struct endpoint *from);
/* The user, host and port of an ssh command's word: [user@]host[:port] or ssh://... . As endpoint_parse. */
int endpoint_parse_ssh(struct endpoint *endpoint, const char *word, struct error *err);

bool host_key_policy_parse(const char *word, enum host_key_policy *policy);
/* Its word; NULL past the last. */
const char *host_key_policy_name(enum host_key_policy policy);

/* Why it cannot be scanned; the first problem stays. Takes the text. */
void target_problem(struct target *target, char *text);
void target_free(struct target *target);
/* The same connection to another host: `address` for the engine's and the shell's host, `name` for the name.
 * A local socket's target leads to ssh of that address. The caller owns it. */
struct target *target_for_host(const struct target *like, const char *name, const char *address);
/* Adds "Keyword=value" to ssh_options. */
void target_ssh_option(struct target *target, const char *keyword, const char *value);
/* {"engine": URL, "shell": URL or null} */
json_t *target_json(const struct target *target);

/* A list in the order of visiting; owns its targets. */
struct target_list {
    struct target **items;
    size_t count, capacity;
};

void target_list_add(struct target_list *list, struct target *target);
void target_list_clear(struct target_list *list);

/* What the command line says for all targets; an inventory's own variables win over it. */
struct target_defaults {
    const char *user;
    const char *private_key;
    const char *password;                    /* ssh; from MUSTER_SSH_PASSWORD_FILE */
    const char *const *ssh_options;          /* "Keyword=value"; ends with NULL; NULL: none */
    const char *tls_ca, *tls_cert, *tls_key; /* from --tlscacert..., else DOCKER_CERT_PATH, else ~/.docker */
    bool tls_verify;
    bool tls_asked; /* in as many words: no engine is spoken to without TLS, whatever its port is */
    bool become;
    enum host_key_policy host_key;
};

#endif
