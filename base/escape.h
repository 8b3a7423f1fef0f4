/* escape.h: foreign text in the formats of reports. All of them first make it harmless as for a terminal
 * (control characters, bidirectional marks and invalid UTF-8 shown as \xNN or \uNNNN), then apply the
 * format's own rules, and cut it at a length: a report is for reading, the JSON report has it whole. */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include <stddef.h>
#include <stdio.h>

/* Bytes of a harmless text at most; a cut one ends with an ellipsis. */
#define ESCAPE_TEXT_MAX ((size_t)8000)

/* A copy made harmless and cut; the caller frees it. NULL is "". */
char *escape_plain(const char *text, size_t bytes_max);
/* For the content and the quoted attributes of HTML and XML. */
void escape_markup(FILE *out, const char *text);
/* One quoted cell (RFC 4180); what a spreadsheet would take for a formula gets an apostrophe before it. */
void escape_csv(FILE *out, const char *text);
/* A code span for Markdown's text and table cells: nothing in it is a link, a mention or markup. */
void escape_markdown_code(FILE *out, const char *text);
/* A quoted label value of the Prometheus text format. */
void escape_prometheus(FILE *out, const char *text);

#endif
