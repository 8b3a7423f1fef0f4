/* idle.c: a program that takes any arguments and waits to be killed; probe_hostile copies it under odd names.
 */
#include <unistd.h>

int main(void)
{
    for (;;)
        pause();
}
