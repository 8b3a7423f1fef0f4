/* section6.c: operations. The rows are complete; their judgement is not written yet, so they are
 * reported as not judged, never as passed. */
#include "agentless/checks/catalog.h"

const struct check SECTION_6[] = {
    {SAME_ID("6.1"), "MMM", 1, 0, NULL, "There is no sprawl of images",
     "Old images are run again by mistake, with all their faults, and fill the disk.",
     "images that no container uses, dangling ones, bytes", "docker image prune -a, on a schedule."},
    {SAME_ID("6.2"), "MMM", 1, 0, NULL, "There is no sprawl of containers",
     "Stopped containers hold data and secrets, and can be started again.",
     "stopped versus running containers", "docker container prune, on a schedule."},
};
const size_t SECTION_6_COUNT = sizeof SECTION_6 / sizeof *SECTION_6;
