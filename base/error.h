/* error.h: one failure as a sentence for a person. The domain (stage, hint) is added by the layers above. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#define ERROR_TEXT_MAX 1024

struct error {
    char text[ERROR_TEXT_MAX]; /* empty: no error */
};

/* Writes the message, cut to fit; returns -1 so that callers can `return error_set(...)`. */
int error_set(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
