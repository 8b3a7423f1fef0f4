/* bench_reports.c: what reports cost: bench_reports SCAN.jsonl FORMAT:FILE... reads a saved scan as muster
 * report does and prints JSON: seconds to parse it (the baseline), to take hosts in as they arrive, to write
 * at the end, and the peak of memory in each part. */
#include "base/json.h"
#include "reports/formats.h"
#include "reports/results/saved.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Peak of memory that is the program's own, in KiB: the mapped file does not count. */
static long own_kib(void)
{
    char line[256];
    long kib = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "RssAnon: %ld kB", &kib) == 1)
            break;
    if (status)
        fclose(status);
    return kib;
}

static void on_error(const struct error *err)
{
    fprintf(stderr, "%s\n", err->text);
    exit(1);
}

int main(int argc, char **argv)
{
    struct saved_scan saved;
    struct scan scan;
    struct error err;
    double parse_s = 0, put_s = 0, arrive_s = 0;
    if (argc < 3 || saved_scan_open(&saved, argv[1], &err)) {
        fputs(argc < 3 ? "bench_reports SCAN.jsonl FORMAT:FILE...\n" : err.text, stderr);
        return 2;
    }
    scan_open(&scan, "/tmp", saved.benchmark, saved.host_count);
    struct report_set *set = report_set_new(&scan);
    for (int i = 2; i < argc; i++) {
        char *colon = strchr(argv[i], ':');
        *colon = '\0';
        report_set_add(set, report_format_named(argv[i]), colon + 1, NULL);
    }
    for (size_t i = 0; i < saved.host_count; i++) {
        double start = now();
        json_t *record = saved_scan_host(&saved, i, &err);
        parse_s += now() - start;
        start = now();
        if (!record || scan_put(&scan, i, record, &err))
            on_error(&err);
        put_s += now() - start;
        start = now();
        report_set_arrive(set, i, record, NULL);
        arrive_s += now() - start;
        json_decref(record);
    }
    long before_kib = own_kib();
    double start = now();
    if (!report_set_finish(set, on_error))
        return 1;
    printf("{\"hosts\": %zu, \"parse_s\": %.3f, \"spool_s\": %.3f, \"arrive_s\": %.3f, \"write_s\": %.3f, "
           "\"index_kib\": %ld, \"end_kib\": %ld}\n",
           saved.host_count, parse_s, put_s, arrive_s, now() - start, before_kib, own_kib());
    scan_close(&scan, false);
    saved_scan_close(&saved);
    return 0;
}
