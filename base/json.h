/* json.h: reading a jansson value by a dotted path. An absent value and a value of another type are both
 * "not there": the callers judge evidence, and evidence of a wrong type is not evidence. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"

/* "HostConfig.Privileged" below `root`; NULL when a step is missing. Keys that contain a dot need
 * json_object_get. */
json_t *json_at(const json_t *root, const char *path);
const char *json_text_at(const json_t *root, const char *path); /* NULL when no string is there */
bool json_true_at(const json_t *root, const char *path);        /* true only for JSON true */
bool json_integer_at(const json_t *root, const char *path, json_int_t *value); /* false: no number there */
/* Parses with a ceiling on nesting; NULL and a message in `why` when it is not JSON. */
json_t *json_parse(const char *text, size_t length, struct error *why);
/* jansson's message without the piece of the text that it quotes, which may be of a secret. */
void json_error_text(struct error *why, const json_error_t *error);
/* About how many bytes a value takes in memory; what is beyond `limit` is not counted. */
size_t json_weight(const json_t *value, size_t limit);
/* Adds value to object under key, taking the reference; NULL becomes JSON null. */
void json_put(json_t *object, const char *key, json_t *value);
/* As json_string, but bytes that are not UTF-8 become U+FFFD: foreign text never makes a report invalid. */
json_t *json_text(const char *text);

#endif
