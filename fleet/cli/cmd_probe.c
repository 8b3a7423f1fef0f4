/* cmd_probe.c: muster probe: the probe as a program that an administrator installs, so that an account may
 * run that and nothing else as root (docs/least-privilege.md). */
#include "agentless/collect/probe/probe.h"
#include "fleet/cli/command.h"
#include "fleet/cli/options.h"

#include <stdio.h>

/* The mark comes as muster sends it; the script that follows it is passed over: what is installed here is
 * what runs. */
static const char PROLOGUE[] =
    "#!/bin/sh\n"
    "# The probe of muster " MUSTER_VERSION
    ", as `muster probe` prints it: for an account that may run this and nothing\n"
    "# else as root. It takes no argument, and nothing of what it is sent but the mark of its own lines.\n"
    "HEAD=\n"
    "IFS= read -r HEAD\n"
    "MARK=${HEAD#MARK=}\n"
    "MARK=${MARK% HELD=1}\n"
    "case $HEAD in \"MARK=$MARK HELD=1\") ;; *) MARK= ;; esac\n"
    "case $MARK in *[!0-9a-f]*) MARK= ;; esac\n"
    "if [ ${#MARK} != 16 ]; then\n"
    "    echo 'this account runs muster'\\''s probe, and nothing else' >&2\n"
    "    exit 126\n"
    "fi\n"
    "HELD=1\n"
    "while IFS= read -r LINE && [ \"$LINE\" != \"" PROBE_LAST_LINE "\" ]; do :; done\n"
    "unset HEAD LINE\n";

static int run_probe(const struct options *o)
{
    (void)o;
    fputs(PROLOGUE, stdout);
    fwrite(probe_script, 1, probe_script_length, stdout);
    return EXIT_OK;
}

const struct command COMMAND_PROBE = {
    .name = "probe",
    .arguments = "",
    .summary = "print the probe as a program to be installed on hosts, for an account with the least rights",
    .help = "muster installs nothing. Who wants no account that may do more than be audited installs this, "
            "and lets "
            "the\naccount run nothing else: docs/least-privilege.md.\n",
    .run = run_probe,
};
