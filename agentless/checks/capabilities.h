/* capabilities.h: Linux capabilities by name and bit, and what a container's configuration makes of them. */
#ifndef AGENTLESS_CHECKS_CAPABILITIES_H
#define AGENTLESS_CHECKS_CAPABILITIES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* The 14 that Docker gives every container (moby, oci/caps/defaults.go). */
#define CAPABILITIES_DEFAULT 0xa80425fbULL

/* The set of a list such as HostConfig.CapAdd: names with or without CAP_, any case, ALL. *unknown (may be
 * NULL) is set to the first name this version does not know. */
uint64_t capabilities_of(const json_t *names, const char **unknown);
/* "/proc/PID/status" form: hexadecimal. False when it is none. */
bool capabilities_from_hex(const char *text, uint64_t *set);
/* The names of a set, separated by blanks, cut to fit. */
void capabilities_text(uint64_t set, char *text, size_t size);
/* CAP_NET_RAW, which the benchmark wants dropped although it is a default. */
#define CAPABILITY_NET_RAW (1ULL << 13)
#define CAPABILITIES_ALL 0x1ffffffffffULL

#endif
