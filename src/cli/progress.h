/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/*
 * One line on a terminal that says what is done, how fast, how much is left; nothing on a pipe.
 * Start with progress_start(), end with progress_end(). With progress_start_logged() a pipe gets a
 * line each minute: for work that runs by night and leaves a log.
 */
struct progress {
    bool shown;  /* stderr is a terminal */
    bool logged; /* it is not, and wants lines */
    struct timespec started, drawn;
    char stage[32];
    int width; /* of what stands on the line */
};

void progress_start(struct progress *progress);
void progress_start_logged(struct progress *progress);
void progress_step(struct progress *progress, const char *stage, uint64_t done, uint64_t total,
                   const char *unit);
void progress_end(struct progress *progress);

#endif
