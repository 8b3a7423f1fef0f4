/* check.h: what a check is, and what a finding is. A check is a pure function from facts to a finding; what
 * it needs is declared in its row, so that missing evidence becomes ERROR in one place (judge.c). */
#ifndef AGENTLESS_CHECKS_CHECK_H
#define AGENTLESS_CHECKS_CHECK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "agentless/facts/view.h"

/* In rising order of what decides a finding with several items. */
enum status { STATUS_PASS, STATUS_NOTE, STATUS_INFO, STATUS_ERROR, STATUS_WARN, STATUS_COUNT };

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

/* A verdict in the making; json values are owned by it. */
struct finding {
    const struct check *check;
    enum status status;
    char reason[512]; /* one sentence on the whole; empty: the items say it all */
    json_t *items, *evidence;
};

const char *status_name(enum status status);
bool status_parse(const char *name, enum status *status);
const char *benchmark_name(enum benchmark benchmark);
/* "1.8.0", "v1.8.0" or "cis-1.8.0". */
bool benchmark_parse(const char *name, enum benchmark *benchmark);

/* Raises the finding's status to at least this, with a sentence. */
void finding_say(struct finding *f, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* One object concerned: kind is container, network, registry, listener, service, daemon. */
void finding_item(struct finding *f, enum status status, const char *kind, const char *name,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same for a container; says whether it runs. */
void finding_container(struct finding *f, enum status status, const struct container *c, const char *format,
                       ...) __attribute__((format(printf, 4, 5)));
/* A fact and its value, taken by reference (the value's reference is consumed). */
void finding_fact(struct finding *f, const char *source, const char *fact, json_t *value);
/* False, and the finding ERROR, when /info lacks the field: absent evidence is not "false". */
bool finding_has_info(const struct facts *facts, struct finding *f, const char *path);
/* The fact at a path of a container's inspect. */
void finding_container_fact(struct finding *f, const struct container *c, const char *path);
/* The fact at a path of /info. */
void finding_info_fact(struct finding *f, const struct facts *facts, const char *path);

/* One image, with its name. */
void finding_image(struct finding *f, enum status status, const struct image *image, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The catalog: all checks, in the order of the newest benchmark (catalog.c). */
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

/* for_each_image (facts, i) { ... } with a struct image i declared before. */
#define for_each_image(facts, i) for ((i).next = 0; facts_image_next((facts), &(i));)

/* Iterates over containers: for_each_container (facts, c) { ... } with a struct container c declared before.
 */
#define for_each_container(facts, c) for ((c).next = 0; facts_container_next((facts), &(c));)

#endif
