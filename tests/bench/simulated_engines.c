/* simulated_engines.c: thousands of simulated Docker engines in one process, for scale and faults only: it
 * listens on all loopback addresses and answers each request from a recording of a real engine
 * (record_engine), with as many containers as the command line says. One epoll loop, plain TCP and TLS, and
 * ports whose hosts go wrong.
 *
 *   simulated_engines RECORDING CONTAINERS CERT KEY PORT_FILE
 *
 * PORT_FILE gets a line for each port: plain, tls, stall (accepts, says nothing), drip (a byte every 100 ms),
 * blackhole (connections are never accepted). */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

enum mode { MODE_PLAIN, MODE_TLS, MODE_STALL, MODE_DRIP, MODE_BLACKHOLE, MODES };
static const char *const MODE_NAMES[MODES] = {"plain", "tls", "stall", "drip", "blackhole"};

struct connection {
    int fd; /* first, in listeners too: what epoll hands back */
    enum mode mode;
    bool listens;
    SSL *ssl;
    struct buf in, out;
    size_t sent;
    struct connection *next_drip;
};

static json_t *answers; /* path -> body */
static struct connection *drips;

static void die(const char *what)
{
    fprintf(stderr, "simulated_engines: %s: %s\n", what, errno ? strerror(errno) : "?");
    exit(1);
}

/* --- the recording --- */

static void replace_all(struct buf *out, const char *text, const char *from, const char *to)
{
    const char *hit;
    while ((hit = strstr(text, from))) {
        buf_add(out, text, (size_t)(hit - text));
        buf_text(out, to);
        text = hit + strlen(from);
    }
    buf_text(out, text);
}

static void add_containers(json_t *recording, long count)
{
    json_t *paths = json_object_get(recording, "paths");
    const char *id = json_string_value(json_object_get(recording, "container_id"));
    const char *inspect = json_string_value(json_object_get(recording, "container"));
    json_t *list = json_array();
    for (long i = 0; i < count; i++) {
        char own[65];
        struct buf body = {0};
        snprintf(own, sizeof own, "%064lx", i + 1);
        replace_all(&body, inspect, id, own);
        char *path = xasprintf("/containers/%s/json", own);
        json_object_set_new(paths, path, json_string(body.data));
        free(path);
        path = xasprintf("/containers/%s/top", own);
        json_object_set_new(
            paths, path,
            json_string(
                "{\"Titles\":[\"PID\",\"UID\",\"COMMAND\"],\"Processes\":[[\"7\",\"0\",\"sleep\"]]}"));
        free(path);
        path = xasprintf("/containers/%s/changes", own);
        json_object_set_new(paths, path, json_string("null"));
        free(path);
        buf_free(&body);
        json_array_append_new(list,
                              json_pack("{s:s,s:[s],s:s}", "Id", own, "Names", "/c", "State", "running"));
    }
    char *text = json_dumps(list, JSON_COMPACT);
    json_object_set_new(paths, "/containers/json", json_string(text));
    free(text);
    json_decref(list);
    answers = paths;
}

/* --- one request --- */

static const char *without_version(const char *path)
{
    if (strncmp(path, "/v1.", 4) != 0)
        return path;
    const char *slash = strchr(path + 1, '/');
    return slash ? slash : path;
}

static void respond(struct connection *c, char *head)
{
    char *path = strchr(head, ' ');
    char *end = path ? strchr(++path, ' ') : NULL;
    if (!end)
        return;
    *end = '\0';
    path[strcspn(path, "?")] = '\0';
    const char *body = json_string_value(json_object_get(answers, without_version(path)));
    if (strcmp(without_version(path), "/_ping") == 0)
        body = "OK";
    buf_format(
        &c->out,
        "HTTP/1.1 %s\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
        body ? "200 OK" : "404 Not Found", body ? strlen(body) : (size_t)2);
    buf_text(&c->out, body ? body : "{}");
}

static void read_requests(struct connection *c)
{
    char *end;
    while (c->in.length && (end = strstr(c->in.data, "\r\n\r\n"))) {
        size_t used = (size_t)(end - c->in.data) + 4;
        *end = '\0';
        respond(c, c->in.data);
        memmove(c->in.data, c->in.data + used, c->in.length - used + 1);
        c->in.length -= used;
    }
}

/* --- the loop --- */

static int epoll;

static void watch(struct connection *c, bool write, int operation)
{
    struct epoll_event event = {.events = EPOLLIN | (write ? EPOLLOUT : 0), .data.ptr = c};
    if (epoll_ctl(epoll, operation, c->fd, &event))
        die("epoll_ctl");
}

static void drop(struct connection *c)
{
    struct connection **at = &drips;
    while (*at && *at != c)
        at = &(*at)->next_drip;
    if (*at)
        *at = c->next_drip;
    if (c->ssl)
        SSL_free(c->ssl);
    close(c->fd);
    buf_free(&c->in);
    buf_free(&c->out);
    free(c);
}

