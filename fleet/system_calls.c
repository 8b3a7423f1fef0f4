/* system_calls.c: see system_calls.h */
#include "fleet/system_calls.h"

#include <errno.h>
#include <seccomp.h>
#include <stddef.h>

/* Refused to all. */
static const int OF_ALL[] = {SCMP_SYS(acct),
                             SCMP_SYS(bpf),
                             SCMP_SYS(clock_adjtime),
                             SCMP_SYS(clock_settime),
                             SCMP_SYS(delete_module),
                             SCMP_SYS(finit_module),
                             SCMP_SYS(init_module),
                             SCMP_SYS(io_uring_setup),
                             SCMP_SYS(ioperm),
                             SCMP_SYS(iopl),
                             SCMP_SYS(kexec_file_load),
                             SCMP_SYS(kexec_load),
                             SCMP_SYS(lookup_dcookie),
                             SCMP_SYS(open_by_handle_at),
                             SCMP_SYS(perf_event_open),
                             SCMP_SYS(process_vm_readv),
                             SCMP_SYS(process_vm_writev),
                             SCMP_SYS(quotactl),
                             SCMP_SYS(reboot),
                             SCMP_SYS(settimeofday),
                             SCMP_SYS(swapoff),
                             SCMP_SYS(swapon),
                             SCMP_SYS(userfaultfd)};

/* Refused where no program is started. */
static const int OF_US[] = {
    SCMP_SYS(add_key),    SCMP_SYS(chroot),      SCMP_SYS(execve), SCMP_SYS(execveat),   SCMP_SYS(fsmount),
    SCMP_SYS(fsopen),     SCMP_SYS(keyctl),      SCMP_SYS(mount),  SCMP_SYS(move_mount), SCMP_SYS(open_tree),
    SCMP_SYS(pivot_root), SCMP_SYS(request_key), SCMP_SYS(setns),  SCMP_SYS(umount2),    SCMP_SYS(unshare)};

/* A call that this machine's kind does not have needs no rule. */
static void refuse(scmp_filter_ctx filter, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), calls[i], 0);
}

bool system_calls_refuse(bool programs)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter)
        return false;
    refuse(filter, OF_ALL, sizeof OF_ALL / sizeof *OF_ALL);
    refuse(filter, OF_US, programs ? 0 : sizeof OF_US / sizeof *OF_US);
#ifndef __SANITIZE_ADDRESS__ /* LeakSanitizer needs it */
    seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ptrace), 0);
#endif
    bool good = seccomp_load(filter) == 0;
    seccomp_release(filter);
    return good;
}
