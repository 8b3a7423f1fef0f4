/* config.h: what the user's ssh configuration says about a host, as OpenSSH itself resolves it: by
 * `ssh -G`, off the loop, one call for each distinct question of a run. (libssh's own parser drops
 * IdentitiesOnly, HostKeyAlias and CertificateFile, and would start an OpenSSH client for a ProxyJump.) Where
 * no configuration says anything of interest, no process is started. */
#ifndef AGENTLESS_TRANSPORT_SSH_CONFIG_H
#define AGENTLESS_TRANSPORT_SSH_CONFIG_H

#include <jansson.h>
#include <uv.h>

#include "agentless/transport/failure.h"
#include "agentless/transport/ssh/settings.h"

struct ssh_config;
struct ssh_config_query;

/* `file` is -F; "none": no configuration; NULL: the user's and the system's. */
struct ssh_config *ssh_config_new(uv_loop_t *loop, const char *file);
/* Ends what runs; no callback after this. Free it once the loop has ended. */
void ssh_config_close(struct ssh_config *config);
void ssh_config_free(struct ssh_config *config);

typedef void ssh_settings_cb(void *ctx, const struct ssh_settings *settings, const struct failure *failure);

/* Calls back once, from the loop. `options` are "Keyword=value" and take precedence over the configuration;
 * `file` (may be NULL) takes precedence over the run's. */
struct ssh_config_query *ssh_config_start(struct ssh_config *config, const struct endpoint *where,
                                          const json_t *options, const char *file, ssh_settings_cb *done,
                                          void *ctx);
/* No callback after this. Call it once for each query whose callback has not been made. */
void ssh_config_cancel(struct ssh_config *config, struct ssh_config_query *query);

#endif
