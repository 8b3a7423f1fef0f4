/* section1.c: the host. The rows are complete; their judgement is not written yet, so they are
 * reported as not judged, never as passed. */
#include "agentless/checks/catalog.h"

const struct check SECTION_1[] = {
    {SAME_ID("1.1.1"), "MMM", 1, 0, NULL, "Docker's data root is on a file system of its own",
     "Images and logs that fill the disk then do not take the host down with them.",
     "/info DockerRootDir and the host's mount table",
     "Put the data root on its own logical volume before the first start of Docker."},
    {SAME_ID("1.1.2"), "MMM", 1, 0, NULL, "Only trusted users may control the daemon",
     "Who may talk to the socket can start a container with / mounted: it is root without a password.",
     "members of the group that owns the engine's socket, by group and by primary group",
     "gpasswd -d USER docker, for everyone who need not be root."},
    {SAME_ID("1.1.3"), "AAA", 1, 0, NULL, "Changes to the Docker daemon's program are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of dockerd",
     "auditctl -w PATH -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.4"), "AMM", 1, 0, NULL, "Changes to /run/containerd are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of /run/containerd",
     "auditctl -w PATH -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.5"), "MMM", 1, 0, NULL, "Changes to Docker's data root are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of the data root "
     "(normally /var/lib/docker)",
     "auditctl -w PATH -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.6"), "AAA", 1, 0, NULL, "Changes to /etc/docker are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of /etc/docker",
     "auditctl -w PATH -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.7"), "AAA", 2, 0, NULL, "Changes to docker.service are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of the unit file "
     "docker.service and its drop-ins",
     "auditctl -w PATH -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.8"), "AAA", 2, 0, NULL, "Changes to containerd.sock are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of containerd's "
     "socket",
     "auditctl -w PATH -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.9"), "AAA", 2, 0, NULL,
     "Changes to docker.socket (1.6.0) or docker.sock (from 1.7.0 on) are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of the socket unit, "
     "or the socket it listens on",
     "auditctl -w PATH -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.10"), "AAA", 2, 0, NULL, "Changes to /etc/default/docker are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of "
     "/etc/default/docker and the unit's environment files",
     "auditctl -w PATH -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.11"), "AAA", 2, 0, NULL, "Changes to daemon.json are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of the daemon.json "
     "in use",
     "auditctl -w PATH -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.12"), "AAA", 2, 0, NULL, "Changes to containerd's config.toml are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of "
     "/etc/containerd/config.toml",
     "auditctl -w PATH -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.13"), "AAA", 2, 0, NULL, "Changes to /etc/sysconfig/docker are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of "
     "/etc/sysconfig/docker",
     "auditctl -w PATH -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.14"), "AAA", 2, 0, NULL, "Changes to containerd's program are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of containerd",
     "auditctl -w PATH -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.15"), "MAA", 2, 0, NULL, "Changes to containerd-shim are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of containerd-shim",
     "auditctl -w PATH -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.16"), "MMM", 2, 0, NULL, "Changes to containerd-shim-runc-v1 are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of "
     "containerd-shim-runc-v1",
     "auditctl -w PATH -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.17"), "MAA", 2, 0, NULL, "Changes to containerd-shim-runc-v2 are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of "
     "containerd-shim-runc-v2",
     "auditctl -w PATH -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.1.18"), "MAA", 2, 0, NULL, "Changes to runc are audited",
     "Who changes or uses it can take over the daemon; the audit trail is what tells who it was.",
     "loaded audit rules, else /etc/audit/audit.rules and rules.d, against the real path of runc, and every "
     "other runtime of /info",
     "auditctl -w PATH -k docker, and the same line in /etc/audit/rules.d/docker.rules."},
    {SAME_ID("1.2.1"), "MMM", 1, 0, NULL, "The host is hardened",
     "A container's walls are the host's kernel: its patches, its accounts and its services decide how good "
     "they are.",
     "kernel, operating system and security modules, for a person to judge",
     "Follow the benchmark of the distribution; keep the kernel current; remove what is not needed."},
    {SAME_ID("1.2.2"), "MMM", 1, 0, NULL, "The version of Docker is current",
     "Known faults of old versions are how containers are left.",
     "/info ServerVersion against a floor and the dates of support", "Update to a supported release."},
};
const size_t SECTION_1_COUNT = sizeof SECTION_1 / sizeof *SECTION_1;
