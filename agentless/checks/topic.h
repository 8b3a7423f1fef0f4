/* topic.h: how a topic's file hands its checks to the catalog; for catalog.c and those files only. */
#ifndef AGENTLESS_CHECKS_TOPIC_H
#define AGENTLESS_CHECKS_TOPIC_H

#include "agentless/checks/check.h"
#include "agentless/checks/finding.h"

/* The checks of one topic: what a topic's file exports. */
struct check_topic {
    const struct check *checks;
    size_t count;
};
/* Versions of clang-format differ in how they lay these out. */
/* clang-format off */
#define CHECK_TOPIC(checks) {(checks), sizeof(checks) / sizeof *(checks)}
/* A check whose id is the same in all three versions. */
#define SAME_ID(text) {text, text, text}
/* clang-format on */

#endif
