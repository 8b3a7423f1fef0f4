/* escape.c: see escape.h */
#include "base/escape.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

char *escape_plain(const char *text, size_t bytes_max)
{
    char *cut = xstrndup(text ? text : "", bytes_max + 1);
    char *safe = text_safe(cut);
    size_t end = text_cut(safe, bytes_max);
    free(cut);
    if (!safe[end])
        return safe;
    safe[end] = '\0';
    char *marked = xasprintf("%s\xe2\x80\xa6", safe);
    free(safe);
    return marked;
}

/* Writes the text with each character of `special` replaced by the word of the same place. */
static void replaced(FILE *out, const char *text, const char *special, const char *const *words)
{
    for (; *text; text++) {
        const char *at = strchr(special, *text);
        if (at)
            fputs(words[at - special], out);
        else
            fputc(*text, out);
    }
}

void escape_markup(FILE *out, const char *text)
{
    static const char *const WORDS[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    char *plain = escape_plain(text, ESCAPE_TEXT_MAX);
    replaced(out, plain, "&<>\"'", WORDS);
    free(plain);
}

void escape_csv(FILE *out, const char *text)
{
    static const char *const WORDS[] = {"\"\""};
    char *plain = escape_plain(text, ESCAPE_TEXT_MAX);
    fputc('"', out);
    /* OWASP's list; tabs and line ends are written as \xNN already. Blanks before the sign do not disarm it.
     */
    if (plain[strspn(plain, " ")] && strchr("=+-@", plain[strspn(plain, " ")]))
        fputc('\'', out);
    replaced(out, plain, "\"", WORDS);
    fputc('"', out);
    free(plain);
}

/* The longest run of backticks. */
static size_t fence_of(const char *text)
{
    size_t longest = 0;
    while (*text) {
        size_t run = strspn(text, "`");
        longest = run > longest ? run : longest;
        text += run ? run : 1;
    }
    return longest + 1;
}

void escape_markdown_code(FILE *out, const char *text)
{
    /* A pipe ends a table's cell even in a code span; the backslash before it is not shown. */
    static const char *const WORDS[] = {"\\|"};
    char *plain = escape_plain(text, 300);
    size_t fence = fence_of(plain);
    for (size_t i = 0; i < fence; i++)
        fputc('`', out);
    /* One blank on each side is dropped again, and lets the text begin with a backtick or be empty. */
    fputc(' ', out);
    replaced(out, *plain ? plain : "-", "|", WORDS);
    fputc(' ', out);
    for (size_t i = 0; i < fence; i++)
        fputc('`', out);
    free(plain);
}

void escape_prometheus(FILE *out, const char *text)
{
    static const char *const WORDS[] = {"\\\\", "\\\""};
    char *plain = escape_plain(text, 300);
    fputc('"', out);
    replaced(out, plain, "\\\"", WORDS);
    fputc('"', out);
    free(plain);
}
