/* parser.h: reads one host's answers into what may enter its facts, off the loop where that pays. While some
 * are being read the next ones gather, so that a busy host costs few hand-overs. */
#ifndef AGENTLESS_COLLECT_PARSER_H
#define AGENTLESS_COLLECT_PARSER_H

#include <jansson.h>

#include "agentless/collect/reduce/projection.h"
#include "base/buf.h"
#include "base/worker.h"

struct parser;

/* On the loop, once for each answer added: `kept` is the receiver's; NULL: the answer is not JSON, as `why`
 * says. */
typedef void parser_cb(void *ctx, json_t *kept, const char *why);

/* The policy (see project(); may be NULL) must outlive the loop. */
struct parser *parser_new(struct worker *off, const json_t *policy, parser_cb *read);
/* Takes the text out of the buffer. A short one is read at once. `about`: what project() is given instead of
 * the policy; taken over, NULL: the policy. */
void parser_add(struct parser *parser, enum answer_kind document, struct buf *text, json_t *about, void *ctx);
/* What makes JSON of a text, which it may change; `about` as it was given. NULL with a message. Any thread.
 */
typedef json_t *parser_reader(char *text, size_t length, const json_t *about, struct error *why);
/* The same for a text of another kind; `done` gets what the reader made of it. */
void parser_add_other(struct parser *parser, parser_reader *reader, struct buf *text, json_t *about,
                      parser_cb *done, void *ctx);
/* Frees it; what was not read is dropped. No callback after this. Nothing is waited for: what another thread
 * reads just now belongs to that, and is abandoned by it soon. */
void parser_close(struct parser *parser);

#endif
