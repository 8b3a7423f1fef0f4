/* audit_rules.c: see audit_rules.h. Sources: auditctl(8), audit.rules(7), and the kernel's kernel/auditsc.c
 * and kernel/auditfilter.c: the rule with the highest priority decides, which is the first one of its list.
 */
#include "agentless/checks/audit_rules.h"
#include "agentless/checks/host_path.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum list { LIST_OTHER, LIST_TASK, LIST_EXIT, LIST_EXCLUDE };

/* What of a path has to be recorded. */
enum { CHANGES_WRITE = 1, CHANGES_ATTRIBUTE = 2, CHANGES = 3 };

struct rule {
    const json_t *source;
    enum list list;
    bool never;
    bool names_path;  /* else it speaks of all */
    char where[1024]; /* the path it names; "" for one that cannot be compared */
    bool tree;        /* -w and dir= cover what is below */
    bool narrow;      /* filters leave some users or events out */
    bool calls;       /* system calls are listed */
    bool file_calls;  /* and some of those change files */
    bool only_32_bit;
    bool drops; /* of the exclude list: it matches the records of system calls */
    unsigned changes;
};

struct audit_rules {
    struct rule *rules;
    size_t count;
    int enabled;
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

static void rule_name_path(struct rule *r, const char *path, bool tree)
{
    r->names_path = true;
    r->tree = tree;
    if (!normalise(path, r->where, sizeof r->where))
        *r->where = '\0';
}

static unsigned changes_of(const char *permissions)
{
    unsigned changes = strchr(permissions, 'w') ? CHANGES_WRITE : 0;
    return strchr(permissions, 'a') ? changes | CHANGES_ATTRIBUTE : changes;
}

/* The records of a system call: the call itself, and its paths (linux/audit.h). */
static const struct record_type {
    const char *name;
    long number;
} RECORDS[] = {{"SYSCALL", 1300}, {"PATH", 1302}};

/* "msgtype=PATH", "msgtype>0": whether it is true of one of these records. */
static bool drops_records(const char *condition)
{
    char operator[3] = "";
    size_t length = strspn(condition, "<>=!");
    const char *value = condition + length;
    long number = -1;
    snprintf(operator, sizeof operator, "%.*s", (int)length, condition);
    text_number(value, 0, 100000, &number);
    for (size_t i = 0; i < sizeof RECORDS / sizeof *RECORDS; i++) {
        long record = RECORDS[i].number;
        bool same = strcmp(value, RECORDS[i].name) == 0 || number == record;
        if ((strcmp(operator, "=") == 0 && same) || (strcmp(operator, "!=") == 0 && !same) ||
            (strcmp(operator, ">") == 0 && number >= 0 && record > number) ||
            (strcmp(operator, ">=") == 0 && number >= 0 && record >= number) ||
            (strcmp(operator, "<") == 0 && record < number) ||
            (strcmp(operator, "<=") == 0 && record <= number))
            return true;
    }
    return false;
}

static void rule_read_field(struct rule *r, const char *field)
{
    if (text_starts(field, "path="))
        rule_name_path(r, field + strlen("path="), false);
    else if (text_starts(field, "dir="))
        rule_name_path(r, field + strlen("dir="), true);
    else if (text_starts(field, "perm="))
        r->changes = changes_of(field + strlen("perm="));
    else if (text_starts(field, "arch="))
        r->only_32_bit = text_same(field, "arch=b32");
    else if (text_starts(field, "msgtype"))
        r->drops = drops_records(field + strlen("msgtype"));
    else if (!text_starts(field, "key="))
        r->narrow = true;
}

/* Of those by which files are changed; also by number nobody writes them. */
static bool changes_files(const char *call)
{
    static const char *const CALLS[] = {
        "open",      "creat",       "truncate",     "ftruncate",    "rename",   "unlink",
        "rmdir",     "mkdir",       "link",         "symlink",      "mknod",    "chmod",
        "fchmod",    "chown",       "fchown",       "lchown",       "setxattr", "lsetxattr",
        "fsetxattr", "removexattr", "lremovexattr", "fremovexattr", "utime"};
    bool found = false;
    for (size_t i = 0; i < sizeof CALLS / sizeof *CALLS && !found; i++)
        found = text_starts(call, CALLS[i]); /* openat, openat2, renameat2, ... */
    return found;
}

static void rule_read_calls(struct rule *r, char *calls)
{
    char *call;
    while ((call = text_next(&calls, ",")))
        if (strcmp(call, "all") != 0) {
            r->calls = true;
            r->file_calls = r->file_calls || changes_files(call);
        }
}

static void rule_read_list(struct rule *r, char *value)
{
    static const char *const NAMES[] = {
        [LIST_TASK] = "task", [LIST_EXIT] = "exit", [LIST_EXCLUDE] = "exclude"};
    char *part;
    while ((part = text_next(&value, ","))) {
        r->never = r->never || strcmp(part, "never") == 0;
        for (size_t i = LIST_TASK; i < sizeof NAMES / sizeof *NAMES; i++)
            if (strcmp(part, NAMES[i]) == 0)
                r->list = (enum list)i;
    }
}

static void rule_read_word(struct rule *r, char option, char *value)
{
    switch (option) {
    case 'w':
    case 'W':
        rule_name_path(r, value, true);
        r->list = LIST_EXIT;
        break;
    case 'p':
        r->changes = changes_of(value);
        break;
    case 'a':
    case 'A':
    case 'd':
        rule_read_list(r, value);
        break;
    case 'F':
        rule_read_field(r, value);
        break;
    case 'C':
        r->narrow = true;
        break;
    case 'S':
        rule_read_calls(r, value);
        break;
    default:
        break;
    }
}

/* Returns what is to be done with it: 'a' (added), 'A' (put before the others of its list), 'w', 'W', 'd',
 * 'D', 'e', or 0 for what is no rule. *number: of -e. */
static char rule_read(struct rule *r, char *text, long *number)
{
    char *word, action = 0;
    r->changes = CHANGES;
    while ((word = text_next(&text, " \t"))) {
        if (*word != '-' || !word[1])
            continue;
        char option = word[1];
        char *value = word[2] ? word + 2 : NULL;
        if (!value && strchr("wWpaAdFSkCe", option))
            value = text_next(&text, " \t");
        if (strchr("aAwWdDe", option))
            action = option;
        if (option == 'e' && !(value && text_number(value, 0, 2, number)))
            action = 0;
        if (value)
            rule_read_word(r, option, value);
    }
    return action;
}

static bool is_same_rule(const struct rule *a, const struct rule *b)
{
    return a->list == b->list && a->never == b->never && a->names_path == b->names_path &&
           a->narrow == b->narrow && a->changes == b->changes && strcmp(a->where, b->where) == 0;
}

static void rules_remove(struct audit_rules *a, const struct rule *wanted, bool watch)
{
    size_t kept = 0;
    for (size_t i = 0; i < a->count; i++) {
        const struct rule *r = &a->rules[i];
        bool removed = watch ? r->list == LIST_EXIT && r->tree && strcmp(r->where, wanted->where) == 0
                             : is_same_rule(r, wanted);
        if (!removed)
            a->rules[kept++] = *r;
    }
    a->count = kept;
}

static void rules_take(struct audit_rules *a, const json_t *source)
{
    struct rule r = {.source = source};
    long enabled = -1;
    char *copy = xstrdup(text_or(json_text_at(source, "rule"), ""));
    char action = rule_read(&r, copy, &enabled);
    free(copy);
    switch (action) {
    case 'D':
        a->count = 0;
        break;
    case 'e':
        a->enabled = (int)enabled;
        break;
    case 'W':
    case 'd':
        rules_remove(a, &r, action == 'W');
        break;
    case 'A':
        memmove(a->rules + 1, a->rules, a->count * sizeof r);
        a->rules[0] = r;
        a->count++;
        break;
    case 'a':
    case 'w':
        a->rules[a->count++] = r;
        break;
    default:
        break;
    }
}

struct audit_rules *audit_rules_read(const json_t *rules)
{
    struct audit_rules *a = xcalloc(1, sizeof *a);
    size_t count = json_array_size(rules) < AUDIT_RULES_MAX ? json_array_size(rules) : AUDIT_RULES_MAX;
    a->rules = xcalloc(count + 1, sizeof *a->rules);
    a->enabled = -1;
    for (size_t i = 0; i < count; i++)
        rules_take(a, json_array_get(rules, i));
    return a;
}

void audit_rules_free(struct audit_rules *a)
{
    free(a->rules);
    free(a);
}

int audit_rules_enabled(const struct audit_rules *a)
{
    return a->enabled;
}

/* A task that a rule for tasks leaves out is never audited; what the exclude list matches is never written,
 * whatever its action says. */
static const struct rule *ends_all(const struct audit_rules *a)
{
    bool tasks_kept = false;
    for (size_t i = 0; i < a->count; i++) {
        const struct rule *r = &a->rules[i];
        if (r->narrow)
            continue;
        if (r->list == LIST_EXCLUDE && r->drops)
            return r;
        if (r->list == LIST_TASK && r->never && !tasks_kept)
            return r;
        tasks_kept = tasks_kept || r->list == LIST_TASK;
    }
    return NULL;
}

static bool speaks_of(const struct rule *r, const char *path)
{
    if (r->list != LIST_EXIT)
        return false;
    return !r->names_path || strcmp(path, r->where) == 0 ||
           (r->tree && *r->where && path_within(path, r->where));
}

/* What it takes out for everybody; a rule with filters takes out only some. */
static unsigned taken_out(const struct rule *r)
{
    return r->narrow || r->only_32_bit || (r->calls && !r->file_calls) ? 0 : r->changes;
}

/* What it records whoever does it. */
static unsigned recorded(const struct rule *r)
{
    return r->narrow || r->only_32_bit || r->calls ? 0 : r->changes;
}

enum watch audit_rules_watch(const struct audit_rules *a, const char *path, bool folder, const json_t **by)
{
    char wanted[1024];
    unsigned left = CHANGES;
    const struct rule *off = ends_all(a);
    enum watch best = off ? WATCH_OFF : WATCH_NONE;
    *by = off ? off->source : NULL;
    if (off || !normalise(path, wanted, sizeof wanted))
        return best;
    for (size_t i = 0; i < a->count && left; i++) {
        const struct rule *r = &a->rules[i];
        if (!speaks_of(r, wanted) || (r->never && !(taken_out(r) & left)))
            continue;
        /* A rule for all that records little says nothing of this path. */
        bool own = r->names_path || recorded(r);
        if (r->never || own)
            *by = r->source;
        if (r->never)
            return WATCH_NEVER;
        left &= ~recorded(r);
        bool shallow = folder && r->names_path && !r->tree;
        if (!left)
            best = shallow && best != WATCH_PARTIAL ? WATCH_FOLDER : WATCH_FULL;
        else if (own)
            best = WATCH_PARTIAL;
    }
    return best;
}
