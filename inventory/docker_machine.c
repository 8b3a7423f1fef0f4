/* docker_machine.c: the store of Docker Machine as a source of the inventory: each machine a host with the
 * variables that a hosts file would give it. Read only, all four versions of config.json; only the fields
 * named here are taken, so that no cloud credential is. The layout is docker/machine's (libmachine/host,
 * drivers/) and GitLab's fork's. */
#include "inventory/docker_machine.h"
#include "base/base64.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "inventory/sources.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONFIG_MB_MAX 1
#define CONFIG_VERSION_MAX 3

/* Where a driver keeps what others have as IPAddress, port 2376 and Driver's ssh. */
static const struct driver {
    const char *name;
    const char *address;         /* NULL: IPAddress */
    const char *private_address; /* instead, where one of the two flags is set */
    const char *private_if, *private_if_too;
    const char *port; /* of the engine */
    bool ssh_on_loopback;
} DRIVERS[] = {
    {"amazonec2", NULL, "PrivateIPAddress", "UsePrivateIP", "PrivateIPOnly", NULL, false},
    {"azure", NULL, "PrivateIPAddr", "UsePrivateIP", "NoPublicIP", "DockerPort", false},
    {"generic", NULL, NULL, NULL, NULL, "EnginePort", false},
    {"virtualbox", NULL, NULL, NULL, NULL, NULL, true},
    {"vmwarevcloudair", "PublicIP", NULL, NULL, NULL, "DockerPort", false},
};

/* One machine being read. */
struct machine {
    const char *store, *name;
    char *folder;
    json_t *config, *driver, *auth; /* borrowed from `document`, but for `decoded` */
    json_t *document, *decoded;
    const char *driver_name;
    json_t *vars; /* of the inventory */
};

static const char *filled(const json_t *object, const char *key)
{
    const char *text = key ? json_string_value(json_object_get(object, key)) : NULL;
    return text && *text ? text : NULL;
}

/* What another source of the inventory says of the machine takes precedence over its store. */
static void machine_set(struct machine *m, const char *key, char *value)
{
    if (!json_object_get(m->vars, key)) {
        char *from = xasprintf("%s/config.json", m->folder);
        json_put(m->vars, key, variable_text(value, from));
        free(from);
    }
    free(value);
}

static void machine_give_up(struct machine *m, const char *problem, const char *detail)
{
    machine_set(m, "problem", xasprintf("Docker Machine: %s%s%s", problem, *detail ? ": " : "", detail));
}

static bool is_name(const char *name)
{
    return isalnum((unsigned char)*name) &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") == strlen(name);
}

/* Versions before 1 kept Driver as base64 of its JSON beside it. */
static json_t *decode_driver(const char *base64)
{
    struct error why;
    size_t length;
    unsigned char *bytes = base64 ? base64_decode(base64, strlen(base64), &length) : NULL;
    json_t *driver = bytes ? json_parse((const char *)bytes, length, &why) : NULL;
    free(bytes);
    return driver;
}

/* Reads config.json; false where nothing can be learned, with the problem noted. */
static bool machine_load(struct machine *m)
{
    char *path = xasprintf("%s/config.json", m->folder);
    struct buf text = {0};
    struct error why = {""};
    json_int_t version = 0;
    bool read = file_read_regular(path, CONFIG_MB_MAX, &text, &why) == 0;
    m->document = read ? json_parse(text_or(text.data, ""), text.length, &why) : NULL;
    if (!read)
        machine_give_up(
            m,
            "config.json cannot be read, so the machine is half-created (docker-machine rm it, or create "
            "it again)",
            why.text);
    else if (!json_is_object(m->document))
        machine_give_up(m, "config.json is no JSON object", why.text);
    buf_free(&text);
    free(path);
    if (!json_is_object(m->document))
        return false;
    json_integer_at(m->document, "ConfigVersion", &version);
    if (version > CONFIG_VERSION_MAX) {
        machine_give_up(m, "config.json is of a version from the future; this muster reads 0 to 3", "");
        return false;
    }
    m->driver_name = filled(m->document, "DriverName");
    m->driver = json_object_get(m->document, "Driver");
    if (!json_is_object(m->driver))
        m->driver = m->decoded = decode_driver(filled(m->document, "RawDriver"));
    /* Version 0 has what AuthOptions holds later at the top. */
    m->auth = json_at(m->document, "HostOptions.AuthOptions");
    if (!json_is_object(m->auth))
        m->auth = m->document;
    if (!json_is_object(m->driver) || !m->driver_name) {
        machine_give_up(m, "config.json names no driver", "");
        return false;
    }
    return true;
}

