/* process.h: what the scanner's own process may be and keep. It holds the keys to a fleet. */
#ifndef FLEET_PROCESS_H
#define FLEET_PROCESS_H

#include <stdbool.h>

/* First of all in main(): descriptors 0 to 2 that are closed
 * become /dev/null (standard output as one that cannot be written to, so that a report to it fails), SIGPIPE
 * is ignored, there are no core files, and no other process of the user may read this one's memory. */
void process_prepare(void);
/* Whether so many further descriptors can be opened; at most 64. libuv ends the process where it cannot have
 * its own. */
bool process_can_open(unsigned count);
/* Whether libuv can have its threads: it ends the process where it cannot. They should be asked for at once.
 */
bool process_can_start_threads(void);
/* Threads that cannot be stopped work on: the process is to end without them (libuv waits for its threads in
 * exit()). */
void process_abandon_threads(void);
/* Ends the process, with all that was written. */
_Noreturn void process_end(int code);
/* Last of all: false, with a message, where what was written to standard output did not all get there. */
bool process_flush_output(void);

#endif
