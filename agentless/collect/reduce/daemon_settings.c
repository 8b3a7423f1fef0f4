/* daemon_settings.c: see daemon_settings.h. The names are those of dockerd 20.10 to 29 (docker/docs,
 * dockerd). */
#include "agentless/collect/reduce/daemon_settings.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum kind { BOOLEAN, TEXT, LIST };

static const struct setting {
    const char *flag; /* also the canonical name */
    char letter;      /* '\0': none */
    const char *key;  /* in daemon.json; NULL: the same as the flag */
    enum kind kind;
    bool hidden; /* values may hold secrets or personal data: only the name is kept */
} SETTINGS[] = {
    {"add-runtime", '\0', "runtimes", LIST, true},
    {"allow-direct-routing", '\0', NULL, BOOLEAN, false},
    {"authorization-plugin", '\0', "authorization-plugins", LIST, false},
    {"bip", '\0', NULL, TEXT, false},
    {"bridge", 'b', NULL, TEXT, false},
    {"cgroup-parent", '\0', NULL, TEXT, false},
    {"cdi-spec-dir", '\0', "cdi-spec-dirs", LIST, false},
    {"config-file", '\0', NULL, TEXT, false},
    {"containerd", '\0', NULL, TEXT, false},
    {"data-root", 'g', NULL, TEXT, false},
    {"debug", 'D', NULL, BOOLEAN, false},
    {"default-address-pool", '\0', "default-address-pools", LIST, false},
    {"default-cgroupns-mode", '\0', NULL, TEXT, false},
    {"default-ipc-mode", '\0', NULL, TEXT, false},
    {"default-network-opt", '\0', "default-network-opts", LIST, true},
    {"default-runtime", '\0', NULL, TEXT, false},
    {"default-ulimit", '\0', "default-ulimits", LIST, false},
    {"dns", '\0', NULL, LIST, false},
    {"dns-opt", '\0', "dns-opts", LIST, false},
    {"exec-opt", '\0', "exec-opts", LIST, false},
    {"exec-root", '\0', NULL, TEXT, false},
    {"experimental", '\0', NULL, BOOLEAN, false},
    {"feature", '\0', "features", LIST, false},
    {"firewall-backend", '\0', NULL, TEXT, false},
    {"group", 'G', NULL, TEXT, false},
    {"host", 'H', "hosts", LIST, false},
    {"http-proxy", '\0', "proxies", TEXT, true},
    {"https-proxy", '\0', NULL, TEXT, true},
    {"icc", '\0', NULL, BOOLEAN, false},
    {"init", '\0', NULL, BOOLEAN, false},
    {"insecure-registry", '\0', "insecure-registries", LIST, false},
    {"ip", '\0', NULL, TEXT, false},
    {"ip-forward", '\0', NULL, BOOLEAN, false},
    {"ip-forward-no-drop", '\0', NULL, BOOLEAN, false},
    {"ip-masq", '\0', NULL, BOOLEAN, false},
    {"ip6tables", '\0', NULL, BOOLEAN, false},
    {"iptables", '\0', NULL, BOOLEAN, false},
    {"ipv6", '\0', NULL, BOOLEAN, false},
    {"label", '\0', "labels", LIST, true},
    {"live-restore", '\0', NULL, BOOLEAN, false},
    {"log-driver", '\0', NULL, TEXT, false},
    {"log-level", 'l', NULL, TEXT, false},
    {"log-opt", '\0', "log-opts", LIST, true},
    {"metrics-addr", '\0', NULL, TEXT, false},
    {"mtu", '\0', NULL, TEXT, false},
    {"no-new-privileges", '\0', NULL, BOOLEAN, false},
    {"node-generic-resource", '\0', "node-generic-resources", LIST, false},
    {"pidfile", 'p', NULL, TEXT, false},
    {"raw-logs", '\0', NULL, BOOLEAN, false},
    {"registry-mirror", '\0', "registry-mirrors", LIST, true},
    {"rootless", '\0', NULL, BOOLEAN, false},
    {"seccomp-profile", '\0', NULL, TEXT, false},
    {"selinux-enabled", '\0', NULL, BOOLEAN, false},
    {"storage-driver", 's', NULL, TEXT, false},
    {"storage-opt", '\0', "storage-opts", LIST, false},
    {"tls", '\0', NULL, BOOLEAN, false},
    {"tlscacert", '\0', NULL, TEXT, false},
    {"tlscert", '\0', NULL, TEXT, false},
    {"tlskey", '\0', NULL, TEXT, false},
    {"tlsverify", '\0', NULL, BOOLEAN, false},
    {"userland-proxy", '\0', NULL, BOOLEAN, false},
    {"userland-proxy-path", '\0', NULL, TEXT, false},
    {"userns-remap", '\0', NULL, TEXT, false},
};
#define SETTING_COUNT (sizeof SETTINGS / sizeof *SETTINGS)
#define HIDDEN "(hidden)"

