/* probe_internal.h: the records of the probe's output and what each of them fills. */
#ifndef AGENTLESS_COLLECT_PROBE_PROBE_INTERNAL_H
#define AGENTLESS_COLLECT_PROBE_PROBE_INTERNAL_H

#include "agentless/collect/probe/probe.h"
#include "base/buf.h"
#include <jansson.h>

#define ARGUMENTS_MAX 1024

struct reader {
    json_t *shell;
    json_t *record;  /* the object that key-value lines of the current record go to; borrowed */
    json_t *process; /* the process that @status lines go to; borrowed */
    struct buf text; /* a file's content, or arguments */
    json_t *content; /* whose text it is */
    bool ended;
};

void probe_set_number(json_t *object, const char *key, const char *value);
json_t *probe_child(json_t *parent, const char *key);
void probe_host_line(struct reader *r, char *line);
void probe_daemon_line(struct reader *r, char *line);
void probe_file_line(struct reader *r, char *line);
void probe_content_line(struct reader *r, char *line);
void probe_text_line(struct reader *r, char *line);
void probe_unit_line(struct reader *r, char *line);
/* "NAME PATH" */
void probe_programs_line(struct reader *r, char *line);
json_t *probe_list(json_t *parent, const char *key);
/* Rules loaded in the kernel, and configured rules by file. */
void probe_audit_line(struct reader *r, char *line);
/* "group GID NAME MEMBERS", "user UID GID NAME" */
void probe_accounts_line(struct reader *r, char *line);
/* "MAJOR:MINOR TYPE MOUNTPOINT" */
void probe_mounts_line(struct reader *r, char *line);
void probe_swarm_line(struct reader *r, char *line);
/* "layer PATH" names every layer looked at; "change MODE MAJOR:MINOR SIZE TYPE|PATH" one entry below one of
 * them.
 */
void probe_drift_line(struct reader *r, char *line);
void probe_proxies_line(struct reader *r, char *line);
/* "/proc/PID/cgroup:ID": the process belongs to the container (a nested one may name several). */
void probe_cgroups_line(struct reader *r, char *line);

#endif
