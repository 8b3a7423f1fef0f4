/* text.c: see text.h */
#include "base/text.h"
#include "base/buf.h"
#include "base/mem.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
    size_t length = strlen(text), size = strlen(suffix);
    return length > size && strcmp(text + length - size, suffix) == 0;
}

size_t text_cut(const char *text, size_t bytes_max)
{
    size_t end = strnlen(text, bytes_max + 1);
    if (end <= bytes_max)
        return end;
    for (end = bytes_max; end && ((unsigned char)text[end] & 0xc0) == 0x80;)
        end--;
    return end;
}

bool text_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool text_glob(const char *pattern, const char *text)
{
    return fnmatch(pattern, text, 0) == 0;
}

static const char *const TRUE_WORDS[] = {"1", "t", "T", "true", "TRUE", "True", NULL};
static const char *const FALSE_WORDS[] = {"0", "f", "F", "false", "FALSE", "False", NULL};

static bool text_is_word(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

bool text_bool(const char *text, bool *value)
{
    *value = text_is_word(text, TRUE_WORDS);
    return *value || text_is_word(text, FALSE_WORDS);
}

bool text_bool_loose(const char *text, bool *value)
{
    if (strcasecmp(text, "yes") == 0 || strcasecmp(text, "on") == 0 || strcasecmp(text, "y") == 0) {
        *value = true;
        return true;
    }
    if (strcasecmp(text, "no") == 0 || strcasecmp(text, "off") == 0 || strcasecmp(text, "n") == 0) {
        *value = false;
        return true;
    }
    return text_bool(text, value);
}

bool text_number(const char *text, long low, long high, long *value)
{
    char *end;
    errno = 0;
    if (!isdigit((unsigned char)*text) && *text != '-')
        return false;
    *value = strtol(text, &end, 10);
    return !errno && !*end && *value >= low && *value <= high;
}

bool text_duration_ms(const char *text, long *ms)
{
    static const struct {
        const char *suffix;
        long factor_ms;
    } UNITS[] = {{"", 1000}, {"s", 1000}, {"ms", 1}, {"m", 60000}, {"h", 3600000}};
    char *end;
    errno = 0;
    if (!isdigit((unsigned char)*text))
        return false;
    long number = strtol(text, &end, 10);
    if (errno || number > 1000000)
        return false;
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
        if (strcmp(end, UNITS[i].suffix) == 0) {
            *ms = number * UNITS[i].factor_ms;
            return true;
        }
    return false;
}

char *text_trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    size_t length = strlen(text);
    while (length && isspace((unsigned char)text[length - 1]))
        text[--length] = '\0';
    return text;
}

/* Decodes one character at p (NUL-terminated text); returns its length, or 0 when it is not valid UTF-8. */
static size_t decode(const char *p, uint32_t *code)
{
    const unsigned char *s = (const unsigned char *)p;
    if (s[0] < 0x80) {
        *code = s[0];
        return 1;
    }
    size_t length = 0;
    if (s[0] >= 0xf0 && s[0] <= 0xf4)
        length = 4;
    else if (s[0] >= 0xe0 && s[0] < 0xf0)
        length = 3;
    else if (s[0] >= 0xc2 && s[0] < 0xe0)
        length = 2;
    if (!length)
        return 0;
    *code = s[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        *code = *code << 6 | (s[i] & 0x3fu);
    }
    bool overlong = (length == 3 && *code < 0x800) || (length == 4 && *code < 0x10000);
    bool surrogate = *code >= 0xd800 && *code <= 0xdfff;
    return overlong || surrogate || *code > 0x10ffff ? 0 : length;
}

char *text_repair_utf8(const char *text)
{
    struct buf out = {0};
    while (*text) {
        uint32_t code;
        size_t length = decode(text, &code);
        if (length)
            buf_add(&out, text, length);
        else
            buf_text(&out, "\xef\xbf\xbd");
        text += length ? length : 1;
    }
    return buf_take(&out);
}

/* Characters that change how the rest of a line is shown, or are not shown themselves (Unicode Cc, Cf, Zl, Zp
 * as far as terminals honour them), and those that are none (XML has no place for U+FFFE and U+FFFF). */
static bool unsafe(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x61c || code == 0x180e ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb) ||
           (code >= 0xe0000 && code <= 0xe0fff) || (code & 0xfffe) == 0xfffe ||
           (code >= 0xfdd0 && code <= 0xfdef);
}

size_t text_unsafe_character(const char *text, uint32_t *code)
{
    size_t length = decode(text, code);
    return length && unsafe(*code) ? length : 0;
}

char *text_safe(const char *text)
{
    struct buf out = {0};
    while (*text) {
        uint32_t code;
        size_t length = decode(text, &code);
        if (!length)
            buf_format(&out, "\\x%02x", (unsigned char)*text);
        else if (unsafe(code))
            code < 0x100 ? buf_format(&out, "\\x%02x", (unsigned)code)
                         : buf_format(&out, "\\u%04x", (unsigned)code);
        else
            buf_add(&out, text, length);
        text += length ? length : 1;
    }
    return buf_take(&out);
}

size_t text_print_safe(FILE *out, const char *text)
{
    char *safe = text_safe(text);
    size_t columns = 0;
    for (const char *p = safe; *p; p++)
        columns += ((unsigned char)*p & 0xc0) != 0x80;
    fputs(safe, out);
    free(safe);
    return columns;
}

char *text_next(char **rest, const char *separators)
{
    char *field;
    while ((field = strsep(rest, separators)))
        if (*field)
            return field;
    return NULL;
}

void text_last_line(const char *text, char *line, size_t size)
{
    size_t end = strlen(text);
    while (end && isspace((unsigned char)text[end - 1]))
        end--;
    size_t start = end;
    while (start && text[start - 1] != '\n' && text[start - 1] != '\r')
        start--;
    snprintf(line, size, "%.*s", (int)(end - start), text + start);
}

void text_lower(char *text)
{
    for (; *text; text++)
        *text = (char)tolower((unsigned char)*text);
}
