/* text.h: strings: splitting, comparing, and making foreign text harmless. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <stdio.h>

bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix); /* and is longer than it */
bool text_same(const char *a, const char *b);         /* NULL equals NULL only */
/* True for * ? [..] patterns matched against the whole text. */
bool text_glob(const char *pattern, const char *text);
/* Go's strconv.ParseBool spellings, which Docker's flags use: 1 0 t f T F true false TRUE FALSE True False.
 */
bool text_bool(const char *text, bool *value);
/* yes/no/on/off beside those, any case, as Ansible inventories have them. */
bool text_bool_loose(const char *text, bool *value);
/* A whole decimal number within [low, high]. */
bool text_number(const char *text, long low, long high, long *value);
/* "10", "10s", "500ms", "5m", "1h" as milliseconds; bare numbers are seconds. */
bool text_duration_ms(const char *text, long *ms);
char *text_trim(char *text); /* in place; returns the first non-blank */

/* A copy in which every byte that is not valid UTF-8 became U+FFFD. The caller frees it. */
char *text_repair_utf8(const char *text);
/* Writes foreign text to a terminal or log: control characters, DEL, C1, bidirectional and other invisible
 * marks and invalid UTF-8 are shown as \xNN or \uNNNN, never sent. Returns the columns written. */
size_t text_print_safe(FILE *out, const char *text);
/* The same into a string; the caller frees it. */
char *text_safe(const char *text);

/* The length of the character that the text begins with where it is one of those (its code in *code); else 0.
 */
size_t text_unsafe_character(const char *text, uint32_t *code);

/* How many bytes of the text, `bytes_max` at most, end between two characters. */
size_t text_cut(const char *text, size_t bytes_max);

/* The last line that is not blank, without its end: programs warn first and say what is wrong at the end. */
void text_last_line(const char *text, char *line, size_t size);

/* The next field of *rest up to one of `separators`, in place; NULL at the end. Empty fields are skipped. */
char *text_next(char **rest, const char *separators);

/* Makes the text's letters small ones, in place. */
void text_lower(char *text);

/* The text, or another one where it is NULL. */
static inline const char *text_or(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

/* The text where the condition holds, else "": for the parts of a sentence. */
static inline const char *text_if(bool condition, const char *text)
{
    return condition ? text : "";
}

#endif
