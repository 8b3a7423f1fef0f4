/* store.h: the results of a scan as reports read them. Each host's record (muster.host/1, one line of JSON)
 * is spooled to disk as it comes and read back one at a time, so that memory holds an index only: names,
 * groups and a byte for each verdict. The spool is a file that `muster report` reads, so a run that was
 * killed lost nothing. */
#ifndef REPORTS_RESULTS_STORE_H
#define REPORTS_RESULTS_STORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "agentless/checks/judge.h"
#include "base/error.h"

/* In host_summary.verdicts, beside enum status: the check was not judged. */
#define NOT_JUDGED STATUS_COUNT

struct host_summary {
    const char *name;
    bool present; /* a record was added */
    bool scanned;
    json_t *groups;     /* names; never NULL once present */
    json_t *error;      /* stage, message, hint; NULL where the host was scanned */
    const char *engine; /* its endpoint; may be NULL, as may the version */
    const char *version;
    unsigned char *verdicts; /* one for each check of the catalog: an enum status, or NOT_JUDGED; the texts
                                stand behind them */
    size_t counts[STATUS_COUNT];
    long offset; /* of the record in the spool */
    size_t length;
};

struct scan {
    enum benchmark benchmark;
    time_t started, finished;
    bool complete;              /* false: interrupted, or the run's time was over */
    FILE *spool;                /* NULL: an index only */
    char *folder, *path;        /* of the spool */
    struct host_summary *hosts; /* in the order of the inventory */
    size_t host_count;
    struct scan *baseline; /* an earlier scan to compare with, its index only; owned, NULL: none was given */
};

/* `folder` (which is there) takes the spool, mode 0600; NULL: no spool, an index only. False with errno set
 * when it cannot be made. */
bool scan_open(struct scan *scan, const char *folder, enum benchmark benchmark, size_t host_count);
/* Room for more hosts, behind those there are. */
void scan_grow(struct scan *scan, size_t host_count);
/* Removes the spool unless it is to be kept. */
void scan_close(struct scan *scan, bool keep_spool);
/* Goes on with an index only: no record can be read back. */
void scan_drop_spool(struct scan *scan);
/* A further file of the same folder, without a name; NULL with errno set. */
FILE *scan_temporary(const struct scan *scan);

/* The record of one host, made from its facts alone, so that saved facts give the same record. The caller
 * owns it. Any thread. */
json_t *scan_record(const struct scan *scan, const json_t *facts, const struct selection *selection);

/* A record made ready to be kept: indexed, and written as its line. */
struct scan_entry {
    size_t index;
    json_t *record;
    char *line; /* without its end; NULL where the scan has no spool */
    size_t length;
    struct host_summary summary;
    struct error err; /* why it cannot be kept */
    bool good;
};

/* Of a record that becomes number `index`: takes its reference, sets "number" and "of" in it. Any thread,
 * while the scan's number of hosts stays. */
void scan_entry_make(const struct scan *scan, size_t index, json_t *record, struct scan_entry *entry);
void scan_entry_clear(struct scan_entry *entry);
/* Spools the entry's line and takes over its index. Returns 0, or -1 with a message when it is not a record
 * of this scan's benchmark or cannot be written. */
int scan_keep(struct scan *scan, struct scan_entry *entry, struct error *err);
/* All of this at once; the record is borrowed. */
int scan_put(struct scan *scan, size_t index, json_t *record, struct error *err);
/* Reads a record back as one line of JSON without the line's end; the caller frees it. NULL when it cannot be
 * read. */
char *scan_line(const struct scan *scan, size_t index);
/* The same, parsed; the caller owns it. */
json_t *scan_host(const struct scan *scan, size_t index);

struct scan_totals {
    size_t hosts, scanned, failed;
    size_t counts[STATUS_COUNT];
    size_t sections[SECTION_BEYOND + 1][STATUS_COUNT]; /* by section number */
};
struct scan_totals scan_totals(const struct scan *scan);
/* PASS of all that was decided (PASS, WARN, ERROR), in tenths of a percent; -1 where nothing was. */
int scan_compliance(const size_t counts[STATUS_COUNT]);
/* The same for people: "61.5 %", or "-". Returns the buffer. */
const char *scan_passing_text(const size_t counts[STATUS_COUNT], char text[16]);
/* The number of a check in the catalog by its id, sought from `from` on (records have the catalog's order);
 * the catalog's count when it has none such. */
size_t scan_check_number(const struct scan *scan, const char *id, size_t from);
/* On how many hosts a check of the catalog has this status. */
size_t scan_hosts_with(const struct scan *scan, size_t check, enum status status);
/* Indices of the hosts with most WARN, worst first; returns how many (at most `size`, hosts without WARN left
 * out). */
size_t scan_worst(const struct scan *scan, size_t *indices, size_t size);
/* Catalog numbers of the checks that WARN on most hosts, most first; returns how many. */
size_t scan_most_failing(const struct scan *scan, size_t *checks, size_t size);
void scan_time_text(time_t when, char text[32]); /* RFC 3339, UTC */

#endif
