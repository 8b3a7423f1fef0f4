/* capabilities.c: see capabilities.h. The names are those of linux/capability.h, in the order of their bits.
 */
#include "agentless/checks/capabilities.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const NAMES[] = {"CHOWN",
                                    "DAC_OVERRIDE",
                                    "DAC_READ_SEARCH",
                                    "FOWNER",
                                    "FSETID",
                                    "KILL",
                                    "SETGID",
                                    "SETUID",
                                    "SETPCAP",
                                    "LINUX_IMMUTABLE",
                                    "NET_BIND_SERVICE",
                                    "NET_BROADCAST",
                                    "NET_ADMIN",
                                    "NET_RAW",
                                    "IPC_LOCK",
                                    "IPC_OWNER",
                                    "SYS_MODULE",
                                    "SYS_RAWIO",
                                    "SYS_CHROOT",
                                    "SYS_PTRACE",
                                    "SYS_PACCT",
                                    "SYS_ADMIN",
                                    "SYS_BOOT",
                                    "SYS_NICE",
                                    "SYS_RESOURCE",
                                    "SYS_TIME",
                                    "SYS_TTY_CONFIG",
                                    "MKNOD",
                                    "LEASE",
                                    "AUDIT_WRITE",
                                    "AUDIT_CONTROL",
                                    "SETFCAP",
                                    "MAC_OVERRIDE",
                                    "MAC_ADMIN",
                                    "SYSLOG",
                                    "WAKE_ALARM",
                                    "BLOCK_SUSPEND",
                                    "AUDIT_READ",
                                    "PERFMON",
                                    "BPF",
                                    "CHECKPOINT_RESTORE"};
#define COUNT (sizeof NAMES / sizeof *NAMES)

static uint64_t one(const char *name, const char **unknown)
{
    if (strncasecmp(name, "CAP_", 4) == 0)
        name += 4;
    if (strcasecmp(name, "ALL") == 0)
        return CAPABILITIES_ALL;
    for (size_t i = 0; i < COUNT; i++)
        if (strcasecmp(name, NAMES[i]) == 0)
            return 1ULL << i;
    if (unknown && !*unknown)
        *unknown = name;
    return 0;
}

uint64_t capabilities_of(const json_t *names, const char **unknown)
{
    uint64_t set = 0;
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        if (name)
            set |= one(name, unknown);
    }
    return set;
}

bool capabilities_from_hex(const char *text, uint64_t *set)
{
    char *end;
    if (!text || !*text)
        return false;
    *set = strtoull(text, &end, 16);
    return !*end;
}

void capabilities_text(uint64_t set, char *text, size_t size)
{
    size_t used = 0;
    *text = '\0';
    if ((set & CAPABILITIES_ALL) == CAPABILITIES_ALL) {
        snprintf(text, size, "ALL");
        return;
    }
    for (size_t i = 0; i < COUNT && used < size; i++)
        if (set & 1ULL << i)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "", NAMES[i]);
}
