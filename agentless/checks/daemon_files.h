/* daemon_files.h: the files, folders and sockets of a Docker host that sections 1 and 3 speak of, found by
 * what is in force (the daemon's arguments and daemon.json, its units, /info), not by guessing. */
#ifndef AGENTLESS_CHECKS_DAEMON_FILES_H
#define AGENTLESS_CHECKS_DAEMON_FILES_H

#include "agentless/checks/check.h"
#include "agentless/checks/host_file.h"
#include "base/error.h"

enum daemon_file {
    DAEMON_DOCKERD,
    DAEMON_RUN_CONTAINERD,
    DAEMON_DATA_ROOT,
    DAEMON_CONFIG_FOLDER,
    DAEMON_SERVICE_UNIT,
    DAEMON_SOCKET_UNIT,
    DAEMON_ENGINE_SOCKETS,
    DAEMON_CONTAINERD_SOCKET,
    DAEMON_DEFAULT_DOCKER,
    DAEMON_SYSCONFIG_DOCKER,
    DAEMON_DAEMON_JSON,
    DAEMON_CONTAINERD_CONFIG,
    DAEMON_CONTAINERD,
    DAEMON_SHIM,
    DAEMON_SHIM_RUNC_V1,
    DAEMON_SHIM_RUNC_V2,
    DAEMON_RUNTIMES,
    DAEMON_REGISTRY_CERTIFICATES,
    DAEMON_TLS_CA,
    DAEMON_TLS_CERTIFICATE,
    DAEMON_TLS_KEY,
};

/* The paths of an object as an array of strings, owned by the caller. An empty array: there is none, and *why
 * says so. NULL: they are not known, and *why says what is missing. */
json_t *daemon_file_paths(const struct facts *facts, enum daemon_file object, struct error *why);

#endif
