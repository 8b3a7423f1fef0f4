/* daemon_files.c: see daemon_files.h */
#include "agentless/checks/daemon_files_internal.h"
#include "agentless/checks/host_path.h"
#include "agentless/checks/listeners.h"
#include "agentless/checks/serving_daemon.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANAGED_CONTAINERD "/run/docker/containerd/containerd.sock"
#define SYSTEM_CONTAINERD "/run/containerd/containerd.sock"

void daemon_files_add_path(struct search *s, const char *path)
{
    for (size_t i = 0; i < json_array_size(s->paths); i++)
        if (text_same(json_string_value(json_array_get(s->paths, i)), path))
            return;
    json_array_append_new(s->paths, json_text(path));
}

/* Or may: a path behind a folder that may not be searched is not absent. */
static bool may_exist(struct search *s, const char *path)
{
    const json_t *file;
    enum file_state state = host_file(s->facts, path, &file);
    return state == FILE_PRESENT || state == FILE_DENIED;
}

/* What root's daemon has and a rootless one does without. */
static bool not_of_rootless(struct search *s, const char *what)
{
    error_set(s->why, "the engine is rootless and does not use %s", what);
    return true;
}

/* --- what the daemon's settings name --- */

static bool known(struct search *s, const struct setting_value *v)
{
    if (v->knowledge == SETTING_UNKNOWN)
        error_set(s->why, "%s", v->why.text);
    return v->knowledge != SETTING_UNKNOWN;
}

/* Root's daemon listens at the usual place, a rootless one in its user's runtime folder. */
static const char *default_socket(const struct search *s, char *text, size_t size)
{
    const char *asked = asked_socket(s->facts);
    if (!s->is_rootless)
        return "/var/run/docker.sock";
    if (!s->rootless.runtime && asked)
        return asked;
    snprintf(text, size, "%s/docker.sock", s->rootless.runtime ? s->rootless.runtime : "");
    return text;
}

/* Podman's is the one that was asked: it has no configuration that names it. */
static bool podman_socket(struct search *s)
{
    const char *asked = asked_socket(s->facts);
    if (!asked)
        error_set(s->why, "which socket Podman listens on is not known");
    else
        daemon_files_add_path(s, asked);
    return asked != NULL;
}

static bool engine_sockets(struct search *s, const char *unused)
{
    (void)unused;
    char usual[1200];
    if (facts_is_podman(s->facts))
        return podman_socket(s);
    struct setting_value hosts = daemon_setting(s->facts, "host");
    const json_t *file;
    const char *place = default_socket(s, usual, sizeof usual);
    if (!known(s, &hosts)) {
        /* Without the arguments, a socket at the usual place is the one. */
        if (host_file(s->facts, place, &file) != FILE_PRESENT)
            return false;
        daemon_files_add_path(s, place);
        return true;
    }
    struct listeners listeners = listeners_read(s->facts, hosts.value, place);
    for (size_t i = 0; i < json_array_size(listeners.sockets); i++)
        daemon_files_add_path(s, json_string_value(json_array_get(listeners.sockets, i)));
    listeners_clear(&listeners);
    if (!json_array_size(s->paths))
        error_set(s->why, "the daemon listens on no unix socket");
    return true;
}

static bool containerd_socket(struct search *s, const char *unused)
{
    (void)unused;
    const char *reported = json_text_at(s->facts->info, "Containerd.Address");
    struct setting_value v = daemon_setting(s->facts, "containerd");
    const char *flag = daemon_setting_text(&v);
    char own[1200];
    bool user = s->is_rootless;
    const json_t *file;
    if (!s->facts->info) {
        error_set(s->why, "evidence missing: the engine's info, which says where its containerd listens: %s",
                  facts_why_missing(s->facts, "info"));
        return false;
    }
    if (reported && *reported == '/')
        daemon_files_add_path(s, reported);
    else if (flag && *flag == '/')
        daemon_files_add_path(s, flag);
    else if (user && !s->rootless.runtime) {
        error_set(s->why, "the engine is rootless, and where its containerd listens was not seen");
        return false;
    } else if (user) {
        snprintf(own, sizeof own, "%s/docker/containerd/containerd.sock", s->rootless.runtime);
        daemon_files_add_path(s, own);
    } else if (may_exist(s, MANAGED_CONTAINERD)) {
        daemon_files_add_path(s, MANAGED_CONTAINERD);
    } else if (host_file(s->facts, MANAGED_CONTAINERD, &file) == FILE_ABSENT &&
               host_file(s->facts, SYSTEM_CONTAINERD, &file) == FILE_ABSENT) {
        /* An engine that runs has one somewhere. */
        error_set(
            s->why,
            "the engine does not say where its containerd listens, and there is neither " MANAGED_CONTAINERD
            " nor " SYSTEM_CONTAINERD);
        return false;
    } else {
        daemon_files_add_path(s, SYSTEM_CONTAINERD);
    }
    return true;
}

