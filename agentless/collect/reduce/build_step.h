/* build_step.h: one step of an image's history, read for what the checks ask. A step's text may hold secrets,
 * so it is reduced here; facts keep what is in the result and nothing else. */
#ifndef AGENTLESS_COLLECT_REDUCE_BUILD_STEP_H
#define AGENTLESS_COLLECT_REDUCE_BUILD_STEP_H

#include <jansson.h>

/* {"instruction": "RUN", and where they apply
 *  "base": true                the step that adds the root file system: ADD file:... in /
 *  "update_alone": "apt-get"   a package index refreshed with no install or upgrade in the same step
 *  "unverified": "--nogpgcheck"  an option that switches the verification of packages off
 *  "secrets": ["NAME"]}        names that look like secrets, never their values; "(text)" where there is none
 * Reads both forms of CreatedBy: the classic builder's "/bin/sh -c #(nop) ADD ..." and "/bin/sh -c ...", and
 * BuildKit's "RUN /bin/sh -c ... # buildkit". The caller owns the result. */
json_t *build_step(const char *created_by);

#endif
