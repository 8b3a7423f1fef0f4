/* passphrase.c: see passphrase.h. The terminal is read on one of libuv's threads, in short waits, so that an
 * interrupted run can end it and the terminal is never left without its echo. */
#include "agentless/transport/ssh/passphrase.h"
#include "base/mem.h"

#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define WAIT_MS 100

struct passphrase {
    uv_work_t work;
    char *prompt;
    char text[512];
    bool typed;
    atomic_bool cancelled;
    passphrase_cb *done;
    void *ctx;
};

bool passphrase_can_ask(void)
{
    int fd = isatty(STDIN_FILENO) ? open("/dev/tty", O_RDWR | O_CLOEXEC) : -1;
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static void passphrase_read_line(struct passphrase *p, int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    size_t length = 0;
    while (!atomic_load(&p->cancelled)) {
        char c;
        if (poll(&wait, 1, WAIT_MS) <= 0)
            continue;
        if (read(fd, &c, 1) != 1 || c == '\n' || c == '\r') {
            p->typed = length > 0;
            return;
        }
        if (length < sizeof p->text - 1)
            p->text[length++] = c;
    }
}

static void passphrase_prompt(uv_work_t *work)
{
    struct passphrase *p = work->data;
    struct termios before, quiet;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (fd < 0 || tcgetattr(fd, &before)) {
        if (fd >= 0)
            close(fd);
        return;
    }
    quiet = before;
    quiet.c_lflag &= (tcflag_t)~ECHO;
    tcsetattr(fd, TCSAFLUSH, &quiet);
    dprintf(fd, "%s", p->prompt);
    passphrase_read_line(p, fd);
    dprintf(fd, "\n");
    tcsetattr(fd, TCSAFLUSH, &before);
    close(fd);
}

static void on_asked(uv_work_t *work, int status)
{
    struct passphrase *p = work->data;
    if (!atomic_load(&p->cancelled))
        p->done(p->ctx, status == 0 && p->typed ? p->text : NULL);
    explicit_bzero(p->text, sizeof p->text);
    free(p->prompt);
    free(p);
}

struct passphrase *passphrase_ask(uv_loop_t *loop, const char *prompt, passphrase_cb *done, void *ctx)
{
    struct passphrase *p = xcalloc(1, sizeof *p);
    p->prompt = xstrdup(prompt);
    p->done = done;
    p->ctx = ctx;
    p->work.data = p;
    uv_queue_work(loop, &p->work, passphrase_prompt, on_asked);
    return p;
}

void passphrase_cancel(struct passphrase *p)
{
    atomic_store(&p->cancelled, true);
    uv_cancel((uv_req_t *)&p->work);
}
