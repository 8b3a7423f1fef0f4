/* finding.h: what a check found on a host: a status, a reason, the objects concerned and the evidence. */
#ifndef AGENTLESS_CHECKS_FINDING_H
#define AGENTLESS_CHECKS_FINDING_H

#include <jansson.h>
#include <stdbool.h>

#include "agentless/checks/check.h"
#include "agentless/facts/view.h"

/* In rising order of what decides a finding with several items. */
enum status { STATUS_PASS, STATUS_NOTE, STATUS_INFO, STATUS_ERROR, STATUS_WARN, STATUS_COUNT };

/* A verdict in the making; json values are owned by it. */
struct finding {
    const struct check *check;
    enum status status;
    char reason[512]; /* one sentence on the whole; empty: the items say it all */
    json_t *items, *evidence;
    size_t more[STATUS_COUNT], more_facts; /* beyond what is listed */
};

/* A host may claim any number of objects: a finding lists this many of them, and of facts, and counts the
 * rest. */
#define FINDING_ITEMS_MAX 1000
#define FINDING_FACTS_MAX 1000

/* Adds the sums of what is not listed; once, at the end. */
void finding_close(struct finding *f);

const char *status_name(enum status status);
bool status_parse(const char *name, enum status *status);

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

#endif
