/* secret_shape.c: see secret_shape.h. Shapes are those the issuers document for their tokens. */
#include "agentless/collect/reduce/secret_shape.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Splits NAME into lower-case words at everything that is not a letter, and where a capital follows a small
 * letter; joined by single blanks, with a blank at both ends. */
static void words_of(const char *name, char *out, size_t size)
{
    size_t length = 1;
    *out = ' ';
    for (const char *p = name; *p && length + 3 < size; p++) {
        bool letter = isalpha((unsigned char)*p);
        bool hump = p > name && isupper((unsigned char)*p) && islower((unsigned char)p[-1]);
        if ((!letter || hump) && out[length - 1] != ' ')
            out[length++] = ' ';
        if (letter)
            out[length++] = (char)tolower((unsigned char)*p);
    }
    if (out[length - 1] != ' ')
        out[length++] = ' ';
    out[length] = '\0';
}

static bool has_any(const char *words, const char *const *list)
{
    for (; *list; list++)
        if (strstr(words, *list))
            return true;
    return false;
}

static bool last_is_any(const char *words, const char *const *list)
{
    for (; *list; list++)
        if (text_ends(words, *list))
            return true;
    return false;
}

bool secret_name(const char *name)
{
    /* Ends of words, so that DBPASSWORD counts and KEYBOARD, PASSENGER and TOKENIZERS do not. */
    static const char *const SECRET[] = {"password ",   "passwd ",      "passphrase ", " pass ",
                                         "secret ",     "secrets ",     "token ",      "apikey ",
                                         " key ",       "credential ",  " pwd ",       "accesskey ",
                                         "privatekey ", "credentials ", NULL};
    /* What a key is of, or what is said of a secret; DB_PASSWORD_FILE is a place, FILE_PASSWORD a password.
     */
    static const char *const HARMLESS[] = {
        " gpg ",    " pgp ", " public ", " key id ",   " keyring ",       " type ",        " length ",
        " policy ", " ttl ", " expiry ", " sort key ", " partition key ", " foreign key ", NULL};
    static const char *const LAST[] = {" file ",     " files ",  " path ",     " dir ",    " name ",
                                       " url ",      " uri ",    " realm ",    " issuer ", " service ",
                                       " endpoint ", " prefix ", " audience ", NULL};
    char words[256];
    words_of(name, words, sizeof words);
    if (strcmp(words, " pwd ") == 0 || strcmp(words, " old pwd ") == 0)
        return false;
    return has_any(words, SECRET) && !has_any(words, HARMLESS) && !last_is_any(words, LAST);
}

static size_t run_of(const char *text, const char *also)
{
    size_t n = 0;
    while (text[n] && (isalnum((unsigned char)text[n]) || strchr(also, text[n])))
        n++;
    return n;
}

/* As strstr(), for being called again and again on one long text: AddressSanitizer's measures the rest of the
 * text each time. */
static const char *find(const char *text, const char *part)
{
    size_t length = strlen(part);
    const char *at = strchr(text, *part);
    while (at && strncmp(at, part, length) != 0)
        at = strchr(at + 1, *part);
    return at;
}

/* scheme://user:password@host */
static bool address_with_password(const char *text)
{
    for (const char *at = find(text, "://"); at; at = find(at + 3, "://")) {
        const char *user = at + 3;
        const char *end = user + strcspn(user, "/ \t\n\"'?#");
        const char *colon = memchr(user, ':', (size_t)(end - user));
        const char *sign = memchr(user, '@', (size_t)(end - user));
        /* $NAME is a reference, not a password. */
        if (colon && sign && colon > user && sign > colon + 1 && colon[1] != '$')
            return true;
    }
    return false;
}

bool secret_value(const char *text)
{
    static const struct {
        const char *prefix, *also; /* also: what may follow beside letters and digits */
        size_t least;              /* characters after the prefix */
    } TOKENS[] = {
        {"AKIA", "", 16},   {"ASIA", "", 16},         {"ghp_", "", 36},        {"gho_", "", 36},
        {"ghs_", "", 36},   {"github_pat_", "_", 40}, {"glpat-", "_-", 20},    {"xoxb-", "-", 20},
        {"xoxp-", "-", 20}, {"xoxa-", "-", 20},       {"sk_live_", "", 16},    {"rk_live_", "", 16},
        {"AIza", "_-", 35}, {"npm_", "", 36},         {"dckr_pat_", "_-", 20}, {"hvs.", "_-", 24},
    };
    if (!text)
        return false;
    for (size_t i = 0; i < sizeof TOKENS / sizeof *TOKENS; i++)
        for (const char *at = find(text, TOKENS[i].prefix); at; at = find(at + 1, TOKENS[i].prefix)) {
            bool begins = at == text || !isalnum((unsigned char)at[-1]);
            if (begins && run_of(at + strlen(TOKENS[i].prefix), TOKENS[i].also) >= TOKENS[i].least)
                return true;
        }
    const char *header = strstr(text, "-----BEGIN ");
    if (header && strstr(header, "PRIVATE KEY-----"))
        return true;
    /* Base64 of {" begins a JSON web token's header and its claims. */
    const char *jwt = strstr(text, "eyJ");
    size_t part = jwt ? run_of(jwt, "_-") : 0;
    if (part > 10 && jwt[part] == '.' && strncmp(jwt + part + 1, "eyJ", 3) == 0)
        return true;
    return address_with_password(text);
}

/* A public key's fingerprint as gpg prints it: 40 digits in capitals, or in blocks of four. Tokens of 40
 * digits are in small letters. */
static bool is_fingerprint(const char *value)
{
    size_t digits = 0, blanks = 0, small = 0;
    for (const char *at = value + (text_starts(value, "0x") ? 2 : 0); *at; at++) {
        if (*at != ' ' && !isxdigit((unsigned char)*at))
            return false;
        blanks += *at == ' ';
        digits += *at != ' ';
        small += islower((unsigned char)*at) != 0;
    }
    return digits == 40 && (blanks >= 9 || !small);
}

/* What a secret is not: empty, a switch, a number, a path, a reference to another variable. */
static bool harmless_value(const char *value)
{
    static const char *const SWITCHES[] = {"true", "false", "yes", "no", "on", "off", "none", "null"};
    if (!*value || *value == '/' || *value == '$' ||
        (strlen(value) < 6 && strspn(value, "0123456789") == strlen(value)))
        return true;
    for (size_t i = 0; i < sizeof SWITCHES / sizeof *SWITCHES; i++)
        if (strcasecmp(value, SWITCHES[i]) == 0)
            return true;
    return is_fingerprint(value);
}

bool secret_pair(const char *pair)
{
    const char *equals = pair ? strchr(pair, '=') : NULL;
    if (!equals)
        return false;
    char *name = xstrndup(pair, (size_t)(equals - pair));
    bool secret = secret_value(equals + 1) || (secret_name(name) && !harmless_value(equals + 1));
    free(name);
    return secret;
}

json_t *secret_names(const json_t *pairs)
{
    json_t *names = json_array();
    for (size_t i = 0; i < json_array_size(pairs); i++) {
        const char *pair = json_string_value(json_array_get(pairs, i));
        if (!secret_pair(pair))
            continue;
        char *name = xstrndup(pair, strcspn(pair, "="));
        json_array_append_new(names, json_text(name));
        free(name);
    }
    return names;
}
