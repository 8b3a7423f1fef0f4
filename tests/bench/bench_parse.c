/* bench_parse.c: the baseline of tests/bench/instructions: parses, so many times, what one simulated engine
 * answers to a scan, and nothing else. bench_parse RECORDING CONTAINERS TIMES */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static void parse(const json_t *text)
{
    json_decref(json_loadb(json_string_value(text), json_string_length(text), JSON_ALLOW_NUL, NULL));
}

int main(int argc, char **argv)
{
    json_t *recording = argc == 4 ? json_load_file(argv[1], 0, NULL) : NULL, *text;
    const char *path;
    if (!recording) {
        fprintf(stderr, "usage: bench_parse RECORDING CONTAINERS TIMES\n");
        return 2;
    }
    for (long times = atol(argv[3]); times > 0; times--) {
        json_object_foreach(json_object_get(recording, "paths"), path, text)
        {
            parse(text);
        }
        for (long i = atol(argv[2]); i > 0; i--)
            parse(json_object_get(recording, "container"));
    }
    json_decref(recording);
    return 0;
}