static const struct setting *by_flag(const char *name, size_t length)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (strlen(SETTINGS[i].flag) == length && strncmp(SETTINGS[i].flag, name, length) == 0)
            return &SETTINGS[i];
    return NULL;
}

static const struct setting *by_letter(char letter)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (letter && SETTINGS[i].letter == letter)
            return &SETTINGS[i];
    return NULL;
}

static const struct setting *by_key(const char *key)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (strcmp(SETTINGS[i].key ? SETTINGS[i].key : SETTINGS[i].flag, key) == 0)
            return &SETTINGS[i];
    return NULL;
}

static void daemon_settings_add_value(json_t *settings, const char *name, const char *value)
{
    json_t *values = json_object_get(settings, name);
    if (!values) {
        values = json_array();
        json_put(settings, name, values);
    }
    json_array_append_new(values, json_text(value));
}

/* Reads one --flag; returns how many further arguments it took. */
static size_t read_long(json_t *settings, const char *flag, const char *next)
{
    size_t length = strcspn(flag, "=");
    const struct setting *setting = by_flag(flag, length);
    const char *value = flag[length] ? flag + length + 1 : NULL;
    size_t taken = 0;
    if (!setting) {
        char *name = xstrndup(flag, length);
        daemon_settings_add_value(settings, name, HIDDEN);
        free(name);
        /* An unknown flag's separate value does not begin with a dash; dockerd takes no other words. */
        return 0;
    }
    if (!value && setting->kind == BOOLEAN) {
        value = "true";
    } else if (!value && next) {
        value = next;
        taken = 1;
    }
    daemon_settings_add_value(settings, setting->flag, setting->hidden ? HIDDEN : text_or(value, ""));
    return taken;
}

static size_t read_short(json_t *settings, const char *letters, const char *next)
{
    for (const char *p = letters; *p; p++) {
        const struct setting *setting = by_letter(*p);
        if (!setting)
            return 0;
        if (setting->kind == BOOLEAN) {
            bool given = p[1] == '=';
            daemon_settings_add_value(settings, setting->flag, given ? p + 2 : "true");
            if (given)
                return 0;
            continue;
        }
        const char *rest = p[1] == '=' ? p + 2 : p + 1;
        daemon_settings_add_value(settings, setting->flag, *rest ? rest : text_or(next, ""));
        return *rest ? 0 : 1;
    }
    return 0;
}

bool daemon_settings_is_program(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(slash ? slash + 1 : path, "dockerd") == 0;
}

json_t *daemon_settings_from_arguments(const char *const *arguments, size_t count)
{
    json_t *settings = json_object();
    for (size_t i = 1; i < count; i++) {
        const char *argument = arguments[i];
        const char *next = i + 1 < count ? arguments[i + 1] : NULL;
        if (strcmp(argument, "--") == 0)
            break;
        if (text_starts(argument, "--"))
            i += read_long(settings, argument + 2, next);
        else if (*argument == '-' && argument[1])
            i += read_short(settings, argument + 1, next);
    }
    return settings;
}

json_t *daemon_settings_from_config(const json_t *config)
{
    if (!json_is_object(config))
        return NULL;
    json_t *settings = json_object();
    const char *key;
    json_t *value;
    /* Iteration does not change the object; jansson's iterator only lacks the const. */
    json_t *readable = json_at(config, "");
    json_object_foreach(readable, key, value)
    {
        const struct setting *setting = by_key(key);
        bool kept = setting && !setting->hidden;
        json_t *shown = kept ? json_deep_copy(value) : json_text(HIDDEN);
        json_put(settings, setting ? setting->flag : key, shown);
    }
    return settings;
}
