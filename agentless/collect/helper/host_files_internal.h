/* host_files_internal.h: the parts of --host-files: the helper container, reading paths through its archive,
 * and what is made of what was read. */
#ifndef AGENTLESS_COLLECT_HELPER_HOST_FILES_INTERNAL_H
#define AGENTLESS_COLLECT_HELPER_HOST_FILES_INTERNAL_H

#include "agentless/collect/engine.h"
#include "agentless/collect/helper/host_files.h"
#include "agentless/collect/probe/probe.h"
#include "base/buf.h"
#include <jansson.h>

/* A longer file is not read: some 15,000 accounts fit. */
#define CONTENT_MAX (1u << 20)

#define PATHS_MAX 400

/* What of a path is wanted. */
enum want {
    WANT_STAT,
    WANT_CONTENT, /* and the text, for the parser named by `record` */
    WANT_LISTING, /* of a small folder: each regular file's stat and text */
    WANT_LINK,    /* only where it leads, for what lies below it */
};

/* Anybody may read it on a host, and more than its own permissions follow from it (which unit is in force,
 * who is in a group): where the engine does not show it, nothing that was read is believed. */
#define NEEDED true

struct path {
    struct host_files *files;
    char *asked, *at; /* as named; where links have led */
    enum want want;
    bool needed;
    unsigned links;
    long mode, size, mtime;
    const char *state; /* "absent" or "denied"; NULL: it was read */
};

struct host_files {
    struct engine *engine;
    host_files_cb *done;
    void *ctx;
    char *id;          /* of the container; NULL: none was made */
    char *name, *body; /* of the container to make */
    char *mount;       /* where / is */
    char *data_root;
    struct path *paths[PATHS_MAX];
    size_t count, open;
    unsigned stage;
    struct buf records; /* in the probe's format */
    char mark[PROBE_MARK_SIZE];
    json_t *texts;       /* {path: text} of what is read again here */
    json_t *present;     /* {path: true} */
    json_t *dropins[2];  /* of the units, in order */
    struct error unread; /* what that is needed was not shown, and why; "": nothing */
};

static const char *const UNITS[] = {"docker.service", "docker.socket"};

static const char *const UNIT_FOLDERS[] = {"/etc/systemd/system", "/run/systemd/system",
                                           "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
                                           "/lib/systemd/system"};

static const char *const PROGRAMS[] = {
    "dockerd", "containerd", "containerd-shim", "containerd-shim-runc-v1", "containerd-shim-runc-v2", "runc"};

static const char *const PROGRAM_FOLDERS[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"};

#define EACH(i, array)                                                                                       \
    size_t i = 0;                                                                                            \
    i < sizeof(array) / sizeof *(array);                                                                     \
    i++

/* Opens a record, or adds a field to it, as the probe would. */
void files_record(struct host_files *f, const char *name);
void files_field(struct host_files *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

void files_remove_helper(struct host_files *f);
bool files_plain(const char *path);
void files_ask_stat(struct path *p);
/* That a path is absent or denied (and why), in place of its content. */
void files_record_state(struct path *p, const char *state, const char *error);
/* --- the plan: what is known to be looked at, then what those name, then the end --- */

void files_want_all(struct host_files *f);
const char *files_text_of(const struct host_files *f, const char *path);
void files_list_dropins(struct host_files *f, size_t unit);
/* Calls with each KEY=value line of the unit file and its drop-ins, in order. */
void files_each_unit_line(struct host_files *f, size_t unit,
                          void (*line)(struct host_files *f, const char *key, const char *value, void *ctx),
                          void *ctx);
void files_record_unit(struct host_files *f, size_t unit);
void files_start_stage(struct host_files *f, size_t from, size_t again);
void files_next_stage(struct host_files *f);

#endif
