/* audit_rules.c: see audit_rules.h */
#include "agentless/checks/audit_rules.h"
#include "agentless/checks/host_path.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rule {
    char where[1024]; /* the path it names; "" for none */
    bool tree;        /* -w and dir= cover what is below */
    bool never, exit_list;
    bool others; /* filters that leave some events out */
    char permissions[16];
};

/* On every current distribution these are links into /usr. */
static void merge_usr(char *path, size_t size)
{
    static const char *const LINKS[] = {"/lib", "/lib64", "/bin", "/sbin"};
    for (size_t i = 0; i < sizeof LINKS / sizeof *LINKS; i++)
        if (path_within(path, LINKS[i])) {
            char *merged = xasprintf("/usr%s", path);
            snprintf(path, size, "%s", merged);
            free(merged);
            return;
        }
}

static bool normalise(const char *path, char *out, size_t size)
{
    if (!host_path(path, out, size))
        return false;
    merge_usr(out, size);
    return true;
}

static void read_field(struct rule *r, const char *field)
{
    if (text_starts(field, "path=") || text_starts(field, "dir=")) {
        const char *value = strchr(field, '=') + 1;
        r->tree = *field == 'd';
        if (!normalise(value, r->where, sizeof r->where))
            *r->where = '\0';
    } else if (text_starts(field, "perm=")) {
        snprintf(r->permissions, sizeof r->permissions, "%s", field + 5);
    } else if (!text_starts(field, "key=") && !text_starts(field, "arch=")) {
        r->others = true;
    }
}

static void audit_rules_read_word(struct rule *r, char option, char *value)
{
    char *part;
    switch (option) {
    case 'w':
        r->tree = true;
        r->exit_list = true;
        if (!normalise(value, r->where, sizeof r->where))
            *r->where = '\0';
        break;
    case 'p':
        snprintf(r->permissions, sizeof r->permissions, "%s", value);
        break;
    case 'a':
    case 'A':
        while ((part = text_next(&value, ","))) {
            r->never = r->never || strcmp(part, "never") == 0;
            r->exit_list = r->exit_list || strcmp(part, "exit") == 0;
        }
        break;
    case 'F':
        read_field(r, value);
        break;
    case 'S':
        /* A list of system calls without a permission filter records those calls only. */
        r->others = r->others || strcmp(value, "all") != 0;
        break;
    default:
        break;
    }
}

static void read_rule(struct rule *r, char *text)
{
    char *word;
    snprintf(r->permissions, sizeof r->permissions, "rwxa");
    while ((word = text_next(&text, " \t"))) {
        if (*word != '-' || !word[1])
            continue;
        char option = word[1];
        char *value = NULL;
        if (word[2])
            value = word + 2;
        else if (strchr("wpaAFSk", option))
            value = text_next(&text, " \t");
        if (value)
            audit_rules_read_word(r, option, value);
    }
}

enum watch audit_rule_watches(const char *text, const char *path, bool folder)
{
    struct rule r = {0};
    char wanted[1024];
    char *copy = xstrdup(text);
    read_rule(&r, copy);
    free(copy);
    if (!*r.where || !r.exit_list || !normalise(path, wanted, sizeof wanted))
        return WATCH_NONE;
    bool same = strcmp(wanted, r.where) == 0;
    if (!same && !(r.tree && path_within(wanted, r.where)))
        return WATCH_NONE;
    if (r.never)
        return WATCH_NEVER;
    bool writes = strchr(r.permissions, 'w') && strchr(r.permissions, 'a');
    return writes && !r.others && !(folder && !r.tree) ? WATCH_FULL : WATCH_PARTIAL;
}
