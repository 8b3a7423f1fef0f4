/* run.c: see run.h */
#include "agentless/facts/document.h"
#include "fleet/run.h"
#include "fleet/run_env.h"
#include "agentless/transport/ssh/config.h"
#include "agentless/transport/ssh/jump.h"
#include "agentless/transport/ssh/keyring.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/loop.h"
#include "fleet/limits.h"
#include "fleet/pace.h"
#include "fleet/process.h"
#include "fleet/queue.h"
#include "fleet/progress.h"

#include <errno.h>
#include <libssh/libssh.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BACKOFF_MS 500
#define PROGRESS_MS 200
/* Of the loop, of libcurl and of OpenSSL, before any host's. */
#define DESCRIPTORS_OWN 12
/* Hosts that are silent are looked for so often. */
#define LEND_MS 250

enum job_state {
    JOB_WAITING, /* for its turn */
    JOB_VISITED,
    JOB_PAUSING, /* before another try */
    JOB_JUDGED,  /* on another thread */
    JOB_OVER
};

struct job {
    struct run *run;
    size_t index;
    unsigned tries;
    enum job_state state;
    struct host_job *host_job; /* while it is scanned */
    json_t *facts;             /* while they are judged, and what was made of them */
    void *judged;
    bool failed;
    struct later retry;
    struct handles handles;
};

/* Those that end a run in order: an interruption, a termination, a terminal that is gone. */
#define SIGNALS 3

struct run {
    const struct options *options;
    struct target_list *targets;
    struct worker worker;
    struct host_job_env env;
    uv_loop_t loop;
    struct run_events events;
    void *ctx;
    struct job **jobs; /* one for each target, made when it is first scanned */
    size_t job_count, in_flight, over;
    struct queue *queue;
    struct target *jump_like;
    struct progress progress;
    uv_timer_t ticker, time_limit, admit_later, lender, pacer;
    struct pace pace;
    uv_signal_t signals[SIGNALS];
    enum run_end end;
    bool stopping, closed;
};

static void admit(struct run *run);
static void stop(struct run *run, enum run_end why);

static json_t *run_host_json(const struct run *run, const struct job *job, const struct failure *failure)
{
    const struct target *target = run->targets->items[job->index];
    json_t *host = json_object();
    json_put(host, "name", json_text(target->name));
    json_put(host, "groups", json_incref(target->groups));
    json_put(host, "target", target_json(target));
    json_put(host, "order", json_integer((json_int_t)target->order));
    if (json_object_size(target->policy))
        json_put(host, "policy", json_incref(target->policy));
    json_put(host, "status", json_text(failure ? "failed" : "scanned"));
    json_put(host, "error", failure ? failure_json(failure) : NULL);
    return host;
}

static void close_loop_handles(struct run *run)
{
    if (run->closed)
        return;
    run->closed = true;
    uv_close((uv_handle_t *)&run->ticker, NULL);
    uv_close((uv_handle_t *)&run->time_limit, NULL);
    uv_close((uv_handle_t *)&run->admit_later, NULL);
    uv_close((uv_handle_t *)&run->lender, NULL);
    uv_close((uv_handle_t *)&run->pacer, NULL);
    for (size_t i = 0; i < SIGNALS; i++)
        uv_close((uv_handle_t *)&run->signals[i], NULL);
    jump_hosts_close(run->env.transport.jumps);
    ssh_config_close(run->env.transport.config);
    keyring_close(run->env.transport.keys);
    http_free(run->env.http);
}

/* Room for the hosts that a run has found; true where there is something. */
static bool find_more(struct run *run)
{
    size_t before = run->targets->count;
    if (run->stopping || !run->events.more || !run->events.more(run->ctx, run->targets))
        return false;
    run->jobs = xrealloc(run->jobs, run->targets->count * sizeof(void *));
    for (size_t i = before; i < run->targets->count; i++) {
        run->jobs[i] = NULL;
        queue_add(run->queue, i);
    }
    run->job_count = run->targets->count;
    run->progress.total = run->targets->count;
    return run->targets->count > before;
}

static void on_retry(void *ctx);

static void job_release(void *owner)
{
    free(owner);
}

