/* base64.c: see base64.h */
#include "base/base64.h"
#include "base/mem.h"

#include <ctype.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

char *base64_encode(const unsigned char *bytes, size_t length)
{
    char *text = xcalloc(length / 3 * 4 + 8, 1);
    EVP_EncodeBlock((unsigned char *)text, bytes, (int)length);
    return text;
}

unsigned char *base64_decode(const char *text, size_t length, size_t *decoded)
{
    if (length > INT_MAX)
        return NULL;
    char *plain = xcalloc(length + 1, 1);
    size_t kept = 0;
    for (size_t i = 0; i < length; i++)
        if (!isspace((unsigned char)text[i]))
            plain[kept++] = text[i];
    unsigned char *bytes = xcalloc(kept + 4, 1);
    int got = kept ? EVP_DecodeBlock(bytes, (unsigned char *)plain, (int)kept) : -1;
    int padding = (int)(strlen(plain) - strcspn(plain, "="));
    bool good = got > padding;
    if (good) {
        *decoded = (size_t)(got - padding);
        bytes[*decoded] = '\0';
        char *again = base64_encode(bytes, *decoded);
        good = strcmp(again, plain) == 0;
        free(again);
    }
    free(plain);
    if (good)
        return bytes;
    free(bytes);
    return NULL;
}
