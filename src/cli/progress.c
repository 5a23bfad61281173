/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REDRAW_SECONDS 0.1

static double seconds_between(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) / 1e9;
}

void progress_start(struct progress *progress)
{
    *progress = (struct progress){.shown = isatty(STDERR_FILENO) == 1};
}

static void draw(struct progress *progress, const char *line)
{
    int width = (int)strlen(line);

    (void)fprintf(stderr, "\r%s%*s", line, progress->width > width ? progress->width - width : 0,
                  "");
    (void)fflush(stderr);
    progress->width = width;
}

void progress_step(struct progress *progress, const char *stage, uint64_t done, uint64_t total,
                   const char *unit)
{
    struct timespec now;
    double elapsed, rate;
    char line[128];

    if (!progress->shown)
        return;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    if (strncmp(progress->stage, stage, sizeof(progress->stage) - 1) != 0) {
        (void)snprintf(progress->stage, sizeof(progress->stage), "%s", stage);
        progress->started = now;
    } else if (done < total && seconds_between(&progress->drawn, &now) < REDRAW_SECONDS) {
        return;
    }
    progress->drawn = now;
    elapsed = seconds_between(&progress->started, &now);
    rate = elapsed > 0 ? (double)done / elapsed : 0;
    if (total > 0 && rate > 0 && elapsed > 1)
        (void)snprintf(line, sizeof(line),
                       "%-8s %" PRIu64 " of %" PRIu64 " %s (%.0f %%), %.0f/s, %.0f s left", stage,
                       done, total, unit, 100.0 * (double)done / (double)total, rate,
                       (double)(total - done) / rate);
    else if (total > 0)
        (void)snprintf(line, sizeof(line), "%-8s %" PRIu64 " of %" PRIu64 " %s", stage, done, total,
                       unit);
    else
        (void)snprintf(line, sizeof(line), "%-8s %" PRIu64 " %s", stage, done, unit);
    draw(progress, line);
}

void progress_end(struct progress *progress)
{
    if (progress->shown && progress->width > 0) {
        draw(progress, "");
        (void)fputc('\r', stderr);
    }
    progress->width = 0;
}
