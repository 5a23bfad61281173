/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the measuring tools share: which files to read, and a clock. */
#include "folder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void must(int works, const char *what)
{
    if (works)
        return;
    perror(what);
    exit(1);
}

struct folder folder_open(const char *path, unsigned part, unsigned of)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_visible, alphasort);
    struct folder folder = {0};

    must(count >= 0, path);
    folder.paths = calloc((size_t)count + 1, sizeof(*folder.paths));
    must(folder.paths != NULL, "memory");
    for (int i = 0; i < count; i++) {
        if ((unsigned)i % of == part) {
            must(asprintf(&folder.paths[folder.count], "%s/%s", path, entries[i]->d_name) > 0,
                 "memory");
            folder.count++;
        }
        free(entries[i]);
    }
    free(entries);
    return folder;
}

void folder_close(struct folder *folder)
{
    for (size_t i = 0; i < folder->count; i++)
        free(folder->paths[i]);
    free(folder->paths);
    *folder = (struct folder){0};
}

double seconds_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}
