/* docker_machine.h: Docker Machine's store. */
#ifndef INVENTORY_DOCKER_MACHINE_H
#define INVENTORY_DOCKER_MACHINE_H

#include "inventory/inventory.h"

/* Adds the machines of a store of Docker Machine, or only the one named, each with the
 * groups docker-machine, its driver, region_, zone_, tag_. `host_key` is the policy for their ssh:
 * docker-machine recorded no key. What cannot be scanned (stopped, half-created) is a host with a problem.
 * Returns 0, or -1 with a message when there is no store, or no such machine in it. */
int inventory_add_docker_machines(struct inventory *inventory, const char *store, const char *only,
                                  const char *host_key, struct error *err);
/* MACHINE_STORAGE_PATH, else ~/.docker/machine; the caller frees it. */
char *docker_machine_store(void);

#endif
