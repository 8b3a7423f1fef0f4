/* probe_internal.h: the records of the probe's output and what each of them fills. */
#ifndef AGENTLESS_COLLECT_PROBE_PROBE_INTERNAL_H
#define AGENTLESS_COLLECT_PROBE_PROBE_INTERNAL_H

#include "agentless/collect/probe/probe.h"
#include "base/buf.h"
#include <jansson.h>

#define ARGUMENTS_MAX 1024

struct reader {
    json_t *shell;
    json_t *record;  /* the object that fields of the current record go to; borrowed */
    json_t *process; /* the process that @status fields go to; owned */
    struct buf text; /* arguments, a line each */
    json_t *content; /* whose text or arguments come next */
    size_t lines;    /* of the current record */
    size_t unit_lines;
};

void probe_set_number(json_t *object, const char *key, const char *value);
json_t *probe_child(json_t *parent, const char *key);
bool probe_host_line(struct reader *r, char *line);
bool probe_daemon_line(struct reader *r, char *line);
bool probe_file_line(struct reader *r, char *line);
bool probe_content_line(struct reader *r, char *line);
bool probe_argument_line(struct reader *r, char *line);
bool probe_unit_line(struct reader *r, char *line);
/* "NAME PATH" */
bool probe_programs_line(struct reader *r, char *line);
json_t *probe_list(json_t *parent, const char *key);
/* Rules loaded in the kernel, and configured rules by file. */
bool probe_audit_line(struct reader *r, char *line);
/* "group GID NAME MEMBERS", "user UID GID NAME" */
bool probe_accounts_line(struct reader *r, char *line);
/* "MAJOR:MINOR TYPE MOUNTPOINT" */
bool probe_mounts_line(struct reader *r, char *line);
bool probe_swarm_line(struct reader *r, char *line);
/* "layer PATH" names every layer looked at, "of ID PATH" its container, "change MODE MAJOR:MINOR SIZE
 * TYPE|PATH" one entry below one of them, "odd PATH" a layer with names that no line can hold, "cut PATH"
 * where the list ends early. */
bool probe_drift_line(struct reader *r, char *line);
bool probe_proxies_line(struct reader *r, char *line);
/* "/proc/PID/cgroup:ID": the process belongs to the container (a nested one may name several). */
bool probe_cgroups_line(struct reader *r, char *line);

#endif
