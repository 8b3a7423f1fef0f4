/* judgement.c: how each check is judged, in a sentence or two, for `muster explain` and docs/checks.md. A
 * row's id may be a glob; the first row that matches counts. */
#include "agentless/checks/check.h"
#include "base/text.h"

static const struct row {
    const char *id; /* of the newest benchmark */
    const char *text;
} ROWS[] = {
    {"1.1.1", "PASS when the deepest mount above the data root is not / and not of /'s device; with "
              "containerd's image store and a containerd that is not dockerd's own, its root as well. WARN "
              "when it is on the root file system or a bind mount of it. ERROR without a mount table."},
    {"1.1.2", "Members of the socket's group by gid (supplementary and primary), the user of a rootless "
              "daemon, and other names for uid 0. Without --trusted-users INFO with the list; with it WARN "
              "for each who is not named there exactly."},
    {"1.1.*", "PASS when a rule with action always, for writes and attribute changes of all users, names the "
              "object or a folder "
              "above it; loaded rules decide, else the rule files, and then that is said. WARN when no rule "
              "does, when an "
              "earlier rule excludes it, or when auditing is off. INFO when the object does not exist. ERROR "
              "when neither loaded "
              "rules nor files may be read."},
    {"1.2.1", "NOTE: a person judges; kernel, system, the end of its security support and security modules "
              "are given as evidence."},
    {"1.2.2", "WARN below --min-engine, or when the branch is past its end of life by a dated table (INFO "
              "for a distribution's own build, which it mends, until its own support ends). Otherwise INFO, "
              "or PASS where a floor was given. The table says so when it is more than a year old."},
    {"2.1", "PASS when /info lists rootless; otherwise INFO, since few workloads can move at once."},
    {"2.2", "PASS when the default bridge has enable_icc=false or does not exist; WARN when it is true."},
    {"2.3", "PASS for log level info or unset; WARN for any other, or when /info says Debug."},
    {"2.4", "PASS unless iptables is false in the effective configuration."},
    {"2.5", "WARN for each insecure registry and each insecure address range other than the loopback ranges "
            "that engines "
            "always list."},
    {"2.6", "WARN when /info Driver is aufs."},
    {"2.7", "WARN when /info Driver is devicemapper."},
    {"2.8", "WARN for each TCP listener that the engine itself calls unprotected, or that a socket unit "
            "opens; on engines that "
            "do not tell, by hosts and tlsverify of the effective configuration."},
    {"2.9", "PASS when default ulimits are set, else INFO."},
    {"2.10", "PASS when /info lists userns, INFO when rootless, else WARN."},
    {"2.11", "PASS when no cgroup parent is set, else INFO to confirm."},
    {"2.12", "PASS unless the driver is devicemapper with dm.basesize changed."},
    {"2.13", "PASS when an authorization plugin is loaded, else WARN."},
    {"2.14", "PASS for drivers that ship logs elsewhere, WARN for those that keep them on the host."},
    {"2.15", "PASS when new privileges are off by default, from /info where it tells (24.0 on), else from "
             "the effective "
             "configuration; every spelling of false counts as false."},
    {"2.16", "PASS when live restore is on, WARN when off; INFO in swarm mode, which does not support it."},
    {"2.17", "PASS when the userland proxy is off, else WARN."},
    {"2.18", "PASS for the default profile (called default or builtin) or a named one; WARN when unconfined "
             "or without seccomp."},
    {"2.19", "WARN when /info says ExperimentalBuild."},
    {"3.7", "WARN for each file below certs.d whose owner is not 0:0. INFO when there is none."},
    {"3.8",
     "WARN for each file below certs.d with bits beyond 444 (keys: beyond 600). INFO when there is none."},
    {"3.15", "PASS for root and the group the daemon is configured with (docker by default), or root:root, "
             "which is stricter; INFO for a rootless daemon's own user."},
    {"3.*", "Owners are compared by number, modes by their bits (mode & ~limit must be 0, setuid counts), on "
            "the target of links, for every file concerned. Of a rootless engine its user's own files are "
            "judged (docker/daemon.json and systemd/user in ~/.config, ~/.docker), and INFO where they are "
            "that user's. INFO when none exists; ERROR for one that may not be looked at."},
    {"4.1", "The effective uid of the first process decides, from /proc or /top; for a stopped container its "
            "configured user, "
            "root by any spelling. INFO where root is so only in a user namespace."},
    {"4.2", "With --trusted-registries WARN for each image of another registry, by whole name; without, NOTE "
            "with the "
            "registries in use."},
    {"4.3", "NOTE: the engine does not know packages."},
    {"4.4", "NOTE, with the oldest image in use."},
    {"4.5",
     "NOTE, never WARN: content trust is a setting of clients, and Docker Hub's Notary ends on 2026-12-08."},
    {"4.6", "WARN for each image in use without a health check, or with one switched off (NONE); INFO for "
            "unused images. Podman's own API is asked for it; ERROR where it does not answer."},
    {"4.7",
     "WARN when a step refreshes a package index and nothing is installed or upgraded in the same step."},
    {"4.8", "NOTE: files inside layers are not read."},
    {"4.9", "WARN for an ADD instruction other than the one that brings a base image's root file system."},
    {"4.10",
     "WARN for names and shapes of secrets in history and environment; the name is shown, never the value."},
    {"4.11",
     "WARN when a step switches verification off (--allow-unauthenticated, --nogpgcheck, ...); else NOTE."},
    {"4.12", "NOTE: the engine does not keep what verified an artefact."},
    {"5.1", "WARN when swarm mode is active and not expected (--expect-swarm)."},
    {"5.2",
     "Only where the engine has AppArmor (else INFO): WARN for unconfined, privileged or without a profile."},
    {"5.3",
     "Only where the engine has SELinux (else INFO): WARN for label=disable, privileged or without a label."},
    {"5.4", "WARN for capabilities beyond the default set, by any spelling, ALL or privileged, or in force "
            "though not configured; INFO when NET_RAW is kept. Podman has another default set: its own API "
            "tells what is left, else ERROR."},
    {"5.5", "WARN for HostConfig.Privileged, running or not."},
    {"5.6", "WARN for a writable mount of, above or below a sensitive folder, by path components, also "
            "through local volumes "
            "with a device; INFO for a read-only one."},
    {"5.7", "WARN when an ssh server is among the container's processes; running containers only, not one "
            "between two starts."},
    {"5.8", "WARN for a published host port below 1024, also a swarm service's; one in mode host counts "
            "where its task is."},
    {"5.9", "INFO with each published port; PASS when there is none."},
    {"5.10", "WARN for the host's network, also through a chain of container:NAME. INFO under a rootless "
             "dockerd, whose containers share the engine's network."},
    {"5.11", "WARN without a memory limit, or with one the host does not enforce."},
    {"5.12", "WARN when no CPU limit is set by any of its options; CpuShares 1024 is the default and none."},
    {"5.13", "WARN unless ReadonlyRootfs is true."},
    {"5.14", "WARN for a port published on all addresses, IPv4 or IPv6, also by a swarm service; one in mode "
             "host counts where its task is."},
    {"5.15", "WARN for always, unless-stopped, and on-failure without or with more than 5 tries; INFO for "
             "swarm tasks."},
    {"5.16", "WARN for the host's process namespace, also through a chain of container:NAME."},
    {"5.17", "WARN for the host's IPC namespace, also through a chain of container:NAME."},
    {"5.18", "WARN for devices, device requests (GPUs, CDI) and device cgroup rules. ERROR for rootless "
             "Podman, which does not list devices."},
    {"5.19", "INFO for each override of the daemon's ulimits; INFO for Podman, which does not tell overrides "
             "from defaults."},
    {"5.20", "WARN for mounts with propagation shared or rshared."},
    {"5.21", "WARN for the host's UTS namespace."},
    {"5.22", "WARN for seccomp=unconfined, or no filter in force by /proc."},
    {"5.23", "WARN for a live exec with privileges; else NOTE, since past ones leave no trace."},
    {"5.24", "WARN for a live exec as root; else NOTE, since past ones leave no trace."},
    {"5.25", "INFO for each container with a cgroup parent of its own."},
    {"5.26", "PASS when the last word on no-new-privileges is true, or the kernel says so; WARN otherwise."},
    {"5.27", "WARN for running containers without a health check, or unhealthy."},
    {"5.28", "INFO for containers made from a tag, which can be moved; PASS for digests and image ids."},
    {"5.29", "WARN without a limit on processes (0, -1 or none)."},
    {"5.30", "WARN for containers on the default bridge, whatever its name."},
    {"5.31", "WARN for UsernsMode host."},
    {"5.32", "WARN when a mount is, or contains, a socket of the engine, containerd or Podman: the one that "
             "was asked, those that the engine names, and the usual places."},
    {"6.1", "INFO with images no container uses, those without a tag, and bytes; PASS when all are used."},
    {"6.2", "INFO with each container that does not run; PASS when all do."},
    {"7.1", "Managers: 1, 3, 5 or 7 pass (1 with a remark); an even count or more than 7 is WARN. Judged on "
            "managers."},
    {"7.2", "WARN when the listen address in docker-state.json is every interface."},
    {"7.3", "WARN for each overlay network without the option encrypted, the routing mesh's included."},
    {"7.4", "WARN for secret-looking names in services' environments; PASS when secrets are used."},
    {"7.5", "PASS when managers are locked, WARN when not. The unlock key is never asked for."},
    {"7.6", "NOTE; INFO where managers are not locked, and so have no key."},
    {"7.7", "WARN when node certificates last longer than 90 days."},
    {"7.8", "NOTE with the validity of the swarm's CA certificate."},
    {"7.9", "WARN when no data path address is set, or it is the advertise address."},
    {"X.5", "Files written or deleted since the container was made, without noise: INFO with counts; WARN "
            "when programs, "
            "accounts, jobs or login keys are among them."},
    {"X.6", "WARN for secret-looking variables, by name and by the shape of the value."},
    {"X.7", "WARN when unhealthy while it runs, restarting, or restarted 5 times or more."},
    {"X.8", "WARN when the engine answers without TLS; INFO when it was not asked."},
    {"X.9", "WARN when the certificate ends within 30 days or has ended, has less than RSA 2048, or is "
            "signed with SHA-1 or MD5."},
    {"X.10", "WARN for DSA or short RSA host keys, or version 1 of the protocol. INFO when muster did not "
             "come over ssh."},
    {"X.11",
     "WARN for a setting given both as an argument and in daemon.json, for a daemon.json that was changed "
     "after dockerd started or says another thing than /info, and for a docker.service that systemd "
     "has not reloaded or that gives other arguments than the running dockerd has. ERROR when the "
     "arguments or the file could not be read and nothing was found without them."},
    {"X.*", "WARN for containers that have the capability by --cap-add, ALL or --privileged; INFO where "
            "their user namespace confines it."},
};

const char *check_judgement(const struct check *check)
{
    const char *id = check->id[BENCHMARK_NEWEST] ? check->id[BENCHMARK_NEWEST] : check->id[BENCHMARK_1_6_0];
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        if (text_glob(ROWS[i].id, id))
            return ROWS[i].text;
    return "";
}
