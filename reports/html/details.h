/* details.h: what the HTML page holds beside its index: each finding's reason, items and evidence. Equal
 * ones are kept once however many hosts share them, packed in blocks (deflate, base64) that the page unpacks
 * when they are asked for. Fed host by host as they finish, so that little is left to do at the end; memory
 * holds 24 bytes for each distinct one. */
#ifndef REPORTS_HTML_DETAILS_H
#define REPORTS_HTML_DETAILS_H

#include <stdbool.h>

#include "reports/results/store.h"

struct page_details;

/* Takes two temporary files of the scan. NULL with errno set when they cannot be made. */
struct page_details *page_details_new(const struct scan *scan);
void page_details_free(struct page_details *details);

/* False with errno set when the temporary files cannot be written. */
bool page_details_add(struct page_details *details, size_t index, const json_t *record);

/* Writes the blocks as script elements that are data, not programs:
 *   class "details": lines of [reason, items, evidence, more items, more evidence], numbered from 1 through
 * all blocks in order; an item is [kind, name, reason, status letter, state], an evidence [source, fact,
 * value as text]; class "rows": a line for each host, in order: for each check of the benchmark the number of
 * its detail; 0: none. Each has data-lines. */
bool page_details_write(struct page_details *details, FILE *out);

/* The check of each column of a row, in order; returns how many. `checks` has room for catalog_count(). */
size_t page_columns(enum benchmark benchmark, size_t *checks);
/* 'P', 'W', 'E', 'I', 'N'; '-' where it was not judged. */
char page_letter(unsigned char verdict);

#endif
