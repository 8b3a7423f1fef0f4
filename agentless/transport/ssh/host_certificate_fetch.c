/* host_certificate_fetch.c: see host_certificate_fetch.h. libssh 0.10 cannot ask for host certificates, and
 * ssh-keyscan -c knows no jump hosts. A server sends its certificate in the clear, in its answer to the first
 * message of a key exchange (RFC 4253, 5656, 8731); to get it takes that message and no cryptography. */
#include "agentless/transport/ssh/host_certificate_fetch.h"
#include "base/loop.h"
#include "base/mem.h"

#include <openssl/rand.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_BYTES_MAX 65536
#define PACKET_BYTES_MAX 35000 /* RFC 4253, 6.1 */
#define MSG_IGNORE 2
#define MSG_DEBUG 4
#define MSG_KEXINIT 20
#define MSG_ECDH_INIT 30
#define MSG_ECDH_REPLY 31

struct host_certificate_fetch {
    uv_pipe_t pipe; /* a stream over any kind of socket */
    struct later deadline;
    struct handles handles;
    struct buf received;
    bool asked, over;
    host_certificate_cb *done;
    void *ctx;
};

static const char BANNER[] = "SSH-2.0-muster\r\n";
#define KEY_EXCHANGES "curve25519-sha256,curve25519-sha256@libssh.org"
#define ECDSA_CERTIFICATES                                                                                   \
    "ecdsa-sha2-nistp256-cert-v01@openssh.com,ecdsa-sha2-nistp384-cert-v01@openssh.com,"                     \
    "ecdsa-sha2-nistp521-cert-v01@openssh.com"
#define RSA_CERTIFICATES "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com"
static const char HOST_KEYS[] = "ssh-ed25519-cert-v01@openssh.com," ECDSA_CERTIFICATES "," RSA_CERTIFICATES;
#define CIPHERS "aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr,aes128-ctr"
#define MACS "hmac-sha2-256-etm@openssh.com,hmac-sha2-512,hmac-sha2-256"
/* In each direction: ciphers, MACs, compression, languages. */
static const char *const LISTS[] = {KEY_EXCHANGES, HOST_KEYS, CIPHERS, CIPHERS, MACS,
                                    MACS,          "none",    "none",  "",      ""};

/* --- writing --- */

static void add_number(struct buf *out, size_t value)
{
    unsigned char bytes[4] = {(unsigned char)(value >> 24), (unsigned char)(value >> 16),
                              (unsigned char)(value >> 8), (unsigned char)value};
    buf_add(out, bytes, sizeof bytes);
}

/* Padded to eight bytes, with four at least. */
static void add_packet(struct buf *out, const struct buf *payload)
{
    static const char ZEROS[16] = {0};
    size_t padding = 8 - (5 + payload->length) % 8;
    padding += padding < 4 ? 8 : 0;
    char length = (char)padding;
    add_number(out, 1 + payload->length + padding);
    buf_add(out, &length, 1);
    buf_add(out, payload->data, payload->length);
    buf_add(out, ZEROS, padding);
}

static void add_kexinit(struct buf *out)
{
    struct buf payload = {0};
    unsigned char head[17] = {MSG_KEXINIT};
    static const char TAIL[5] = {0}; /* no guess follows; reserved */
    RAND_bytes(head + 1, 16);
    buf_add(&payload, head, sizeof head);
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
        add_number(&payload, strlen(LISTS[i]));
        buf_add(&payload, LISTS[i], strlen(LISTS[i]));
    }
    buf_add(&payload, TAIL, sizeof TAIL);
    add_packet(out, &payload);
    buf_free(&payload);
}

/* Any 32 bytes are a point of the curve; nobody will know the secret, nor need it. */
static void add_ecdh_init(struct buf *out)
{
    struct buf payload = {0};
    unsigned char point[32];
    static const char HEAD[1] = {MSG_ECDH_INIT};
    RAND_bytes(point, sizeof point);
    buf_add(&payload, HEAD, sizeof HEAD);
    add_number(&payload, sizeof point);
    buf_add(&payload, point, sizeof point);
    add_packet(out, &payload);
    buf_free(&payload);
}

/* --- reading --- */

