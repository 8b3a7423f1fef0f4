/* catalog.c: all checks, in the order of their ids, put together from the topics' own tables. */
#include "agentless/checks/catalog.h"
#include "agentless/checks/topic.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

extern const struct check_topic TOPIC_AUDIT_TRAIL, TOPIC_HOST_SYSTEM, TOPIC_ENGINE_VERSION,
    TOPIC_DAEMON_USERS, TOPIC_DAEMON_NETWORK, TOPIC_DAEMON_STORAGE, TOPIC_DAEMON_PRIVILEGES,
    TOPIC_DAEMON_OPERATION, TOPIC_FILE_PERMISSIONS, TOPIC_CONTAINER_USER, TOPIC_IMAGES,
    TOPIC_CONTAINER_CONFINEMENT, TOPIC_CONTAINER_PRIVILEGES, TOPIC_CONTAINER_MOUNTS,
    TOPIC_CONTAINER_PROCESSES, TOPIC_CONTAINER_NETWORK, TOPIC_CONTAINER_NAMESPACES, TOPIC_CONTAINER_LIMITS,
    TOPIC_CONTAINER_LIFECYCLE, TOPIC_CONTAINER_CONTENT, TOPIC_SWARM, TOPIC_CONNECTION;

static const struct check_topic *const TOPICS[] = {
    &TOPIC_AUDIT_TRAIL,
    &TOPIC_HOST_SYSTEM,
    &TOPIC_ENGINE_VERSION,
    &TOPIC_DAEMON_USERS,
    &TOPIC_DAEMON_NETWORK,
    &TOPIC_DAEMON_STORAGE,
    &TOPIC_DAEMON_PRIVILEGES,
    &TOPIC_DAEMON_OPERATION,
    &TOPIC_FILE_PERMISSIONS,
    &TOPIC_CONTAINER_USER,
    &TOPIC_IMAGES,
    &TOPIC_CONTAINER_CONFINEMENT,
    &TOPIC_CONTAINER_PRIVILEGES,
    &TOPIC_CONTAINER_MOUNTS,
    &TOPIC_CONTAINER_PROCESSES,
    &TOPIC_CONTAINER_NETWORK,
    &TOPIC_CONTAINER_NAMESPACES,
    &TOPIC_CONTAINER_LIMITS,
    &TOPIC_CONTAINER_LIFECYCLE,
    &TOPIC_CONTAINER_CONTENT,
    &TOPIC_SWARM,
    &TOPIC_CONNECTION,
};
#define TOPIC_COUNT (sizeof TOPICS / sizeof *TOPICS)

/* All checks in the order of their ids: filled once, then only read. */
enum { CHECKS_MAX = 256 };
static const struct check *catalog[CHECKS_MAX];
static size_t catalog_size;
static once_flag catalog_filled = ONCE_FLAG_INIT;

/* The id that a check is sorted by, and shown by where the newest benchmark has no such check. */
static const char *catalog_id(const struct check *check)
{
    for (size_t b = BENCHMARK_COUNT; b > 0; b--)
        if (check->id[b - 1])
            return check->id[b - 1];
    return "";
}

/* By number, part by part; "X" comes last. Of two with one id the older benchmark's comes first. */
static int compare_checks(const void *a, const void *b)
{
    const struct check *const *one = a, *const *other = b;
    int result = strverscmp(catalog_id(*one), catalog_id(*other));
    return result ? result
                  : ((*one)->id[BENCHMARK_NEWEST] != NULL) - ((*other)->id[BENCHMARK_NEWEST] != NULL);
}

static void fill_catalog(void)
{
    for (size_t t = 0; t < TOPIC_COUNT; t++)
        for (size_t i = 0; i < TOPICS[t]->count && catalog_size < CHECKS_MAX; i++)
            catalog[catalog_size++] = &TOPICS[t]->checks[i];
    qsort(catalog, catalog_size, sizeof *catalog, compare_checks);
}

static const char *const SECTIONS[] = {"Host configuration",
                                       "Docker daemon configuration",
                                       "Docker daemon configuration files",
                                       "Container images and build files",
                                       "Container runtime",
                                       "Docker security operations",
                                       "Docker swarm configuration",
                                       "Beyond the benchmark"};
#define SECTION_TOTAL (sizeof SECTIONS / sizeof *SECTIONS)

const char *section_title(int section)
{
    return section >= 1 && section <= (int)SECTION_TOTAL ? SECTIONS[section - 1] : "";
}

const char *section_name(int section)
{
    static const char *const NAMES[] = {"", "1", "2", "3", "4", "5", "6", "7", "X"};
    return section >= 1 && section <= SECTION_BEYOND ? NAMES[section] : "";
}

int section_number(const char *name)
{
    int section = SECTION_BEYOND;
    while (section && strcmp(section_name(section), name) != 0)
        section--;
    return section;
}

const struct check *catalog_at(size_t n)
{
    call_once(&catalog_filled, fill_catalog);
    return n < catalog_size ? catalog[n] : NULL;
}

size_t catalog_count(void)
{
    call_once(&catalog_filled, fill_catalog);
    return catalog_size;
}

const struct check *catalog_find(enum benchmark benchmark, const char *id)
{
    char plain[32];
    const struct check *check;
    bool spelled = text_starts(id, "check_");
    snprintf(plain, sizeof plain, "%s", spelled ? id + strlen("check_") : id);
    for (char *p = plain; spelled && *p; p++)
        if (*p == '_')
            *p = '.';
    for (size_t n = 0; (check = catalog_at(n)); n++)
        if (check->id[benchmark] && strcmp(check->id[benchmark], plain) == 0)
            return check;
    return NULL;
}

int check_section(const struct check *check, enum benchmark benchmark)
{
    const char *id = check->id[benchmark];
    if (!id)
        return 0;
    return *id == 'X' ? SECTION_BEYOND : (int)strtol(id, NULL, 10);
}

const char *check_assessment(const struct check *check, enum benchmark benchmark)
{
    return check->assessment[benchmark] == 'A' ? "Automated" : "Manual";
}

static const char *const BENCHMARKS[BENCHMARK_COUNT] = {"1.6.0", "1.7.0", "1.8.0"};

const char *benchmark_name(enum benchmark benchmark)
{
    return BENCHMARKS[benchmark];
}

bool benchmark_parse(const char *name, enum benchmark *benchmark)
{
    if (text_starts(name, "cis-"))
        name += strlen("cis-");
    if (*name == 'v')
        name++;
    for (size_t i = 0; i < BENCHMARK_COUNT; i++)
        if (strcmp(name, BENCHMARKS[i]) == 0) {
            *benchmark = (enum benchmark)i;
            return true;
        }
    return false;
}
