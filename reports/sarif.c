/* sarif.c: the scan as SARIF 2.1.0 (OASIS), for GitHub's code scanning and other readers: one run, a
 * rule for each check, a result for each WARN and ERROR. A host is an artifact (docker-host:NAME); hosts that
 * could not be scanned are tool execution notifications. */
#include "agentless/checks/finding.h"
#include "agentless/checks/catalog.h"
#include "base/buf.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "reports/formats.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* GitHub takes up to 25,000 results of a run and shows the first 1,000 characters or so of a message. */
#define MESSAGE_MAX 2000
#define ITEMS_SHOWN 20

struct writing {
    size_t *rules; /* for each check of the catalog its index among the rules */
    bool any;      /* a result was written */
};

static json_t *message(const char *text)
{
    json_t *json = json_object();
    char *plain = escape_plain(text, MESSAGE_MAX);
    json_put(json, "text", json_text(*plain ? plain : "(nothing was said)"));
    free(plain);
    return json;
}

/* Level 1 of the benchmark is what every host should have. */
static json_t *rule_json(const struct scan *scan, const struct check *check)
{
    json_t *rule = json_object();
    json_t *properties = json_object();
    json_t *tags = json_array();
    json_t *configuration = json_object();
    char section[80];
    json_put(rule, "id", json_text(check->id[scan->benchmark]));
    json_put(rule, "shortDescription", message(check->title));
    json_put(rule, "fullDescription", message(check->rationale));
    json_put(rule, "help", message(check->remedy));
    json_put(configuration, "level", json_text(check->level == 1 ? "error" : "warning"));
    json_put(rule, "defaultConfiguration", configuration);
    snprintf(section, sizeof section, "%s", section_title(check_section(check, scan->benchmark)));
    json_array_append_new(tags, json_text("security"));
    json_array_append_new(tags, json_text(section));
    json_put(properties, "tags", tags);
    /* GitHub orders by it: 7.0 and more is "high", 4.0 and more "medium". */
    json_put(properties, "security-severity", json_text(check->level == 1 ? "7.0" : "5.0"));
    json_put(properties, "assessment", json_text(check_assessment(check, scan->benchmark)));
    json_put(rule, "properties", properties);
    return rule;
}

/* A URI of unreserved characters and escapes of harmless text only; bytes outside ASCII are ~XX, since .NET's
 * readers refuse percent-escapes of characters that IRIs do not have. Fingerprints, not URIs, tell hosts
 * apart. */
static json_t *host_uri(const char *host)
{
    struct buf uri = {0};
    char *plain = escape_plain(host, 300);
    buf_text(&uri, "docker-host:");
    for (const char *name = plain; *name; name++)
        if (isalnum((unsigned char)*name) || strchr("-._~", *name))
            buf_add(&uri, name, 1);
        else
            buf_format(&uri, (unsigned char)*name < 0x80 ? "%%%02X" : "~%02X", (unsigned char)*name);
    char *text = buf_take(&uri);
    json_t *json = json_text(text);
    free(text);
    free(plain);
    return json;
}

static bool holds(const json_t *array, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (json_equal(json_array_get(array, i), value))
            return true;
    return false;
}

static json_t *locations(const struct host_summary *of, const json_t *items)
{
    json_t *list = json_array();
    json_t *location = json_object();
    json_t *physical = json_object();
    json_t *artifact = json_object();
    json_t *logical = json_array();
    json_put(artifact, "uri", host_uri(of->name));
    json_put(physical, "artifactLocation", artifact);
    /* GitHub refuses results without a line. */
    json_put(physical, "region", json_pack("{s:i}", "startLine", 1));
    json_put(location, "physicalLocation", physical);
    for (size_t i = 0; i < json_array_size(items) && i < ITEMS_SHOWN; i++) {
        const json_t *item = json_array_get(items, i);
        char *name = escape_plain(json_text_at(item, "name"), MESSAGE_MAX);
        json_t *one = json_object();
        json_put(one, "name", json_text(name));
        json_put(one, "kind", json_text("resource"));
        /* The schema wants each once. */
        if (!holds(logical, one))
            json_array_append(logical, one);
        json_decref(one);
        free(name);
    }
    json_put(location, "logicalLocations", logical);
    json_array_append_new(list, location);
    return list;
}

static char *result_text(const struct host_summary *of, const json_t *finding)
{
    const json_t *items = json_at(finding, "items");
    struct buf text = {0};
    const char *reason = json_text_at(finding, "reason");
    size_t count = json_array_size(items);
    buf_format(&text, "%s: %s", of->name, reason ? reason : "");
    for (size_t i = 0; i < count && i < ITEMS_SHOWN; i++) {
        const json_t *item = json_array_get(items, i);
        const char *name = json_text_at(item, "name"), *why = json_text_at(item, "reason");
        buf_format(&text, "%s%s: %s", text_if(i || reason, "; "), text_or(name, "?"), text_or(why, ""));
    }
    if (count > ITEMS_SHOWN)
        buf_format(&text, "; and %zu more", count - ITEMS_SHOWN);
    return buf_take(&text);
}

