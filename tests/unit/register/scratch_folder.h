/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef SCRATCH_FOLDER_H
#define SCRATCH_FOLDER_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* A folder of a test's own, and the files it makes there. */
struct scratch {
    char folder[32];
    char *path[8]; /* owned */
    int count;
};

static inline void scratch_make(struct scratch *scratch)
{
    *scratch = (struct scratch){.folder = "/tmp/tahqiq-test-XXXXXX"};
    if (!mkdtemp(scratch->folder))
        abort();
}

/* The path of a file that the folder may come to have; removed at the end. */
static inline const char *scratch_path(struct scratch *scratch, const char *name)
{
    char *path = file_join(scratch->folder, name);

    assert(path && scratch->count < 8);
    scratch->path[scratch->count++] = path;
    return path;
}

static inline const char *scratch_bytes(struct scratch *scratch, const char *name,
                                        struct slice content)
{
    const char *path = scratch_path(scratch, name);
    struct tq_error err;

    if (file_save(path, content, 0600, &err) < 0)
        abort();
    return path;
}

static inline const char *scratch_file(struct scratch *scratch, const char *name,
                                       const char *content)
{
    return scratch_bytes(scratch, name, slice_of(content));
}

static inline void scratch_remove(struct scratch *scratch)
{
    for (int i = 0; i < scratch->count; i++) {
        (void)unlink(scratch->path[i]);
        free(scratch->path[i]);
    }
    if (rmdir(scratch->folder) < 0)
        abort(); /* the test left something behind */
}

#endif
