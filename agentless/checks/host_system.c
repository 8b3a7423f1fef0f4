/* host_system.c: the host below the daemon: its disk and how hardened it is (1.1.1, 1.2.1). */
#include "agentless/facts/document.h"
#include "agentless/checks/topic.h"
#include "agentless/checks/daemon_config.h"
#include "agentless/checks/end_of_life.h"
#include "agentless/checks/daemon_files.h"
#include "agentless/checks/host_path.h"
#include "base/json.h"
#include "base/text.h"

#include <string.h>

/* --- 1.1.1 --- */

/* The mount that holds a path: the deepest mount point above it, the last one mounted there. */
static const json_t *mount_of(const json_t *mounts, const char *path)
{
    const json_t *best = NULL;
    size_t depth = 0;
    for (size_t i = 0; i < json_array_size(mounts); i++) {
        const json_t *mount = json_array_get(mounts, i);
        const char *point = json_text_at(mount, "point");
        if (point && path_within(path, point) && strlen(point) >= depth) {
            best = mount;
            depth = strlen(point);
        }
    }
    return best;
}

static void judge_root(const json_t *mounts, const char *root, struct finding *out)
{
    char path[1024];
    const json_t *top = mount_of(mounts, "/");
    if (!host_path(root, path, sizeof path)) {
        finding_item(out, STATUS_ERROR, "folder", root, "evidence missing: it is no absolute path");
        return;
    }
    const json_t *mount = mount_of(mounts, path);
    const char *point = json_text_at(mount, "point");
    finding_fact(out, "/proc/self/mountinfo", path, mount ? json_deep_copy(mount) : json_null());
    if (!mount || !top)
        finding_item(out, STATUS_ERROR, "folder", path, "evidence missing: the mount table does not hold it");
    else if (strcmp(point, "/") == 0)
        finding_item(out, STATUS_WARN, "folder", path, "is on the host's root file system");
    else if (text_same(json_text_at(mount, "device"), json_text_at(top, "device")))
        finding_item(out, STATUS_WARN, "folder", path,
                     "is mounted at %s from the root file system's own device", point);
    else if (strcmp(point, path) != 0 && !path_within("/var/lib/docker", point))
        finding_item(out, STATUS_PASS, "folder", path,
                     "is on the file system of %s, with whatever else is there", point);
}

/* With containerd's image store, images are in containerd's root. */
static bool containerd_store(const struct facts *f)
{
    const json_t *status = json_at(f->info, "DriverStatus");
    for (size_t i = 0; i < json_array_size(status); i++) {
        const json_t *pair = json_array_get(status, i);
        if (text_same(json_string_value(json_array_get(pair, 1)), "io.containerd.snapshotter.v1"))
            return true;
    }
    return false;
}

/* A containerd that dockerd starts for itself has its root below the data root. */
static bool own_containerd(const struct facts *f)
{
    static const char OWN[] = "/docker/containerd/containerd.sock";
    struct error why;
    json_t *sockets = daemon_file_paths(f, DAEMON_CONTAINERD_SOCKET, &why);
    const char *socket = json_string_value(json_array_get(sockets, 0));
    size_t length = socket ? strlen(socket) : 0;
    bool own = length >= sizeof OWN - 1 && strcmp(socket + length - (sizeof OWN - 1), OWN) == 0;
    json_decref(sockets);
    return own;
}

static void own_file_system(const struct facts *f, struct finding *out)
{
    const json_t *mounts = json_at(f->shell, "mounts");
    const char *root = json_text_at(f->info, "DockerRootDir");
    finding_info_fact(out, f, "DockerRootDir");
    if (!root)
        finding_say(out, STATUS_ERROR, "evidence missing: the engine does not say DockerRootDir");
    else if (!json_array_size(mounts))
        finding_say(out, STATUS_ERROR, "evidence missing: the host's mount table: %s",
                    f->shell ? "the probe did not see it" : facts_why_missing(f, PART_SHELL));
    else {
        judge_root(mounts, root, out);
        if (containerd_store(f) && !own_containerd(f))
            judge_root(mounts, "/var/lib/containerd", out);
    }
}

/* --- 1.2 --- */

static void host_hardened(const struct facts *f, struct finding *out)
{
    const char *system = json_text_at(f->shell, "os.PRETTY_NAME");
    const char *kernel = json_text_at(f->shell, "kernel");
    if (!system)
        system = json_text_at(f->info, "OperatingSystem");
    if (!kernel)
        kernel = json_text_at(f->info, "KernelVersion");
    if (!system && !kernel) {
        finding_say(out, STATUS_ERROR,
                    "evidence missing: neither a shell nor the engine told of the host's system: %s",
                    facts_why_missing(f, "info"));
        return;
    }
    const char *source = f->shell ? "shell" : "/info";
    finding_fact(out, source, "operating system", system ? json_text(system) : json_null());
    finding_fact(out, source, "kernel", kernel ? json_text(kernel) : json_null());
    finding_fact(out, "/info", "SecurityOptions", json_incref(json_at(f->info, "SecurityOptions")));
    const char *end = system_support_end(f);
    const char *collected = json_text_at(f->root, "collected");
    if (end)
        finding_fact(out, END_OF_LIFE_SOURCE, "the system's security support ends", json_text(end));
    if (json_true_at(f->shell, "reboot_required"))
        finding_fact(out, "/run/reboot-required", "reboot required", json_true());
    finding_say(
        out, STATUS_NOTE, "for a person to judge: %.120s, %.60s%s%s%s", text_or(system, "unknown system"),
        text_or(kernel, "unknown kernel"),
        text_if(ended_before(end, collected), "; its security support ended on "),
        ended_before(end, collected) ? end : "",
        text_if(json_true_at(f->shell, "reboot_required"), "; it waits for a reboot to take in updates"));
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("1.1.1"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO,
     .judge = own_file_system,
     .title = "Docker's data root is on a file system of its own",
     .rationale = "Images and logs that fill the disk then do not take the host down with them.",
     .evidence = "/info DockerRootDir and the host's mount table",
     .judged = "PASS when the deepest mount above the data root is not / and not of /'s device; with "
               "containerd's image store and a containerd that is not dockerd's own, its root as well. WARN "
               "when it is on the root file system or a bind mount of it. ERROR without a mount table.",
     .remedy = "Put the data root on its own logical volume before the first start of Docker."},
    {.id = SAME_ID("1.2.1"),
     .assessment = "MMM",
     .level = 1,
     .needs = 0,
     .judge = host_hardened,
     .title = "The host is hardened",
     .rationale = "A container's walls are the host's kernel: its patches, its accounts and its services "
                  "decide how good "
                  "they are.",
     .evidence = "kernel, operating system and security modules, for a person to judge",
     .judged = "NOTE: a person judges; kernel, system, the end of its security support and security modules "
               "are given as evidence.",
     .remedy =
         "Follow the benchmark of the distribution; keep the kernel current; remove what is not needed."},
};

const struct check_topic TOPIC_HOST_SYSTEM = CHECK_TOPIC(CHECKS);
