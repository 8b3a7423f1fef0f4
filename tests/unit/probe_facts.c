/* probe_facts.c: reads a probe's answer from standard input, with the mark given, and prints what it says as
 * JSON. For probe_hostile. Exit code 1 where the answer is refused. */
#include "agentless/collect/probe/probe.h"
#include "base/buf.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    struct buf answer = {.limit = PROBE_OUTPUT_MAX};
    struct error why = {""};
    char chunk[65536];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, stdin)) > 0)
        buf_add(&answer, chunk, got);
    json_t *shell = argc == 2 && answer.data ? probe_parse(answer.data, answer.length, argv[1], &why) : NULL;
    buf_free(&answer);
    if (!shell) {
        fprintf(stderr, "refused: %s\n", why.text);
        return 1;
    }
    json_dumpf(shell, stdout, JSON_INDENT(1) | JSON_SORT_KEYS);
    putchar('\n');
    json_decref(shell);
    return 0;
}
