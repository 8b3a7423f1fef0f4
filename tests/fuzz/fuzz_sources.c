/* fuzz_sources.c: what inventories hold of connections: endpoints, jump strings, ssh arguments, ranges, a
 * Docker Machine's config.json, a docker context's meta.json; with one property: no name of a host holds what
 * a shell reads. */
#include "base/json.h"
#include "base/mem.h"
#include "inventory/docker_machine.h"
#include "inventory/inventory.h"
#include "inventory/range.h"
#include "inventory/resolve.h"
#include "inventory/ssh_arguments.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern const int fuzz_mutations;
const int fuzz_mutations = 100;

/* What a shell would read as anything but a part of a word. (A user's name may hold a quote; ssh/dial.c gives
 * none such to a shell.) */
static void check_endpoint(const struct endpoint *endpoint)
{
    const char *host = endpoint->host;
    if (!host || (!strpbrk(host, " \t\r\n;|&<>$`'\"\\(){}*?!#") && *host != '-' && *host != '~'))
        return;
    fprintf(stderr, "a shell would read \"%s\"\n", host);
    abort();
}

static void words(const char *text)
{
    struct endpoint endpoint = {0};
    struct ssh_arguments arguments = {0};
    struct error err;
    if (!endpoint_parse(&endpoint, text, &err))
        check_endpoint(&endpoint);
    endpoint_clear(&endpoint);
    if (!endpoint_parse_ssh(&endpoint, text, &err))
        check_endpoint(&endpoint);
    endpoint_clear(&endpoint);
    ssh_arguments_parse(&arguments, text, &err);
    ssh_arguments_clear(&arguments);
    json_decref(inventory_expand(text, &err));
}

static char store[] = "/tmp/muster-fuzz-store.XXXXXX";

static void remove_store(void)
{
    static const char *const PARTS[] = {"/machines/m/config.json", "/machines/m", "/machines", ""};
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        char *path = xasprintf("%s%s", store, PARTS[i]);
        remove(path);
        free(path);
    }
}

/* The folders of a store with one machine, once a process. */
static void make_store(void)
{
    static bool made;
    if (made)
        return;
    if (!mkdtemp(store))
        abort();
    for (const char *const *part = (const char *const[]){"/machines", "/machines/m", NULL}; *part; part++) {
        char *path = xasprintf("%s%s", store, *part);
        if (mkdir(path, 0700))
            abort();
        free(path);
    }
    atexit(remove_store);
    made = true;
}

static void machine(const uint8_t *data, size_t size)
{
    static const struct target_defaults DEFAULTS = {.tls_verify = true};
    struct inventory inventory;
    struct error err;
    make_store();
    char *path = xasprintf("%s/machines/m/config.json", store);
    FILE *file = fopen(path, "we");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file))
        abort();
    inventory_init(&inventory);
    if (!inventory_add_docker_machines(&inventory, store, "m", "accept-new", &err)) {
        struct target *target = inventory_resolve(&inventory, "m", &DEFAULTS);
        if (!target->problem) {
            check_endpoint(&target->engine);
            check_endpoint(&target->shell);
        }
        target_free(target);
    }
    inventory_clear(&inventory);
    free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = xstrndup((const char *)data, size);
    words(text);
    machine(data, size);
    free(text);
    return 0;
}