/* A file by its path in the store, else, where the store was moved or copied, the one of that name in the
 * machine's folder, else in the store's certs. NULL: there is none. */
static char *find_file(const struct machine *m, const char *path, const char *standard)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *backslash = path ? strrchr(path, '\\') : NULL;
    const char *last = slash > backslash ? slash : backslash;
    const char *base = last ? last + 1 : text_or(path, standard);
    char *const tries[] = {xstrdup(path), xasprintf("%s/%s", m->folder, base),
                           xasprintf("%s/%s", m->folder, standard),
                           xasprintf("%s/certs/%s", m->store, standard)};
    char *found = NULL;
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        if (!found && tries[i] && *tries[i] == '/' && access(tries[i], F_OK) == 0)
            found = xstrdup(tries[i]);
        free(tries[i]);
    }
    return found;
}

static const struct driver *driver_of(const char *name)
{
    static const struct driver OTHER = {0};
    for (size_t i = 0; i < sizeof DRIVERS / sizeof *DRIVERS; i++)
        if (strcmp(DRIVERS[i].name, name) == 0)
            return &DRIVERS[i];
    return &OTHER;
}

/* What an inventory says, else the address the driver would tell; NULL where there is none. The caller frees
 * it. */
static char *machine_address_of(const struct machine *m, const struct driver *d)
{
    const char *given = filled(m->vars, "ansible_host");
    if (given)
        return xstrdup(given);
    bool private_wanted = d->private_address && (json_true_at(m->driver, d->private_if) ||
                                                 json_true_at(m->driver, d->private_if_too));
    const char *address =
        filled(m->driver, private_wanted ? d->private_address : text_or(d->address, "IPAddress"));
    if (address)
        return xstrdup(address);
    /* Azure's public name is made of these; the address itself is asked of the cloud each time. */
    const char *label = filled(m->driver, "DNSLabel"), *location = filled(m->driver, "Location");
    return d->name && strcmp(d->name, "azure") == 0 && label && location
               ? xasprintf("%s.%s.cloudapp.azure.com", label, location)
               : NULL;
}

/* An IPv6 address stands in brackets in a URL. */
static char *url_of(const char *scheme, const char *user, const char *host, long port)
{
    bool v6 = strchr(host, ':') != NULL;
    return xasprintf("%s://%s%s%s%s%s:%ld", scheme, text_or(user, ""), text_if(user, "@"), text_if(v6, "["),
                     host, text_if(v6, "]"), port);
}

static long port_of(const json_t *object, const char *key, long standard)
{
    json_int_t number;
    return key && json_integer_at(object, key, &number) && number > 0 && number < 65536 ? (long)number
                                                                                        : standard;
}

/* The engine over TLS where its three files are there, else over ssh. */
static void set_ways(struct machine *m)
{
    const struct driver *d = driver_of(m->driver_name);
    char *address = machine_address_of(m, d);
    if (!address) {
        machine_give_up(
            m,
            "the store holds no address of it; it is stopped, or its driver asks the cloud each time "
            "(docker-machine "
            "start, docker-machine ip)",
            "");
        return;
    }
    char *ca = find_file(m, filled(m->auth, "CaCertPath"), "ca.pem");
    char *cert = find_file(m, filled(m->auth, "ClientCertPath"), "cert.pem");
    char *key = find_file(m, filled(m->auth, "ClientKeyPath"), "key.pem");
    bool tls = ca && cert && key;
    const char *user = filled(m->driver, "SSHUser");
    char *ssh = url_of("ssh", text_or(user, "root"), d->ssh_on_loopback ? "127.0.0.1" : address,
                       port_of(m->driver, "SSHPort", 22));
    char *identity = find_file(m, filled(m->driver, "SSHKeyPath"), "id_rsa");
    if (tls) {
        machine_set(m, "endpoint", url_of("tcp", NULL, address, port_of(m->driver, d->port, 2376)));
        machine_set(m, "tls", xstrdup("yes"));
        machine_set(m, "tls_ca", xstrdup(ca));
        machine_set(m, "tls_cert", xstrdup(cert));
        machine_set(m, "tls_key", xstrdup(key));
        machine_set(m, "shell", xstrdup(ssh));
    } else {
        machine_set(m, "endpoint", xstrdup(ssh));
    }
    if (identity)
        machine_set(m, "private_key", xstrdup(identity));
    free(identity);
    free(ssh);
    free(ca);
    free(cert);
    free(key);
    free(address);
}

