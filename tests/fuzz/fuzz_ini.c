/* fuzz_ini.c: any bytes as a hosts file, resolved and selected from. */
#include "inventory/pattern.h"
#include "inventory/resolve.h"
#include "inventory/ini.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct target_defaults DEFAULTS = {.tls_verify = true};
    struct inventory inventory;
    struct error err;
    inventory_init(&inventory);
    if (!ini_add(&inventory, "hosts", (const char *)data, size, &err) && !inventory_check(&inventory, &err)) {
        const char *host;
        json_t *vars;
        size_t left = 50;
        json_object_foreach(inventory.hosts, host, vars)
        {
            if (left-- == 0)
                break;
            target_free(inventory_resolve(&inventory, host, &DEFAULTS));
        }
        json_decref(inventory_select(&inventory, "a*:!b:&c", &err));
    }
    inventory_clear(&inventory);
    return 0;
}
