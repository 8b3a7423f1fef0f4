/* range.c: host ranges in names: web-[01:20], [a:c], [1:9:2]. See range.h */
#include "inventory/range.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 100000

struct range {
    long first, last, step;
    int width; /* digits, zero-padded; 0: no padding */
    bool letters;
};

static int parse_range(char *text, struct range *range, struct error *err)
{
    char *last = strchr(text, ':');
    if (!last)
        return error_set(err, "range [%s] has no ':'", text);
    *last++ = '\0';
    char *step = strchr(last, ':');
    if (step)
        *step++ = '\0';
    range->step = 1;
    if (step && !text_number(step, 1, NAMES_MAX, &range->step))
        return error_set(err, "step \"%s\" of a range is no number from 1 on", step);
    /* An empty beginning is 0, as Ansible has it. */
    const char *first = *text ? text : "0";
    range->letters = isalpha((unsigned char)*first) != 0;
    if (range->letters) {
        if (text[1] || !isalpha((unsigned char)*last) || last[1])
            return error_set(err, "range [%s:%s] must go from one letter to one letter", text, last);
        range->first = (unsigned char)*text;
        range->last = (unsigned char)*last;
    } else {
        if (!text_number(first, 0, 1000000000, &range->first) ||
            !text_number(last, 0, 1000000000, &range->last))
            return error_set(err, "range [%s:%s] must go from a number to a number", text, last);
        range->width = *text == '0' && text[1] ? (int)strlen(text) : 0;
        if (range->width && strlen(last) != strlen(text))
            return error_set(err, "range [%s:%s]: zero-padded ends must be equally long", text, last);
    }
    if (range->last < range->first)
        return error_set(err, "range [%s:%s] runs backwards", text, last);
    if ((range->last - range->first) / range->step >= NAMES_MAX)
        return error_set(err, "range [%s:%s] has more than %d names", text, last, NAMES_MAX);
    return 0;
}

/* Replaces the first range of every name in `names` until none is left. */
static json_t *expand_first(const char *name, const char *open, struct error *err)
{
    const char *close = strchr(open, ']');
    if (!close) {
        error_set(err, "the bracket of a range is not closed in \"%s\"", name);
        return NULL;
    }
    struct range range = {0};
    char *inside = xstrndup(open + 1, (size_t)(close - open - 1));
    int result = parse_range(inside, &range, err);
    free(inside);
    if (result)
        return NULL;
    json_t *names = json_array();
    for (long at = range.first; at <= range.last; at += range.step) {
        char *one = range.letters
                        ? xasprintf("%.*s%c%s", (int)(open - name), name, (int)at, close + 1)
                        : xasprintf("%.*s%0*ld%s", (int)(open - name), name, range.width, at, close + 1);
        json_array_append_new(names, json_text(one));
        free(one);
    }
    return names;
}

json_t *inventory_expand(const char *name, struct error *err)
{
    const char *open = strchr(name, '[');
    if (!open) {
        json_t *one = json_array();
        json_array_append_new(one, json_text(name));
        return one;
    }
    json_t *heads = expand_first(name, open, err);
    json_t *all = heads ? json_array() : NULL;
    size_t i;
    json_t *head;
    json_array_foreach(heads, i, head)
    {
        json_t *tails = inventory_expand(json_string_value(head), err);
        if (tails && json_array_size(all) + json_array_size(tails) > NAMES_MAX) {
            error_set(err, "\"%s\" stands for more than %d names", name, NAMES_MAX);
            json_decref(tails);
            tails = NULL;
        }
        if (!tails) {
            json_decref(all);
            json_decref(heads);
            return NULL;
        }
        json_array_extend(all, tails);
        json_decref(tails);
    }
    json_decref(heads);
    return all;
}
