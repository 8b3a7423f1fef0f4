/* auth.c: see auth.h. Each step offers one credential: the named key, the agent's keys, the
 * configured or usual key files, the password; a key's certificate takes precedence over the bare key.
 * Offering a signature at once, without asking first, saves a round trip a key; only for a key that is still
 * encrypted is the server asked first whether it would take it. */
#include "agentless/transport/ssh/auth.h"
#include "agentless/transport/ssh/pattern.h"
#include "base/text.h"
#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void auth_add(struct auth *login, enum offer_kind kind, const struct ssh_identity *identity,
                     bool named)
{
    if (login->count < OFFERS_MAX)
        login->offers[login->count++] = (struct offer){.kind = kind, .identity = identity, .named = named};
}

static void auth_add_file(struct auth *login, const struct ssh_settings *settings, const char *path,
                          bool named)
{
    const struct ssh_identity *identity = keyring_get(login->keys, path, NULL);
    for (char **certificate = settings->certificates; certificate && *certificate; certificate++)
        auth_add(login, OFFER_CERTIFICATE, keyring_get(login->keys, path, *certificate), named);
    auth_add(login, OFFER_CERTIFICATE, identity, named);
    auth_add(login, OFFER_KEY, identity, named);
}

static void add_keys(struct auth *login, const struct ssh_settings *settings, const char *private_key)
{
    bool agent =
        !settings->identities_only && !settings->no_agent && (settings->agent || getenv("SSH_AUTH_SOCK"));
    bool locked = private_key && keyring_get(login->keys, private_key, NULL)->locked;
    if (private_key && !locked)
        auth_add_file(login, settings, private_key, true);
    if (agent)
        auth_add(login, OFFER_AGENT, NULL, false);
    /* The agent may hold it: nobody is asked for a passphrase before that was tried. */
    if (locked)
        auth_add_file(login, settings, private_key, true);
    for (char **path = settings->identities; path && *path; path++)
        if (!private_key || strcmp(private_key, *path) != 0)
            auth_add_file(login, settings, *path, false);
}

void auth_init(struct auth *login, struct keyring *keys, const struct ssh_settings *settings,
               const char *private_key, const char *password, bool verified)
{
    *login = (struct auth){.keys = keys, .password = password, .verified = verified};
    login->password_forbidden = settings->no_password || !ssh_list_allows(settings->methods, "password");
    if (!settings->no_public_key && ssh_list_allows(settings->methods, "publickey"))
        add_keys(login, settings, private_key);
    if (password && !login->password_forbidden)
        auth_add(login, OFFER_PASSWORD, NULL, true);
}

/* True: the key has to be unlocked first; *result: what the server said to the question whether it would take
 * it. */
static bool needs_unlock(struct auth *login, ssh_session session, const struct offer *o, int *result)
{
    *result = SSH_AUTH_DENIED;
    if (!keyring_can_unlock(login->keys, o->identity))
        return false;
    if (o->named || login->wanted)
        return true;
    if (o->identity->public_key)
        *result = ssh_userauth_try_publickey(session, NULL, o->identity->public_key);
    login->wanted = *result == SSH_AUTH_SUCCESS;
    return login->wanted;
}

static int offer_password(const struct auth *login, ssh_session session)
{
    unsigned methods = (unsigned)ssh_userauth_list(session, NULL);
    if (!login->verified || (methods && !(methods & SSH_AUTH_METHOD_PASSWORD)))
        return SSH_AUTH_DENIED;
    return ssh_userauth_password(session, NULL, login->password);
}

enum login_result auth_advance(struct auth *login, ssh_session session)
{
    for (; login->step < login->count; login->step++, login->wanted = false) {
        const struct offer *o = &login->offers[login->step];
        int result = SSH_AUTH_DENIED;
        if (o->kind == OFFER_AGENT && !login->agent_answered)
            return AUTH_AGENT;
        if (o->kind == OFFER_AGENT)
            result = login->agent_result;
        else if (o->kind == OFFER_PASSWORD)
            result = offer_password(login, session);
        else if (o->identity->locked) {
            if (needs_unlock(login, session, o, &result))
                return AUTH_LOCKED;
        } else {
            ssh_key key = o->kind == OFFER_CERTIFICATE ? o->identity->certificate : o->identity->key;
            if (key)
                result = ssh_userauth_publickey(session, NULL, key);
        }
        login->agent_answered = false;
        if (result == SSH_AUTH_SUCCESS)
            return AUTH_OK;
        if (result == SSH_AUTH_AGAIN)
            return AUTH_WAIT;
        login->partial = login->partial || result == SSH_AUTH_PARTIAL;
        /* An agent that cannot be used must not keep the key files from being tried. */
        if (result != SSH_AUTH_PARTIAL && result != SSH_AUTH_DENIED &&
            (o->kind != OFFER_AGENT || !ssh_is_connected(session)))
            return AUTH_FAILED;
    }
    return AUTH_FAILED;
}

