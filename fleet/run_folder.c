/* run_folder.c: see run_folder.h */
#include "fleet/run_folder.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *run_folder(void)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    const char *temporary = getenv("TMPDIR");
    const char *place = "/tmp";
    if (runtime && *runtime)
        place = runtime;
    else if (temporary && *temporary)
        place = temporary;
    char *folder = xasprintf("%s/muster.XXXXXX", place);
    if (mkdtemp(folder))
        return folder;
    fprintf(
        stderr,
        "muster: no private folder can be made as %s: %s; set TMPDIR to a folder that can be written to\n",
        folder, strerror(errno));
    free(folder);
    return NULL;
}
