/* catalog.c: the one table of all checks, put together from the sections' own. */
#include "agentless/checks/catalog.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct section {
    const char *title;
    const struct check *checks;
    const size_t *count;
} SECTIONS[] = {
    {"Host configuration", SECTION_1, &SECTION_1_COUNT},
    {"Docker daemon configuration", SECTION_2, &SECTION_2_COUNT},
    {"Docker daemon configuration files", SECTION_3, &SECTION_3_COUNT},
    {"Container images and build files", SECTION_4, &SECTION_4_COUNT},
    {"Container runtime", SECTION_5, &SECTION_5_COUNT},
    {"Docker security operations", SECTION_6, &SECTION_6_COUNT},
    {"Docker swarm configuration", SECTION_7, &SECTION_7_COUNT},
    {"Beyond the benchmark", SECTION_X, &SECTION_X_COUNT},
};
#define SECTION_TOTAL (sizeof SECTIONS / sizeof *SECTIONS)

const char *section_title(int section)
{
    return section >= 1 && section <= (int)SECTION_TOTAL ? SECTIONS[section - 1].title : "";
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
    for (size_t s = 0; s < SECTION_TOTAL; s++) {
        if (n < *SECTIONS[s].count)
            return &SECTIONS[s].checks[n];
        n -= *SECTIONS[s].count;
    }
    return NULL;
}

size_t catalog_count(void)
{
    size_t count = 0;
    for (size_t s = 0; s < SECTION_TOTAL; s++)
        count += *SECTIONS[s].count;
    return count;
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
    return !id ? 0 : *id == 'X' ? SECTION_BEYOND : (int)strtol(id, NULL, 10);
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
