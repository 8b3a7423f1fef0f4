/* ssh_login.c: see ssh_login.h. Each step offers one credential: the named key, the agent's keys, the
 * configured or usual key files; a key's certificate goes before the bare key. Offering a signature at once,
 * without asking first, saves a round trip a key. */
#include "agentless/reach/ssh_login.h"
#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void ssh_login_init(struct ssh_login *login, struct ssh_keyring *keys, const struct ssh_settings *settings,
                    const char *private_key)
{
    size_t count = 0;
    *login = (struct ssh_login){.keys = keys, .explicit_key = private_key != NULL};
    if (private_key)
        login->paths[count++] = xstrdup(private_key);
    for (size_t i = 0; settings->identities[i] && count < SSH_FILES_MAX; i++)
        if (!private_key || strcmp(private_key, settings->identities[i]) != 0)
            login->paths[count++] = xstrdup(settings->identities[i]);
    login->use_agent = !settings->identities_only && (settings->agent || getenv("SSH_AUTH_SOCK"));
}

/* Steps are numbered: for each path its certificate (even) and its key (odd); the agent stands at the
 * position after the named key, or first. */
enum offer { OFFER_CERTIFICATE, OFFER_KEY, OFFER_AGENT, OFFER_NOTHING };

static enum offer offer_at(const struct ssh_login *login, size_t step, const char **path)
{
    size_t agent_at = login->explicit_key ? 2 : 0;
    if (login->use_agent && step == agent_at)
        return OFFER_AGENT;
    if (login->use_agent && step > agent_at)
        step--;
    *path = step / 2 < SSH_FILES_MAX ? login->paths[step / 2] : NULL;
    if (!*path)
        return OFFER_NOTHING;
    return step % 2 ? OFFER_KEY : OFFER_CERTIFICATE;
}

static int offer(struct ssh_login *login, ssh_session session, enum offer what, const char *path)
{
    if (what == OFFER_AGENT)
        return ssh_userauth_agent(session, NULL);
    const struct ssh_identity *identity = ssh_keyring_get(login->keys, path);
    ssh_key key = what == OFFER_CERTIFICATE ? identity->certificate : identity->key;
    return key ? ssh_userauth_publickey(session, NULL, key) : SSH_AUTH_DENIED;
}

enum login_result ssh_login_advance(struct ssh_login *login, ssh_session session)
{
    for (;;) {
        const char *path = NULL;
        enum offer what = offer_at(login, login->step, &path);
        if (what == OFFER_NOTHING)
            return LOGIN_FAILED;
        switch (offer(login, session, what, path)) {
        case SSH_AUTH_SUCCESS:
            return LOGIN_OK;
        case SSH_AUTH_AGAIN:
            return LOGIN_WAIT;
        case SSH_AUTH_PARTIAL:
            login->partial = true;
            login->step++;
            break;
        case SSH_AUTH_DENIED:
            login->step++;
            break;
        default:
            /* An agent that cannot be used must not keep the key files from being tried. */
            if (what != OFFER_AGENT || !ssh_is_connected(session))
                return LOGIN_FAILED;
            login->step++;
            break;
        }
    }
}

static void list_tried(const struct ssh_login *login, struct buf *text)
{
    if (login->use_agent)
        buf_text(text, "the agent's keys");
    for (size_t i = 0; login->paths[i]; i++) {
        const struct ssh_identity *identity = ssh_keyring_get(login->keys, login->paths[i]);
        bool named = login->explicit_key && i == 0;
        if (identity->problem && !named && access(identity->path, F_OK) != 0)
            continue;
        buf_format(text, "%s%s", text->length ? ", " : "", identity->path);
        if (identity->problem)
            buf_format(text, " (%s)", identity->problem);
        else if (identity->certificate)
            buf_text(text, " (with certificate)");
    }
    if (!text->length)
        buf_text(text, "nothing (no agent, no key file found)");
}

void ssh_login_explain(const struct ssh_login *login, ssh_session session, const char *user,
                       struct failure *failure)
{
    struct buf tried = {0};
    struct buf methods = {0};
    int offered = ssh_userauth_list(session, NULL);
    static const struct {
        int bit;
        const char *name;
    } METHODS[] = {{SSH_AUTH_METHOD_PUBLICKEY, "publickey"},
                   {SSH_AUTH_METHOD_PASSWORD, "password"},
                   {SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive"},
                   {SSH_AUTH_METHOD_HOSTBASED, "hostbased"},
                   {SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi-with-mic"}};
    list_tried(login, &tried);
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++)
        if (offered & METHODS[i].bit)
            buf_format(&methods, "%s%s", methods.length ? ", " : "", METHODS[i].name);
    const char *error = ssh_is_connected(session) ? "" : ssh_get_error(session);
    failure_set(
        failure, STAGE_AUTHENTICATE, false,
        login->partial
            ? "the server wants a second factor, which an unattended scan cannot give"
            : "name the key with ansible_ssh_private_key_file= or --private-key, or add it to ssh-agent",
        "login as %s was refused; tried: %s%s%s%s%s", user, tried.data,
        methods.length ? "; the server takes: " : "", methods.length ? methods.data : "", *error ? "; " : "",
        error);
    buf_free(&tried);
    buf_free(&methods);
}

void ssh_login_clear(struct ssh_login *login)
{
    for (size_t i = 0; i < SSH_FILES_MAX; i++)
        free(login->paths[i]);
    *login = (struct ssh_login){0};
}
