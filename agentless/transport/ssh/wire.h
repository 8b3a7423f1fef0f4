/* wire.h: reading SSH's own encoding of numbers and strings (RFC 4251, 5). Pure. */
#ifndef AGENTLESS_TRANSPORT_SSH_WIRE_H
#define AGENTLESS_TRANSPORT_SSH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A borrowed piece of what was read. */
struct bytes {
    const unsigned char *data;
    size_t length;
};

/* Each takes from the front; false where there is not enough. */
bool wire_number(struct bytes *from, size_t size, uint64_t *value); /* size: 1, 4 or 8 bytes */
bool wire_string(struct bytes *from, struct bytes *string);         /* a length of 4 bytes, then as many */

bool bytes_are(struct bytes bytes, const char *text);

#endif
