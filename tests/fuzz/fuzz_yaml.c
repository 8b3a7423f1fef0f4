/* fuzz_yaml.c: any bytes as a YAML or JSON inventory, and as a file of variables. */
#include "inventory/resolve.h"
#include "inventory/yaml.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct target_defaults DEFAULTS = {.tls_verify = true};
    struct inventory inventory;
    struct error err;
    bool has_meta;
    inventory_init(&inventory);
    if (!yaml_add(&inventory, "fleet.yml", (const char *)data, size, &has_meta, &err) &&
        !inventory_check(&inventory, &err)) {
        const char *host;
        json_t *vars;
        size_t left = 50;
        json_object_foreach(inventory.hosts, host, vars)
        {
            if (left-- == 0)
                break;
            target_free(inventory_resolve(&inventory, host, &DEFAULTS));
        }
    }
    json_t *vars = json_object();
    yaml_add_variables(&inventory, "all", vars, "group_vars/all", (const char *)data, size, &err);
    json_decref(vars);
    inventory_clear(&inventory);
    return 0;
}
