/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef SANDBOX_RESTORATION_H
#define SANDBOX_RESTORATION_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/*
 * pg_restore at work on one dump, in a jail of its own: the jail of a reader (jail.h), which a
 * library that is loaded with it (restoration_jail.c) closes before its first line. It gets the
 * dump from that library, inside the jail: without the jail there is nothing to read.
 */

/* Where things are; both owned, NULL if one of them is not here. Start with {0}. */
struct restoration_tools {
    char *program;
    char *jail;
};

int restoration_find(struct restoration_tools *out_tools, struct tq_error *err) MUST_CHECK;
void restoration_tools_clear(struct restoration_tools *tools);

struct restoration {
    pid_t pid;
    int script; /* a pipe: what pg_restore writes */
};

/* Start it on `dump` (borrowed, seekable). Of the world only; end with restoration_stop(). */
int restoration_start(const struct restoration_tools *tools, int dump,
                      struct restoration *out_restoration, struct tq_error *err) MUST_CHECK;

/* How it ended. */
enum restoration_end {
    RESTORATION_WHOLE,
    RESTORATION_FAILED, /* it does not understand the dump, or the dump is damaged */
    RESTORATION_KILLED, /* from outside */
    RESTORATION_UNREAD, /* nobody read on, or it was stopped */
};

/*
 * Close the pipe and end the program. `was_read`: the script was read to its end, so the program is
 * given time to end by itself.
 */
enum restoration_end restoration_stop(struct restoration *restoration, bool was_read);

#endif