const struct ssh_identity *auth_locked(const struct auth *login)
{
    return login->offers[login->step].identity;
}

void auth_agent_answered(struct auth *login, int result, const char *problem)
{
    login->agent_answered = true;
    login->agent_result = result;
    login->agent_problem = problem;
}

static void add_tried(struct buf *text, const struct offer *o, const char *agent_problem)
{
    const struct ssh_identity *identity = o->identity;
    if (o->kind == OFFER_CERTIFICATE)
        return;
    if (o->kind == OFFER_KEY && identity->problem && !o->named && access(identity->path, F_OK) != 0)
        return;
    buf_text(text, text->length ? ", " : "");
    if (o->kind == OFFER_AGENT)
        buf_format(text, "the agent's keys%s%s%s", text_if(agent_problem, " ("), text_or(agent_problem, ""),
                   text_if(agent_problem, ")"));
    else if (o->kind == OFFER_PASSWORD)
        buf_text(text, "the password");
    else
        buf_format(text, "%s%s%s%s%s", identity->path, text_if(identity->problem, " ("),
                   text_or(identity->problem, ""), text_if(identity->problem, ")"),
                   text_if(identity->certificate, " (with certificate)"));
}

void auth_explain(const struct auth *login, ssh_session session, const char *user, struct failure *failure)
{
    struct buf tried = {0};
    struct buf methods = {0};
    unsigned offered = (unsigned)ssh_userauth_list(session, NULL);
    static const struct {
        unsigned bit;
        const char *name;
    } METHODS[] = {{SSH_AUTH_METHOD_PUBLICKEY, "publickey"},
                   {SSH_AUTH_METHOD_PASSWORD, "password"},
                   {SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive"},
                   {SSH_AUTH_METHOD_HOSTBASED, "hostbased"},
                   {SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi-with-mic"}};
    for (size_t i = 0; i < login->count; i++)
        add_tried(&tried, &login->offers[i], login->agent_problem);
    if (!tried.length)
        buf_text(&tried, "nothing (no agent, no key file found)");
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++)
        if (offered & METHODS[i].bit)
            buf_format(&methods, "%s%s", methods.length ? ", " : "", METHODS[i].name);
    const char *error = ssh_is_connected(session) ? "" : ssh_get_error(session);
    const char *hint =
        "name the key with ansible_ssh_private_key_file= or --private-key, or add it to ssh-agent";
    if (login->partial)
        hint = "the server wants a second factor, which an unattended scan cannot give";
    else if (login->password && login->password_forbidden)
        hint = "the ssh configuration allows no password here (PasswordAuthentication, "
               "PreferredAuthentications)";
    else if (login->password && !login->verified)
        hint = "a password is sent only to a host whose key was verified: drop host_key=no";
    else if (offered && !(offered & (SSH_AUTH_METHOD_PUBLICKEY | SSH_AUTH_METHOD_PASSWORD)) &&
             offered & SSH_AUTH_METHOD_INTERACTIVE)
        hint =
            "keyboard-interactive asks questions that an unattended scan cannot answer: allow publickey (or "
            "password, with MUSTER_SSH_PASSWORD_FILE) for this user";
    else if (offered & SSH_AUTH_METHOD_PASSWORD && !login->password)
        hint = "name the key with ansible_ssh_private_key_file= or --private-key, or add it to ssh-agent; a "
               "password can be given by MUSTER_SSH_PASSWORD_FILE";
    /* Cut off in the midst of it, nobody has refused anything yet; a server that says goodbye has. */
    bool cut_off = *error && !strstr(error, "DISCONNECT");
    failure_set(failure, STAGE_AUTHENTICATE, cut_off, hint, "login as %s was refused; tried: %s%s%s%s%s",
                user, tried.data, text_if(methods.length, "; the server takes: "),
                methods.length ? methods.data : "", text_if(*error, "; "), error);
    buf_free(&tried);
    buf_free(&methods);
}
