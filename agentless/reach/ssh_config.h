/* ssh_config.h: what the user's ssh configuration says about a host, as OpenSSH itself resolves it. */
#ifndef AGENTLESS_REACH_SSH_CONFIG_H
#define AGENTLESS_REACH_SSH_CONFIG_H

#include <stdbool.h>
#include <uv.h>

#include "agentless/reach/failure.h"
#include "inventory/target.h"

#define SSH_FILES_MAX 8

/* Owns its strings. Lists end with NULL. */
struct ssh_settings {
    char *user, *host, *host_key_alias, *proxy, *agent;
    unsigned port;
    char *identities[SSH_FILES_MAX + 1];
    char *known_hosts[SSH_FILES_MAX + 1];
    bool identities_only;
};

typedef void ssh_settings_cb(void *ctx, const struct ssh_settings *settings, const struct failure *failure);

struct ssh_config_query;

/* Calls back once, from the loop. Without a configuration that says anything of interest the answer is the
 * defaults, and no process is started; else `ssh -G` resolves it (libssh's own parser drops IdentitiesOnly,
 * HostKeyAlias and CertificateFile, and would start an OpenSSH client for a ProxyJump). */
struct ssh_config_query *ssh_config_start(uv_loop_t *loop, const char *config_file,
                                          const struct endpoint *where, ssh_settings_cb *done, void *ctx);
/* No callback after this. Call it once for each query whose callback has not been made. */
void ssh_config_cancel(struct ssh_config_query *query);

/* Reads the output of `ssh -G`, as text of its own; cuts it. Unknown keywords are passed over. */
void ssh_settings_parse(struct ssh_settings *settings, char *text);
void ssh_settings_clear(struct ssh_settings *settings);

#endif
