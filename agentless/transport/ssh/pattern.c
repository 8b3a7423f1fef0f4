/* pattern.c: see pattern.h */
#include "agentless/transport/ssh/pattern.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

bool ssh_pattern(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = ++pattern;
            resume = text;
        } else if (*pattern && (*pattern == '?' || *pattern == *text)) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star;
            text = ++resume;
        } else {
            return false;
        }
    }
    return !pattern[strspn(pattern, "*")];
}

bool ssh_pattern_list(const char *list, const char *text)
{
    bool fits = false;
    size_t length = strcspn(list, " \t");
    for (const char *at = list, *end = list + length; at < end;) {
        char pattern[SSH_PATTERN_MAX];
        bool negated = *at == '!';
        size_t n = 0;
        for (at += negated; at < end && *at != ',' && n < SSH_PATTERN_MAX - 1; at++)
            pattern[n++] = (char)tolower((unsigned char)*at);
        if (n == SSH_PATTERN_MAX - 1)
            return false;
        pattern[n] = '\0';
        at += at < end;
        bool one = ssh_pattern(pattern, text);
        if (one && negated)
            return false;
        fits = fits || one;
    }
    return fits;
}

bool ssh_list_allows(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, word, length) == 0 && (at[length] == ',' || !at[length]))
            return true;
    }
    return !list;
}
