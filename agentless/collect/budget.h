/* budget.h: what one host may cost: bytes, items and turns of the loop. An engine that passes one of these
 * loses that answer, with a message; the run and the other hosts go on. */
#ifndef AGENTLESS_COLLECT_BUDGET_H
#define AGENTLESS_COLLECT_BUDGET_H

/* Header lines, and what may come behind a body in their form, of one answer. Docker's are a few hundred
 * bytes. */
#define BUDGET_HEADERS (256u << 10)

/* All that is received of one engine. 10,000 containers of 20 kB are 200 MB. */
#define BUDGET_RECEIVED ((size_t)512 << 20)

/* An answer that is longer is long: one at a time for each host, and BUDGET_LONG_RUN of them for a run. */
#define BUDGET_LONG ((size_t)512 << 10)
#define BUDGET_LONG_RUN ((size_t)192 << 20)

/* A host that holds this much of BUDGET_LONG_RUN loses its answer where there is no more; others wait. */
#define BUDGET_LONG_FAIR ((size_t)16 << 20)

/* What one engine may bring in one turn of the loop. Each piece counts for its bytes and BUDGET_PIECE, what
 * handling it costs: a sender of one-byte chunks is no slower for us than one of megabytes. */
#define BUDGET_TURN ((size_t)64 << 10)
#define BUDGET_PIECE 64u

/* Of what may enter the facts, as JSON text: of one answer, one text, and the values of one answer (a value
 * costs 100 bytes and more once it is parsed). Labels that buildpacks write are the longest texts, 300 kB. */
#define BUDGET_KEPT_ANSWER ((size_t)8 << 20)
#define BUDGET_TEXT ((size_t)1 << 20)
#define BUDGET_VALUES 200000u

/* Of all that a host's facts hold, by json_weight(): 10,000 containers are 110 MB. Where the hosts that are
 * visited at once hold more than BUDGET_KEPT_RUN in all, none gets more than BUDGET_KEPT_FAIR (2,000
 * containers). */
#define BUDGET_KEPT_HOST ((size_t)192 << 20)
#define BUDGET_KEPT_RUN ((size_t)256 << 20)
#define BUDGET_KEPT_FAIR ((size_t)24 << 20)

#endif