/* The driver "none" is a URL and nothing else. */
static void set_url(struct machine *m)
{
    static const char *const FILES[][3] = {{"tls_ca", "CaCertPath", "ca.pem"},
                                           {"tls_cert", "ClientCertPath", "cert.pem"},
                                           {"tls_key", "ClientKeyPath", "key.pem"}};
    const char *url = filled(m->driver, "URL");
    if (!url) {
        machine_give_up(m, "its driver is \"none\" and names no URL", "");
        return;
    }
    machine_set(m, "endpoint", xstrdup(url));
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES && text_starts(url, "tcp://"); i++) {
        char *path = find_file(m, filled(m->auth, FILES[i][1]), FILES[i][2]);
        if (path)
            machine_set(m, FILES[i][0], xstrdup(path));
        free(path);
    }
}

/* A group's name of a driver's word: what a pattern could not name becomes _. */
static void machine_add_group(struct inventory *inventory, const struct machine *m, const char *prefix,
                              const char *word)
{
    if (!word || !*word)
        return;
    char *group = xasprintf("%s%.100s", prefix, word);
    for (char *p = group; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("_-.", *p))
            *p = '_';
    inventory_host(inventory, m->name, group);
    free(group);
}

static void set_groups(struct inventory *inventory, const struct machine *m)
{
    char *tags = xstrdup(filled(m->driver, "Tags"));
    char *rest = tags, *tag;
    bool pairs = strcmp(m->driver_name, "amazonec2") == 0; /* "key,value,key,value" */
    machine_add_group(inventory, m, "", m->driver_name);
    machine_add_group(inventory, m, "region_", filled(m->driver, "Region"));
    machine_add_group(inventory, m, "zone_", filled(m->driver, "Zone"));
    if (json_true_at(m->driver, "SwarmMaster"))
        machine_add_group(inventory, m, "", "swarm-master");
    while (tags && (tag = strsep(&rest, ","))) {
        char *value = pairs ? strsep(&rest, ",") : NULL;
        char *both = xasprintf("%s%s%s", text_trim(tag), text_if(value, "_"), value ? text_trim(value) : "");
        machine_add_group(inventory, m, "tag_", both);
        free(both);
    }
    free(tags);
}

static void add_machine(struct inventory *inventory, const char *store, const char *name,
                        const char *host_key)
{
    struct machine m = {.store = store, .name = name, .folder = xasprintf("%s/machines/%s", store, name)};
    m.vars = inventory_host(inventory, name, "docker-machine");
    machine_set(&m, "host_key", xstrdup(host_key));
    if (!is_name(name))
        machine_give_up(&m, "the folder's name is none that docker-machine gives", "");
    else if (machine_load(&m)) {
        set_groups(inventory, &m);
        if (strcmp(m.driver_name, "none") == 0)
            set_url(&m);
        else
            set_ways(&m);
    }
    json_decref(m.document);
    json_decref(m.decoded);
    free(m.folder);
}

char *docker_machine_store(void)
{
    const char *store = getenv("MACHINE_STORAGE_PATH"), *home = getenv("HOME");
    return store && *store ? xstrdup(store) : xasprintf("%s/.docker/machine", text_or(home, ""));
}

static int machine_not_hidden(const struct dirent *entry)
{
    return *entry->d_name != '.';
}

int inventory_add_docker_machines(struct inventory *inventory, const char *store, const char *only,
                                  const char *host_key, struct error *err)
{
    struct dirent **entries = NULL;
    char *folder = xasprintf("%s/machines", store);
    int count = scandir(folder, &entries, machine_not_hidden, alphasort);
    bool found = !only;
    int result = 0;
    if (count < 0)
        result = error_set(err, "%s: no store of Docker Machine: %s; MACHINE_STORAGE_PATH names another one",
                           folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        if (!only || strcmp(entries[i]->d_name, only) == 0) {
            add_machine(inventory, store, entries[i]->d_name, host_key);
            found = true;
        }
        free(entries[i]);
    }
    if (!result && !found)
        result = error_set(err, "docker-machine:%s: %s has no such machine", only, folder);
    free(entries);
    free(folder);
    return result;
}

/* --- as a source --- */

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

const struct inventory_source SOURCE_DOCKER_MACHINE = {
    .option = "docker-machine",
    .help = "all machines of Docker Machine's store (MACHINE_STORAGE_PATH, ~/.docker/machine); one is "
            "docker-machine:NAME",
    .detail = "New host keys are pinned, unless --host-key says otherwise.",
    .prefix = "docker-machine:",
    .add = add_machines,
};
