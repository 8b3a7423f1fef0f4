/* catalog.h: all checks, in the order of their ids, and the sections and benchmarks they belong to. */
#ifndef AGENTLESS_CHECKS_CATALOG_H
#define AGENTLESS_CHECKS_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "agentless/checks/check.h"

const char *benchmark_name(enum benchmark benchmark);
/* "1.8.0", "v1.8.0" or "cis-1.8.0". */
bool benchmark_parse(const char *name, enum benchmark *benchmark);

/* Sections count from 1; what is beyond the benchmark, called X, comes last. */
#define SECTION_BEYOND 8
const char *section_title(int section);
/* "1" to "7", "X". */
const char *section_name(int section);
/* 0: no such section. */
int section_number(const char *name);

/* The n-th check of all; NULL past the end. */
const struct check *catalog_at(size_t n);
size_t catalog_count(void);
/* By id of a benchmark; also docker-bench's spelling check_2_1. NULL: no such check there. */
const struct check *catalog_find(enum benchmark benchmark, const char *id);
int check_section(const struct check *check, enum benchmark benchmark);
/* "Automated" or "Manual". */
const char *check_assessment(const struct check *check, enum benchmark benchmark);

#endif
