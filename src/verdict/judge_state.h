/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_JUDGE_STATE_H
#define VERDICT_JUDGE_STATE_H

#include <pthread.h>

#include "register/batch_keys.h"
#include "register/held.h"
#include "register/view.h"
#include "verdict/batch_claims.h"
#include "verdict/judge.h"

/* Within this module only: what a judge and the memory of its threads are made of. */

/* What judge_learn() counts about a column. */
struct column_counts {
    uint64_t held;    /* linked rows whose subject held a value throughout the support */
    uint64_t filled;  /* ... of them not empty */
    uint64_t missing; /* ... of the empty ones, those that can only be left out, */
    uint64_t not_yet; /* ... and those that perhaps were not known yet */
    uint64_t dated;   /* agreeing cells whose facts have a beginning or an end */
    uint64_t earlier; /* ... of them held only before the support */
};

/* A column that is read fully. */
struct judge_column {
    uint32_t number; /* of the reading */
    const struct column_reading *reading;
    const struct field *field;   /* whose values are compared */
    const struct field *through; /* the reference, or NULL */
    struct view *view;           /* owned */
    bool own_keys;               /* view keys are the field's keys */
    bool timeless;               /* no fact of it has a known or a valid time */
    bool is_name;                /* spelling is looked at where keys agree, */
    bool is_id;                  /* or lost zeros */
    bool is_slot;                /* repeats in all lines of a document */
    bool is_periodic;            /* claims are of a period, its own or that of its reference */
    bool previous;               /* holds previous values */
    bool empty_is_early;         /* empty cells that may come from older snapshots do */
    struct column_counts counts; /* guarded by the judge's lock */
};

struct amount_cache;
struct consistency;
struct consistency_scratch;

struct judge {
    const struct reg *reg;
    const struct table *table;
    const struct reading *reading;
    struct judge_column *columns; /* owned; only those read */
    unsigned column_count;
    pthread_mutex_t lock;
    struct amount_cache *amounts; /* owned; fills itself when asked */
    struct consistency *rules;    /* owned; NULL: none are used */
};

/* A cell that contradicts: it may yet turn out to be somebody else's. */
#define HOLDERS_MAX 3u /* of a rare value (DESIGN section 6) */
struct open_cell {
    size_t finding;  /* number within the findings batch */
    uint32_t record; /* number within the batch */
    uint32_t key;    /* view key, or KEY_NONE */
    uint16_t column; /* number among those judged */
    uint16_t period; /* as in struct claim */
    uint16_t line;
    bool is_near;   /* one error away from what the subject holds */
    bool is_unheld; /* the subject holds nothing of the kind: open only if the value is rare */
    double log_odds;
    uint32_t holder_count; /* 0 unless the value is rare */
    uint32_t holders[HOLDERS_MAX];
};

/* A subject that cells of a record seem to belong to. */
struct suspect {
    uint32_t subject;
    uint32_t lines;  /* in how many lines it holds the value of a period */
    uint32_t line;   /* the last of them */
    double log_odds; /* that the cells were swapped rather than altered */
    bool confirmed;
};

/* An end of an interval in which an agreeing value was held. */
struct time_end {
    int32_t at;
    int32_t change; /* +1 or -1 */
};

/* When what a record shows of a subject that it refers to was held. */
struct shown_span {
    uint32_t holder;
    int32_t from, to;
};

struct judge_scratch {
    unsigned column_count;
    struct shown_span *shown, *showing; /* by column: by the record before, and by this one */
    uint32_t row_capacity;
    const uint32_t **keys;      /* by column, then row; each borrowed from the batch's keys */
    struct batch_keys own_keys; /* of batches whose keys nobody keeps */
    uint16_t *periods;          /* by row: named by the month column, or MONTH_NONE */
    uint32_t *subjects;         /* by row: of its record, or SUBJECT_NONE */
    uint32_t *record_rows;      /* by record: its first row */
    uint32_t *record_subjects;  /* by record */
    uint32_t record_count;

    struct claim_block block; /* the present one; borrowed: own_block or a kept one */
    uint32_t block_first;     /* its rows are [block_first, block_last) */
    uint32_t block_last;
    struct claim_block own_block; /* owned, with what it has room for */
    size_t claim_capacity, held_capacity;

    struct held_list list, other_list;
    struct buf text, other_text, third_text;
    struct open_cell *open_cells; /* of the whole batch */
    size_t open_count, open_capacity;
    struct suspect *suspects; /* of one record */
    size_t suspect_count, suspect_capacity;
    struct time_end *ends;
    size_t end_count, end_capacity;
    uint64_t *subject_records; /* subject << 32 | record, sorted: for row lags */
    int8_t *lags;              /* by record */
    size_t subject_record_capacity, lag_capacity;
    struct consistency_scratch *rules; /* owned; made when first needed */
};

#endif
