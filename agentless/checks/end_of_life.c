/* end_of_life.c: see end_of_life.h. A branch or release that is not in the tables is not judged by them. */
#include "agentless/checks/end_of_life.h"
#include "base/json.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char END_OF_LIFE_AS_OF[] = "2026-04-23";
const char END_OF_LIFE_SOURCE[] =
    "endoflife.date: docker-engine, debian, ubuntu, and the distributions' own pages";

/* Docker Engine, as major * 100 + minor; from 27 on a major is one branch. 25.0, 28 and 29 had no end
 * announced (project/BRANCHES-AND-TAGS.md of moby). */
static const struct {
    int branch;
    const char *end;
} ENGINES[] = {
    {1803, "2018-05-10"}, {1806, "2018-12-08"}, {1809, "2019-08-22"}, {1903, "2021-01-08"},
    {2010, "2023-12-10"}, {2300, "2025-05-19"}, {2400, "2024-06-08"}, {2600, "2024-06-08"},
    {2601, "2025-02-17"}, {2700, "2025-05-03"},
};

static const struct {
    const char *id, *version, *end;
} SYSTEMS[] = {
    {"debian", "9", "2022-07-01"},     {"debian", "10", "2024-06-30"},    {"debian", "11", "2026-08-31"},
    {"debian", "12", "2028-06-30"},    {"debian", "13", "2030-06-30"},    {"ubuntu", "16.04", "2021-04-02"},
    {"ubuntu", "18.04", "2023-05-31"}, {"ubuntu", "20.04", "2025-05-31"}, {"ubuntu", "22.04", "2027-04-01"},
    {"ubuntu", "23.04", "2024-01-20"}, {"ubuntu", "23.10", "2024-07-12"}, {"ubuntu", "24.04", "2029-05-31"},
    {"ubuntu", "24.10", "2025-07-10"}, {"ubuntu", "25.04", "2026-01-17"}, {"ubuntu", "25.10", "2026-07-01"},
    {"ubuntu", "26.04", "2031-04-30"}, {"centos", "7", "2024-06-30"},     {"centos", "8", "2021-12-31"},
    {"almalinux", "8", "2029-03-01"},  {"almalinux", "9", "2032-05-31"},  {"almalinux", "10", "2035-05-31"},
    {"rocky", "8", "2029-05-31"},      {"rocky", "9", "2032-05-31"},      {"rocky", "10", "2035-05-31"},
};

const char *engine_end_of_life(int version)
{
    if (version && version < ENGINES[0].branch)
        return ENGINES[0].end;
    int branch = version >= 2700 ? version / 100 * 100 : version;
    for (size_t i = 0; i < sizeof ENGINES / sizeof *ENGINES; i++)
        if (ENGINES[i].branch == branch)
            return ENGINES[i].end;
    return NULL;
}

/* "8" is the release of "8.10" too, where releases are numbered so; "18.04" is one of its own. */
static bool same_release(const char *release, const char *version)
{
    size_t length = strlen(release);
    return strncmp(version, release, length) == 0 &&
           (!version[length] || (version[length] == '.' && !strchr(release, '.')));
}

const char *system_end_of_life(const char *id, const char *version)
{
    for (size_t i = 0; id && version && i < sizeof SYSTEMS / sizeof *SYSTEMS; i++)
        if (strcmp(SYSTEMS[i].id, id) == 0 && same_release(SYSTEMS[i].version, version))
            return SYSTEMS[i].end;
    return NULL;
}

bool ended_before(const char *date, const char *moment)
{
    return date && moment && strncmp(date, moment, strlen("YYYY-MM-DD")) < 0;
}

bool end_of_life_is_old(const char *moment)
{
    int year, month, day, of_year, of_month, of_day;
    if (!moment || sscanf(moment, "%4d-%2d-%2d", &year, &month, &day) != 3 ||
        sscanf(END_OF_LIFE_AS_OF, "%4d-%2d-%2d", &of_year, &of_month, &of_day) != 3)
        return false;
    return (year - of_year) * 372 + (month - of_month) * 31 + day - of_day > 372;
}

const char *system_support_end(const struct facts *f)
{
    return system_end_of_life(json_text_at(f->host, "os.ID"), json_text_at(f->host, "os.VERSION_ID"));
}
