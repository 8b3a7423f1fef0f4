/* run_env.c: see run_env.h */
#include "fleet/run_env.h"
#include "agentless/transport/dns.h"
#include "agentless/transport/ssh/agent.h"
#include "agentless/transport/ssh/config.h"
#include "agentless/transport/ssh/host_certificate_store.h"
#include "agentless/transport/ssh/keyring.h"
#include "agentless/transport/ssh/known_hosts.h"
#include "agentless/transport/ssh/passphrase.h"
#include "base/xdg.h"
#include "fleet/limits.h"
#include "inventory/resolve.h"

#include <stdio.h>
#include <stdlib.h>

/* No answer of an engine is larger on a host of 10,000 containers. */
#define ANSWER_BYTES_MAX (64u << 20)
#define REQUEST_TIMEOUT_MS 60000

void run_env_warn(const struct target_list *targets)
{
    size_t count = 0;
    for (size_t i = 0; i < targets->count; i++) {
        const struct target *t = targets->items[i];
        count += (t->shell_kind == SHELL_SSH && t->host_key == HOST_KEY_NO) ||
                 (t->engine.scheme == SCHEME_TCP && t->tls && !t->tls_verify);
    }
    if (count == 1)
        fputs("muster: 1 host is not verified, as asked: whoever is in between can answer for it\n", stderr);
    else if (count)
        fprintf(stderr,
                "muster: %zu hosts are not verified, as asked: whoever is in between can answer for them\n",
                count);
}

/* What jump hosts get from the command line: a key, a password, the host key policy. */
struct target *run_env_jump_like(const struct options *options)
{
    struct target_defaults defaults = options->defaults;
    struct error err;
    defaults.ssh_options = NULL;
    defaults.user = NULL;
    defaults.become = false;
    return target_from_word("ssh://jump", &defaults, &err);
}

struct host_job_env run_env_make(struct worker *worker, const struct options *options, size_t forks,
                                 const char *folder, bool ping_only)
{
    uv_loop_t *loop = worker->loop;
    char *pins = xdg_state_path("known_hosts");
    char *certificates = xdg_state_path("host_certificates");
    unsigned parallel_max = limits_fit_parallel(forks);
    struct host_job_env env = {
        .transport = {.loop = loop,
                      .run_dir = folder,
                      .resolver = resolver_new(loop),
                      .keys = keyring_new(loop, passphrase_can_ask()),
                      .agents = agents_new(worker),
                      .known = known_hosts_new(pins ? pins : ""),
                      .certificates = host_certificate_store_new(certificates),
                      .config = ssh_config_new(loop, options->ssh_config),
                      .connect_timeout_ms = (unsigned)options->timeout_ms,
                      .parallel_max = parallel_max,
                      .eager = !ping_only},
        .http = http_new(loop),
        .worker = worker,
        .collect = {.drift = options->drift,
                    .host_files = options->host_files,
                    .probe_plain = options->probe_plain,
                    .swarm_nodes = options->swarm},
        .limits = {.connect_timeout_ms = (unsigned)options->timeout_ms,
                   .request_timeout_ms = REQUEST_TIMEOUT_MS,
                   .answer_max = ANSWER_BYTES_MAX,
                   .parallel_max = parallel_max},
        .host_timeout_ms = (unsigned)options->host_timeout_ms,
        .ping_only = ping_only,
    };
    free(pins);
    free(certificates);
    return env;
}

bool run_env_free(struct host_job_env *env)
{
    ssh_config_free(env->transport.config);
    known_hosts_free(env->transport.known);
    host_certificate_store_free(env->transport.certificates);
    keyring_free(env->transport.keys);
    agents_free(env->transport.agents);
    return resolver_free(env->transport.resolver);
}
