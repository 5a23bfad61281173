/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REDRAW_SECONDS 0.1
#define LINE_SECONDS   60.0 /* in a log: a night has few lines, and one tells that it goes on */

static double seconds_between(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) / 1e9;
}

void progress_start(struct progress *progress)
{
    *progress = (struct progress){.shown = isatty(STDERR_FILENO) == 1};
}

void progress_start_logged(struct progress *progress)
{
    progress_start(progress);
    progress->logged = !progress->shown;
}

static void draw(struct progress *progress, const char *line)
{
    int width = (int)strlen(line);

    (void)fprintf(stderr, "\r%s%*s", line, progress->width > width ? progress->width - width : 0,
                  "");
    (void)fflush(stderr);
    progress->width = width;
}

/* Whether enough time has passed; a new stage begins its own. */
static bool is_due(struct progress *progress, const char *stage, bool ended,
                   const struct timespec *now)
{
    double wanted = progress->shown ? REDRAW_SECONDS : LINE_SECONDS;

    if (strncmp(progress->stage, stage, sizeof(progress->stage) - 1) != 0) {
        (void)snprintf(progress->stage, sizeof(progress->stage), "%s", stage);
        progress->started = *now;
        progress->drawn = *now;
        return progress->shown;
    }
    return (ended && progress->shown) || seconds_between(&progress->drawn, now) >= wanted;
}

void progress_step(struct progress *progress, const char *stage, uint64_t done, uint64_t total,
                   const char *unit)
{
    struct timespec now;
    double elapsed, rate;
    char line[128];

    if (!progress->shown && !progress->logged)
        return;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    if (!is_due(progress, stage, done >= total, &now))
        return;
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
    else if (rate > 0 && elapsed > 1)
        (void)snprintf(line, sizeof(line), "%-8s %" PRIu64 " %s, %.0f/s", stage, done, unit, rate);
    else
        (void)snprintf(line, sizeof(line), "%-8s %" PRIu64 " %s", stage, done, unit);
    if (progress->shown)
        draw(progress, line);
    else
        (void)fprintf(stderr, "tahqiq: %s\n", line);
}

void progress_end(struct progress *progress)
{
    if (progress->shown && progress->width > 0) {
        draw(progress, "");
        (void)fputc('\r', stderr);
    }
    progress->width = 0;
}
