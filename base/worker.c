/* worker.c: see worker.h */
#include "base/worker.h"
#include "base/mem.h"

#include <stdlib.h>

struct worker_job {
    uv_work_t request;
    struct worker *off;
    void (*work)(void *ctx);
    void (*done)(void *ctx);
    void *ctx;
};

static void on_thread(uv_work_t *request)
{
    struct worker_job *job = request->data;
    job->work(job->ctx);
}

static void on_loop(uv_work_t *request, int status)
{
    struct worker_job *job = request->data;
    (void)status;
    job->off->pending--;
    if (job->done)
        job->done(job->ctx);
    free(job);
}

void worker_begin(struct worker *off, void (*work)(void *ctx), void (*done)(void *ctx), void *ctx)
{
    struct worker_job *job = xcalloc(1, sizeof *job);
    *job = (struct worker_job){.off = off, .work = work, .done = done, .ctx = ctx};
    job->request.data = job;
    off->pending++;
    uv_queue_work(off->loop, &job->request, on_thread, on_loop);
}