static json_t *sarif_result_json(const struct report *r, const struct host_summary *of, size_t check,
                                 const json_t *finding)
{
    const struct writing *w = r->state;
    bool warn = of->verdicts[check] == STATUS_WARN;
    json_t *result = json_object();
    json_t *prints = json_object();
    char *text = result_text(of, finding);
    char *print = xasprintf("%s/%s", of->name, json_text_at(finding, "id"));
    char *plain = escape_plain(print, MESSAGE_MAX);
    json_put(result, "ruleId", json_text(json_text_at(finding, "id")));
    json_put(result, "ruleIndex", json_integer((json_int_t)w->rules[check]));
    json_put(result, "kind", json_text(warn ? "fail" : "review"));
    if (warn)
        json_put(result, "level", json_text(catalog_at(check)->level == 1 ? "error" : "warning"));
    else
        json_put(result, "level", json_text("none"));
    json_put(result, "message", message(text));
    json_put(result, "locations", locations(of, json_at(finding, "items")));
    json_put(prints, "host/check/v1", json_text(plain));
    json_put(result, "partialFingerprints", prints);
    free(plain);
    free(print);
    free(text);
    return result;
}

static bool sarif_begin(struct report *r)
{
    const struct scan *scan = r->scan;
    struct writing *w = xcalloc(1, sizeof *w);
    json_t *driver = json_object();
    json_t *rules = json_array();
    w->rules = xcalloc(catalog_count(), sizeof *w->rules);
    r->state = w;
    for (size_t n = 0; catalog_at(n); n++) {
        if (!catalog_at(n)->id[scan->benchmark])
            continue;
        w->rules[n] = json_array_size(rules);
        json_array_append_new(rules, rule_json(scan, catalog_at(n)));
    }
    json_put(driver, "name", json_text("muster"));
    json_put(driver, "version", json_text(MUSTER_VERSION));
    json_put(driver, "semanticVersion", json_text(MUSTER_VERSION));
    json_put(driver, "rules", rules);
    fputs("{\"$schema\":\"https://json.schemastore.org/"
          "sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":",
          r->out);
    json_dumpf(driver, r->out, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(driver);
    fprintf(r->out, "},\n\"automationDetails\":{\"id\":\"muster/cis-docker-%s/\"},\n\"results\":[",
            benchmark_name(scan->benchmark));
    return true;
}

static bool sarif_host(struct report *r, size_t index, const json_t *record)
{
    struct writing *w = r->state;
    const struct host_summary *of = &r->scan->hosts[index];
    const json_t *findings = json_at(record, "findings");
    size_t n = 0;
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *finding = json_array_get(findings, i);
        n = scan_check_number(r->scan, json_text_at(finding, "id"), i ? n + 1 : 0);
        if (n == catalog_count() || (of->verdicts[n] != STATUS_WARN && of->verdicts[n] != STATUS_ERROR))
            continue;
        json_t *result = sarif_result_json(r, of, n, finding);
        fputs(w->any ? ",\n" : "\n", r->out);
        json_dumpf(result, r->out, JSON_COMPACT | JSON_ENSURE_ASCII);
        json_decref(result);
        w->any = true;
    }
    return true;
}

static json_t *notification(const struct host_summary *of)
{
    json_t *json = json_object();
    const char *stage = json_text_at(of->error, "stage"), *why = json_text_at(of->error, "message");
    const char *hint = json_text_at(of->error, "hint");
    char *text =
        xasprintf("%s could not be scanned: %s: %s%s%s%s", of->name, text_or(stage, "?"), text_or(why, "?"),
                  text_if(hint && *hint, " ("), text_or(hint, ""), text_if(hint && *hint, ")"));
    json_put(json, "level", json_text("error"));
    json_put(json, "message", message(text));
    json_put(json, "locations", locations(of, NULL));
    free(text);
    return json;
}

static bool sarif_end(struct report *r)
{
    const struct scan *scan = r->scan;
    char started[32], finished[32];
    bool any = false;
    scan_time_text(scan->started, started);
    scan_time_text(scan->finished, finished);
    fprintf(r->out,
            "],\n\"invocations\":[{\"executionSuccessful\":%s,\"startTimeUtc\":\"%s\",\"endTimeUtc\":\"%s\","
            "\"toolExecutionNotifications\":[",
            scan->complete ? "true" : "false", started, finished);
    for (size_t i = 0; i < scan->host_count; i++) {
        if (scan->hosts[i].scanned)
            continue;
        json_t *json = notification(&scan->hosts[i]);
        fputs(any ? ",\n" : "\n", r->out);
        json_dumpf(json, r->out, JSON_COMPACT | JSON_ENSURE_ASCII);
        json_decref(json);
        any = true;
    }
    return fputs("]}],\n\"columnKind\":\"unicodeCodePoints\"}]}\n", r->out) != EOF;
}

static void close_writing(struct report *r)
{
    struct writing *w = r->state;
    if (w)
        free(w->rules);
    free(w);
}

const struct report_format FORMAT_SARIF = {.name = "sarif",
                                           .extensions = ".sarif .sarif.json",
                                           .begin = sarif_begin,
                                           .host = sarif_host,
                                           .end = sarif_end,
                                           .close = close_writing};
