/* target.c: see target.h */
#include "inventory/target.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* Reads host[:port] or [v6]:port; cuts `text`. */
static int parse_host_port(struct endpoint *endpoint, char *text, const char *url, struct error *err)
{
    char *port = NULL;
    if (*text == '[') {
        char *close = strchr(++text, ']');
        if (!close)
            return error_set(err, "\"%s\": the bracket of the IPv6 address is not closed", url);
        *close = '\0';
        if (close[1] && close[1] != ':')
            return error_set(err, "\"%s\": after the IPv6 address only :port may follow", url);
        port = close[1] ? close + 2 : NULL;
    } else {
        char *colon = strchr(text, ':');
        if (colon && strchr(colon + 1, ':'))
            return error_set(err, "\"%s\": write an IPv6 address in brackets: [::1]:2376", url);
        if (colon) {
            *colon = '\0';
            port = colon + 1;
        }
    }
    if (!*text)
        return error_set(err, "\"%s\" names no host", url);
    if (*text == '-' || *text == '~' || strpbrk(text, " \t\r\n\"'\\$`;|&<>(){}*?!"))
        return error_set(err, "\"%s\": \"%s\" is no host name", url, text);
    long number = 0;
    if (port && !text_number(port, 1, 65535, &number))
        return error_set(err, "\"%s\": \"%s\" is no port (1 to 65535)", url, port);
    endpoint->host = xstrdup(text);
    endpoint->port = (unsigned)number;
    return 0;
}

static int parse_rest(struct endpoint *endpoint, char *rest, const char *url, struct error *err)
{
    if (endpoint->scheme->is_socket) {
        if (*rest != '/')
            return error_set(err, "\"%s\": the socket's path must be absolute: unix:///run/docker.sock", url);
        endpoint->path = xstrdup(rest);
        return 0;
    }
    if (strpbrk(rest, "?#"))
        return error_set(err, "\"%s\": a query or fragment has no meaning here", url);
    char *slash = strchr(rest, '/');
    if (slash && endpoint->scheme->has_path && slash[1])
        endpoint->path = xstrdup(slash);
    else if (slash && slash[1])
        return error_set(err, "\"%s\": a %s endpoint has no path", url, endpoint->scheme->name);
    if (slash)
        *slash = '\0';
    char *at = strrchr(rest, '@');
    if (at) {
        *at = '\0';
        if (!endpoint->scheme->has_user)
            return error_set(err, "\"%s\": a %s endpoint has no user", url, endpoint->scheme->name);
        if (strchr(rest, ':'))
            return error_set(err, "an ssh endpoint must not hold a password; use keys or an agent");
        if (!*rest || *rest == '-')
            return error_set(err, "\"%s\": \"%s\" is no user name", url, rest);
        endpoint->user = xstrdup(rest);
        rest = at + 1;
    }
    return parse_host_port(endpoint, rest, url, err);
}

/* "ssh://, tcp:// and unix://" */
static void list_schemes(struct buf *list)
{
    for (size_t i = 0; scheme_at(i); i++) {
        const char *between = scheme_at(i + 1) ? ", " : " and ";
        buf_format(list, "%s%s://", i ? between : "", scheme_at(i)->name);
    }
}

int endpoint_parse(struct endpoint *endpoint, const char *url, struct error *err)
{
    const char *after;
    *endpoint = (struct endpoint){.scheme = scheme_of_url(url, &after)};
    if (endpoint->scheme) {
        char *rest = xstrdup(after);
        int result = parse_rest(endpoint, rest, url, err);
        free(rest);
        if (result)
            endpoint_clear(endpoint);
        return result;
    }
    const char *colon = strstr(url, "://");
    if (!colon)
        return error_set(err, "\"%s\" has no scheme; write ssh://%s, tcp://%s or unix:///path", url, url,
                         url);
    struct buf known = {0};
    list_schemes(&known);
    error_set(err, "\"%.*s://\" is no endpoint muster can reach; it knows %s", (int)(colon - url), url,
              known.data);
    buf_free(&known);
    return -1;
}

int endpoint_parse_ssh(struct endpoint *endpoint, const char *word, struct error *err)
{
    char *url = text_starts(word, "ssh://") ? xstrdup(word) : xasprintf("ssh://%s", word);
    int result = endpoint_parse(endpoint, url, err);
    if (!result && endpoint->path) {
        result = error_set(err, "\"%s\": an ssh server has no path", word);
        endpoint_clear(endpoint);
    }
    free(url);
    return result;
}

char *endpoint_url(const struct endpoint *e)
{
    if (e->scheme->is_socket)
        return xasprintf("%s://%s", e->scheme->name, e->path);
    bool v6 = strchr(e->host, ':') != NULL;
    char port[16] = "";
    if (e->port)
        snprintf(port, sizeof port, ":%u", e->port);
    return xasprintf("%s://%s%s%s%s%s%s%s", e->scheme->name, text_or(e->user, ""), text_if(e->user, "@"),
                     text_if(v6, "["), e->host, text_if(v6, "]"), port, text_or(e->path, ""));
}

