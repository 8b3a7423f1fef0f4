/* host_file.c: see host_file.h */
#include "agentless/checks/host_file.h"
#include "agentless/checks/host_path.h"
#include "base/json.h"

#include <string.h>

enum file_state host_file(const struct facts *f, const char *path, const json_t **file)
{
    const char *state;
    *file = json_object_get(json_at(f->host, "files"), path);
    /* /run/docker.sock was looked at as /var/run/docker.sock, or the other way round. */
    if (!*file) {
        char normal[1024], other[1024];
        const char *key;
        json_t *value;
        json_t *files = json_at(f->host, "files");
        bool comparable = host_path(path, normal, sizeof normal);
        json_object_foreach(files, key, value)
        {
            if (comparable && !*file && host_path(key, other, sizeof other) && strcmp(normal, other) == 0)
                *file = value;
        }
    }
    state = json_text_at(*file, "state");
    if (!state)
        return FILE_UNSEEN;
    if (strcmp(state, "present") == 0)
        return FILE_PRESENT;
    return strcmp(state, "absent") == 0 ? FILE_ABSENT : FILE_DENIED;
}