static struct job *job_of(struct run *run, size_t index)
{
    struct job *job = run->jobs[index];
    if (!job) {
        job = run->jobs[index] = xcalloc(1, sizeof *job);
        *job = (struct job){.run = run, .index = index};
        handles_init(&job->handles, job_release, job);
        later_init(&job->retry, &run->loop, on_retry, job);
    }
    return job;
}

/* The one place that changes a job's state. */
static void job_set_state(struct job *job, enum job_state state)
{
    job->state = state;
    if (state != JOB_VISITED)
        job->host_job = NULL;
    if (state != JOB_PAUSING)
        later_drop(&job->retry);
    if (state == JOB_OVER) {
        job->run->jobs[job->index] = NULL;
        later_close(&job->retry, &job->handles);
        handles_end(&job->handles);
    }
}

static void judge_job(void *ctx)
{
    struct job *job = ctx;
    const struct run_events *events = &job->run->events;
    job->judged = events->judge ? events->judge(job->run->ctx, job->index, job->facts) : NULL;
}

/* The facts were made on the loop, and are freed here: memory that one thread takes and others give back
 * makes mimalloc grow with the fleet. */
static void keep_job(void *ctx)
{
    struct job *job = ctx;
    struct run *run = job->run;
    run->over++;
    run->progress.done++;
    run->progress.failed += job->failed;
    bool kept = run->events.result(run->ctx, job->index, job->facts, job->judged);
    json_decref(job->facts);
    job_set_state(job, JOB_OVER);
    if (!kept && !run->stopping)
        stop(run, RUN_FAILED);
    if (run->over == run->targets->count && !find_more(run))
        close_loop_handles(run);
    else if (!run->stopping)
        admit(run);
}

/* A host holds its place until it is judged, so that no more facts wait in memory than hosts are allowed at
 * once. */
static void keep_visited(void *ctx)
{
    struct job *job = ctx;
    queue_ended(job->run->queue, job->index);
    keep_job(job);
}

/* What was made on a host and is still there. */
static void tell_left(const struct run *run, const json_t *facts)
{
    const char *left = document_missing(facts, PART_HOST_FILES_REMOVAL);
    if (!left)
        return;
    progress_clear(&run->progress);
    fputs("muster: ", stderr);
    text_print_safe(stderr, json_text_at(facts, "host.name"));
    fputs(": ", stderr);
    text_print_safe(stderr, left);
    fputc('\n', stderr);
}

static void note_facts(struct run *run, struct job *job, json_t *facts, const struct failure *failure)
{
    json_put(facts, "host", run_host_json(run, job, failure));
    job->facts = facts;
    job->failed = failure != NULL;
    tell_left(run, facts);
}

/* A host that was never connected to: there is next to nothing to judge. */
static void keep_unvisited(struct run *run, struct job *job, const struct failure *failure)
{
    note_facts(run, job, document_new(NULL), failure);
    judge_job(job);
    keep_job(job);
}

static void on_retry(void *ctx)
{
    struct job *job = ctx;
    job_set_state(job, JOB_WAITING);
    queue_add(job->run->queue, job->index);
    admit(job->run);
}

/* Doubled each time, and spread so that hosts behind one bottleneck do not come back all at once. */
static void pause_job(struct job *job)
{
    uint64_t delay_ms = ((uint64_t)BACKOFF_MS << (job->tries - 1)) + (uint64_t)(rand() % BACKOFF_MS);
    job_set_state(job, JOB_PAUSING);
    later_call_in(&job->retry, delay_ms);
}

static void on_visited(void *ctx, json_t *facts, const struct failure *failure)
{
    struct job *job = ctx;
    struct run *run = job->run;
    if (run->events.timed)
        run->events.timed(run->ctx, job->index, host_job_timeline(job->host_job));
    run->in_flight--;
    run->progress.in_flight = run->in_flight;
    bool deferred = failure && failure->stage == STAGE_DEFERRED && !run->stopping;
    bool again = failure && failure->transient && job->tries <= run->options->retries && !run->stopping;
    if (deferred) {
        job->tries--;
        job_set_state(job, JOB_WAITING);
        queue_defer(run->queue, job->index, failure->message);
    } else if (again) {
        pause_job(job);
    }
    if (!deferred && !again) {
        job_set_state(job, JOB_JUDGED);
        note_facts(run, job, facts, failure);
        worker_begin(&run->worker, judge_job, keep_visited, job);
        return;
    }
    queue_ended(run->queue, job->index);
    json_decref(facts);
    admit(run);
}

