/* run.c: see run.h */
#include "agentless/facts/document.h"
#include "inventory/resolve.h"
#include "fleet/run.h"
#include "agentless/transport/ssh/known_hosts.h"
#include "agentless/transport/ssh/host_certificate_store.h"
#include "agentless/transport/ssh/passphrase.h"
#include "agentless/transport/dns.h"
#include "agentless/transport/ssh/config.h"
#include "agentless/transport/ssh/jump.h"
#include "agentless/transport/ssh/keyring.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/xdg.h"
#include "fleet/queue.h"
#include "fleet/progress.h"

#include <errno.h>
#include <libssh/libssh.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* An ssh host with 16 tunnelled connections: the session, both ends of each, the listener. */
#define FILES_PER_HOST 40
#define FILES_OWN 64
/* More at once than this hides nothing more of a long way. */
#define PARALLEL_MAX 64
/* No answer of an engine is larger on a host of 10,000 containers. */
#define ANSWER_BYTES_MAX (64u << 20)
#define REQUEST_TIMEOUT_MS 60000
#define BACKOFF_MS 500
#define PROGRESS_MS 200
/* Hosts that are silent lend their place to others: so many at most, looked at so often. */
#define LENT_MAX 256
#define LEND_MS 250
/* So many are under way at once whatever comes, and more, up to --forks, only as far as we have time for
 * them: who is busy already gains nothing from more open hosts but memory and misses of the cache. */
#define WINDOW_MIN 64
#define WINDOW_STEP 32
#define WINDOW_MS 20
/* Jobs on libuv's threads (4 by default); with more of them waiting, the threads are what is busy. */
#define PENDING_MAX 12

struct job {
    struct run *run;
    size_t index;
    unsigned tries;
    struct host_job *visit; /* NULL: waiting, or over */
    json_t *facts;          /* while they are judged, and what was made of them */
    void *judged;
    uv_timer_t retry;             /* the pause before another try */
    bool pausing, paused, failed; /* now; ever */
};

struct run {
    const struct options *options;
    struct target_list *targets;
    struct host_job_env env;
    uv_loop_t loop;
    struct run_events events;
    void *ctx;
    struct job **jobs; /* one for each target, made when it is first visited */
    size_t job_count, in_flight, over;
    struct queue *admission;
    struct target *jump_like;
    struct progress progress;
    uv_timer_t ticker, time_limit, admit_later, lender, pacer;
    size_t forks, window;
    uint64_t paced_ns,
        idle_ns; /* when the window was last looked at, and how long we had been idle by then */
    uv_signal_t signals[2];
    enum run_end end;
    bool stopping, closed;
};

static void admit(struct run *run);
static void stop(struct run *run, enum run_end why);

static json_t *host_json(const struct run *run, const struct job *job, const struct failure *failure)
{
    const struct target *target = run->targets->items[job->index];
    json_t *host = json_object();
    json_put(host, "name", json_text(target->name));
    json_put(host, "groups", json_incref(target->groups));
    json_put(host, "target", target_json(target));
    json_put(host, "order", json_integer((json_int_t)job->index));
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
    for (size_t i = 0; i < 2; i++)
        uv_close((uv_handle_t *)&run->signals[i], NULL);
    jump_hosts_close(run->env.transport.jumps);
    ssh_config_close(run->env.transport.config);
    keyring_close(run->env.transport.keys);
    http_free(run->env.http);
}

/* Room for what a run has found on its way; true where there is something. */
static bool find_more(struct run *run)
{
    size_t before = run->targets->count;
    if (run->stopping || !run->events.more || !run->events.more(run->ctx, run->targets))
        return false;
    run->jobs = xrealloc(run->jobs, run->targets->count * sizeof(void *));
    for (size_t i = before; i < run->targets->count; i++) {
        run->jobs[i] = NULL;
        queue_add(run->admission, i);
    }
    run->job_count = run->targets->count;
    run->progress.total = run->targets->count;
    return run->targets->count > before;
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
    if (!job->paused) { /* its timer may still be closing */
        run->jobs[job->index] = NULL;
        free(job);
    }
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
    queue_ended(job->run->admission, job->index);
    keep_job(job);
}

static void note_facts(struct run *run, struct job *job, json_t *facts, const struct failure *failure)
{
    json_put(facts, "host", host_json(run, job, failure));
    job->facts = facts;
    job->failed = failure != NULL;
}

