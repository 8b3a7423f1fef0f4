/* limits.c: see limits.h */
#include "fleet/limits.h"

#include <stdio.h>
#include <sys/resource.h>

/* An ssh host with 16 tunnelled connections: the session, both ends of each, the listener. */
#define FILES_PER_HOST 40
#define FILES_OWN 64
/* More at once than this gains nothing on a long round trip. */
#define PARALLEL_MAX 64

size_t limits_fit_forks(size_t wanted, size_t targets)
{
    struct rlimit limit;
    size_t forks = wanted < targets ? wanted : targets;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return forks;
    rlim_t needed = (rlim_t)forks * FILES_PER_HOST + FILES_OWN;
    rlim_t wanted_files = (rlim_t)(forks + LENT_MAX) * PARALLEL_MAX * 2 + FILES_OWN;
    if (limit.rlim_cur < wanted_files && limit.rlim_max != limit.rlim_cur) {
        limit.rlim_cur =
            limit.rlim_max == RLIM_INFINITY || limit.rlim_max > wanted_files ? wanted_files : limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur >= needed)
        return forks;
    size_t fitting = limit.rlim_cur > FILES_OWN + FILES_PER_HOST
                         ? (size_t)(limit.rlim_cur - FILES_OWN) / FILES_PER_HOST
                         : 1;
    if (fitting >= forks)
        return forks;
    fprintf(stderr,
            "muster: only %zu hosts at once instead of %zu: the limit on open files is %llu (ulimit -n)\n",
            fitting, forks, (unsigned long long)limit.rlim_cur);
    return fitting;
}

/* A connection through a tunnel has two ends here. */
unsigned limits_fit_parallel(size_t forks)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return FILES_PER_HOST / 2;
    rlim_t each = limit.rlim_cur > FILES_OWN ? (limit.rlim_cur - FILES_OWN) / (forks + LENT_MAX) / 2 : 1;
    return each > PARALLEL_MAX ? PARALLEL_MAX : (unsigned)each;
}
