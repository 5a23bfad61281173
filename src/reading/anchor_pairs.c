/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Columns that seem to hold values of a field. Constants: algorithms.md 1.2. */
#include "reading/anchor_pairs.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "normalise/redaction.h"
#include "reading/column_redactions.h"

#define HITS_PERCENT       3u /* of the non-empty cells, for a pair to be tried */
#define CONSTANT_ROWS_MIN  20u
#define SPARSE_DENSITY_MAX .2
#define HITS_MIN           3u

static bool is_anchor_field(const struct field *field)
{
    return !field->periodic && field->type != TYPE_REF && field->fact_count > 0;
}

/* Whether enough of the cells are in the field. */
static bool count_hits(struct pair *pair, const uint32_t *keys, uint32_t row_count)
{
    uint32_t filled = 0, needed;

    for (uint32_t row = 0; row < row_count; row++) {
        filled += pair->prints[row] != FINGERPRINT_NONE;
        pair->hits += keys[row] != KEY_NONE;
    }
    needed = (uint32_t)((uint64_t)filled * HITS_PERCENT / 100);
    if (needed < HITS_MIN)
        needed = filled < 2 * HITS_MIN ? 1 : HITS_MIN; /* tables of a few rows */
    return pair->hits >= needed;
}

/* Its view, if it has one, is handed over. */
static int keep_pair(struct anchor *anchor, struct pair *pair, const uint32_t *keys,
                     struct tq_error *err)
{
    uint32_t row_count = anchor->sample->row_count;
    int r;

    pair->keys = arena_alloc(&anchor->arena, row_count, sizeof(*pair->keys));
    if (!pair->keys)
        return tq_no_memory(err);
    memcpy(pair->keys, keys, row_count * sizeof(*keys));
    r = alloc_reserve(&anchor->pairs, &anchor->pair_capacity, anchor->pair_count + 1, sizeof(*pair),
                      err);
    if (r < 0)
        return r;
    anchor->pairs[anchor->pair_count++] = *pair;
    pair->view = NULL;
    return TQ_OK;
}

/* `keys` is scratch: most pairs are tried in vain. */
static int try_pair(struct anchor *anchor, uint16_t column, uint16_t number, enum interpretation as,
                    uint32_t *keys, struct tq_error *err)
{
    const struct sample *sample = anchor->sample;
    const struct field *field = reg_field(sample->reg, number);
    struct pair pair = {.column = column,
                        .field = number,
                        .as = as,
                        .prints = sample->columns[column].prints[as],
                        .of = field,
                        .reliability = PAIR_RELIABILITY};

    field_find_keys(field, pair.prints, sample->row_count, keys);
    if (!count_hits(&pair, keys, sample->row_count))
        return TQ_OK;
    return keep_pair(anchor, &pair, keys, err);
}

/* ---- constant columns ---- */

/* Whether more than half of the filled cells show one and the same key (majority vote). */
static bool is_constant(const struct pair *pair, uint32_t row_count)
{
    uint32_t candidate = KEY_NONE, votes = 0, filled = 0, same = 0;

    for (uint32_t row = 0; row < row_count; row++) {
        filled += pair->prints[row] != FINGERPRINT_NONE;
        if (votes == 0)
            candidate = pair->keys[row];
        votes += pair->keys[row] == candidate ? 1u : -1u;
    }
    for (uint32_t row = 0; row < row_count; row++)
        same += pair->keys[row] == candidate;
    return candidate != KEY_NONE && filled >= CONSTANT_ROWS_MIN && 2 * same > filled;
}

/* A column of different subjects' own numbers: most of its cells are in a sparse field. */
static bool names_many(const struct anchor *anchor, const struct pair *pair)
{
    const struct field *field = reg_field(anchor->sample->reg, pair->field);
    uint32_t filled = 0;

    for (uint32_t row = 0; row < anchor->sample->row_count; row++)
        filled += pair->prints[row] != FINGERPRINT_NONE;
    return type_is_identifying(field->type) && field->density < SPARSE_DENSITY_MAX
           && 2 * pair->hits > filled;
}

