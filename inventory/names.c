/* names.c: see names.h */
#include "inventory/names.h"

#include <string.h>

bool name_is_group(const char *name)
{
    return *name && !strpbrk(name, " \t[]:,&!\"'");
}

bool name_is_host(const char *name)
{
    for (const char *p = name; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f)
            return false;
    return *name && *name != '-' && *name != '~' && !strpbrk(name, "\\$`;|&<>(){}*?!\"'");
}
