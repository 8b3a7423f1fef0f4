/* audit_rules.h: does a Linux audit rule really watch a path? The forms are those of auditctl(8): -w PATH -p
 * PERM, and -a LIST,ACTION with -F path=, -F dir= and -F perm=. */
#ifndef AGENTLESS_CHECKS_AUDIT_RULES_H
#define AGENTLESS_CHECKS_AUDIT_RULES_H

#include <stdbool.h>

enum watch {
    WATCH_NONE,    /* speaks of something else */
    WATCH_PARTIAL, /* speaks of the path, but misses writes, attribute changes, or some users */
    WATCH_FULL,
    WATCH_NEVER, /* takes the path out of what later rules record */
};

/* `path` and the rule's path are compared after the links every system has (/var/run, /lib, /bin, /sbin). A
 * watch on a folder covers what is below it. `folder`: path is a folder, which `-F path=` does not cover. */
enum watch audit_rule_watches(const char *rule, const char *path, bool folder);

#endif
