/* scan.h: the results of a scan as reports read them. Each host's record is spooled to disk as it is finished
 * and read back one at a time, so that memory holds a few numbers a host, whatever the fleet. */
#ifndef REPORTS_SCAN_H
#define REPORTS_SCAN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "agentless/checks/judge.h"

struct host_summary {
    char *name;
    bool present; /* a record was added */
    bool scanned;
    size_t counts[STATUS_COUNT]; /* of judged findings */
    long offset;
    size_t length;
};

struct scan {
    enum benchmark benchmark;
    time_t started, finished;
    bool complete;              /* false: interrupted, or the run's time was over */
    FILE *spool;                /* owned; unlinked already */
    struct host_summary *hosts; /* in the order of the inventory */
    size_t host_count;
    size_t *failing; /* for each check of the catalog: hosts that WARN */
};

/* `folder` takes the spool file. False with errno set when it cannot be made. */
bool scan_open(struct scan *scan, const char *folder, enum benchmark benchmark, size_t host_count);
void scan_close(struct scan *scan);

/* The record of one host, made from its facts alone (so that saved facts give the same record): judges them
 * and spools the result as number `index`. False with errno set when the spool cannot be written. */
bool scan_add(struct scan *scan, size_t index, const json_t *facts, const struct selection *selection);
/* Reads a record back; the caller owns it. NULL when it cannot be read. */
json_t *scan_host(const struct scan *scan, size_t index);

struct scan_totals {
    size_t hosts, scanned, failed;
    size_t counts[STATUS_COUNT];
};
struct scan_totals scan_totals(const struct scan *scan);
/* Indices of the hosts with most WARN, worst first; returns how many (at most `size`, hosts without WARN left
 * out). */
size_t scan_worst(const struct scan *scan, size_t *indices, size_t size);
/* Catalog numbers of the checks that WARN on most hosts, most first; returns how many. */
size_t scan_most_failing(const struct scan *scan, size_t *checks, size_t size);
void scan_time_text(time_t when, char text[32]); /* RFC 3339, UTC */

#endif
