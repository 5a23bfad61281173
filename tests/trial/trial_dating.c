/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The coverage experiment of algorithms.md 5.2: how often the support of some snapshot holds the
 * true time, over seeds and scenarios. Prints a table; judges nothing.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "dating_world.h"

#define SEEDS 100

static int by_value(const void *a, const void *b)
{
    const double *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static int try_scenario(const struct dating_scenario *scenario, size_t count, unsigned seeds,
                        struct tq_error *err)
{
    CLEANUP(free_cleanup) struct dated_row *rows = alloc_zeroed(count, sizeof(*rows));
    double widths[SEEDS];
    unsigned covered = 0, covered_main = 0, snapshots[SNAPSHOTS_MAX + 1] = {0};
    double resolution = 0;

    if (!rows)
        return tq_no_memory(err);
    for (unsigned seed = 0; seed < seeds; seed++) {
        CLEANUP(dating_evidence_clear) struct dating_evidence evidence = {0};
        struct dating dating = {0};
        double snapshot = trial_table(seed + 1, scenario, rows, count);
        int r = dating_fit(rows, count, 0, WORLD_DAYS * DAY, &dating, &evidence, err);
        const struct snapshot *main = &dating.snapshots[0];

        if (r < 0)
            return r;
        covered += trial_covers(&dating, snapshot);
        covered_main += main->from <= snapshot * DAY && snapshot * DAY <= main->to;
        widths[seed] = ((double)main->to - main->from) / DAY;
        snapshots[dating.count]++;
        resolution += dating.resolution_days / seeds;
        dating_clear(&dating);
    }
    qsort(widths, seeds, sizeof(*widths), by_value);
    printf("%-30s %6zu  %5.2f  %5.2f  %7.2f  %8.3f  ", scenario->name, count,
           (double)covered / seeds, (double)covered_main / seeds, widths[seeds / 2], resolution);
    for (unsigned i = 1; i <= SNAPSHOTS_MAX; i++)
        printf(" %3u", snapshots[i]);
    printf("\n");
    return TQ_OK;
}

int main(void)
{
    static const size_t sizes[] = {300, 1000, 10000};
    struct tq_error err;

    printf("%-30s %6s  %5s  %5s  %7s  %8s  %s\n", "scenario", "rows", "cover", "main", "width",
           "1/(n h)", "snapshots 1 2 3 4");
    for (size_t i = 0; i < DATING_SCENARIOS; i++) {
        for (size_t j = 0; j < sizeof(sizes) / sizeof(sizes[0]); j++) {
            if (try_scenario(&dating_scenarios[i], sizes[j], SEEDS, &err) < 0) {
                fprintf(stderr, "%s\n", err.message);
                return 1;
            }
        }
    }
    return 0;
}
