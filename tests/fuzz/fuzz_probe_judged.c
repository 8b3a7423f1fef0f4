/* fuzz_probe_judged.c: a probe's answer (its mark is "~") through every check, with one property: what a
 * host's file holds is the file's content, whatever it is, and nothing else changes. */
#include "agentless/checks/judge.h"
#include "agentless/collect/probe/probe.h"
#include "agentless/facts/document.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static json_t *parse(const char *text, size_t length)
{
    struct error why;
    char *copy = xcalloc(length + 1, 1);
    memcpy(copy, text, length);
    json_t *shell = probe_parse(copy, length, "~", &why);
    free(copy);
    return shell;
}

static void judge_shell(json_t *shell)
{
    for (int benchmark = BENCHMARK_1_6_0; benchmark <= BENCHMARK_1_8_0; benchmark++) {
        struct facts facts;
        struct error why;
        size_t counts[STATUS_COUNT] = {0};
        const struct selection all = {.benchmark = (enum benchmark)benchmark};
        json_t *document = document_new("2026-01-01T00:00:00Z");
        json_put(document, PART_SHELL, json_incref(shell));
        if (facts_open(&facts, document, &why)) {
            json_decref(judge_all(&facts, &all, counts));
            facts_close(&facts);
        }
        json_decref(document);
    }
}

/* The bytes as the text of a file: no line of them can be a record, since they cannot know the mark. */
static void frame(const uint8_t *data, size_t size)
{
    static const char HEAD[] = "~muster-probe 2\n~ uid 0\n~@content\n~ path /f\n~ state read\n~@text\n|";
    static const char TAIL[] = "\n~@end\n";
    struct buf answer = {0};
    buf_text(&answer, HEAD);
    size_t before = answer.length;
    buf_add(&answer, data, size);
    for (size_t i = before; i < answer.length; i++)
        if (answer.data[i] == '~' || answer.data[i] == '\0')
            answer.data[i] = '-';
    buf_text(&answer, TAIL);
    json_t *shell = parse(answer.data, answer.length);
    json_t *empty = parse("~muster-probe 2\n~ uid 0\n~@end\n", strlen("~muster-probe 2\n~ uid 0\n~@end\n"));
    if (shell && empty) {
        const char *key;
        json_t *value;
        json_object_foreach(shell, key, value)
        {
            /* Beside the content itself all is as without it. */
            if (strcmp(key, "contents") != 0 && strcmp(key, "content") != 0 && strcmp(key, "configs") != 0 &&
                strcmp(key, "files") != 0 && strcmp(key, "daemon_json") != 0 &&
                !json_equal(value, json_object_get(empty, key)))
                abort();
        }
    }
    json_decref(shell);
    json_decref(empty);
    buf_free(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *shell = parse((const char *)data, size);
    if (shell)
        judge_shell(shell);
    json_decref(shell);
    frame(data, size);
    return 0;
}
