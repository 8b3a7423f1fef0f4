/* audit_rules.h: what Linux audit rules record of a path, as the kernel means them: in order, the first that
 * matches decides. The forms are those of auditctl(8) and audit.rules(7). */
#ifndef AGENTLESS_CHECKS_AUDIT_RULES_H
#define AGENTLESS_CHECKS_AUDIT_RULES_H

#include <jansson.h>
#include <stdbool.h>

enum watch {
    WATCH_NONE,    /* no rule speaks of the path */
    WATCH_PARTIAL, /* misses writes, attribute changes, some users, or some system calls */
    WATCH_FOLDER,  /* what changes in the folder itself, not what is below its files and folders */
    WATCH_FULL,
    WATCH_NEVER, /* an earlier rule takes it out */
    WATCH_OFF,   /* a rule ends all auditing, or drops what is recorded */
};

/* More than any host has (the longest public sets have some 400); to remove and to put first is quadratic. */
#define AUDIT_RULES_MAX 4096

struct audit_rules;

/* `rules`: [{"rule": "-w /etc/docker -p wa", ...}], at most AUDIT_RULES_MAX, in order, as auditctl -l prints
 * them or rule files have them; must outlive the result. */
struct audit_rules *audit_rules_read(const json_t *rules);
void audit_rules_free(struct audit_rules *rules);
/* Whether they say that auditing is on (-e); -1: they say nothing. */
int audit_rules_enabled(const struct audit_rules *rules);
/* How changes of the path by any user are recorded; *by: the element of `rules` that decides, NULL: none.
 * Paths are compared after the links that every system has (/var/run, /lib, /bin, /sbin). `folder`: it is a
 * folder, of which
 * `-F path=` does not cover what is below. */
enum watch audit_rules_watch(const struct audit_rules *rules, const char *path, bool folder,
                             const json_t **by);

#endif
