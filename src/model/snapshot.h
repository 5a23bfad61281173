/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_SNAPSHOT_H
#define MODEL_SNAPSHOT_H

#include <stdint.h>

#include "base/limits.h"
#include "base/moment.h"

/* A moment at which a table agrees with the register: its support is [from, to], `best` inside. */
struct snapshot {
    int32_t from, to,
        best;     /* minutes; MOMENT_MIN or MOMENT_MAX where the register gives no bound */
    double share; /* of the rows that carry a date, that this snapshot explains */
};

/* The dating of one table. count == 0: too few rows carry a date. */
struct dating {
    uint32_t count;
    struct snapshot snapshots[SNAPSHOTS_MAX]; /* largest share first */
    double background, error;                 /* shares of scattered and of contradictory rows */
    uint64_t rows;                            /* that carried a date */
    double resolution_days;                   /* snapshots closer than this cannot be told apart */

    /* The likelihood as a curve, for the report: `curve_count` points, natural logarithms relative
     * to the maximum. Owned. */
    uint32_t curve_count;
    int32_t *curve_at;
    float *curve_log;
};

void dating_clear(struct dating *dating);

#endif
