/* finding.c: making a finding; see check.h */
#include "agentless/checks/finding.h"
#include "base/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const STATUS_NAMES[STATUS_COUNT] = {[STATUS_PASS] = "PASS",
                                                       [STATUS_NOTE] = "NOTE",
                                                       [STATUS_INFO] = "INFO",
                                                       [STATUS_ERROR] = "ERROR",
                                                       [STATUS_WARN] = "WARN"};

const char *status_name(enum status status)
{
    return STATUS_NAMES[status];
}

bool status_parse(const char *name, enum status *status)
{
    for (size_t i = 0; i < STATUS_COUNT; i++)
        if (strcasecmp(name, STATUS_NAMES[i]) == 0) {
            *status = (enum status)i;
            return true;
        }
    return false;
}

static void raise_status(struct finding *f, enum status status)
{
    if (status > f->status)
        f->status = status;
}

void finding_say(struct finding *f, enum status status, const char *format, ...)
{
    va_list args;
    /* The sentence of the worst status stays; among equals the first. */
    if (status > f->status || !*f->reason) {
        va_start(args, format);
        vsnprintf(f->reason, sizeof f->reason, format, args);
        va_end(args);
    }
    raise_status(f, status);
}

__attribute__((format(printf, 5, 0))) static json_t *add_item(struct finding *f, enum status status,
                                                              const char *kind, const char *name,
                                                              const char *format, va_list args)
{
    char reason[1024];
    raise_status(f, status);
    if (json_array_size(f->items) >= FINDING_ITEMS_MAX) {
        f->more[status]++;
        return NULL;
    }
    json_t *item = json_object();
    vsnprintf(reason, sizeof reason, format, args);
    json_put(item, "kind", json_text(kind));
    json_put(item, "name", json_text(name));
    json_put(item, "reason", json_text(reason));
    json_put(item, "status", json_text(status_name(status)));
    json_array_append_new(f->items, item);
    return item;
}

void finding_item(struct finding *f, enum status status, const char *kind, const char *name,
                  const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_item(f, status, kind, name, format, args);
    va_end(args);
}

void finding_container(struct finding *f, enum status status, const struct container *c, const char *format,
                       ...)
{
    va_list args;
    va_start(args, format);
    json_t *item = add_item(f, status, "container", c->name, format, args);
    va_end(args);
    if (item)
        json_put(item, "state", json_text(c->state));
}

void finding_image(struct finding *f, enum status status, const struct image *image, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    json_t *item = add_item(f, status, "image", image->name, format, args);
    va_end(args);
    if (item)
        json_put(item, "id", json_text(image->id));
}

/* A fact that a person reads. An engine may have a text of a megabyte where a user's name belongs. */
#define FACT_BYTES_MAX 65536

static json_t *readable_fact(json_t *value)
{
    if (!value || json_weight(value, FACT_BYTES_MAX) <= FACT_BYTES_MAX)
        return value;
    json_decref(value);
    return json_text("(more than 64 kB)");
}

void finding_fact(struct finding *f, const char *source, const char *fact, json_t *value)
{
    if (json_array_size(f->evidence) >= FINDING_FACTS_MAX) {
        f->more_facts++;
        json_decref(value);
        return;
    }
    json_t *evidence = json_object();
    json_put(evidence, "source", json_text(source));
    json_put(evidence, "fact", json_text(fact));
    json_put(evidence, "value", readable_fact(value));
    json_array_append_new(f->evidence, evidence);
}

void finding_close(struct finding *f)
{
    for (int status = 0; status < STATUS_COUNT; status++) {
        if (!f->more[status])
            continue;
        char name[64];
        snprintf(name, sizeof name, "(%zu more)", f->more[status]);
        json_t *last = json_array_get(f->items, json_array_size(f->items) - 1);
        json_t *item = json_object();
        json_put(item, "kind", json_incref(json_object_get(last, "kind")));
        json_put(item, "name", json_text(name));
        json_put(item, "reason", json_text("beyond the 1000 that are listed"));
        json_put(item, "status", json_text(status_name((enum status)status)));
        json_array_append_new(f->items, item);
    }
    if (f->more_facts) {
        json_t *evidence = json_object();
        json_put(evidence, "source", json_text("muster"));
        json_put(evidence, "fact", json_text("facts that are not listed"));
        json_put(evidence, "value", json_integer((json_int_t)f->more_facts));
        json_array_append_new(f->evidence, evidence);
    }
}

void finding_container_fact(struct finding *f, const struct container *c, const char *path)
{
    char source[200];
    snprintf(source, sizeof source, "inspect %s", c->name);
    finding_fact(f, source, path, json_incref(json_at(c->inspect, path)));
}

void finding_info_fact(struct finding *f, const struct facts *facts, const char *path)
{
    finding_fact(f, "/info", path, json_incref(json_at(facts->info, path)));
}

bool finding_has_info(const struct facts *facts, struct finding *f, const char *path)
{
    if (json_at(facts->info, path))
        return true;
    finding_say(f, STATUS_ERROR, "evidence missing: the engine's /info has no %s", path);
    return false;
}
