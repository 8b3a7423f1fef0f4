/* saved.h: a scan that was written earlier, as JSON (muster.scan/1) or JSON Lines (muster.host/1), read
 * one host at a time, however large the file is. Its content is foreign. */
#ifndef REPORTS_RESULTS_SAVED_H
#define REPORTS_RESULTS_SAVED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "agentless/checks/check.h"
#include "base/error.h"

/* Where a host's record is in the text. */
struct saved_host {
    size_t offset, length;
};

struct saved_scan {
    char *path;
    const char *text; /* the whole file */
    void *map;        /* where it is mapped; NULL: the text is somebody else's */
    size_t length;
    struct saved_host *hosts;
    size_t host_count, capacity;
    enum benchmark benchmark;
    time_t started, finished; /* 0: the file does not say (JSON Lines) */
    bool complete;
};

/* Opens a file and finds its hosts. Returns 0, or -1 with a message. */
int saved_scan_open(struct saved_scan *saved, const char *path, struct error *err);
/* The same for text in memory, which must outlive it; `path` names it in messages. */
int saved_scan_parse(struct saved_scan *saved, const char *path, const char *text, size_t length,
                     struct error *err);
/* One host's record; the caller owns it. NULL with a message. */
json_t *saved_scan_host(const struct saved_scan *saved, size_t index, struct error *err);
void saved_scan_close(struct saved_scan *saved);

#endif