/* dockerd's defaults: DOCKER_CERT_PATH, else .docker in its user's home. */
static bool tls_file(struct search *s, const char *setting, const char *usual)
{
    struct setting_value hosts = daemon_setting(s->facts, "host");
    struct setting_value file = daemon_setting(s->facts, setting);
    const char *path = daemon_setting_text(&file);
    if (!known(s, &hosts) || !known(s, &file))
        return false;
    struct listeners listeners = listeners_read(s->facts, hosts.value, "");
    bool has_tcp = json_array_size(listeners.tcp) > 0;
    listeners_clear(&listeners);
    if (!has_tcp) {
        error_set(s->why, "the daemon has no TCP listener, so it uses no TLS files");
        return true;
    }
    struct setting_value seen;
    bool tls = false, verify = false;
    if (!daemon_setting_bool(s->facts, "tls", false, &seen, &tls) ||
        !daemon_setting_bool(s->facts, "tlsverify", false, &seen, &verify))
        return known(s, &seen);
    const char *by_environment = daemon_environment(s->facts, "DOCKER_TLS_VERIFY");
    if (!tls && !verify && !(by_environment && *by_environment)) {
        error_set(s->why, "the daemon's TCP listener has no TLS (see the check of TLS in section 2)");
        return true;
    }
    if (path && *path) {
        daemon_files_add_path(s, path);
        return true;
    }
    const char *folder = daemon_environment(s->facts, "DOCKER_CERT_PATH");
    const char *home = daemon_environment(s->facts, "HOME");
    if (!home || !*home)
        home = "/root";
    char *made =
        folder && *folder ? xasprintf("%s/%s", folder, usual) : xasprintf("%s/.docker/%s", home, usual);
    daemon_files_add_path(s, made);
    free(made);
    return true;
}

/* --- programs --- */

static bool programs(struct search *s, const char *name)
{
    json_t *paths = json_object_get(json_at(s->facts->host, "programs"), name);
    const char *path;
    json_t *unused;
    if (!json_at(s->facts->host, "programs")) {
        error_set(s->why, "programs were not looked for");
        return false;
    }
    json_object_foreach(paths, path, unused) daemon_files_add_path(s, path);
    if (!json_array_size(s->paths))
        error_set(s->why, "there is no program %s on this host", name);
    return true;
}

static bool runtimes(struct search *s, const char *unused)
{
    (void)unused;
    json_t *reported = json_at(s->facts->info, "Runtimes");
    const char *name;
    json_t *runtime;
    if (!programs(s, "runc"))
        return false;
    json_object_foreach(reported, name, runtime)
    {
        const char *path = json_text_at(runtime, "path");
        if (path && *path == '/')
            daemon_files_add_path(s, path);
    }
    return true;
}

static bool registry_certificates(struct search *s, const char *unused)
{
    (void)unused;
    char folder_path[1200] = "/etc/docker/certs.d";
    if (s->is_rootless) {
        if (!s->rootless.config) {
            error_set(s->why, "the engine is rootless, and where its certs.d is was not seen");
            return false;
        }
        snprintf(folder_path, sizeof folder_path, "%s/docker/certs.d", s->rootless.config);
    }
    json_t *files = json_at(s->facts->host, "files");
    const json_t *folder;
    const char *path;
    json_t *file;
    enum file_state state = host_file(s->facts, folder_path, &folder);
    if (state == FILE_UNSEEN || state == FILE_DENIED) {
        error_set(s->why, "%s %s", folder_path,
                  state == FILE_UNSEEN ? "was not looked at" : "may not be read");
        return false;
    }
    json_object_foreach(files, path, file)
    {
        const char *type = json_text_at(file, "type");
        if (path_within(path, folder_path) && strcmp(path, folder_path) != 0 && !text_same(type, "directory"))
            daemon_files_add_path(s, path);
    }
    if (!json_array_size(s->paths))
        error_set(s->why, "there are no registry certificates");
    return true;
}

static bool data_root(struct search *s, const char *unused)
{
    (void)unused;
    const char *root = json_text_at(s->facts->info, "DockerRootDir");
    if (root)
        daemon_files_add_path(s, root);
    else
        error_set(s->why, "the engine does not say where its data root is");
    return root != NULL;
}

