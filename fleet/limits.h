/* limits.h: how many hosts and requests at once the limit on open files lets. */
#ifndef FLEET_LIMITS_H
#define FLEET_LIMITS_H

#include <stddef.h>

/* Hosts that are silent lend their place to others: so many at most. */
#define LENT_MAX 256

/* Raises the limit on open files, or lowers the number of hosts at once, and says so on standard error.
 * `wanted`: --forks; `targets`: how many there are. */
size_t limits_fit_forks(size_t wanted, size_t targets);
/* Requests at once to one host that is far. */
unsigned limits_fit_parallel(size_t forks);

#endif
