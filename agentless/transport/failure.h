/* failure.h: why a host could not be scanned: at which stage, what came back, what to do about it. */
#ifndef AGENTLESS_TRANSPORT_FAILURE_H
#define AGENTLESS_TRANSPORT_FAILURE_H

#include <jansson.h>
#include <stdbool.h>

enum stage {
    STAGE_NONE,
    STAGE_INVENTORY, /* the entry itself cannot be used */
    STAGE_RESOLVE,
    STAGE_CONNECT,
    STAGE_HOST_KEY,
    STAGE_CERTIFICATE, /* TLS: theirs or ours */
    STAGE_AUTHENTICATE,
    STAGE_TUNNEL,
    STAGE_ENGINE,
    STAGE_COLLECT,
    STAGE_INTERRUPTED,
    STAGE_DEFERRED, /* not a failure: a limit is reached, try again when there is room */
};

struct failure {
    enum stage stage;
    bool transient; /* worth another try soon: resets, overload, temporary name server trouble */
    char message[768];
    char hint[512];
};

const char *stage_name(enum stage stage);
/* Fills all of *f; hint may be NULL. The message may hold foreign text: reports escape it. */
void failure_set(struct failure *f, enum stage stage, bool transient, const char *hint, const char *format,
                 ...) __attribute__((format(printf, 5, 6)));
/* {"stage","message","hint"} */
json_t *failure_json(const struct failure *f);

#endif
