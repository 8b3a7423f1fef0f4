/* sources.c: the table of the inventory's sources. See sources.h */
#include "inventory/sources.h"
#include "inventory/docker_context.h"
#include "inventory/docker_machine.h"
#include "inventory/path.h"

#include <stdlib.h>

static int sources_add_path(struct inventory *inventory, const char *value,
                            const struct source_settings *settings, struct error *err)
{
    (void)settings;
    return inventory_add(inventory, value, err);
}

static int add_contexts(struct inventory *inventory, const char *value,
                        const struct source_settings *settings, struct error *err)
{
    (void)settings;
    return inventory_add_docker_contexts(inventory, value, err);
}

/* docker-machine kept no host keys, so they are pinned on first contact unless the user says otherwise. */
static int add_machines(struct inventory *inventory, const char *value,
                        const struct source_settings *settings, struct error *err)
{
    char *store = docker_machine_store();
    int result = inventory_add_docker_machines(inventory, store, value,
                                               settings->host_key ? settings->host_key : "accept-new", err);
    free(store);
    return result;
}

static const struct inventory_source SOURCES[] = {
    {.option = "inventory",
     .letter = 'i',
     .metavar = "FILE",
     .help = "inventory as Ansible has it (INI, YAML, folder, program, a,b,); may be given several times",
     .add = sources_add_path},
    {.option = "contexts",
     .metavar = "GLOB",
     .help = "the docker contexts of these names; '*': all",
     .add = add_contexts},
    {.option = "docker-machine",
     .help = "all machines of Docker Machine's store (MACHINE_STORAGE_PATH, ~/.docker/machine); one is "
             "docker-machine:NAME",
     .detail = "New host keys are pinned, unless --host-key says otherwise.",
     .prefix = "docker-machine:",
     .add = add_machines},
};

const struct inventory_source *inventory_source_at(size_t n)
{
    return n < sizeof SOURCES / sizeof *SOURCES ? &SOURCES[n] : NULL;
}
