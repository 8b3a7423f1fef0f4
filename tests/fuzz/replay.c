/* replay.c: runs a fuzz target over its corpus and over mutations of it, without a fuzzing engine, so that
 * every ordinary build tests it. With clang, link the target with -fsanitize=fuzzer instead
 * (CONTRIBUTING.md). The mutations are from a fixed seed: a failure here is the same failure everywhere. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX (1u << 20)
/* A target that is slow says how many. */
#define MUTATIONS 300
extern const int fuzz_mutations __attribute__((weak));
static int mutations(void)
{
    return &fuzz_mutations ? fuzz_mutations : MUTATIONS;
}

static uint32_t seed = 20261123;

static uint32_t next_random(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

static void run(const uint8_t *data, size_t size)
{
    /* An exact allocation, so that AddressSanitizer sees a read past the end. */
    uint8_t *copy = malloc(size ? size : 1);
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void mutate(const uint8_t *data, size_t size)
{
    static const char INTERESTING[] = "\n\0 \"'\\{}[]@:=#;,/%$\x01\xff\x7f";
    uint8_t *copy = malloc(size + 1);
    for (int i = 0; i < mutations() && size; i++) {
        size_t length = size;
        memcpy(copy, data, size);
        for (uint32_t n = next_random() % 4 + 1; n; n--)
            copy[next_random() % size] = next_random() % 2
                                             ? (uint8_t)INTERESTING[next_random() % (sizeof INTERESTING - 1)]
                                             : (uint8_t)next_random();
        if (next_random() % 4 == 0)
            length = next_random() % size;
        run(copy, length);
    }
    free(copy);
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    struct dirent *entry;
    size_t files = 0;
    uint8_t *data = malloc(INPUT_MAX);
    if (!folder) {
        fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
        return 2;
    }
    while ((entry = readdir(folder))) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        FILE *file = *entry->d_name == '.' ? NULL : fopen(path, "rb");
        if (!file)
            continue;
        size_t size = fread(data, 1, INPUT_MAX, file);
        fclose(file);
        run(data, size);
        mutate(data, size);
        files++;
    }
    closedir(folder);
    free(data);
    printf("%zu corpus files, %d mutations each\n", files, mutations());
    return files ? 0 : 1;
}
