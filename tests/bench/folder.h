/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef BENCH_FOLDER_H
#define BENCH_FOLDER_H

#include <stddef.h>

/* The documents of a folder that one of several processes takes. */
struct folder {
    char **paths; /* owned */
    size_t count;
};

/* Every `of`-th file of the folder at `path`, in the order of the names, from the `part`-th (from
 * 0). Complains and leaves the program if it cannot: this is a measuring tool. */
struct folder folder_open(const char *path, unsigned part, unsigned of);
void folder_close(struct folder *folder);

double seconds_now(void);

#endif
