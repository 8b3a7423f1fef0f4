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
    uv_sem_t finished;
};

static void on_thread(uv_work_t *request)
{
    struct worker_job *job = request->data;
    job->work(job->ctx);
    uv_sem_post(&job->finished);
}

static void on_loop(uv_work_t *request, int status)
{
    struct worker_job *job = request->data;
    (void)status;
    job->off->pending--;
    if (job->done)
        job->done(job->ctx);
    uv_sem_destroy(&job->finished);
    free(job);
}

struct worker_job *worker_begin(struct worker *off, void (*work)(void *ctx), void (*done)(void *ctx),
                                void *ctx)
{
    struct worker_job *job = xcalloc(1, sizeof *job);
    *job = (struct worker_job){.off = off, .work = work, .done = done, .ctx = ctx};
    job->request.data = job;
    uv_sem_init(&job->finished, 0);
    off->pending++;
    uv_queue_work(off->loop, &job->request, on_thread, on_loop);
    return job;
}

void worker_join(struct worker_job *job)
{
    job->done = NULL;
    if (uv_cancel((uv_req_t *)&job->request) == 0)
        job->work(job->ctx);
    else
        uv_sem_wait(&job->finished);
}
