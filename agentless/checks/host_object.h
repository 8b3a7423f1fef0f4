/* host_object.h: the files, folders and sockets of a Docker host that sections 1 and 3 speak of, found by
 * what is in force (the daemon's arguments and daemon.json, its units, /info), not by guessing. */
#ifndef AGENTLESS_CHECKS_HOST_OBJECT_H
#define AGENTLESS_CHECKS_HOST_OBJECT_H

#include "agentless/checks/check.h"

enum object {
    OBJECT_DOCKERD,
    OBJECT_RUN_CONTAINERD,
    OBJECT_DATA_ROOT,
    OBJECT_CONFIG_FOLDER,
    OBJECT_SERVICE_UNIT,
    OBJECT_SOCKET_UNIT,
    OBJECT_ENGINE_SOCKETS,
    OBJECT_CONTAINERD_SOCKET,
    OBJECT_DEFAULT_DOCKER,
    OBJECT_SYSCONFIG_DOCKER,
    OBJECT_DAEMON_JSON,
    OBJECT_CONTAINERD_CONFIG,
    OBJECT_CONTAINERD,
    OBJECT_SHIM,
    OBJECT_SHIM_RUNC_V1,
    OBJECT_SHIM_RUNC_V2,
    OBJECT_RUNTIMES,
    OBJECT_REGISTRY_CERTIFICATES,
    OBJECT_TLS_CA,
    OBJECT_TLS_CERTIFICATE,
    OBJECT_TLS_KEY,
};

/* The paths of an object as an array of strings, owned by the caller. An empty array: there is none, and *why
 * says so. NULL: they are not known, and *why says what is missing. */
json_t *host_object_paths(const struct facts *facts, enum object object, char *why, size_t why_size);

enum file_state { FILE_UNSEEN, FILE_ABSENT, FILE_DENIED, FILE_PRESENT };

/* What was seen of a path: {"mode", "uid", "gid", "type", "target"} for a present one. */
enum file_state host_file(const struct facts *facts, const char *path, const json_t **file);

#endif
