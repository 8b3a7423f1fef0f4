/* base64.h: base64 by OpenSSL, without its padding counted as bytes. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>

/* One line, NUL-terminated; the caller frees it. */
char *base64_encode(const unsigned char *bytes, size_t length);
/* The bytes of a text, which must be spelled as an encoder would; NULL where it is not, or is empty. White
 * space in it is passed over, as OpenSSH does. A NUL follows the `*decoded` bytes; the caller frees them. */
unsigned char *base64_decode(const char *text, size_t length, size_t *decoded);

#endif