/*
 * Where one column evidently names many subjects, a column that shows one value nearly throughout
 * (zeros, a default) names none, though some subject may hold that value: two such columns would
 * link the whole table to him. A list about one subject alone has no column that names many.
 */
static void drop_constant_pairs(struct anchor *anchor)
{
    uint32_t row_count = anchor->sample->row_count;
    bool many = false;
    size_t kept = 0;

    for (size_t i = 0; i < anchor->pair_count; i++)
        many |= names_many(anchor, &anchor->pairs[i]) && !is_constant(&anchor->pairs[i], row_count);
    if (!many)
        return;
    for (size_t i = 0; i < anchor->pair_count; i++) {
        if (!is_constant(&anchor->pairs[i], row_count))
            anchor->pairs[kept++] = anchor->pairs[i];
    }
    anchor->pair_count = kept;
}

int anchor_pairs_find(struct anchor *anchor, struct tq_error *err)
{
    const struct sample *sample = anchor->sample;
    const struct reg *reg = sample->reg;
    const struct kind *kind = &reg->kinds[anchor->kind];
    CLEANUP(free_cleanup) uint32_t *keys = alloc_zeroed(sample->row_count + 1, sizeof(*keys));

    if (!keys)
        return tq_no_memory(err);
    for (uint32_t c = 0; c < sample->column_count && c < UINT16_MAX; c++) {
        for (uint16_t i = 0; i < kind->field_count; i++) {
            uint16_t number = (uint16_t)(kind->field_first + i);

            if (!is_anchor_field(reg_field(reg, number)))
                continue;
            for (unsigned as = 0; as < AS_PLAIN_COUNT; as++) {
                int r;

                if (!sample->columns[c].prints[as]
                    || !interpretation_serves((enum interpretation)as,
                                              reg_field(reg, number)->type))
                    continue;
                r = try_pair(anchor, (uint16_t)c, number, (enum interpretation)as, keys, err);
                if (r < 0)
                    return r;
            }
        }
    }
    drop_constant_pairs(anchor);
    return TQ_OK;
}

/* ---- columns that show a part ---- */

/* Months may be what is shown of dates; where their subjects hold months, that is asked before. */
static bool shows_months(const struct sample *sample, uint32_t column)
{
    return sample->columns[column].prints[AS_YM] || sample->columns[column].prints[AS_MY];
}

static bool is_masked(const struct sample *sample)
{
    for (uint32_t c = 0; c < sample->column_count; c++) {
        if (sample->columns[c].is_masked)
            return true;
    }
    return false;
}

bool anchor_pairs_hides(const struct anchor *anchor)
{
    const struct sample *sample = anchor->sample;

    for (uint32_t c = 0; c < sample->column_count; c++) {
        if (shows_months(sample, c))
            return true;
    }
    return is_masked(sample);
}

/* Keys of the cells, and prints that only say whether a cell can be read. */
static int read_cells(const struct anchor *anchor, const struct pair *pair, uint64_t *prints,
                      uint32_t *keys, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};

    for (uint32_t row = 0; row < anchor->sample->row_count; row++) {
        struct slice cell = row_sample_cell(anchor->sample, row, pair->column);

        prints[row] = view_can_read(pair->view, cell, &scratch) ? 1 : FINGERPRINT_NONE;
        keys[row] =
            prints[row] == FINGERPRINT_NONE ? KEY_NONE : view_cell_key(pair->view, cell, &scratch);
    }
    return buf_check(&scratch, err);
}