static void on_admit(uv_timer_t *timer)
{
    admit(timer->data);
}

static void admit(struct run *run)
{
    size_t index;
    uint64_t wait_us = 0;
    while (!run->stopping && queue_next(run->queue, uv_hrtime() / 1000, &index, &wait_us)) {
        struct job *job = job_of(run, index);
        job->tries++;
        run->in_flight++;
        run->progress.in_flight = run->in_flight;
        job_set_state(job, JOB_VISITED);
        job->host_job = host_job_start(&run->env, run->targets->items[index], on_visited, job);
    }
    if (!run->stopping && wait_us)
        uv_timer_start(&run->admit_later, on_admit, wait_us / 1000 + 1, 0);
}

static bool jump_has_room(void *ctx, const char *jump)
{
    const struct run *run = ctx;
    return jump_hosts_have_room(run->env.transport.jumps, jump);
}

/* Ends every host job and writes every host that was not reached into the results: rows, never omissions. */
static void stop(struct run *run, enum run_end why)
{
    struct failure failure;
    size_t index;
    if (run->stopping)
        return;
    run->stopping = true;
    run->end = why;
    failure_set(&failure, STAGE_INTERRUPTED, false, "scan it again",
                "the run was ended before this host was visited");
    while (queue_take(run->queue, &index))
        keep_unvisited(run, job_of(run, index), &failure);
    for (size_t i = 0; i < run->job_count; i++) {
        struct job *job = run->jobs[i];
        if (job && job->state == JOB_VISITED)
            host_job_interrupt(job->host_job);
        else if (job && job->state == JOB_PAUSING)
            keep_unvisited(run, job, &failure);
    }
}

static void on_pace(uv_timer_t *timer)
{
    struct run *run = timer->data;
    uint64_t idle_ns = uv_metrics_idle_time(&run->loop);
    queue_set_limit(run->queue, pace_adjust(&run->pace, uv_hrtime(), idle_ns, run->worker.pending));
    admit(run);
}

/* --forks bounds work; a host that is waited for is none. */
static void on_lend(uv_timer_t *timer)
{
    struct run *run = timer->data;
    uint64_t idle_us = uv_metrics_idle_time(&run->loop) / 1000;
    size_t silent = 0;
    for (size_t i = 0; i < run->job_count; i++)
        if (run->jobs[i] && run->jobs[i]->state == JOB_VISITED &&
            host_job_is_silent(run->jobs[i]->host_job, idle_us))
            silent++;
    queue_lend(run->queue, silent < LENT_MAX ? silent : LENT_MAX);
    admit(run);
}

/* Whatever the loop is doing, or the writing of reports behind it. */
static void end_at_once(int number)
{
    (void)number;
    _exit(EXIT_INTERRUPTED);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct run *run = handle->data;
    (void)number;
    for (size_t i = 0; i < SIGNALS; i++)
        if (uv_is_active((uv_handle_t *)&run->signals[i])) {
            int heard = run->signals[i].signum;
            uv_signal_stop(&run->signals[i]);
            signal(heard, end_at_once);
        }
    progress_clear(&run->progress);
    fputs("muster: interrupted; writing what is known (once more ends at once)\n", stderr);
    stop(run, RUN_INTERRUPTED);
}

static void on_time_limit(uv_timer_t *timer)
{
    struct run *run = timer->data;
    progress_clear(&run->progress);
    fputs("muster: the run's time (--run-timeout) is over; writing what is known\n", stderr);
    stop(run, RUN_TIMED_OUT);
}

static void on_tick(uv_timer_t *timer)
{
    struct run *run = timer->data;
    if (!keyring_is_asking(run->env.transport.keys))
        progress_show(&run->progress, uv_now(&run->loop));
}

static void start_signals(struct run *run)
{
    static const int NUMBERS[SIGNALS] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < SIGNALS; i++) {
        struct sigaction before;
        uv_signal_init(&run->loop, &run->signals[i]);
        run->signals[i].data = run;
        /* nohup */
        if (NUMBERS[i] != SIGHUP || sigaction(SIGHUP, NULL, &before) || before.sa_handler != SIG_IGN)
            uv_signal_start(&run->signals[i], on_signal, NUMBERS[i]);
        uv_unref((uv_handle_t *)&run->signals[i]);
    }
}

