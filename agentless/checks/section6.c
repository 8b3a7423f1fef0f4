/* section6.c: operations: images and containers that pile up. */
#include "agentless/checks/catalog.h"
#include "base/json.h"

/* 6.1 */
static void image_sprawl(const struct facts *f, struct finding *out)
{
    struct image image;
    size_t total = 0, unused = 0, dangling = 0;
    json_int_t bytes = 0, size;
    if (!f->containers) {
        finding_say(out, STATUS_ERROR, "evidence missing: the engine's containers: %s",
                    facts_why_missing(f, "containers"));
        return;
    }
    for_each_image(f, image)
    {
        total++;
        if (image.used)
            continue;
        unused++;
        dangling += image.dangling;
        if (json_integer_at(image.listed, "Size", &size))
            bytes += size;
        finding_image(out, STATUS_INFO, &image, "no container was made from it");
    }
    finding_fact(out, "/images/json", "without a container", json_integer((json_int_t)unused));
    finding_fact(out, "/images/json", "bytes of those (layers that are shared counted each time)",
                 json_integer(bytes));
    if (unused)
        finding_say(out, STATUS_INFO,
                    "%zu of %zu images are used by no container (%zu without a tag), %lld MB", unused, total,
                    dangling, (long long)bytes / 1000000);
}

/* 6.2 */
static void container_sprawl(const struct facts *f, struct finding *out)
{
    struct container c;
    size_t total = 0, stopped = 0;
    for_each_container(f, c)
    {
        const char *finished = json_text_at(c.inspect, "State.FinishedAt");
        total++;
        if (c.running)
            continue;
        stopped++;
        if (finished && *finished != '0')
            finding_container(out, STATUS_INFO, &c, "stopped at %.19s", finished);
        else
            finding_container(out, STATUS_INFO, &c, "was never started");
    }
    finding_fact(out, "/containers/json", "not running", json_integer((json_int_t)stopped));
    if (stopped)
        finding_say(out, STATUS_INFO, "%zu of %zu containers do not run", stopped, total);
}

const struct check SECTION_6[] = {
    {SAME_ID("6.1"), "MMM", 1, NEED_IMAGES, image_sprawl, "There is no sprawl of images",
     "Old images are run again by mistake, with all their faults, and fill the disk.",
     "images that no container uses, dangling ones, bytes", "docker image prune -a, on a schedule."},
    {SAME_ID("6.2"), "MMM", 1, NEED_CONTAINERS, container_sprawl, "There is no sprawl of containers",
     "Stopped containers hold data and secrets, and can be started again.",
     "stopped versus running containers", "docker container prune, on a schedule."},
};
const size_t SECTION_6_COUNT = sizeof SECTION_6 / sizeof *SECTION_6;
