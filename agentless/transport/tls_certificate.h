/* tls_certificate.h: what our own client certificate says of itself, for failures that the server only calls
 * "bad". */
#ifndef AGENTLESS_TRANSPORT_TLS_CERTIFICATE_H
#define AGENTLESS_TRANSPORT_TLS_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>

/* True when the PEM certificate at `path` is over; `when` then holds the date it ended on. */
bool certificate_expired(const char *path, char *when, size_t size);

/* The dates of the first certificate of a PEM text, RFC 3339; false where there is none. */
bool certificate_validity(const char *pem, char from[32], char until[32]);

#endif