void endpoint_clear(struct endpoint *endpoint)
{
    free(endpoint->user);
    free(endpoint->host);
    free(endpoint->path);
    *endpoint = (struct endpoint){0};
}

void endpoint_copy(struct endpoint *to, const struct endpoint *from)
{
    *to = (struct endpoint){.scheme = from->scheme, .port = from->port};
    to->user = xstrdup(from->user);
    to->host = xstrdup(from->host);
    to->path = xstrdup(from->path);
}

const char *host_key_policy_name(enum host_key_policy policy)
{
    static const char *const WORDS[] = {[HOST_KEY_CONFIGURED] = "configured",
                                        [HOST_KEY_STRICT] = "strict",
                                        [HOST_KEY_ACCEPT_NEW] = "accept-new",
                                        [HOST_KEY_NO] = "no"};
    return policy < sizeof WORDS / sizeof *WORDS ? WORDS[policy] : NULL;
}

bool host_key_policy_parse(const char *word, enum host_key_policy *policy)
{
    for (enum host_key_policy i = HOST_KEY_STRICT; host_key_policy_name(i); i++)
        if (strcmp(word, host_key_policy_name(i)) == 0) {
            *policy = i;
            return true;
        }
    return false;
}

void target_problem(struct target *target, char *text)
{
    if (target->problem)
        free(text);
    else
        target->problem = text;
}

void target_free(struct target *t)
{
    if (!t)
        return;
    free(t->name);
    json_decref(t->groups);
    json_decref(t->policy);
    endpoint_clear(&t->engine);
    endpoint_clear(&t->shell);
    free(t->tls_ca);
    free(t->tls_cert);
    free(t->tls_key);
    free(t->tls_name);
    free(t->private_key);
    if (t->password)
        explicit_bzero(t->password, strlen(t->password));
    free(t->password);
    json_decref(t->ssh_options);
    free(t->ssh_config);
    for (size_t i = 0; i < t->limit_count; i++)
        free(t->limits[i].group);
    free(t->limits);
    free(t->problem);
    free(t);
}

static void move_endpoint(struct endpoint *endpoint, const char *address)
{
    free(endpoint->host);
    endpoint->host = xstrdup(address);
}

struct target *target_for_host(const struct target *like, const char *name, const char *address)
{
    struct target *t = xcalloc(1, sizeof *t);
    *t = *like;
    t->name = xstrdup(name);
    t->groups = json_copy(like->groups);
    t->policy = json_copy(like->policy);
    endpoint_copy(&t->engine, &like->engine);
    endpoint_copy(&t->shell, &like->shell);
    t->tls_ca = xstrdup(like->tls_ca);
    t->tls_cert = xstrdup(like->tls_cert);
    t->tls_key = xstrdup(like->tls_key);
    t->tls_name = NULL; /* is one host's own */
    t->private_key = xstrdup(like->private_key);
    t->password = xstrdup(like->password);
    t->ssh_options = json_copy(like->ssh_options);
    t->ssh_config = xstrdup(like->ssh_config);
    t->limits = xcalloc(like->limit_count ? like->limit_count : 1, sizeof *t->limits);
    for (size_t i = 0; i < like->limit_count; i++)
        t->limits[i] =
            (struct group_limit){.group = xstrdup(like->limits[i].group), .at_once = like->limits[i].at_once};
    t->problem = NULL;
    if (t->engine.scheme->is_socket) {
        endpoint_clear(&t->engine);
        t->engine.scheme = SCHEME_SSH;
    }
    move_endpoint(&t->engine, address);
    if (t->engine.scheme == SCHEME_SSH) {
        endpoint_clear(&t->shell);
        endpoint_copy(&t->shell, &t->engine);
        t->shell_kind = SHELL_SSH;
    } else if (t->shell_kind == SHELL_SSH) {
        move_endpoint(&t->shell, address);
    } else {
        t->shell_kind = SHELL_NONE;
    }
    return t;
}

void target_ssh_option(struct target *target, const char *keyword, const char *value)
{
    char *option = xasprintf("%s=%s", keyword, value);
    json_array_append_new(target->ssh_options, json_text(option));
    free(option);
}

json_t *target_json(const struct target *target)
{
    char *engine = endpoint_url(&target->engine);
    char *shell = target->shell_kind == SHELL_SSH ? endpoint_url(&target->shell) : NULL;
    json_t *json = json_object();
    json_put(json, "engine", json_text(engine));
    json_put(json, "shell", json_text(target->shell_kind == SHELL_LOCAL ? "local" : shell));
    free(engine);
    free(shell);
    return json;
}

void target_list_add(struct target_list *list, struct target *target)
{
    target->order = list->count;
    list->items = grow_array(list->items, list->count, &list->capacity, sizeof *list->items);
    list->items[list->count++] = target;
}

void target_list_clear(struct target_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        target_free(list->items[i]);
    free(list->items);
    *list = (struct target_list){0};
}
