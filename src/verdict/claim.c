/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/claim.h"

#include "base/alloc.h"
#include "base/prefetch.h"

#define AHEAD_FAR    20u /* rows: where a subject's facts start */
#define AHEAD_NEAR   10u /* rows: the facts themselves */
#define AHEAD_HOLDER 4u  /* rows: where the facts start of the subject that it refers to */

bool claim_is_empty(struct slice cell)
{
    static const char *const words[] = {"-", "--", ".", "/", "\\N", "NULL", "null", "N/A", "#N/A"};

    cell = slice_trim(cell);
    if (cell.length == 0)
        return true;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (slice_is(cell, words[i]))
            return true;
    }
    return false;
}

uint32_t claims_block_end(const struct batch *batch, uint32_t first)
{
    uint32_t end = first;

    while (end < batch->row_count && end - first < CLAIM_BLOCK_ROWS)
        end = batch_record_end(batch, end);
    return end;
}

/* The target as it is asked for: PERIOD_ROW when the row names no period means any. */
static struct target target_in(const struct judge_column *column, uint16_t period)
{
    struct target target = column->reading->target;

    if (target.period_mode == PERIOD_NONE)
        return target;
    target.period_mode = period == MONTH_NONE ? PERIOD_ANY : PERIOD_FIXED;
    target.period = period;
    return target;
}

int claim_find_held(const struct judge *judge, const struct judge_column *column, uint32_t subject,
                    uint16_t period, struct held_list *list, struct tq_error *err)
{
    struct target target = target_in(column, period);

    return held_find(judge->reg, &target, subject, period, list, err);
}

int claim_is_held_by(const struct judge *judge, struct judge_scratch *scratch,
                     const struct judge_column *column, const struct claim *claim, uint32_t subject,
                     bool *out_held, struct tq_error *err)
{
    int r;

    *out_held = false;
    if (claim->key == KEY_NONE)
        return TQ_OK;
    r = claim_find_held(judge, column, subject, claim->period, &scratch->other_list, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < scratch->other_list.count; i++) {
        if (view_held_key(column->view, &scratch->other_list.items[i]) == claim->key)
            *out_held = true;
    }
    return TQ_OK;
}

/* ---- once per batch ---- */

static int reserve_rows(struct judge_scratch *scratch, uint32_t rows, struct tq_error *err)
{
    struct {
        void *items;
        size_t size;
    } arrays[] = {{&scratch->periods, sizeof(*scratch->periods)},
                  {&scratch->subjects, sizeof(*scratch->subjects)},
                  {&scratch->record_rows, sizeof(*scratch->record_rows)},
                  {&scratch->record_subjects, sizeof(*scratch->record_subjects)}};

    if (rows <= scratch->row_capacity)
        return TQ_OK;
    for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++) {
        size_t capacity = scratch->row_capacity;
        int r = alloc_reserve(arrays[i].items, &capacity, rows, arrays[i].size, err);

        if (r < 0)
            return r;
    }
    scratch->row_capacity = rows;
    return TQ_OK;
}

static void find_periods(const struct judge *judge, struct judge_scratch *scratch,
                         const struct batch *batch)
{
    const struct reading *reading = judge->reading;
    bool named = reading->month_column != UINT16_MAX;

    for (uint32_t row = 0; row < batch->row_count; row++) {
        scratch->periods[row] = MONTH_NONE;
        if (!named)
            continue;
        buf_empty(&scratch->text);
        if (normalise(&judge->reg->normaliser, reading->month_interpretation,
                      reading_month_cell(reading, batch, row), &scratch->text))
            scratch->periods[row] = (uint16_t)canonical_number(buf_slice(&scratch->text));
    }
}