/* A host that was never visited: there is next to nothing to judge. */
static void keep_unvisited(struct run *run, struct job *job, const struct failure *failure)
{
    note_facts(run, job, document_new(NULL), failure);
    judge_job(job);
    keep_job(job);
}

static void on_retry(uv_timer_t *timer)
{
    struct job *job = timer->data;
    job->pausing = false;
    uv_close((uv_handle_t *)timer, NULL);
    queue_add(job->run->admission, job->index);
    admit(job->run);
}

/* Doubled each time, and spread so that hosts behind one bottleneck do not come back all at once. */
static void pause_job(struct run *run, struct job *job)
{
    uint64_t delay_ms = ((uint64_t)BACKOFF_MS << (job->tries - 1)) + (uint64_t)(rand() % BACKOFF_MS);
    job->pausing = job->paused = true;
    uv_timer_init(&run->loop, &job->retry);
    job->retry.data = job;
    uv_timer_start(&job->retry, on_retry, delay_ms, 0);
}

static void on_visited(void *ctx, json_t *facts, const struct failure *failure)
{
    struct job *job = ctx;
    struct run *run = job->run;
    if (run->events.timed)
        run->events.timed(run->ctx, job->index, host_job_timeline(job->visit));
    job->visit = NULL;
    run->in_flight--;
    run->progress.in_flight = run->in_flight;
    bool deferred = failure && failure->stage == STAGE_DEFERRED && !run->stopping;
    bool again = failure && failure->transient && job->tries <= run->options->retries && !run->stopping;
    if (deferred) {
        job->tries--;
        queue_defer(run->admission, job->index, failure->message);
    } else if (again) {
        pause_job(run, job);
    }
    if (!deferred && !again) {
        note_facts(run, job, facts, failure);
        worker_begin(&run->env.off_loop, judge_job, keep_visited, job);
        return;
    }
    queue_ended(run->admission, job->index);
    json_decref(facts);
    admit(run);
}

static struct job *job_of(struct run *run, size_t index)
{
    if (!run->jobs[index]) {
        run->jobs[index] = xcalloc(1, sizeof(struct job));
        *run->jobs[index] = (struct job){.run = run, .index = index};
    }
    return run->jobs[index];
}

static void on_admit(uv_timer_t *timer)
{
    admit(timer->data);
}

static void admit(struct run *run)
{
    size_t index;
    uint64_t wait_us;
    while (!run->stopping && queue_next(run->admission, uv_hrtime() / 1000, &index, &wait_us)) {
        struct job *job = job_of(run, index);
        job->tries++;
        run->in_flight++;
        run->progress.in_flight = run->in_flight;
        job->visit = host_job_start(&run->env, run->targets->items[index], on_visited, job);
    }
    if (!run->stopping && wait_us)
        uv_timer_start(&run->admit_later, on_admit, wait_us / 1000 + 1, 0);
}

static bool jump_has_room(void *ctx, const char *jump)
{
    const struct run *run = ctx;
    return jump_hosts_have_room(run->env.transport.jumps, jump);
}

/* Ends every visit and writes every host that was not reached into the results: rows, never omissions. */
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
    while (queue_take(run->admission, &index))
        keep_unvisited(run, job_of(run, index), &failure);
    for (size_t i = 0; i < run->job_count; i++) {
        struct job *job = run->jobs[i];
        if (job && job->visit)
            host_job_interrupt(job->visit);
        if (job && job->pausing) {
            job->pausing = false;
            uv_close((uv_handle_t *)&job->retry, NULL);
            keep_unvisited(run, job, &failure);
        }
    }
}

static void on_pace(uv_timer_t *timer)
{
    struct run *run = timer->data;
    uint64_t now_ns = uv_hrtime(), idle_ns = uv_metrics_idle_time(&run->loop);
    uint64_t passed_ns = now_ns - run->paced_ns, waited_ns = idle_ns - run->idle_ns;
    run->paced_ns = now_ns;
    run->idle_ns = idle_ns;
    bool behind = run->env.off_loop.pending > PENDING_MAX;
    if (waited_ns * 5 >= passed_ns && !behind && run->window < run->forks)
        run->window += WINDOW_STEP;
    else if ((waited_ns * 20 < passed_ns || behind) && run->window > WINDOW_MIN)
        run->window -= WINDOW_STEP;
    queue_set_limit(run->admission, run->window < run->forks ? run->window : run->forks);
    admit(run);
}

