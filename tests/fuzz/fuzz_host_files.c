/* fuzz_host_files.c: --host-files against a simulated engine: the input is a host's files, as the archive
 * endpoint would answer for them (simulated_archive.h), read and judged. Two properties: what was written
 * down for the probe's parser is never refused by it, and the helper container is removed. */
#include "agentless/checks/judge.h"
#include "agentless/facts/document.h"
#include "simulated_archive.h"

static void on_files(void *ctx, json_t *files, const char *why, const char *remains)
{
    (void)remains;
    *(bool *)ctx = true;
    if (!files && text_starts(why, "the engine did not show /"))
        return;
    if (!files) {
        fprintf(stderr, "what was written down is refused: %s\n", why);
        abort();
    }
    json_t *document = document_new("2026-01-01T00:00:00Z");
    json_put(document, PART_SHELL, files);
    for (int benchmark = BENCHMARK_1_6_0; benchmark <= BENCHMARK_1_8_0; benchmark++) {
        struct facts facts;
        struct error error;
        size_t counts[STATUS_COUNT] = {0};
        const struct selection all = {.benchmark = (enum benchmark)benchmark};
        if (facts_open(&facts, document, &error)) {
            json_decref(judge_all(&facts, &all, counts));
            facts_close(&facts);
        }
    }
    json_decref(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct simulated_host host = {.files = data, .size = size};
    bool over = false;
    simulated_host_read(&host, on_files, &over);
    if (!over || !host.made || !host.removed)
        abort();
    return 0;
}
