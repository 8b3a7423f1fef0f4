/* test_parser.c: answers are read on other threads, handed over on the loop, each once, also when the host's
 * visit ends in the midst of it. */
#include "test.h"

#include "agentless/collect/parser.h"
#include "base/json.h"

#define ANSWERS 40

struct seen {
    size_t count, kept, refused;
    int last;
    struct parser *more; /* gets one more answer from within a callback; NULL: none */
};

static struct seen seen;
static int numbers[ANSWERS + 1];

static void add(struct parser *parser, int number, size_t padding, bool is_json)
{
    struct buf text = {0};
    buf_format(&text, "{\"Name\":\"n%d\",\"Unknown\":\"%*s\"%s", number, (int)padding, "",
               is_json ? "}" : "");
    numbers[number] = number;
    parser_add(parser, ANSWER_INFO, &text, NULL, &numbers[number]);
    assert_null(text.data);
}

static void on_read(void *ctx, json_t *kept, const char *why)
{
    char name[16];
    int number = *(int *)ctx;
    seen.count++;
    snprintf(name, sizeof name, "n%d", number);
    if (kept) {
        assert_string_equal(json_text_at(kept, "Name"), name);
        assert_null(json_at(kept, "Unknown"));
    } else {
        assert_non_null(strstr(why, "does not end"));
    }
    seen.kept += kept != NULL;
    seen.refused += kept == NULL;
    seen.last = number;
    json_decref(kept);
    if (seen.more) {
        struct parser *parser = seen.more;
        seen.more = NULL;
        add(parser, ANSWERS, 100000, true);
    }
}

/* Short and long ones, whole and broken off ones. */
static void add_all(struct parser *parser)
{
    for (int i = 0; i < ANSWERS; i++)
        add(parser, i, i % 2 ? 100000 : 10, i % 5 != 0);
}

static void answers_come_once(void **state)
{
    uv_loop_t loop;
    struct worker off = {.loop = &loop};
    (void)state;
    seen = (struct seen){0};
    uv_loop_init(&loop);
    struct parser *parser = parser_new(&off, NULL, on_read);
    add_all(parser);
    assert_int_equal(seen.count, ANSWERS / 2); /* the short ones, at once */
    assert_int_equal(off.pending, 1);
    seen.more = parser;
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(seen.count, ANSWERS + 1);
    assert_int_equal(seen.refused, ANSWERS / 5);
    assert_int_equal(seen.last, ANSWERS);
    assert_int_equal(off.pending, 0);
    parser_close(parser);
    assert_int_equal(uv_loop_close(&loop), 0);
}

/* Whether the job has begun, waits behind others, or is done but not yet reported: nothing is waited for,
 * nothing comes after, nothing is leaked (LeakSanitizer). */
static void closing_waits_for_nothing(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        uv_loop_t loop;
        struct worker off = {.loop = &loop};
        struct parser *readers[8];
        seen = (struct seen){0};
        uv_loop_init(&loop);
        for (size_t i = 0; i < 8; i++) {
            readers[i] = parser_new(&off, NULL, on_read);
            add_all(readers[i]);
        }
        if (round % 2)
            uv_sleep(2);
        size_t before = seen.count;
        for (size_t i = 0; i < 8; i++)
            parser_close(readers[i]);
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(seen.count, before);
        assert_int_equal(off.pending, 0);
        assert_int_equal(uv_loop_close(&loop), 0);
    }
}

static uv_sem_t reading, go_on;
static atomic_int texts_read;

static json_t *read_slowly(char *text, size_t length, const json_t *about, struct error *why)
{
    (void)text, (void)length, (void)about, (void)why;
    texts_read++;
    uv_sem_post(&reading);
    uv_sem_wait(&go_on);
    return json_null();
}

static void drop(void *ctx, json_t *kept, const char *why)
{
    (void)ctx, (void)why;
    json_decref(kept);
}

/* A text for another thread, whatever is in it. */
static void add_slow(struct parser *parser)
{
    struct buf text = {0};
    buf_format(&text, "%*s", 100000, "");
    parser_add_other(parser, read_slowly, &text, NULL, drop, NULL);
}

/* The thread that reads a host's answers while its visit ends reads none of the ones behind it: the loop
 * ends with its threads. */
static void closing_abandons_what_waits_in_the_job(void **state)
{
    uv_loop_t loop;
    struct worker off = {.loop = &loop};
    (void)state;
    texts_read = 0;
    uv_loop_init(&loop);
    uv_sem_init(&reading, 0);
    uv_sem_init(&go_on, 0);
    struct parser *parser = parser_new(&off, NULL, on_read);
    for (int i = 0; i < 4; i++)
        add_slow(parser); /* the first alone, the others together in the next job */
    uv_sem_wait(&reading);
    uv_sem_post(&go_on);
    uv_run(&loop, UV_RUN_ONCE);
    uv_sem_wait(&reading);
    parser_close(parser);
    for (int i = 0; i < 3; i++)
        uv_sem_post(&go_on);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(texts_read, 2);
    assert_int_equal(uv_loop_close(&loop), 0);
    uv_sem_destroy(&reading);
    uv_sem_destroy(&go_on);
}

static struct parser *closed;

static void close_from_within(void *ctx, json_t *kept, const char *why)
{
    (void)ctx, (void)why;
    seen.count++;
    json_decref(kept);
    parser_close(closed);
}

static void a_callback_may_close(void **state)
{
    uv_loop_t loop;
    struct worker off = {.loop = &loop};
    (void)state;
    seen = (struct seen){0};
    uv_loop_init(&loop);
    closed = parser_new(&off, NULL, close_from_within);
    for (int i = 0; i < 5; i++)
        add(closed, i, 100000, true);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(seen.count, 1);
    assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_come_once), cmocka_unit_test(closing_waits_for_nothing),
        cmocka_unit_test(closing_abandons_what_waits_in_the_job), cmocka_unit_test(a_callback_may_close)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