static bool daemon_json(struct search *s, bool folder)
{
    const char *path = daemon_config_path(s->facts, s->why);
    const json_t *file;
    /* The usual place, where only the arguments are unknown. */
    if (!path && !s->is_rootless && host_file(s->facts, "/etc/docker/daemon.json", &file) == FILE_PRESENT)
        path = "/etc/docker/daemon.json";
    if (!path)
        return false;
    const char *slash = strrchr(path, '/');
    if (!folder || !slash || slash == path) {
        daemon_files_add_path(s, path);
        return true;
    }
    char *parent = xstrndup(path, (size_t)(slash - path));
    daemon_files_add_path(s, parent);
    free(parent);
    return true;
}

static bool dockerd(struct search *s, const char *unused)
{
    (void)unused;
    const char *exe = daemon_program(s->facts);
    if (!exe)
        return programs(s, "dockerd");
    daemon_files_add_path(s, exe);
    return true;
}

static bool fixed_path(struct search *s, const char *path)
{
    daemon_files_add_path(s, path);
    return true;
}

static bool daemon_folder(struct search *s, const char *unused)
{
    (void)unused;
    return daemon_json(s, true);
}

static bool daemon_json_file(struct search *s, const char *unused)
{
    (void)unused;
    return daemon_json(s, false);
}

static bool tls_ca(struct search *s, const char *setting)
{
    return tls_file(s, setting, "ca.pem");
}

static bool tls_certificate(struct search *s, const char *setting)
{
    return tls_file(s, setting, "cert.pem");
}

static bool tls_key(struct search *s, const char *setting)
{
    return tls_file(s, setting, "key.pem");
}

/* How the paths of each are found, and of a rootless daemon, where that is another way. */
static const struct path_finder {
    bool (*find)(struct search *s, const char *name);
    bool (*find_rootless)(struct search *s, const char *name);
    const char *name; /* what it is called: a path, a program, a unit, a setting */
} PATH_FINDERS[] = {
    [DAEMON_DOCKERD] = {.find = dockerd},
    [DAEMON_RUN_CONTAINERD] = {fixed_path, not_of_rootless, "/run/containerd"},
    [DAEMON_DATA_ROOT] = {.find = data_root},
    [DAEMON_CONFIG_FOLDER] = {.find = daemon_folder},
    [DAEMON_SERVICE_UNIT] = {daemon_unit_paths, daemon_user_unit_paths, "docker.service"},
    [DAEMON_SOCKET_UNIT] = {daemon_unit_paths, daemon_user_unit_paths, "docker.socket"},
    [DAEMON_ENGINE_SOCKETS] = {.find = engine_sockets},
    [DAEMON_CONTAINERD_SOCKET] = {.find = containerd_socket},
    [DAEMON_DEFAULT_DOCKER] = {daemon_environment_files, not_of_rootless, "/etc/default/docker"},
    [DAEMON_SYSCONFIG_DOCKER] = {daemon_environment_files, not_of_rootless, "/etc/sysconfig/docker"},
    [DAEMON_DAEMON_JSON] = {.find = daemon_json_file},
    [DAEMON_CONTAINERD_CONFIG] = {fixed_path, not_of_rootless, "/etc/containerd/config.toml"},
    [DAEMON_CONTAINERD] = {.find = programs, .name = "containerd"},
    [DAEMON_SHIM] = {.find = programs, .name = "containerd-shim"},
    [DAEMON_SHIM_RUNC_V1] = {.find = programs, .name = "containerd-shim-runc-v1"},
    [DAEMON_SHIM_RUNC_V2] = {.find = programs, .name = "containerd-shim-runc-v2"},
    [DAEMON_RUNTIMES] = {.find = runtimes},
    [DAEMON_REGISTRY_CERTIFICATES] = {.find = registry_certificates},
    [DAEMON_TLS_CA] = {.find = tls_ca, .name = "tlscacert"},
    [DAEMON_TLS_CERTIFICATE] = {.find = tls_certificate, .name = "tlscert"},
    [DAEMON_TLS_KEY] = {.find = tls_key, .name = "tlskey"},
};

static bool daemon_files_find(struct search *s, enum daemon_file object)
{
    const struct path_finder *finder = &PATH_FINDERS[object];
    if (finder->find_rootless && s->is_rootless && !facts_is_podman(s->facts))
        return finder->find_rootless(s, finder->name);
    return finder->find(s, finder->name);
}

json_t *daemon_file_paths(const struct facts *f, enum daemon_file object, struct error *why)
{
    struct search s = {.facts = f, .paths = json_array(), .why = why};
    why->text[0] = '\0';
    s.is_rootless = daemon_is_rootless(f, &s.rootless);
    if (!f->host)
        error_set(why, "the host's files were not seen: %s", facts_why_no_files(f));
    else if (daemon_files_find(&s, object))
        return s.paths;
    json_decref(s.paths);
    return NULL;
}
