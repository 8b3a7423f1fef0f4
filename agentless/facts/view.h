/* view.h: the facts of one host, as checks read them. document.h has the document itself; it can be saved and
 * judged again elsewhere. Nothing here does I/O, and absent evidence is never taken for "false". */
#ifndef AGENTLESS_FACTS_VIEW_H
#define AGENTLESS_FACTS_VIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* A view; everything is borrowed from root, which must outlive it, but the list of containers. */
struct facts {
    const json_t *root;
    const json_t *info; /* NULL where the engine did not say */
    const json_t *version;
    const json_t *containers; /* {id: inspect} */
    bool containers_whole;    /* no container is missing there */
    const json_t *networks;
    const json_t *volumes; /* array */
    const json_t *services;
    const json_t *images; /* the engine's list */
    const json_t *policy; /* what is expected of this host; NULL: nothing was said. See docs/policy.md */
    const json_t *execs;
    const json_t *shell; /* NULL: no shell was there, or it failed */
    const json_t *host;  /* files, units, rules: the shell's, else what --host-files read; NULL: neither */
    struct container *wanted; /* see facts_container_next(); owned */
    size_t wanted_count;
};

struct container {
    size_t next; /* 0 before the first */
    const char *id;
    char name[160]; /* without the leading slash; the id where there is none */
    const json_t *inspect;
    bool running;
    const char *state; /* "running", "exited", ...; "" where the engine did not say */
};

/* False, with a message and nothing to close, when the document is not of a schema this version reads. */
bool facts_open(struct facts *facts, const json_t *root, struct error *why);
void facts_close(struct facts *facts);

/* Why a part ("info", "containers", "shell"...) is missing; never NULL. */
const char *facts_why_missing(const struct facts *facts, const char *part);
/* Why the host's files were not seen, by the last method tried; never NULL. */
const char *facts_why_no_files(const struct facts *facts);
/* A list or text of the host's policy; NULL where it says nothing. */
const json_t *facts_policy(const struct facts *facts, const char *key);
/* Whether a list of globs of the policy matches the text. */
bool facts_policy_matches(const struct facts *facts, const char *key, const char *text);

/* One image of the engine's list. */
struct image {
    size_t next;
    const char *id;
    char name[256];        /* its first tag, else its short id; with how many more names it has */
    const json_t *listed;  /* the list's entry */
    const json_t *inspect; /* NULL: not to be had */
    const json_t *history; /* the same; steps, newest first (see build_step.h) */
    bool dangling;         /* has no tag */
    bool used;             /* a container was made from it */
    bool use_unknown;      /* none of those that could be inspected was; some could not */
};
/* The next image, begin with image->next 0; those the policy leaves out are skipped. False past the end. */
bool facts_image_next(const struct facts *facts, struct image *image);

/* The next container (muster's own helper and those the policy leaves out are skipped), in the engine's
 * order; begin with container->next 0. False past the end. */
bool facts_container_next(const struct facts *facts, struct container *container);
size_t facts_container_count(const struct facts *facts);
/* A part named "containers/ID" or "containers" that is missing; calls with each. */
void facts_each_missing(const struct facts *facts, const char *prefix,
                        void (*visit)(void *ctx, const char *part, const char *why), void *ctx);

/* "name=apparmor" among /info's SecurityOptions; *value: the whole option. */
bool facts_security_option(const struct facts *facts, const char *name, const char **value);
/* Podman behind its Docker-compatible API: it has no daemon, and so none of a daemon's settings and files. */
bool facts_is_podman(const struct facts *facts);
/* The same by the engine's answer to /version alone (NULL: no). */
bool version_is_podman(const json_t *version);
/* The engine's version as major*100+minor (20.10 is 2010, 24.0 is 2400); 0: unknown, or no Docker engine. */
int facts_docker_version(const struct facts *facts);
/* The processes the shell saw in a container; NULL when it saw none. */
const json_t *facts_processes(const struct facts *facts, const char *container_id);
/* The folder of a container's writable layer: by the engine's word (GraphDriver), else (containerd's image
 * store) by what the shell saw mounted. NULL: not known. Borrowed. */
const char *facts_layer(const json_t *shell, const char *id, const json_t *inspect);
/* Whether its processes are the host's own. Of Kata, gVisor and their like the host has a machine or a
 * monitor, whose user and capabilities are not the container's: known by the runtime's name or program, or by
 * what runs. */
bool facts_runs_on_host(const struct facts *facts, const struct container *container);
/* The container's first process as the shell saw it; NULL otherwise, where it is none of the host's, and
 * while runc is still starting it. */
const json_t *facts_first_process(const struct facts *facts, const struct container *container);

/* for_each_image (facts, i) { ... } with a struct image i declared before. */
#define for_each_image(facts, i) for ((i).next = 0; facts_image_next((facts), &(i));)

/* Iterates over containers: for_each_container (facts, c) { ... } with a struct container c declared before.
 */
#define for_each_container(facts, c) for ((c).next = 0; facts_container_next((facts), &(c));)

#endif
