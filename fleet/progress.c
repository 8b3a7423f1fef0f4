/* progress.c: see progress.h */
#include "fleet/progress.h"

#include <stdio.h>

void progress_show(const struct progress *p, uint64_t now_ms)
{
    double elapsed_s = (double)(now_ms - p->started_ms) / 1000;
    if (!p->shown)
        return;
    fprintf(stderr, "\r\033[K%zu/%zu hosts done, %zu failed, %zu in flight", p->done, p->total, p->failed,
            p->in_flight);
    if (p->done && p->done < p->total)
        fprintf(stderr, ", about %.0f s left", elapsed_s / (double)p->done * (double)(p->total - p->done));
    fflush(stderr);
}

void progress_clear(const struct progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
}
