/* container.h: reading one container's inspect the way all checks of section 5 do: an absent field is no
 * evidence. */
#ifndef AGENTLESS_CHECKS_CONTAINER_H
#define AGENTLESS_CHECKS_CONTAINER_H

#include "agentless/checks/finding.h"
#include "agentless/checks/check.h"

/* A boolean that every engine states; false, and an ERROR item, where it is absent. */
bool container_bool(const struct container *c, struct finding *out, const char *path, bool *value);
/* A list or map, for which absent and null mean empty. */
const json_t *container_list(const struct container *c, const char *path);
/* False, and 0, where no number is there. */
bool container_integer(const struct container *c, const char *path, json_int_t *value);
bool container_privileged(const struct container *c);
bool container_of_swarm(const struct container *c);
/* Whether root in it is another user on the host: the engine is rootless, remaps users, or (Podman) was
 * started to for this container. */
bool container_in_user_namespace(const struct facts *f, const struct container *c);
/* The last word on an option among SecurityOpt: "" when it is given bare, NULL when it is not given. */
const char *container_security_opt(const struct container *c, const char *name);
/* Whether "name=value" or "name:value" is among SecurityOpt. */
bool container_has_security_opt(const struct container *c, const char *name, const char *value);
/* A fact of a process of the container, as evidence. */
void finding_process_fact(struct finding *out, const struct container *c, const json_t *process,
                          const char *key);

#endif
