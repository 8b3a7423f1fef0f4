/* pattern.h: OpenSSH's patterns, as known_hosts and ssh_config have them (ssh_config(5), PATTERNS). Pure. */
#ifndef AGENTLESS_TRANSPORT_SSH_PATTERN_H
#define AGENTLESS_TRANSPORT_SSH_PATTERN_H

#include <stdbool.h>

/* OpenSSH's: a pattern of as many bytes makes its whole list fit nothing. */
#define SSH_PATTERN_MAX 1024

/* Whether the text is of the pattern's form: * and ? alone are special. Linear in practice, quadratic at
 * most. */
bool ssh_pattern(const char *pattern, const char *text);
/* A list of patterns by commas, the patterns' case disregarded; one that is negated (!) and fits excludes the
 * text, wherever it stands. `list` ends with a blank, a tab or NUL. */
bool ssh_pattern_list(const char *list, const char *text);
/* Whether the list, by commas, names the word; true without a list. For lists of algorithms. */
bool ssh_list_allows(const char *list, const char *word);

#endif
