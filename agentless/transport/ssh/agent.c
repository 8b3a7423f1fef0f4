/* agent.c: see agent.h. The socket is opened here, so that it can be shut down under libssh's feet: that ends
 * its wait on the other thread. */
#include "agentless/transport/ssh/agent.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct agents {
    struct worker *worker;
    struct agent_login *first, **last; /* who waits for the thread */
    struct agent_login *asking;        /* whom it works for */
    json_t *silent;                    /* {path: true}: gave no answer */
};

struct agent_login {
    struct agents *agents;
    struct agent_login *next;
    ssh_session ssh;
    char *path;
    int fd; /* ours of the agent's socket, to shut it down; -1: not opened */
    unsigned timeout_ms;
    struct later deadline;
    struct handles handles;
    bool waiting, timed_out;
    int result; /* the thread's to write while it works */
    char *problem;
    void (*done)(void *ctx, int result, const char *problem);
    void *ctx;
    void (*end)(void *ctx); /* set: nobody wants it any more */
    void *end_ctx;
};

struct agents *agents_new(struct worker *worker)
{
    struct agents *agents = xcalloc(1, sizeof *agents);
    agents->worker = worker;
    agents->last = &agents->first;
    agents->silent = json_object();
    return agents;
}

void agents_free(struct agents *agents)
{
    json_decref(agents->silent);
    free(agents);
}

/* The login owns the text. */
static void set_problem(struct agent_login *login, char *problem)
{
    free(login->problem);
    login->problem = problem;
}

static void on_deadline(void *ctx)
{
    struct agent_login *login = ctx;
    login->timed_out = true;
    shutdown(login->fd, SHUT_RDWR);
}

static void release(void *owner)
{
    struct agent_login *login = owner;
    free(login->path);
    free(login->problem);
    free(login);
}

struct agent_login *agent_login_new(struct agents *agents, ssh_session ssh, const char *path)
{
    struct agent_login *login = xcalloc(1, sizeof *login);
    const char *from_environment = getenv("SSH_AUTH_SOCK");
    login->agents = agents;
    login->ssh = ssh;
    login->path = xstrdup(path ? path : text_or(from_environment, ""));
    login->fd = -1;
    handles_init(&login->handles, release, login);
    later_init(&login->deadline, agents->worker->loop, on_deadline, login);
    return login;
}

/* A connection to a socket of this machine is made at once or not at all; one to an agent whose queue is full
 * would be waited for, if it were not non-blocking. */
static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

/* False, with the problem, where the agent cannot be asked. */
static bool open_agent(struct agent_login *login)
{
    if (json_object_get(login->agents->silent, login->path)) {
        set_problem(login, xstrdup("gave no answer in time"));
        return false;
    }
    if (login->fd >= 0)
        return true;
    int fd = connect_to(login->path);
    login->fd = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (login->fd < 0) {
        set_problem(login, xstrdup(strerror(errno)));
        if (fd >= 0)
            close(fd);
        return false;
    }
    ssh_set_agent_socket(login->ssh, fd); /* libssh's to close from now on */
    return true;
}

static void ask_next(struct agents *agents);

static void finish(struct agent_login *login)
{
    if (login->fd >= 0)
        close(login->fd);
    later_close(&login->deadline, &login->handles);
    login->end(login->end_ctx);
    handles_end(&login->handles);
}

/* The thread's; nobody else touches the session, and of the login only its descriptor. */
static void work(void *ctx)
{
    struct agent_login *login = ctx;
    login->result = ssh_userauth_agent(login->ssh, NULL);
}

static void on_worked(void *ctx)
{
    struct agent_login *login = ctx;
    struct agents *agents = login->agents;
    agents->asking = NULL;
    later_drop(&login->deadline);
    if (login->timed_out && login->result != SSH_AUTH_SUCCESS) {
        json_object_set_new_nocheck(agents->silent, login->path, json_true());
        set_problem(login, xasprintf("gave no answer in %g s", login->timeout_ms / 1000.0));
    }
    if (login->end)
        finish(login);
    else
        login->done(login->ctx, login->result, login->problem);
    ask_next(agents);
}

static void on_refused(void *ctx)
{
    struct agent_login *login = ctx;
    login->done(login->ctx, SSH_AUTH_DENIED, login->problem);
}

static void ask_next(struct agents *agents)
{
    while (agents->first && !agents->asking) {
        struct agent_login *login = agents->first;
        agents->first = login->next;
        if (!agents->first)
            agents->last = &agents->first;
        login->waiting = false;
        if (open_agent(login)) {
            agents->asking = login;
            login->deadline.call = on_deadline;
            later_call_in(&login->deadline, login->timeout_ms);
            worker_begin(agents->worker, work, on_worked, login);
        } else {
            login->deadline.call = on_refused;
            later_call(&login->deadline);
        }
    }
}

void agent_login_ask(struct agent_login *login, unsigned timeout_ms,
                     void (*done)(void *ctx, int result, const char *problem), void *ctx)
{
    struct agents *agents = login->agents;
    login->timeout_ms = timeout_ms;
    login->done = done;
    login->ctx = ctx;
    login->next = NULL;
    login->waiting = true;
    *agents->last = login;
    agents->last = &login->next;
    ask_next(agents);
}

static void stop_waiting(struct agent_login *login)
{
    struct agents *agents = login->agents;
    struct agent_login **at = &agents->first;
    while (*at != login)
        at = &(*at)->next;
    *at = login->next;
    if (!*at)
        agents->last = at;
}

void agent_login_free(struct agent_login *login, void (*end)(void *ctx), void *ctx)
{
    login->end = end;
    login->end_ctx = ctx;
    if (login->waiting)
        stop_waiting(login);
    if (login->agents->asking == login)
        shutdown(login->fd, SHUT_RDWR);
    else
        finish(login);
}