/* Of a field of which the column shows a part. */
static int try_part(struct anchor *anchor, uint16_t column, uint16_t number,
                    const struct column_reading *part, uint32_t *keys, struct tq_error *err)
{
    const struct sample *sample = anchor->sample;
    CLEANUP(pair_clear)
    struct pair pair = {.column = column,
                        .field = number,
                        .as = part->interpretation,
                        .of = reg_field(sample->reg, number),
                        .reliability = PAIR_RELIABILITY};
    struct column_reading *reading = arena_alloc(&anchor->arena, 1, sizeof(*reading));
    uint64_t *prints = arena_alloc(&anchor->arena, sample->row_count, sizeof(*prints));
    int r;

    if (!reading || !prints)
        return tq_no_memory(err);
    *reading = *part;
    reading->target = (struct target){.field = number, .through = FIELD_NONE};
    r = view_new(sample->reg, reading, &pair.view, err);
    if (r < 0)
        return r;
    r = read_cells(anchor, &pair, prints, keys, err);
    if (r < 0)
        return r;
    pair.prints = prints;
    return count_hits(&pair, keys, sample->row_count) ? keep_pair(anchor, &pair, keys, err) : TQ_OK;
}

static int find_redacted_of(struct anchor *anchor, uint16_t column, uint32_t *keys,
                            struct tq_error *err)
{
    const struct sample_column *cells = &anchor->sample->columns[column];
    const struct reg *reg = anchor->sample->reg;
    const struct kind *kind = &reg->kinds[anchor->kind];
    int r = TQ_OK;

    for (uint32_t i = 0; i < cells->redaction_count; i++) {
        if (cells->redactions[i].unit == REDACTION_CUT)
            continue;
        for (uint16_t f = 0; f < kind->field_count && r == TQ_OK; f++) {
            uint16_t number = (uint16_t)(kind->field_first + f);

            if (is_anchor_field(reg_field(reg, number))
                && column_redaction_serves(cells, &cells->redactions[i],
                                           reg_field(reg, number)->type))
                r = try_part(anchor, column, number,
                             &(struct column_reading){.interpretation = AS_MASKED,
                                                      .redaction = cells->redactions[i]},
                             keys, err);
        }
    }
    return r;
}

static int find_months_of(struct anchor *anchor, uint16_t column, uint32_t *keys,
                          struct tq_error *err)
{
    static const enum interpretation orders[] = {AS_YM, AS_MY};
    const struct reg *reg = anchor->sample->reg;
    const struct kind *kind = &reg->kinds[anchor->kind];
    int r = TQ_OK;

    for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
        if (!anchor->sample->columns[column].prints[orders[i]])
            continue;
        for (uint16_t f = 0; f < kind->field_count && r == TQ_OK; f++) {
            uint16_t number = (uint16_t)(kind->field_first + f);
            const struct field *field = reg_field(reg, number);

            if (is_anchor_field(field) && field->type == TYPE_DATE && !field->fingerprints_only)
                r = try_part(anchor, column, number,
                             &(struct column_reading){.interpretation = orders[i]}, keys, err);
        }
    }
    return r;
}

static int by_column(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;

    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

int anchor_pairs_find_redacted(struct anchor *anchor, struct tq_error *err)
{
    const struct sample *sample = anchor->sample;
    bool masked = is_masked(sample);
    CLEANUP(free_cleanup) uint32_t *keys = alloc_zeroed(sample->row_count + 1, sizeof(*keys));

    if (!keys)
        return tq_no_memory(err);
    for (uint32_t c = 0; c < sample->column_count && c < UINT16_MAX; c++) {
        int r = masked ? find_redacted_of(anchor, (uint16_t)c, keys, err) : TQ_OK;

        if (r == TQ_OK)
            r = find_months_of(anchor, (uint16_t)c, keys, err);
        if (r < 0)
            return r;
    }
    for (size_t i = 0; i < anchor->pair_count; i++) {
        anchor->pairs[i].order = (uint32_t)i;
        anchor->pairs[i].reliability = PAIR_RELIABILITY; /* what too few rows have taught */
    }
    if (anchor->pair_count > 0)
        qsort(anchor->pairs, anchor->pair_count, sizeof(*anchor->pairs), by_column);
    return TQ_OK;
}
