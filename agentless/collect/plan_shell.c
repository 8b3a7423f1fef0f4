/* plan_shell.c: the probe, by the shell of the host. */
#include "agentless/collect/plan_internal.h"
#include "agentless/facts/document.h"
#include "agentless/collect/reduce/drift.h"
#include "agentless/collect/reduce/redact.h"
#include "agentless/facts/view.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

bool plan_has_no_shell(const struct plan *c)
{
    return c->shell_done && !json_object_get(c->facts, PART_SHELL);
}

/* --- the shell --- */

static void shell_missing(struct plan *c, const char *why)
{
    plan_miss(c, PART_SHELL, why);
}

void plan_refuse_foreign_shell(struct plan *c)
{
    const char *shell = json_text_at(c->facts, "shell.name");
    const char *engine = json_text_at(c->answers, "info.Name");
    struct error why;
    if (!shell || !engine || strcmp(shell, engine) == 0)
        return;
    error_set(&why, "the shell is on \"%.80s\", the engine on \"%.80s\": they are not the same host", shell,
              engine);
    json_object_del(c->facts, PART_SHELL);
    shell_missing(c, why.text);
}

static void end_shell(struct plan *c)
{
    timeline_end(c->options.timeline, c->shell_span);
    later_drop(&c->shell_deadline);
    if (c->run)
        shell_run_close(c->run);
    c->run = NULL;
}

static void on_shell_output(void *ctx, const char *bytes, size_t length, bool is_error)
{
    struct plan *c = ctx;
    timeline_received(c->options.timeline, length);
    if (!buf_add(is_error ? &c->stderr_text : &c->output, bytes, length) && !is_error)
        c->output_cut = true;
}

static json_t *read_probe(char *text, size_t length, const json_t *about, struct error *why)
{
    json_t *shell = probe_parse(text, length, json_string_value(about), why);
    redact_document(shell);
    return shell;
}

static void on_probe_read(void *ctx, json_t *shell, const char *why)
{
    struct plan *c = ctx;
    if (shell) {
        json_put(c->facts, PART_SHELL, shell);
    } else {
        char said[256];
        text_last_line(c->stderr_text.length ? c->stderr_text.data : why, said, sizeof said);
        char *text = xasprintf("the shell probe failed (exit %d)%s%s%s", c->shell_exit, text_if(*said, ": "),
                               said, text_if(c->output_cut, "; its output was too large"));
        shell_missing(c, text);
        free(text);
    }
    c->shell_done = true;
    plan_settle(c);
}

static void on_shell_ended(void *ctx, int exit_status)
{
    struct plan *c = ctx;
    c->shell_exit = exit_status;
    end_shell(c);
    if (c->output.length)
        parser_add_other(c->parser, read_probe, &c->output, json_text(c->mark), on_probe_read, c);
    else
        on_probe_read(c, NULL, "");
}

void plan_on_shell_deadline(void *ctx)
{
    struct plan *c = ctx;
    shell_missing(c, "the shell probe did not end within 30 s");
    end_shell(c);
    c->shell_done = true;
    plan_settle(c);
}

void plan_shell(struct plan *c)
{
    c->output.limit = PROBE_OUTPUT_MAX;
    c->stderr_text.limit = 4096;
    bool wanted = !transport_no_shell(c->transport) && probe_new_mark(c->mark);
    char *input = wanted ? probe_input(c->mark) : NULL;
    if (input)
        c->run = transport_run(c->transport, input, strlen(input),
                               (struct shell_events){.output = on_shell_output, .ended = on_shell_ended}, c);
    free(input);
    if (c->run) {
        c->shell_span = timeline_begin(c->options.timeline, "probe", "probe");
        later_call_in(&c->shell_deadline, PROBE_TIMEOUT_MS);
    } else {
        shell_missing(c, transport_no_shell(c->transport) ? transport_no_shell(c->transport) : "no shell");
        c->shell_done = true;
        plan_settle(c);
    }
}
