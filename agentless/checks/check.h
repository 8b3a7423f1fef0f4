/* check.h: what a check is. A check is a pure function from facts to a finding; what
 * it needs is declared in its row, so that missing evidence becomes ERROR in one place (judge.c). */
#ifndef AGENTLESS_CHECKS_CHECK_H
#define AGENTLESS_CHECKS_CHECK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "agentless/facts/view.h"

enum benchmark { BENCHMARK_1_6_0, BENCHMARK_1_7_0, BENCHMARK_1_8_0, BENCHMARK_COUNT };
#define BENCHMARK_NEWEST BENCHMARK_1_8_0

enum need {
    NEED_INFO = 1 << 0,
    NEED_CONTAINERS = 1 << 1, /* every container's inspect; INFO by itself where there is no container */
    NEED_RUNNING = 1 << 2,    /* the same, but only running ones are meant */
    NEED_NETWORKS = 1 << 3,
    NEED_IMAGES = 1 << 4,  /* the list; INFO by itself where there is no image */
    NEED_SWARM = 1 << 5,   /* /info; INFO by itself where the host is in no swarm */
    NEED_MANAGER = 1 << 6, /* the same, and INFO on a worker: its managers know */
    NEED_DOCKERD =
        1 << 7, /* speaks of dockerd: INFO by itself where the engine is Podman, which has no daemon */
    ALSO_SERVICES = 1 << 8, /* with NEED_RUNNING: a swarm's manager is judged without containers too */
};

struct finding;
typedef void judge_fn(const struct facts *facts, struct finding *out);

struct check {
    const char *id[BENCHMARK_COUNT]; /* NULL where that version has no such check */
    const char *assessment;          /* a letter a version: A(utomated), M(anual), - (absent) */
    int level;                       /* 1 or 2 */
    unsigned needs;                  /* enum need */
    judge_fn *judge;
    int about;     /* what the judge is to look at, where several rows share one: its own enum */
    unsigned bits; /* the same, of modes */
    const char *title;
    const char *rationale; /* why it matters */
    const char *evidence;  /* what decides it */
    const char *judged;    /* how: what makes it PASS, WARN and the others */
    const char *remedy;    /* what to do */
};

#endif
