/* passphrase.h: asks the person at the terminal for one passphrase, without echo, off the loop. */
#ifndef AGENTLESS_TRANSPORT_SSH_PASSPHRASE_H
#define AGENTLESS_TRANSPORT_SSH_PASSPHRASE_H

#include <stdbool.h>
#include <uv.h>

struct passphrase;

/* `text` NULL: nothing was typed, or there is no terminal. It is wiped behind the callback. */
typedef void passphrase_cb(void *ctx, const char *text);

/* Whether there is a person to ask: standard input is a terminal. */
bool passphrase_can_ask(void);
/* Calls back once, from the loop. Progress on the terminal should rest meanwhile. */
struct passphrase *passphrase_ask(uv_loop_t *loop, const char *prompt, passphrase_cb *done, void *ctx);
/* No callback after this; the terminal is put right within a moment. */
void passphrase_cancel(struct passphrase *passphrase);

#endif