static int find_keys(const struct judge *judge, struct judge_scratch *scratch,
                     const struct batch *batch, struct batch_keys *keys, struct tq_error *err)
{
    if (!keys) {
        keys = &scratch->own_keys;
        batch_keys_empty(keys);
    }
    for (unsigned i = 0; i < judge->column_count; i++) {
        const struct judge_column *column = &judge->columns[i];
        int r = batch_keys_find(keys, column->view, batch, column->number, &scratch->keys[i], err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

int claims_begin(const struct judge *judge, struct judge_scratch *scratch,
                 const struct linked_batch *linked, struct tq_error *err)
{
    const struct batch *batch = linked->batch;
    int r = reserve_rows(scratch, batch->row_count, err);

    if (r < 0)
        return r;
    r = find_keys(judge, scratch, batch, linked->keys, err);
    if (r < 0)
        return r;
    find_periods(judge, scratch, batch);
    scratch->record_count = 0;
    for (uint32_t row = 0; row < batch->row_count;) {
        uint32_t end = batch_record_end(batch, row);
        uint32_t record = scratch->record_count++;

        scratch->record_rows[record] = row;
        scratch->record_subjects[record] = linked->links[record].subject;
        for (; row < end; row++)
            scratch->subjects[row] = linked->links[record].subject;
    }
    return buf_check(&scratch->text, err);
}

/* ---- a block ---- */

static inline int keep_held(struct judge_scratch *scratch, struct claim *claim,
                            const struct held *held, struct tq_error *err)
{
    struct claim_block *block = &scratch->own_block;

    if (block->held_count == scratch->held_capacity) {
        int r = alloc_reserve(&block->held, &scratch->held_capacity, block->held_count + (size_t)1,
                              sizeof(*held), err);

        if (r < 0)
            return r;
    }
    claim->state = CLAIM_AGREES;
    if (claim->held_count == UINT16_MAX)
        return TQ_OK; /* one value noted that often was held throughout */
    if (claim->held_count++ == 0)
        claim->held_first = block->held_count;
    block->held[block->held_count++] = *held;
    return TQ_OK;
}

static inline struct held fact_at(const struct field *field, uint64_t i, uint32_t subject)
{
    return (struct held){.key = field->fact_key[i],
                         .value = field->fact_value[i],
                         .period = field->fact_period ? field->fact_period[i] : MONTH_NONE,
                         .known_from = field->known_from ? field->known_from[i] : MOMENT_MIN,
                         .known_to = field->known_to ? field->known_to[i] : MOMENT_MAX,
                         .valid_from = field->valid_from ? field->valid_from[i] : MOMENT_MIN,
                         .valid_to = field->valid_to ? field->valid_to[i] : MOMENT_MAX,
                         .holder = subject};
}

/* First of the facts [low, high) of a period or later; the facts of a subject rise by period. */
static uint64_t find_period(const struct field *field, uint64_t low, uint64_t high, uint32_t period)
{
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;

        if (field->fact_period[middle] < period)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The common case: the facts are in one place, and their keys are the cell's. */
static int fill_direct(struct judge_scratch *scratch, const struct judge_column *column,
                       uint32_t subject, struct claim *claim, struct tq_error *err)
{
    const struct field *field = column->field;
    uint64_t start = field->fact_start[subject], end = field->fact_start[subject + 1];

    claim->state = start == end ? CLAIM_NO_VALUE : CLAIM_DIFFERS;
    if (claim->period != MONTH_NONE && start < end) {
        start = find_period(field, start, end, claim->period);
        if (start == end || field->fact_period[start] != claim->period)
            claim->state = CLAIM_NO_PERIOD;
    }
    if (claim->key == KEY_NONE)
        return TQ_OK;
    for (uint64_t i = start; i < end; i++) {
        struct held held;
        int r;

        if (claim->period != MONTH_NONE && field->fact_period[i] != claim->period)
            break;
        if (field->fact_key[i] != claim->key)
            continue;
        held = fact_at(field, i, subject);
        r = keep_held(scratch, claim, &held, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* The time in which the reference held as well; false: never both. */
static bool narrow(struct held *held, const struct held *by)
{
    held->known_from = by->known_from > held->known_from ? by->known_from : held->known_from;
    held->known_to = by->known_to < held->known_to ? by->known_to : held->known_to;
    held->valid_from = by->valid_from > held->valid_from ? by->valid_from : held->valid_from;
    held->valid_to = by->valid_to < held->valid_to ? by->valid_to : held->valid_to;
    return held->known_from < held->known_to && held->valid_from < held->valid_to;
}

/* The facts of one subject referred to; `by` is the reference. */
static int fill_holder(struct judge_scratch *scratch, const struct field *field, uint32_t holder,
                       const struct held *by, struct claim *claim, struct tq_error *err)
{
    for (uint64_t i = field->fact_start[holder]; i < field->fact_start[holder + 1]; i++) {
        struct held held;
        int r;

        if (claim->state != CLAIM_NO_VALUE && field->fact_key[i] != claim->key)
            continue;
        held = fact_at(field, i, holder);
        if (!narrow(&held, by))
            continue;
        if (claim->state == CLAIM_NO_VALUE)
            claim->state = CLAIM_DIFFERS;
        if (field->fact_key[i] != claim->key)
            continue;
        r = keep_held(scratch, claim, &held, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* What held_find() gives through a reference, without its list: neither has periods. */
static int fill_through(struct judge_scratch *scratch, const struct judge_column *column,
                        uint32_t subject, struct claim *claim, struct tq_error *err)
{
    const struct field *through = column->through;
    int r = TQ_OK;

    claim->state = CLAIM_NO_VALUE;
    for (uint64_t i = through->fact_start[subject];
         i < through->fact_start[subject + 1] && r == TQ_OK; i++) {
        uint32_t holder = through->key_subject[through->fact_key[i]];
        struct held by;

        if (holder == SUBJECT_NONE)
            continue;
        by = fact_at(through, i, subject);
        r = fill_holder(scratch, column->field, holder, &by, claim, err);
    }
    return r;
}

/* Under a coarser interpretation, or through a reference in a period. */
static int fill_any(const struct judge *judge, struct judge_scratch *scratch,
                    const struct judge_column *column, uint32_t subject, struct claim *claim,
                    struct tq_error *err)
{
    int r = claim_find_held(judge, column, subject, claim->period, &scratch->list, err);

    if (r < 0)
        return r;
    claim->state = scratch->list.count > 0 ? CLAIM_DIFFERS : CLAIM_NO_VALUE;
    if (scratch->list.count == 0 && claim->period != MONTH_NONE) {
        r = claim_find_held(judge, column, subject, MONTH_NONE, &scratch->list, err);
        if (r == TQ_OK && scratch->list.count > 0)
            claim->state = CLAIM_NO_PERIOD;
        return r;
    }
    if (claim->key == KEY_NONE)
        return TQ_OK;
    for (size_t i = 0; i < scratch->list.count && r == TQ_OK; i++) {
        if (view_held_key(column->view, &scratch->list.items[i]) == claim->key)
            r = keep_held(scratch, claim, &scratch->list.items[i], err);
    }
    return r;
}

/* Whether the row is one of the block of lines that a column belongs to: it shows a cell of it. */
static bool is_row_of_block(const struct table *table, const struct batch *batch, uint32_t row,
                            uint32_t column)
{
    for (uint32_t i = 0; i < table->column_count; i++) {
        if (table->blocks[i] == table->blocks[column] && !claim_is_empty(batch_cell(batch, row, i)))
            return true;
    }
    return false;
}

static uint16_t claim_period(const struct judge_column *column, uint16_t row_period)
{
    switch (column->reading->target.period_mode) {
    case PERIOD_FIXED:
        return column->reading->target.period;
    case PERIOD_ROW:
        return row_period;
    case PERIOD_NONE:
    case PERIOD_ANY:
        break;
    }
    return MONTH_NONE;
}

/* All that fact_at() reads: it is asked for together, so that it comes together. */
PREFETCHING void prefetch_fact(const struct field *field, uint64_t fact)
{
    __builtin_prefetch(&field->fact_key[fact]);
    __builtin_prefetch(&field->fact_value[fact]);
    if (field->known_from)
        __builtin_prefetch(&field->known_from[fact]);
    if (field->known_to)
        __builtin_prefetch(&field->known_to[fact]);
    if (field->valid_from)
        __builtin_prefetch(&field->valid_from[fact]);
    if (field->valid_to)
        __builtin_prefetch(&field->valid_to[fact]);
}

/* The first subject that `subject` refers to, or SUBJECT_NONE. */
static inline uint32_t first_holder(const struct field *through, uint32_t subject)
{
    uint64_t fact = through->fact_start[subject];

    return fact == through->fact_start[subject + 1] ? SUBJECT_NONE
                                                    : through->key_subject[through->fact_key[fact]];
}

/* The subject of a row ahead, if there is one. */
static inline uint32_t subject_ahead(const struct judge_scratch *scratch, uint32_t row,
                                     uint32_t ahead, uint32_t last)
{
    return row + ahead < last ? scratch->subjects[row + ahead] : SUBJECT_NONE;
}

PREFETCHING void prefetch(const struct judge_column *column, const struct judge_scratch *scratch,
                          uint32_t row, uint32_t last)
{
    const struct field *first = column->through ? column->through : column->field;
    uint32_t far = subject_ahead(scratch, row, AHEAD_FAR, last);
    uint32_t near = subject_ahead(scratch, row, AHEAD_NEAR, last);
    uint32_t next =
        column->through ? subject_ahead(scratch, row, AHEAD_HOLDER, last) : SUBJECT_NONE;

    if (far != SUBJECT_NONE)
        __builtin_prefetch(&first->fact_start[far]);
    if (near != SUBJECT_NONE && first->fact_start[near] < first->fact_count)
        prefetch_fact(first, first->fact_start[near]);
    if (next != SUBJECT_NONE) {
        uint32_t holder = first_holder(column->through, next);

        if (holder != SUBJECT_NONE)
            __builtin_prefetch(&column->field->fact_start[holder]);
    }
}

static int fill_one(const struct judge *judge, struct judge_scratch *scratch,
                    const struct batch *batch, const struct judge_column *column, uint32_t row,
                    struct claim *claim, struct tq_error *err)
{
    uint32_t subject = scratch->subjects[row];

    if (claim->key == KEY_NONE
        && claim_is_empty(column_cell(column->reading, batch, row, column->number))) {
        uint32_t source = column_source(column->reading, column->number);
        bool is_claim =
            judge->table->blocks[source] == 0 || is_row_of_block(judge->table, batch, row, source);

        claim->state = is_claim ? CLAIM_EMPTY : CLAIM_NONE;
        return TQ_OK;
    }
    if (subject == SUBJECT_NONE) {
        claim->state = CLAIM_UNLINKED;
        return TQ_OK;
    }
    if (column->own_keys && !column->through)
        return fill_direct(scratch, column, subject, claim, err);
    if (column->own_keys && !column->through->periodic && !column->field->periodic)
        return fill_through(scratch, column, subject, claim, err);
    return fill_any(judge, scratch, column, subject, claim, err);
}

static int fill_column(const struct judge *judge, struct judge_scratch *scratch,
                       const struct batch *batch, unsigned number, uint32_t first, uint32_t last,
                       struct tq_error *err)
{
    const struct judge_column *column = &judge->columns[number];
    const uint32_t *keys = scratch->keys[number];
    bool is_line = false;

    for (uint32_t row = first; row < last; row++) {
        struct claim *claim =
            &scratch->own_block.claims[(size_t)(row - first) * scratch->column_count + number];
        int r;

        is_line = row > first && batch->record[row] == batch->record[row - 1]
                  && batch->exhibit[row] == batch->exhibit[row - 1];
        prefetch(column, scratch, row, last);
        *claim =
            (struct claim){.key = keys[row], .period = claim_period(column, scratch->periods[row])};
        if (is_line && column->is_slot)
            continue;
        r = fill_one(judge, scratch, batch, column, row, claim, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

int claims_fill(const struct judge *judge, struct judge_scratch *scratch, const struct batch *batch,
                uint32_t first, uint32_t last, struct tq_error *err)
{
    struct claim_block *block = &scratch->own_block;
    int r = alloc_reserve(&block->claims, &scratch->claim_capacity,
                          (size_t)(last - first) * scratch->column_count + 1,
                          sizeof(*block->claims), err);

    block->held_count = 0;
    for (unsigned i = 0; i < judge->column_count && r == TQ_OK; i++)
        r = fill_column(judge, scratch, batch, i, first, last, err);
    scratch->block = *block;
    scratch->block_first = first;
    scratch->block_last = last;
    return r;
}
