/* sources.c: the table of the inventory's sources; each is a row in its own file. See sources.h */
#include "inventory/sources.h"

extern const struct inventory_source SOURCE_PATH, SOURCE_DOCKER_CONTEXTS, SOURCE_DOCKER_MACHINE;

static const struct inventory_source *const SOURCES[] = {&SOURCE_PATH, &SOURCE_DOCKER_CONTEXTS,
                                                         &SOURCE_DOCKER_MACHINE};

const struct inventory_source *inventory_source_at(size_t n)
{
    return n < sizeof SOURCES / sizeof *SOURCES ? SOURCES[n] : NULL;
}
