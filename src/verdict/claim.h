/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_CLAIM_H
#define VERDICT_CLAIM_H

#include "model/batch.h"
#include "verdict/judge_state.h"

/*
 * A claim is a cell of a read column together with what the register holds for its subject. Claims
 * of a block of rows are filled column by column, in tight passes, and then judged record by
 * record.
 */
enum claim_state {
    CLAIM_NONE,      /* a slot that was judged with the first line of its record, or an empty cell
                        of a block of lines that this row is not of */
    CLAIM_EMPTY,     /* nothing is claimed */
    CLAIM_UNLINKED,  /* something is claimed, of nobody */
    CLAIM_NO_VALUE,  /* the subject has no value for the target at any time */
    CLAIM_NO_PERIOD, /* ... none for this period */
    CLAIM_AGREES,    /* the key is among those held, at whatever time */
    CLAIM_DIFFERS
};

struct claim {
    uint32_t key;        /* view key of the cell, or KEY_NONE */
    uint32_t held_first; /* CLAIM_AGREES: its facts are block.held[held_first ...] */
    uint16_t held_count;
    uint16_t period; /* what it is compared with: a period of the field, or MONTH_NONE for any */
    uint8_t state;   /* enum claim_state */
    uint8_t when;    /* CLAIM_AGREES: enum held_when at the record's time, once that is found */
};

static inline struct claim *claim_at(struct judge_scratch *scratch, uint32_t row, unsigned column)
{
    return &scratch->block
                .claims[(size_t)(row - scratch->block_first) * scratch->column_count + column];
}

/* Keys of all cells, periods and subjects of all rows: once per batch. */
int claims_begin(const struct judge *judge, struct judge_scratch *scratch,
                 const struct linked_batch *linked, struct tq_error *err) MUST_CHECK;

/* Make rows [first, last), which are whole records, the present block, with their claims. */
int claims_fill(const struct judge *judge, struct judge_scratch *scratch, const struct batch *batch,
                uint32_t first, uint32_t last, struct tq_error *err) MUST_CHECK;

#define CLAIM_BLOCK_ROWS 256u /* of one block: their claims stay in the second-level cache */

/* The first row at or after `first` + CLAIM_BLOCK_ROWS at which a record begins. */
uint32_t claims_block_end(const struct batch *batch, uint32_t first);

/* Everything that `subject` holds for a column's target: in the claim's period, or in any. */
int claim_find_held(const struct judge *judge, const struct judge_column *column, uint32_t subject,
                    uint16_t period, struct held_list *list, struct tq_error *err) MUST_CHECK;

/* Whether `subject` holds the claim's value (in its period), at whatever time. */
int claim_is_held_by(const struct judge *judge, struct judge_scratch *scratch,
                     const struct judge_column *column, const struct claim *claim, uint32_t subject,
                     bool *out_held, struct tq_error *err) MUST_CHECK;

/* Nothing, or a word that stands for nothing ("NULL", "-"). */
bool claim_is_empty(struct slice cell);

#endif
