/* shell.c: see shell.h */
#include "agentless/transport/shell.h"

void shell_run_close(struct shell_run *run)
{
    run->close(run);
}
