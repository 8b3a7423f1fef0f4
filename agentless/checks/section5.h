/* section5.h: the judgements of section 5, by topic in the section5_*.c files; for section5.c's table only.
 */
#ifndef AGENTLESS_CHECKS_SECTION5_H
#define AGENTLESS_CHECKS_SECTION5_H

#include "agentless/checks/check.h"

judge_fn containers_no_swarm, containers_apparmor, containers_selinux, containers_capabilities,
    containers_not_privileged, containers_sensitive_mounts, containers_no_sshd, containers_privileged_ports,
    containers_published_ports, containers_host_network, containers_memory_limit, containers_cpu_limit,
    containers_read_only_root, containers_bound_interfaces, containers_restart_policy, containers_host_pid,
    containers_host_ipc, containers_host_devices, containers_ulimits, containers_shared_propagation,
    containers_host_uts, containers_seccomp, containers_privileged_exec, containers_root_exec,
    containers_cgroup_parent, containers_no_new_privileges, containers_health_check,
    containers_image_reference, containers_pids_limit, containers_on_default_bridge, containers_host_users,
    containers_engine_socket;

#endif
