/* daemon_storage.c: the daemon's storage driver (2.6, 2.7, 2.12). */
#include "agentless/checks/topic.h"
#include "agentless/checks/daemon_config.h"
#include "base/json.h"
#include "base/text.h"

#include <string.h>

static void driver_is_not(const struct facts *f, struct finding *out, const char *bad, const char *why)
{
    const char *driver = json_text_at(f->info, "Driver");
    if (!driver) {
        finding_has_info(f, out, "Driver");
        return;
    }
    finding_info_fact(out, f, "Driver");
    if (strcmp(driver, bad) == 0)
        finding_say(out, STATUS_WARN, "the storage driver is %s, %s", bad, why);
}

/* 2.6 */
static void no_aufs(const struct facts *f, struct finding *out)
{
    driver_is_not(f, out, "aufs", "which was never part of the kernel and left Docker in 24.0");
}

/* 2.7, new in 1.8.0 */
static void no_devicemapper(const struct facts *f, struct finding *out)
{
    driver_is_not(f, out, "devicemapper", "which was deprecated and left Docker in 25.0");
}

/* 2.12. Only devicemapper has a base device. */
static void base_size(const struct facts *f, struct finding *out)
{
    const char *driver = json_text_at(f->info, "Driver");
    if (!driver) {
        finding_has_info(f, out, "Driver");
        return;
    }
    finding_info_fact(out, f, "Driver");
    if (strcmp(driver, "devicemapper") != 0)
        return;
    struct setting_value v = daemon_setting(f, "storage-opt");
    if (v.knowledge == SETTING_UNKNOWN) {
        setting_unknown(out, "storage-opt", &v);
        return;
    }
    finding_setting(out, "storage-opt", &v);
    for (size_t i = 0; i < json_array_size(v.value); i++) {
        const char *option = json_string_value(json_array_get(v.value, i));
        if (option && text_starts(option, "dm.basesize"))
            finding_say(out, STATUS_WARN, "the base device size is changed: %s", option);
    }
}

static const struct check CHECKS[] = {
    {.id = SAME_ID("2.6"),
     .assessment = "MMM",
     .level = 1,
     .needs = NEED_INFO,
     .judge = no_aufs,
     .title = "The storage driver is not aufs",
     .rationale = "aufs is outside the kernel, unmaintained, and known for crashes.",
     .evidence = "/info Driver",
     .judged = "WARN when /info Driver is aufs.",
     .remedy = "\"storage-driver\": \"overlay2\" in daemon.json; images have to be pulled again."},
    {.id = {NULL, NULL, "2.7"},
     .assessment = "--M",
     .level = 1,
     .needs = NEED_INFO,
     .judge = no_devicemapper,
     .title = "The storage driver is not devicemapper",
     .rationale = "devicemapper is deprecated, gone from current engines, and its loop-back mode loses data.",
     .evidence = "/info Driver",
     .judged = "WARN when /info Driver is devicemapper.",
     .remedy = "\"storage-driver\": \"overlay2\" in daemon.json; images have to be pulled again."},
    {.id = {"2.11", "2.11", "2.12"},
     .assessment = "MMM",
     .level = 2,
     .needs = NEED_INFO | NEED_DOCKERD,
     .judge = base_size,
     .title = "The base device size is not changed",
     .rationale = "A larger base device lets every container fill more of the disk.",
     .evidence = "/info Driver; storage-opt dm.basesize",
     .judged = "PASS unless the driver is devicemapper with dm.basesize changed.",
     .remedy = "Remove dm.basesize from the storage options."},
};

const struct check_topic TOPIC_DAEMON_STORAGE = CHECK_TOPIC(CHECKS);
