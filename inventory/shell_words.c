/* shell_words.c: see shell_words.h */
#include "inventory/shell_words.h"
#include "base/buf.h"
#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>

/* Reads one word from *at on; returns NULL when a quote stays open. */
static char *shell_words_read_word(const char **at)
{
    struct buf text = {0};
    char quote = '\0';
    const char *p = *at;
    for (; *p && (quote || !isspace((unsigned char)*p)); p++) {
        if (quote == '\'') {
            if (*p == quote)
                quote = '\0';
            else
                buf_add(&text, p, 1);
        } else if (*p == '\\' && p[1] && (!quote || p[1] == '"' || p[1] == '\\')) {
            buf_add(&text, ++p, 1);
        } else if (quote ? *p == quote : *p == '"' || *p == '\'') {
            quote = quote ? '\0' : *p;
        } else {
            buf_add(&text, p, 1);
        }
    }
    *at = p;
    if (quote) {
        buf_free(&text);
        return NULL;
    }
    return buf_take(&text);
}

size_t words_split(struct words *words, const char *line)
{
    const char *p = line;
    *words = (struct words){0};
    for (;;) {
        while (isspace((unsigned char)*p))
            p++;
        if (!*p || *p == '#')
            return 0;
        size_t column = (size_t)(p - line) + 1;
        char *text = shell_words_read_word(&p);
        if (!text)
            return column;
        words->items = grow_array(words->items, words->count, &words->capacity, sizeof *words->items);
        words->items[words->count++] = (struct word){.text = text, .column = column};
    }
}

void words_clear(struct words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->items[i].text);
    free(words->items);
    *words = (struct words){0};
}