/* --forks bounds work; a host that is waited for is none. */
static void on_lend(uv_timer_t *timer)
{
    struct run *run = timer->data;
    uint64_t idle_us = uv_metrics_idle_time(&run->loop) / 1000;
    size_t silent = 0;
    for (size_t i = 0; i < run->job_count; i++)
        if (run->jobs[i] && run->jobs[i]->visit && host_job_is_silent(run->jobs[i]->visit, idle_us))
            silent++;
    queue_lend(run->admission, silent < LENT_MAX ? silent : LENT_MAX);
    admit(run);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct run *run = handle->data;
    (void)number;
    if (run->stopping)
        _exit(EXIT_INTERRUPTED);
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

/* Raises the limit on open files, or lowers the number of hosts at once, and says so. */
static size_t fit_forks(size_t wanted, size_t targets)
{
    struct rlimit limit;
    size_t forks = wanted < targets ? wanted : targets;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return forks;
    rlim_t needed = (rlim_t)forks * FILES_PER_HOST + FILES_OWN;
    rlim_t wanted_files = (rlim_t)(forks + LENT_MAX) * PARALLEL_MAX * 2 + FILES_OWN;
    if (limit.rlim_cur < wanted_files && limit.rlim_max != limit.rlim_cur) {
        limit.rlim_cur =
            limit.rlim_max == RLIM_INFINITY || limit.rlim_max > wanted_files ? wanted_files : limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= needed)
        return forks;
    size_t fitting = limit.rlim_cur > FILES_OWN + FILES_PER_HOST
                         ? (size_t)(limit.rlim_cur - FILES_OWN) / FILES_PER_HOST
                         : 1;
    fprintf(stderr,
            "muster: only %zu hosts at once instead of %zu: the limit on open files is %llu (ulimit -n)\n",
            fitting, forks, (unsigned long long)limit.rlim_cur);
    return fitting;
}

/* A connection through a tunnel has two ends here. */
static unsigned fit_parallel(size_t forks)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return FILES_PER_HOST / 2;
    rlim_t each = limit.rlim_cur > FILES_OWN ? (limit.rlim_cur - FILES_OWN) / (forks + LENT_MAX) / 2 : 1;
    return each > PARALLEL_MAX ? PARALLEL_MAX : (unsigned)each;
}

