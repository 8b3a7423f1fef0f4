/* ssh_arguments.c: see ssh_arguments.h. Which letters take a value is in ssh(1). */
#include "inventory/ssh_arguments.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "inventory/shell_words.h"

#include <stdlib.h>
#include <string.h>

static const char FLAGS[] = "46AaCfGgKkMNnqsTtVvXxYy";
static const char WITH_VALUE[] = "BbcDEeFIiJLlmOopQRSWw";

static const struct {
    char letter;
    const char *keyword;
} KEYWORDS[] = {{'i', "IdentityFile"}, {'p', "Port"}, {'l', "User"}, {'J', "ProxyJump"}};

static void ssh_arguments_add(struct ssh_arguments *a, const char *keyword, size_t length, const char *value)
{
    char *option = xasprintf("%.*s=%s", (int)length, keyword, value);
    json_array_append_new(a->options, json_text(option));
    free(option);
}

static void ssh_arguments_set(char **field, const char *value)
{
    if (!*field)
        *field = xstrdup(value);
}

/* "Keyword=value" or "Keyword value", blanks around the sign. */
static int add_option(struct ssh_arguments *a, const char *text, struct error *err)
{
    size_t length = strcspn(text, "= \t");
    const char *value = text + length;
    value += strspn(value, " \t");
    value += *value == '=';
    value += strspn(value, " \t");
    if (!length || !*value)
        return error_set(err, "-o %s: Keyword=value is expected", text);
    ssh_arguments_add(a, text, length, value);
    return 0;
}

static int take(struct ssh_arguments *a, char letter, const char *value, struct error *err)
{
    for (size_t i = 0; i < sizeof KEYWORDS / sizeof *KEYWORDS; i++)
        if (KEYWORDS[i].letter == letter)
            ssh_arguments_add(a, KEYWORDS[i].keyword, strlen(KEYWORDS[i].keyword), value);
    if (letter == 'F')
        ssh_arguments_set(&a->config_file, value);
    else if (letter == 'W')
        ssh_arguments_set(&a->forward, value);
    return letter == 'o' ? add_option(a, value, err) : 0;
}

/* One word that begins with a dash; *at moves on where its value is the next word. */
static int read_option(struct ssh_arguments *a, const struct words *words, size_t *at, struct error *err)
{
    for (const char *p = words->items[*at].text + 1; *p; p++) {
        if (strchr(FLAGS, *p))
            continue;
        if (!strchr(WITH_VALUE, *p))
            return error_set(err, "\"%s\" is no option of ssh", words->items[*at].text);
        if (p[1])
            return take(a, *p, p + 1, err);
        if (++*at == words->count)
            return error_set(err, "-%c needs a value", *p);
        return take(a, *p, words->items[*at].text, err);
    }
    return 0;
}

int ssh_arguments_parse(struct ssh_arguments *a, const char *line, struct error *err)
{
    struct words words;
    int result = 0;
    *a = (struct ssh_arguments){.options = json_array()};
    if (words_split(&words, line))
        result = error_set(err, "a quote is never closed");
    for (size_t i = 0; i < words.count && !result; i++)
        if (words.items[i].text[0] == '-' && words.items[i].text[1])
            result = read_option(a, &words, &i, err);
        else
            ssh_arguments_set(&a->host, words.items[i].text);
    words_clear(&words);
    return result;
}

void ssh_arguments_clear(struct ssh_arguments *a)
{
    json_decref(a->options);
    free(a->config_file);
    free(a->forward);
    free(a->host);
    *a = (struct ssh_arguments){0};
}