static void start_timers(struct run *run)
{
    uv_timer_init(&run->loop, &run->ticker);
    uv_timer_init(&run->loop, &run->time_limit);
    uv_timer_init(&run->loop, &run->admit_later);
    uv_timer_init(&run->loop, &run->lender);
    uv_timer_start(&run->lender, on_lend, LEND_MS, LEND_MS);
    uv_unref((uv_handle_t *)&run->lender);
    run->lender.data = run;
    uv_timer_init(&run->loop, &run->pacer);
    run->pacer.data = run;
    uv_timer_start(&run->pacer, on_pace, PACE_MS, PACE_MS);
    uv_unref((uv_handle_t *)&run->pacer);
    run->ticker.data = run->time_limit.data = run->admit_later.data = run;
    if (run->progress.shown)
        uv_timer_start(&run->ticker, on_tick, 0, PROGRESS_MS);
    if (run->options->run_timeout_ms)
        uv_timer_start(&run->time_limit, on_time_limit, (uint64_t)run->options->run_timeout_ms, 0);
}

static void start_thread(void *ctx)
{
    (void)ctx;
}

/* With all that libuv would end the process for, were it missing. */
static bool open_loop(uv_loop_t *loop)
{
    if (!process_can_open(DESCRIPTORS_OWN) || uv_loop_init(loop)) {
        fputs("muster: no host can be visited: too many open files; raise the limit on open files (ulimit "
              "-n)\n",
              stderr);
        return false;
    }
    if (!process_can_start_threads()) {
        fputs("muster: no host can be visited: no threads can be started; raise the limits on memory and "
              "processes (ulimit -v, -u)\n",
              stderr);
        uv_loop_close(loop);
        return false;
    }
    uv_loop_configure(loop, UV_METRICS_IDLE_TIME);
    return true;
}

enum run_end run_hosts(const struct options *options, struct target_list *targets,
                       const struct run_mode *mode, const struct run_events *events, void *ctx)
{
    struct run run = {
        .options = options, .targets = targets, .events = *events, .ctx = ctx, .end = RUN_COMPLETE};
    run_env_warn(targets);
    if (!open_loop(&run.loop))
        return RUN_FAILED;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    ssh_init();
    /* The hosts found during the run may be more than what is known now. */
    size_t forks =
        limits_fit_forks((size_t)options->forks, events->more ? (size_t)options->forks : targets->count);
    run.pace = pace_begin(forks, uv_hrtime());
    run.job_count = targets->count;
    run.jobs = xcalloc(targets->count, sizeof *run.jobs);
    run.worker = (struct worker){.loop = &run.loop};
    worker_begin(&run.worker, start_thread, NULL, NULL); /* there may be less memory later */
    run.env = run_env_make(&run.worker, options, forks, mode->folder, mode->ping_only);
    run.jump_like = run_env_jump_like(options);
    jump_hosts_new(&run.env.transport, run.jump_like, (size_t)options->per_jump);
    run.queue = queue_new(
        targets, (struct queue_limits){.at_once = pace_limit(&run.pace),
                                       .gap_us = options->rate ? 60000000u / (uint64_t)options->rate : 0,
                                       .jump_has_room = jump_has_room,
                                       .ctx = &run});
    run.progress = (struct progress){.shown = isatty(STDERR_FILENO) && options->verbosity >= 0,
                                     .total = targets->count,
                                     .started_ms = uv_now(&run.loop)};
    start_signals(&run);
    start_timers(&run);
    admit(&run);
    bool ended = loop_run(&run.loop, &run.worker.pending);
    progress_clear(&run.progress);
    uv_loop_close(&run.loop);
    jump_hosts_free(run.env.transport.jumps);
    ended = run_env_free(&run.env) && ended;
    if (!ended)
        process_abandon_threads();
    target_free(run.jump_like);
    queue_free(run.queue);
    ssh_finalize();
    curl_global_cleanup();
    free(run.jobs); /* each job went when it was over */
    return run.end;
}