static void start_signals(struct run *run)
{
    static const int NUMBERS[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < 2; i++) {
        uv_signal_init(&run->loop, &run->signals[i]);
        run->signals[i].data = run;
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
    run->paced_ns = uv_hrtime();
    uv_timer_start(&run->pacer, on_pace, WINDOW_MS, WINDOW_MS);
    uv_unref((uv_handle_t *)&run->pacer);
    run->ticker.data = run->time_limit.data = run->admit_later.data = run;
    if (run->progress.shown)
        uv_timer_start(&run->ticker, on_tick, 0, PROGRESS_MS);
    if (run->options->run_timeout_ms)
        uv_timer_start(&run->time_limit, on_time_limit, (uint64_t)run->options->run_timeout_ms, 0);
}

static void warn_about_unverified(const struct target_list *targets)
{
    size_t count = 0;
    for (size_t i = 0; i < targets->count; i++) {
        const struct target *t = targets->items[i];
        count += (t->shell_kind == SHELL_SSH && t->host_key == HOST_KEY_NO) ||
                 (t->engine.scheme == SCHEME_TCP && t->tls && !t->tls_verify);
    }
    if (count)
        fprintf(stderr,
                "muster: %zu host%s not verified, as asked: whoever is in between can answer for %s\n", count,
                count == 1 ? " is" : "s are", count == 1 ? "it" : "them");
}

/* What jump hosts get from the command line: a key, a password, the host key policy. */
static struct target *make_jump_like(const struct options *options)
{
    struct target_defaults defaults = options->defaults;
    struct error err;
    defaults.ssh_options = NULL;
    defaults.user = NULL;
    defaults.become = false;
    return target_from_word("ssh://jump", &defaults, &err);
}

static struct host_job_env make_env(struct run *run, const struct options *options, size_t forks,
                                    const struct run_way *way)
{
    char *pins = xdg_state_path("known_hosts");
    char *certificates = xdg_state_path("host_certificates");
    unsigned parallel_max = fit_parallel(forks);
    struct host_job_env env = {
        .transport = {.loop = &run->loop,
                      .run_dir = way->folder,
                      .resolver = resolver_new(&run->loop),
                      .keys = keyring_new(&run->loop, passphrase_can_ask()),
                      .known = known_hosts_new(pins ? pins : ""),
                      .certificates = host_certificate_store_new(certificates),
                      .config = ssh_config_new(&run->loop, options->ssh_config),
                      .connect_timeout_ms = (unsigned)options->timeout_ms,
                      .parallel_max = parallel_max,
                      .eager = !way->ping_only},
        .http = http_new(&run->loop),
        .off_loop = {.loop = &run->loop},
        .collect = {.drift = options->drift,
                    .host_files = options->host_files,
                    .probe_plain = options->probe_plain,
                    .swarm_nodes = options->swarm},
        .limits = {.connect_timeout_ms = (unsigned)options->timeout_ms,
                   .request_timeout_ms = REQUEST_TIMEOUT_MS,
                   .answer_max = ANSWER_BYTES_MAX,
                   .parallel_max = parallel_max},
        .host_timeout_ms = (unsigned)options->host_timeout_ms,
        .ping_only = way->ping_only,
    };
    free(pins);
    free(certificates);
    return env;
}

enum run_end run_visits(const struct options *options, struct target_list *targets, const struct run_way *way,
                        const struct run_events *events, void *ctx)
{
    struct run run = {
        .options = options, .targets = targets, .events = *events, .ctx = ctx, .end = RUN_COMPLETE};
    signal(SIGPIPE, SIG_IGN);
    warn_about_unverified(targets);
    uv_loop_init(&run.loop);
    uv_loop_configure(&run.loop, UV_METRICS_IDLE_TIME);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    ssh_init();
    /* What is found on the way may be more than what is known now. */
    size_t forks = fit_forks((size_t)options->forks, events->more ? (size_t)options->forks : targets->count);
    run.forks = forks;
    run.window = WINDOW_MIN;
    run.job_count = targets->count;
    run.jobs = xcalloc(targets->count, sizeof *run.jobs);
    run.env = make_env(&run, options, forks, way);
    run.jump_like = make_jump_like(options);
    jump_hosts_new(&run.env.transport, run.jump_like, (size_t)options->per_jump);
    run.admission = queue_new(
        targets, (struct queue_limits){.at_once = forks < WINDOW_MIN ? forks : WINDOW_MIN,
                                       .gap_us = options->rate ? 60000000u / (uint64_t)options->rate : 0,
                                       .jump_has_room = jump_has_room,
                                       .ctx = &run});
    run.progress = (struct progress){.shown = isatty(STDERR_FILENO) && options->verbosity >= 0,
                                     .total = targets->count,
                                     .started_ms = uv_now(&run.loop)};
    start_signals(&run);
    start_timers(&run);
    admit(&run);
    uv_run(&run.loop, UV_RUN_DEFAULT);
    progress_clear(&run.progress);
    uv_loop_close(&run.loop);
    jump_hosts_free(run.env.transport.jumps);
    ssh_config_free(run.env.transport.config);
    known_hosts_free(run.env.transport.known);
    host_certificate_store_free(run.env.transport.certificates);
    resolver_free(run.env.transport.resolver);
    keyring_free(run.env.transport.keys);
    target_free(run.jump_like);
    queue_free(run.admission);
    ssh_finalize();
    curl_global_cleanup();
    for (size_t i = 0; i < run.job_count; i++)
        free(run.jobs[i]);
    free(run.jobs);
    return run.end;
}

char *run_folder(void)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    const char *temporary = getenv("TMPDIR");
    char *folder = xasprintf("%s/muster.XXXXXX", runtime && *runtime       ? runtime
                                                 : temporary && *temporary ? temporary
                                                                           : "/tmp");
    if (mkdtemp(folder))
        return folder;
    fprintf(
        stderr,
        "muster: no private folder can be made as %s: %s; set TMPDIR to a folder that can be written to\n",
        folder, strerror(errno));
    free(folder);
    return NULL;
}