static size_t number_at(const unsigned char *p)
{
    return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

/* Where the banner ends: behind the line that begins with SSH-; 0: more is needed. Lines before it are
 * allowed. */
static size_t banner_end(const struct buf *received)
{
    size_t at = 0;
    while (at < received->length) {
        const char *line = received->data + at;
        const char *end = memchr(line, '\n', received->length - at);
        if (!end)
            return 0;
        at = (size_t)(end - received->data) + 1;
        if (strncmp(line, "SSH-", 4) == 0)
            return at;
    }
    return 0;
}

int host_certificate_fetch_read(const struct buf *received, bool *answered, const unsigned char **key,
                                size_t *length)
{
    size_t at = received->length ? banner_end(received) : 0;
    *answered = false;
    while (at && received->length - at >= 6) {
        const unsigned char *p = (const unsigned char *)received->data + at;
        size_t packet = number_at(p), padding = p[4];
        if (packet < 2 || packet > PACKET_BYTES_MAX || padding + 2 > packet)
            return -1;
        if (received->length - at < 4 + packet)
            return 0;
        const unsigned char *payload = p + 5;
        size_t size = packet - 1 - padding;
        if (payload[0] == MSG_KEXINIT) {
            *answered = true;
        } else if (payload[0] == MSG_ECDH_REPLY) {
            size_t key_length = size >= 5 ? number_at(payload + 1) : 0;
            if (!key_length || key_length > size - 5)
                return -1;
            *key = payload + 5;
            *length = key_length;
            return 1;
        } else if (payload[0] != MSG_IGNORE && payload[0] != MSG_DEBUG) {
            return -1;
        }
        at += 4 + packet;
    }
    return 0;
}

/* --- the conversation --- */

static void fetch_finish(struct host_certificate_fetch *f, const unsigned char *bytes, size_t length)
{
    if (f->over)
        return;
    f->over = true;
    uv_read_stop((uv_stream_t *)&f->pipe);
    later_drop(&f->deadline);
    f->done(f->ctx, bytes, length, f->asked);
}

struct write {
    uv_write_t request;
    struct buf bytes;
};

static void fetch_on_written(uv_write_t *request, int status)
{
    struct write *w = request->data;
    (void)status;
    buf_free(&w->bytes);
    free(w);
}

static void send_buf(struct host_certificate_fetch *f, struct buf *bytes)
{
    struct write *w = xcalloc(1, sizeof *w);
    w->bytes = *bytes;
    w->request.data = w;
    uv_buf_t buf = uv_buf_init(w->bytes.data, (unsigned)w->bytes.length);
    if (uv_write(&w->request, (uv_stream_t *)&f->pipe, &buf, 1, fetch_on_written))
        fetch_on_written(&w->request, -1);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
    struct host_certificate_fetch *f = stream->data;
    const unsigned char *key = NULL;
    size_t length = 0;
    bool answered, kept = got <= 0 || buf_add(&f->received, buf->base, (size_t)got);
    free(buf->base);
    int result = host_certificate_fetch_read(&f->received, &answered, &key, &length);
    if (result == 1)
        fetch_finish(f, key, length);
    else if (result < 0 || got < 0 || !kept)
        fetch_finish(f, NULL, 0);
    else if (answered && !f->asked) {
        struct buf out = {0};
        f->asked = true;
        add_ecdh_init(&out);
        send_buf(f, &out);
    }
}

static void fetch_on_deadline(void *ctx)
{
    fetch_finish(ctx, NULL, 0);
}

static void fetch_release(void *owner)
{
    struct host_certificate_fetch *f = owner;
    buf_free(&f->received);
    free(f);
}

struct host_certificate_fetch *host_certificate_fetch_start(uv_loop_t *loop, int fd, unsigned timeout_ms,
                                                            host_certificate_cb *done, void *ctx)
{
    struct host_certificate_fetch *f = xcalloc(1, sizeof *f);
    struct buf out = {0};
    f->received.limit = ANSWER_BYTES_MAX;
    f->done = done;
    f->ctx = ctx;
    handles_init(&f->handles, fetch_release, f);
    uv_pipe_init(loop, &f->pipe, 0);
    f->pipe.data = f;
    later_init(&f->deadline, loop, fetch_on_deadline, f);
    later_call_in(&f->deadline, timeout_ms);
    if (uv_pipe_open(&f->pipe, fd)) {
        close(fd);
        later_call(&f->deadline);
        return f;
    }
    buf_text(&out, BANNER);
    add_kexinit(&out);
    send_buf(f, &out);
    uv_read_start((uv_stream_t *)&f->pipe, loop_read_buffer, on_read);
    return f;
}

void host_certificate_fetch_close(struct host_certificate_fetch *f)
{
    f->over = true;
    handles_close(&f->handles, &f->pipe);
    later_close(&f->deadline, &f->handles);
    handles_end(&f->handles);
}
