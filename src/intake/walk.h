/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INTAKE_WALK_H
#define INTAKE_WALK_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/slice.h"

/*
 * A walk over a folder and all below it, in bytewise order of the names, with an explicit stack
 * and one open folder at a time, so neither depth nor length of a path is limited. Symbolic links
 * are not followed. What somebody changes during the walk is seen as it is when it is reached.
 */
struct walk;

/* Something that is no folder, or a folder that could not be read (`failed`). */
struct walk_entry {
    struct slice path; /* below the root; borrowed until the next step */
    const char *name;  /* its last part */
    int folder_fd;     /* the folder that holds it, for openat(); borrowed */
    struct stat info;  /* of the entry itself, unless `failed` */
    int failed;        /* errno, or 0 */
};

/* A folder that is the same as `passed_over` (by device and inode) is not entered. */
int walk_open(const char *root, const struct stat *passed_over, struct walk **out_walk,
              struct tq_error *err) MUST_CHECK;
struct walk *walk_close(struct walk *walk);

/* *out_more is false when there is nothing left. */
int walk_next(struct walk *walk, bool *out_more, struct walk_entry *out_entry,
              struct tq_error *err) MUST_CHECK;

/* Whether the error says that we have run out of something, not that the file is odd. */
bool walk_is_shortage(int error_number);

#endif
