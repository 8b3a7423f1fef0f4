/* shell_words.h: splits a line as Python's shlex does for Ansible's host lines: blanks separate, quotes of
 * both kinds and backslash protect, an unquoted # begins a comment. */
#ifndef INVENTORY_SHELL_WORDS_H
#define INVENTORY_SHELL_WORDS_H

#include <stddef.h>

struct word {
    char *text;
    size_t column; /* 1 for the line's first byte */
};

struct words {
    struct word *items;
    size_t count, capacity;
};

/* Returns 0, or the column at which a quote was opened and never closed. The caller clears the words. */
size_t words_split(struct words *words, const char *line);
void words_clear(struct words *words);

#endif
