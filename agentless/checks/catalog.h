/* catalog.h: the sections' tables; for catalog.c and the section files only. */
#ifndef AGENTLESS_CHECKS_CATALOG_H
#define AGENTLESS_CHECKS_CATALOG_H

#include "agentless/checks/check.h"

extern const struct check SECTION_1[], SECTION_2[], SECTION_3[], SECTION_4[], SECTION_5[], SECTION_6[],
    SECTION_7[], SECTION_X[];
extern const size_t SECTION_1_COUNT, SECTION_2_COUNT, SECTION_3_COUNT, SECTION_4_COUNT, SECTION_5_COUNT,
    SECTION_6_COUNT, SECTION_7_COUNT, SECTION_X_COUNT;

/* A check whose id is the same in all three versions. Versions of clang-format differ in how they lay it
 * out. */
/* clang-format off */
#define SAME_ID(text) {text, text, text}
/* clang-format on */

#endif
