/* page_internal.h: the parts of the page. */
#ifndef REPORTS_HTML_PAGE_INTERNAL_H
#define REPORTS_HTML_PAGE_INTERNAL_H

#include "agentless/checks/finding.h"
#include "reports/formats.h"
#include "reports/html/details.h"
#include "base/buf.h"
#include <jansson.h>

#define TOP 5

#define NAME_BYTES_MAX 300

/* Text of a host's within its own direction. */
void page_foreign(FILE *out, const char *text);
/* The name as it stands in the page; cut like those of the index, so that links meet. */
char *page_host_name(const char *name);
void page_host_link(FILE *out, const char *name);
void page_percent(FILE *out, const size_t counts[STATUS_COUNT]);
void page_bar(FILE *out, const size_t counts[STATUS_COUNT]);
void page_summary(FILE *out, const struct scan *scan, const struct scan_totals *totals);
/* JSON within a script element: neither an end tag nor a comment can stand in it. */
void page_embedded(FILE *out, json_t *json);
void page_index_element(FILE *out, const struct scan *scan);

#endif
