/* test_loop.c: calls from the loop, the closing rule, child processes. */
#include "test.h"

#include "base/buf.h"
#include "base/child.h"
#include "base/loop.h"
#include "base/mem.h"

#include <unistd.h>

struct owner {
    struct handles handles;
    struct later one, other;
    int calls, *released;
};

static void on_call(void *ctx)
{
    ((struct owner *)ctx)->calls++;
}

static void release(void *ctx)
{
    struct owner *owner = ctx;
    (*owner->released)++;
    free(owner);
}

static void count_release(void *ctx)
{
    (*(int *)ctx)++;
}

static struct owner *owner_new(uv_loop_t *loop, int *released)
{
    struct owner *owner = xcalloc(1, sizeof *owner);
    owner->released = released;
    handles_init(&owner->handles, release, owner);
    later_init(&owner->one, loop, on_call, owner);
    later_init(&owner->other, loop, on_call, owner);
    return owner;
}

static void calls_come_from_the_loop_once(void **state)
{
    uv_loop_t loop;
    int released = 0;
    (void)state;
    uv_loop_init(&loop);
    struct owner *owner = owner_new(&loop, &released);
    later_call(&owner->one);
    later_call(&owner->one);
    later_call(&owner->other);
    later_drop(&owner->other);
    assert_int_equal(owner->calls, 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(owner->calls, 1);
    later_call(&owner->one);
    /* Closed, it is called no more, and the owner goes once both handles are closed. */
    later_close(&owner->one, &owner->handles);
    later_close(&owner->one, &owner->handles);
    later_close(&owner->other, &owner->handles);
    handles_end(&owner->handles);
    assert_int_equal(released, 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(released, 1);
    assert_int_equal(uv_loop_close(&loop), 0);
}

struct restless {
    struct later again;
    size_t calls;
    bool heard;
};

static void on_again(void *ctx)
{
    struct restless *r = ctx;
    /* 100,000 turns without a look at the pipe are a loop that is kept. */
    if (!r->heard && ++r->calls < 100000)
        later_call_in(&r->again, 0);
}

static void on_heard(uv_poll_t *poll, int status, int events)
{
    struct restless *r = poll->data;
    (void)status, (void)events;
    r->heard = true;
    uv_close((uv_handle_t *)poll, NULL);
}

/* A call that asks for itself again and again lets the loop hear of others. */
static void nobody_keeps_the_loop(void **state)
{
    uv_loop_t loop;
    uv_poll_t poll;
    struct restless r = {0};
    struct handles handles;
    int released = 0, ends[2];
    (void)state;
    uv_loop_init(&loop);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    uv_poll_init(&loop, &poll, ends[0]);
    poll.data = &r;
    uv_poll_start(&poll, UV_READABLE, on_heard);
    later_init(&r.again, &loop, on_again, &r);
    later_call_in(&r.again, 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_true(r.heard);
    assert_in_range(r.calls, 1, 10);
    handles_init(&handles, count_release, &released);
    later_close(&r.again, &handles);
    handles_end(&handles);
    uv_run(&loop, UV_RUN_DEFAULT);
    close(ends[0]);
    close(ends[1]);
    assert_int_equal(released, 1);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void an_owner_outlives_handles_that_went_before(void **state)
{
    uv_loop_t loop;
    int released = 0;
    (void)state;
    uv_loop_init(&loop);
    struct owner *owner = owner_new(&loop, &released);
    later_close(&owner->one, &owner->handles);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(released, 0);
    later_close(&owner->other, &owner->handles);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(released, 0);
    handles_end(&owner->handles);
    assert_int_equal(released, 1);
    assert_int_equal(uv_loop_close(&loop), 0);
}

struct heard {
    struct buf out, err;
    int ended, status;
};

static void on_output(void *ctx, const char *bytes, size_t length, bool is_error)
{
    struct heard *h = ctx;
    buf_add(is_error ? &h->err : &h->out, bytes, length);
}

static void on_ended(void *ctx, int status)
{
    struct heard *h = ctx;
    h->ended++;
    h->status = status;
}

static void children_are_fed_heard_and_bounded(void **state)
{
    static char cat[] = "cat", sh[] = "sh", c[] = "-c", nosuch[] = "/nosuch/program";
    static char fails[] = "echo out; echo err >&2; exit 3", killed[] = "kill -9 $$",
                sleeps[] = "echo begun; sleep 60 & sleep 60";
    static const struct {
        char *const words[4];
        const char *input;
        unsigned timeout_ms;
        int status;
        const char *out, *err;
    } CASES[] = {
        {{cat, NULL}, "fed\n", 0, 0, "fed\n", ""},
        {{sh, c, fails, NULL}, NULL, 0, 3, "out\n", "err\n"},
        {{sh, c, killed, NULL}, NULL, 0, -1, "", ""},
        {{nosuch, NULL}, NULL, 0, -1, "", ""},
        {{sh, c, sleeps, NULL}, NULL, 300, CHILD_TIMED_OUT, "begun\n", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        uv_loop_t loop;
        struct heard h = {.ended = 0};
        uv_loop_init(&loop);
        struct child *child =
            child_start(&loop,
                        &(struct child_options){.argv = CASES[i].words,
                                                .input = CASES[i].input,
                                                .input_length = CASES[i].input ? strlen(CASES[i].input) : 0,
                                                .timeout_ms = CASES[i].timeout_ms,
                                                .group = true,
                                                .output = on_output,
                                                .ended = on_ended},
                        &h);
        assert_int_equal(h.ended, 0);
        while (!h.ended)
            uv_run(&loop, UV_RUN_ONCE);
        assert_true((child_error(child) != 0) == (CASES[i].words[0] == nosuch));
        child_close(child);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(uv_loop_close(&loop), 0);
        assert_int_equal(h.ended, 1);
        assert_int_equal(h.status, CASES[i].status);
        assert_string_equal(h.out.data ? h.out.data : "", CASES[i].out);
        assert_string_equal(h.err.data ? h.err.data : "", CASES[i].err);
        buf_free(&h.out);
        buf_free(&h.err);
    }
}

/* Closed early: killed, and not heard of any more. */
static void a_child_that_is_closed_is_gone(void **state)
{
    static char sh[] = "sh", c[] = "-c", sleeps[] = "echo begun; exec sleep 60";
    char *const words[] = {sh, c, sleeps, NULL};
    struct heard h = {.ended = 0};
    uv_loop_t loop;
    (void)state;
    uv_loop_init(&loop);
    struct child *child = child_start(
        &loop, &(struct child_options){.argv = words, .output = on_output, .ended = on_ended}, &h);
    while (!h.out.length)
        uv_run(&loop, UV_RUN_ONCE);
    child_close(child);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    assert_int_equal(h.ended, 0);
    buf_free(&h.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_come_from_the_loop_once),
        cmocka_unit_test(nobody_keeps_the_loop),
        cmocka_unit_test(an_owner_outlives_handles_that_went_before),
        cmocka_unit_test(children_are_fed_heard_and_bounded),
        cmocka_unit_test(a_child_that_is_closed_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
