/* inventory.h: the inventory as its sources give it: hosts, groups and variables, not yet resolved to
 * targets.
 *
 * Every source (hosts file, later YAML, programs, Docker Machine) fills the same two tables, so that
 * selection and resolution exist once. Variables are kept as text. */
#ifndef INVENTORY_INVENTORY_H
#define INVENTORY_INVENTORY_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"
#include "inventory/target.h"

struct inventory {
    json_t *hosts;  /* name -> {variable: text}, in the order of the sources */
    json_t *groups; /* name -> {"hosts": {name: true}, "children": {name: true}, "vars": {variable: text}} */
    json_t *warnings; /* sentences: what was passed over, and for which hosts */
};

/* A variable's text remembers its place behind its end: json_string_value() is the value, variable_from() the
 * place ("hosts:12"), NULL where none is known. */
json_t *variable_text(const char *value, const char *from);
const char *variable_from(const json_t *variable);

/* What the command line says for all targets; an inventory's own variables win over it. */
struct target_defaults {
    const char *user;
    const char *private_key;
    const char *password;                    /* ssh; from MUSTER_SSH_PASSWORD_FILE */
    const char *const *ssh_options;          /* "Keyword=value"; ends with NULL; NULL: none */
    const char *tls_ca, *tls_cert, *tls_key; /* from --tlscacert..., else DOCKER_CERT_PATH, else ~/.docker */
    bool tls_verify;
    bool become;
    enum host_key_policy host_key;
};

void inventory_init(struct inventory *inventory);
void inventory_clear(struct inventory *inventory);

/* The group's record, made when it is new. Borrowed. */
json_t *inventory_group(struct inventory *inventory, const char *name);
/* The host's variables, made when it is new, and the host a member of `group` (NULL: of none). Borrowed. */
json_t *inventory_host(struct inventory *inventory, const char *name, const char *group);

/* Adds what -i names: "a,b,", a folder of inventories, an inventory program, YAML or JSON, the INI form; and
 * group_vars and host_vars beside it. Returns 0, or -1 with file, line and column. */
int inventory_add(struct inventory *inventory, const char *source, struct error *err);
/* A hosts file in Ansible's INI form (hosts_file.c) from memory; `path` is for messages and for relative
 * paths only. */
int inventory_add_hosts_text(struct inventory *inventory, const char *path, const char *text, size_t length,
                             struct error *err);

/* Adds the machines of a store of Docker Machine (docker_machine.c), or only the one named, each with the
 * groups docker-machine, its driver, region_, zone_, tag_. `host_key` is the policy for their ssh:
 * docker-machine recorded no key. What cannot be scanned (stopped, half-created) is a host with a problem.
 * Returns 0, or -1 with a message when there is no store, or no such machine in it. */
int inventory_add_docker_machines(struct inventory *inventory, const char *store, const char *only,
                                  const char *host_key, struct error *err);
/* MACHINE_STORAGE_PATH, else ~/.docker/machine; the caller frees it. */
char *docker_machine_store(void);

/* Adds the docker contexts whose names match a glob (docker_endpoint.c), as members of the group
 * docker-context; of those that lead to the same engine the first only. Returns 0, or -1 with a message when
 * none matches. */
int inventory_add_docker_contexts(struct inventory *inventory, const char *pattern, struct error *err);

/* Expands web-[01:20], db-[a:c] and several ranges in a name, as Ansible does, to a JSON array of names;
 * NULL with a message for a bad range or one beyond 100,000 names. */
json_t *inventory_expand(const char *name, struct error *err);

/* The names of the hosts that a --limit pattern selects, in inventory order, as a JSON object name -> true.
 * NULL with a message when a term names nothing. A NULL pattern selects all. */
json_t *inventory_select(const struct inventory *inventory, const char *pattern, struct error *err);

/* All groups of a host, itself included through its ancestors, as {group: depth}; "all" has depth 0. */
json_t *inventory_groups_of(const struct inventory *inventory, const char *host);

/* Refuses groups that contain themselves. */
int inventory_check(const struct inventory *inventory, struct error *err);

/* One host's target, its variables merged: all < parent groups < child groups < host. Never NULL: what
 * cannot be scanned has `problem` set. */
struct target *inventory_resolve(const struct inventory *inventory, const char *host,
                                 const struct target_defaults *defaults);

/* What a host's variables say after merging, each with its place: [{"variable", "value", "from", "of"}], `of`
 * being "host" or "group NAME"; secrets are masked. The caller owns it. */
json_t *inventory_explain(const struct inventory *inventory, const char *host);

/* A target from the command line: a URL, an absolute path (a socket), or a bare name (ssh). */
struct target *target_from_word(const char *word, const struct target_defaults *defaults, struct error *err);

/* This machine's Docker as the docker CLI would choose it (docker_endpoint.c): `host` (-H) and `context` may
 * be NULL; then DOCKER_HOST, DOCKER_CONTEXT, currentContext, the local socket. NULL with a message. */
struct target *target_from_docker(const char *host, const char *context,
                                  const struct target_defaults *defaults, struct error *err);

/* Fills tls_* of the defaults that are NULL from DOCKER_CERT_PATH, else the docker configuration folder where
 * the files exist. The strings stay valid until the process ends or storage is freed by the caller. */
void defaults_from_environment(struct target_defaults *defaults, char *storage[3]);

#endif
