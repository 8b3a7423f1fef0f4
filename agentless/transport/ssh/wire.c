/* wire.c: see wire.h */
#include "agentless/transport/ssh/wire.h"

#include <string.h>

bool wire_number(struct bytes *from, size_t size, uint64_t *value)
{
    if (from->length < size)
        return false;
    *value = 0;
    for (size_t i = 0; i < size; i++)
        *value = *value << 8 | from->data[i];
    from->data += size;
    from->length -= size;
    return true;
}

bool wire_string(struct bytes *from, struct bytes *string)
{
    uint64_t length;
    if (!wire_number(from, 4, &length) || length > from->length)
        return false;
    *string = (struct bytes){.data = from->data, .length = (size_t)length};
    from->data += length;
    from->length -= (size_t)length;
    return true;
}

bool bytes_are(struct bytes bytes, const char *text)
{
    return bytes.length == strlen(text) && memcmp(bytes.data, text, bytes.length) == 0;
}