/* Returns what read() or SSL_read() does; 0 and less: -1 would block, -2 over. */
static int transfer(struct connection *c, bool write, char *bytes, size_t length)
{
    if (!c->ssl) {
        ssize_t got = write ? send(c->fd, bytes, length, MSG_NOSIGNAL) : read(c->fd, bytes, length);
        return got > 0 ? (int)got : got < 0 && errno == EAGAIN ? -1 : -2;
    }
    int got = write ? SSL_write(c->ssl, bytes, (int)length) : SSL_read(c->ssl, bytes, (int)length);
    if (got > 0)
        return got;
    int why = SSL_get_error(c->ssl, got);
    return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? -1 : -2;
}

static bool flush(struct connection *c, size_t most)
{
    while (c->sent < c->out.length) {
        size_t left = c->out.length - c->sent;
        int wrote = transfer(c, true, c->out.data + c->sent, left < most ? left : most);
        if (wrote == -2)
            return false;
        if (wrote < 0)
            break;
        c->sent += (size_t)wrote;
        if (c->mode == MODE_DRIP)
            break;
    }
    if (c->sent == c->out.length)
        c->out.length = c->sent = 0;
    return true;
}

static void serve(struct connection *c)
{
    char chunk[16384];
    int got;
    while ((got = transfer(c, false, chunk, sizeof chunk)) > 0)
        if (c->mode != MODE_STALL)
            buf_add(&c->in, chunk, (size_t)got);
    if (got == -2) {
        drop(c);
        return;
    }
    read_requests(c);
    if (c->mode != MODE_DRIP && !flush(c, SIZE_MAX))
        drop(c);
    else
        watch(c, c->mode != MODE_DRIP && c->out.length > 0, EPOLL_CTL_MOD);
}

static void accept_all(struct connection *listener, SSL_CTX *tls)
{
    int fd, on = 1;
    while ((fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *c = xcalloc(1, sizeof *c);
        c->fd = fd;
        c->mode = listener->mode;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (c->mode == MODE_TLS) {
            c->ssl = SSL_new(tls);
            SSL_set_fd(c->ssl, fd);
            SSL_set_accept_state(c->ssl);
        }
        if (c->mode == MODE_DRIP) {
            c->next_drip = drips;
            drips = c;
        }
        watch(c, false, EPOLL_CTL_ADD);
    }
}

static void listen_for(enum mode mode, FILE *ports)
{
    struct connection *c = xcalloc(1, sizeof *c);
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY)};
    socklen_t size = sizeof any;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    c->mode = mode;
    c->listens = true;
    if (bind(c->fd, (struct sockaddr *)&any, size) || listen(c->fd, mode == MODE_BLACKHOLE ? 0 : 4096) ||
        getsockname(c->fd, (struct sockaddr *)&any, &size))
        die("listen");
    fprintf(ports, "%s %u\n", MODE_NAMES[mode], ntohs(any.sin_port));
    if (mode != MODE_BLACKHOLE) {
        watch(c, false, EPOLL_CTL_ADD);
        return;
    }
    /* The queue of connections nobody accepts is filled: who comes later gets no answer at all. */
    for (int i = 0; i < 4; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connect(fd, (struct sockaddr *)&any, size);
    }
}

static void drip_all(void)
{
    for (struct connection *c = drips, *next; c; c = next) {
        next = c->next_drip;
        if (!flush(c, 1))
            drop(c);
    }
}

int main(int argc, char **argv)
{
    json_error_t err;
    struct rlimit files;
    if (argc != 6) {
        fprintf(stderr, "usage: simulated_engines RECORDING CONTAINERS CERT KEY PORT_FILE\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    json_t *recording = json_load_file(argv[1], 0, &err);
    if (!recording) {
        fprintf(stderr, "simulated_engines: %s: %s\n", argv[1], err.text);
        return 1;
    }
    add_containers(recording, atol(argv[2]));
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (SSL_CTX_use_certificate_chain_file(tls, argv[3]) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, argv[4], SSL_FILETYPE_PEM) != 1)
        die("certificate");
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    char *partial = xasprintf("%s.part", argv[5]);
    FILE *ports = fopen(partial, "w");
    if (!ports)
        die(partial);
    for (int mode = 0; mode < MODES; mode++)
        listen_for((enum mode)mode, ports);
    fclose(ports);
    rename(partial, argv[5]);
    for (;;) {
        struct epoll_event events[256];
        int count = epoll_wait(epoll, events, 256, 100);
        for (int i = 0; i < count; i++) {
            struct connection *c = events[i].data.ptr;
            if (c->listens)
                accept_all(c, tls);
            else
                serve(c);
        }
        static struct timespec last;
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if ((now.tv_sec - last.tv_sec) * 1000 + (now.tv_nsec - last.tv_nsec) / 1000000 >= 100) {
            last = now;
            drip_all();
        }
    }
}
