/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_RECAPTURE_H
#define MODEL_RECAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* Why an estimate from several finders stands, or does not. Stored; never renumber. */
enum recapture_status {
    RECAPTURE_USABLE = 0,
    RECAPTURE_COPIED = 1,    /* both hold a file of the same bytes: one finding, not two */
    RECAPTURE_CONTAINED = 2, /* nearly all whom one holds are in the other */
    RECAPTURE_TOO_FEW = 3,   /* next to nobody is in both */
    RECAPTURE_STATUS_COUNT
};

/* "usable", "copied", "contained", "too-few": as in the export. */
const char *recapture_status_name(enum recapture_status status);

/*
 * How many subjects of a kind are affected whom no finder holds, by how the finders overlap
 * (docs/counting.md). A finder is all that was taken with one --source. Either two of them, or all
 * together; an estimate, and in no other count.
 */
struct recapture_row {
    uint8_t kind;
    struct slice first, second;         /* sources; both empty: all of them together */
    uint64_t found_first, found_second; /* affected by what each holds; 0 for all together */
    uint64_t once, twice;               /* by exactly one finder, and by exactly two */
    uint64_t seen;                      /* by any of them */
    uint64_t value, low, high; /* affected at all; all three are `seen` where it is not usable */
    enum recapture_status status;
    bool is_uneven;      /* finders overlap otherwise in one part of the register than in another */
    uint64_t stratified; /* then: the estimate part by part; else 0 */
    double chance;       /* of overlaps as different as these, if they were even; 1: not tested */
    struct slice parts;  /* the field whose values are the parts; "": the register's own order */
};

#endif
