/* test_text.c: strings made harmless, numbers and times read, JSON bounded. */
#include "test.h"

#include "base/buf.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/json_compact.h"
#include "base/text.h"

static void safe(const char *in, const char *wanted)
{
    char *out = text_safe(in);
    assert_string_equal(out, wanted);
    free(out);
}

static void terminal_text_is_harmless(void **state)
{
    (void)state;
    safe("plain \xc3\xa4", "plain \xc3\xa4");
    safe("\033[31mred\a", "\\x1b[31mred\\x07");
    safe("a\xe2\x80\xae"
         "b",
         "a\\u202eb"); /* right-to-left override */
    safe("a\xe2\x80\xa8"
         "b",
         "a\\u2028b"); /* line separator */
    safe("bad\xff\xc0\x80", "bad\\xff\\xc0\\x80");
    safe("\xed\xa0\x80", "\\xed\\xa0\\x80"); /* a surrogate */
    safe("c1\xc2\x9b", "c1\\x9b");           /* CSI in one character */
    safe("line\nend", "line\\x0aend");
    safe("\xef\xbf\xbf", "\\uffff"); /* no character at all; XML has no place for it */
}

static void escaped(void (*escape)(FILE *out, const char *text), const char *in, const char *wanted)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    escape(out, in);
    fclose(out);
    assert_string_equal(text, wanted);
    free(text);
}

static void each_format_has_its_escapes(void **state)
{
    (void)state;
    escaped(escape_markup, "<b a='\"'>&\xff\033", "&lt;b a=&#39;&quot;&#39;&gt;&amp;\\xff\\x1b");
    escaped(escape_csv, "plain", "\"plain\"");
    escaped(escape_csv, NULL, "\"\"");
    escaped(escape_csv, "say \"x\",\r\n", "\"say \"\"x\"\",\\x0d\\x0a\"");
    escaped(escape_csv, "=1+1", "\"'=1+1\"");
    escaped(escape_csv, "  @SUM(1)", "\"'  @SUM(1)\"");
    escaped(escape_csv, "\t-1", "\"\\x09-1\"");
    escaped(escape_csv, "1-1", "\"1-1\"");
    escaped(escape_markdown_code, "a", "` a `");
    escaped(escape_markdown_code, "", "` - `");
    escaped(escape_markdown_code, "a|b``c", "``` a\\|b``c ```");
    escaped(escape_prometheus, "a\"b\\c\n", "\"a\\\"b\\\\c\\\\x0a\"");
}

static void long_text_is_cut_between_characters(void **state)
{
    (void)state;
    char *cut = escape_plain("abcd\xc3\xa4", 5);
    assert_string_equal(cut, "abcd\xe2\x80\xa6");
    free(cut);
    cut = escape_plain("abcd\xc3\xa4", 6);
    assert_string_equal(cut, "abcd\xc3\xa4");
    free(cut);
    cut = escape_plain(NULL, 5);
    assert_string_equal(cut, "");
    free(cut);
}

static void invalid_utf8_never_breaks_json(void **state)
{
    json_t *text = json_text("a\xff"
                             "b");
    (void)state;
    assert_string_equal(json_string_value(text), "a\xef\xbf\xbd"
                                                 "b");
    json_decref(text);
}

static void words_and_numbers(void **state)
{
    bool value;
    long number;
    (void)state;
    assert_true(text_bool("t", &value) && value);
    assert_true(text_bool("FALSE", &value) && !value);
    assert_false(text_bool("yes", &value));
    assert_true(text_bool_loose("Yes", &value) && value);
    assert_true(text_duration_ms("500ms", &number) && number == 500);
    assert_true(text_duration_ms("2m", &number) && number == 120000);
    assert_true(text_duration_ms("10", &number) && number == 10000);
    assert_false(text_duration_ms("10x", &number));
    assert_false(text_number("12a", 0, 99, &number));
    assert_false(text_number("100", 0, 99, &number));
    char name[] = "[DB.Example]:2222,\xc3\x89";
    text_lower(name);
    assert_string_equal(name, "[db.example]:2222,\xc3\x89");
}

static void buffers_keep_their_ceiling(void **state)
{
    struct buf b = {.limit = 4};
    (void)state;
    assert_true(buf_text(&b, "abcd"));
    assert_false(buf_text(&b, "e"));
    assert_string_equal(b.data, "abcd");
    buf_free(&b);
}

static void deep_json_is_refused(void **state)
{
    char text[600];
    struct error why;
    (void)state;
    memset(text, '[', 300);
    memset(text + 300, ']', 300);
    assert_null(json_parse(text, sizeof text, &why));
    assert_non_null(strstr(why.text, "deep"));
    json_t *fine = json_parse("{\"a\":{\"b\":\"[[[[\"}}", 18, &why);
    assert_string_equal(json_text_at(fine, "a.b"), "[[[[");
    json_decref(fine);
}

/* The same bytes as jansson's own writer. */
static void compact_json_is_jansson_s(void **state)
{
    static const char *const TEXTS[] = {
        "{}",
        "[]",
        "[[],{},[{}],[[1]]]",
        "{\"a\":1,\"b\":[true,false,null,-9223372036854775808,9223372036854775807]}",
        "[0.1,1e300,-0.0,1.0,123456789.123456789,5e-324]",
        "[\"\\u0000\\u0001\\b\\f\\n\\r\\t\\u001f \\\"\\\\/\\u00e9\\u20ac\\ud83d\\ude00\"]",
        "{\"\\\"\\n\":{\"\":\"\"}}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        json_t *value = json_loads(TEXTS[i], JSON_ALLOW_NUL, NULL);
        struct buf line = {0};
        assert_non_null(value);
        json_compact(value, &line);
        char *theirs = json_dumps(value, JSON_COMPACT);
        assert_string_equal(line.data, theirs);
        assert_int_equal(line.length, strlen(theirs));
        free(theirs);
        buf_free(&line);
        json_decref(value);
    }
}

/* What a terminal would obey is spelled, and reads back as it was. */
static void compact_json_is_harmless(void **state)
{
    static const char TEXT[] = "{\"\\u202e\":\"\\u007f\\u009b31m\\u00ad\\u00e9\\u2028\\udb40\\udc01\"}";
    (void)state;
    json_t *value = json_loads(TEXT, 0, NULL);
    struct buf line = {0};
    json_compact(value, &line);
    assert_string_equal(line.data, "{\"\\u202E\":\"\\u007F\\u009B31m\\u00AD\xc3\xa9\\u2028\\uDB40\\uDC01\"}");
    json_t *again = json_loads(line.data, 0, NULL);
    assert_true(json_equal(value, again));
    json_decref(again);
    json_decref(value);
    buf_free(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terminal_text_is_harmless),
        cmocka_unit_test(invalid_utf8_never_breaks_json),
        cmocka_unit_test(words_and_numbers),
        cmocka_unit_test(buffers_keep_their_ceiling),
        cmocka_unit_test(deep_json_is_refused),
        cmocka_unit_test(compact_json_is_jansson_s),
        cmocka_unit_test(compact_json_is_harmless),
        cmocka_unit_test(each_format_has_its_escapes),
        cmocka_unit_test(long_text_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
