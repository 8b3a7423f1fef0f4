/* off_loop.c: see off_loop.h */
#include "base/off_loop.h"
#include "base/mem.h"

#include <stdlib.h>

struct off_loop_job {
    uv_work_t request;
    struct off_loop *off;
    void (*work)(void *ctx);
    void (*done)(void *ctx);
    void *ctx;
    uv_sem_t finished;
};

static void on_thread(uv_work_t *request)
{
    struct off_loop_job *job = request->data;
    job->work(job->ctx);
    uv_sem_post(&job->finished);
}

static void on_loop(uv_work_t *request, int status)
{
    struct off_loop_job *job = request->data;
    (void)status;
    job->off->pending--;
    if (job->done)
        job->done(job->ctx);
    uv_sem_destroy(&job->finished);
    free(job);
}

struct off_loop_job *off_loop_begin(struct off_loop *off, void (*work)(void *ctx), void (*done)(void *ctx),
                                    void *ctx)
{
    struct off_loop_job *job = xcalloc(1, sizeof *job);
    *job = (struct off_loop_job){.off = off, .work = work, .done = done, .ctx = ctx};
    job->request.data = job;
    uv_sem_init(&job->finished, 0);
    off->pending++;
    uv_queue_work(off->loop, &job->request, on_thread, on_loop);
    return job;
}

void off_loop_join(struct off_loop_job *job)
{
    job->done = NULL;
    if (uv_cancel((uv_req_t *)&job->request) == 0)
        job->work(job->ctx);
    else
        uv_sem_wait(&job->finished);
}
