/* fuzz_engine.c: an engine's answers, whatever they are, projected, judged by all benchmarks, and written in
 * every format. The input is a list of answers, each behind a line "%% KIND NAME" ("%% 3 id1": the inspect of
 * container id1). */
#include "agentless/collect/reduce/projection.h"
#include "agentless/facts/document.h"
#include "base/json.h"
#include "judged.h"

#include <stdint.h>

extern const int fuzz_mutations;
const int fuzz_mutations = 12;

/* Where each kind of answer is in the facts. */
static const char *const PLACES[] = {[ANSWER_VERSION] = "version",
                                     [ANSWER_INFO] = "info",
                                     [ANSWER_CONTAINER_LIST] = "container_list",
                                     [ANSWER_CONTAINER] = "containers/",
                                     [ANSWER_EXEC] = "execs/",
                                     [ANSWER_TOP] = "top/",
                                     [ANSWER_NETWORKS] = "networks",
                                     [ANSWER_VOLUMES] = "volumes",
                                     [ANSWER_IMAGES] = "images",
                                     [ANSWER_SERVICES] = "services",
                                     [ANSWER_NODES] = "nodes",
                                     [ANSWER_IMAGE] = "image_inspects/",
                                     [ANSWER_HISTORY] = "image_history/",
                                     [ANSWER_PODMAN_CONTAINER] = "podman_containers/",
                                     [ANSWER_PODMAN_IMAGE] = "podman_images/"};
#define KINDS (sizeof PLACES / sizeof *PLACES)

static void add_answer(json_t *engine, size_t kind, const char *name, const char *text, size_t length)
{
    struct error why;
    if (kind >= KINDS || !PLACES[kind])
        return;
    json_t *kept = project((enum answer_kind)kind, text, length, NULL, NULL, &why);
    size_t place = strlen(PLACES[kind]);
    if (!kept || PLACES[kind][place - 1] != '/') {
        json_put(engine, PLACES[kind], kept);
        return;
    }
    char *key = xstrndup(PLACES[kind], place - 1);
    json_t *all = json_object_get(engine, key);
    if (!all) {
        all = json_object();
        json_put(engine, key, all);
    }
    json_put(all, name, kept);
    free(key);
}

static json_t *engine_of(char *text)
{
    json_t *engine = json_object();
    for (char *at = strstr(text, "%% "); at;) {
        char name[65] = "";
        unsigned kind = 0;
        char *body = strchr(at, '\n'), *next = body ? strstr(body, "\n%% ") : NULL;
        if (!body)
            break;
        sscanf(at, "%%%% %2u %64s", &kind, name);
        add_answer(engine, kind, name, body + 1, next ? (size_t)(next - body - 1) : strlen(body + 1));
        at = next ? next + 1 : NULL;
    }
    return engine;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool registered;
    char *text = xstrndup((const char *)data, size);
    json_t *facts = document_new("2026-01-01T00:00:00Z"), *host = json_object();
    if (!registered)
        atexit(fuzz_remove_folder);
    registered = true;
    json_put(host, "name", json_text("h"));
    json_put(host, "status", json_text("scanned"));
    json_put(facts, "host", host);
    json_put(facts, PART_ENGINE, engine_of(text));
    for (int benchmark = BENCHMARK_1_6_0; benchmark <= BENCHMARK_1_8_0; benchmark++)
        fuzz_report(facts, (enum benchmark)benchmark);
    json_decref(facts);
    free(text);
    return 0;
}
