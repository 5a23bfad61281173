/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "reading/splits.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "normalise/redaction.h"

#define SHOWN_PERCENT 60u /* of the cells of a column: initials with a name */
#define SHOWN_MIN     10u

#define LABEL_PERCENT   80u /* of the cells of a column have the label */
#define VALUE_BYTES_MIN 6u  /* a house number tells of nobody */

/* Where initials and the name may stand. */
static const struct shape {
    struct cell_piece initials, name;
} shapes[] = {
    {{PIECE_WHOLE, PIECE_FIRST_WORD}, {PIECE_WHOLE, PIECE_BUT_FIRST}},
    {{2, PIECE_ALL}, {1, PIECE_ALL}},
    {{PIECE_WHOLE, PIECE_LAST_WORD}, {PIECE_WHOLE, PIECE_BUT_LAST}},
};
#define SHAPE_COUNT (sizeof(shapes) / sizeof(shapes[0]))

static bool is_name(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] >= '0' && text.data[i] <= '9')
            return false;
    }
    return text.length > 1 && !redaction_is_initials(text);
}

/* The shape of most cells of the column; NULL: they have none of these. */
static const struct shape *find_shape(const struct sample *sample, uint32_t column)
{
    uint32_t shown[SHAPE_COUNT] = {0};

    for (uint32_t row = 0; row < sample->row_count; row++) {
        struct slice cell = row_sample_cell(sample, row, column);

        for (size_t i = 0; i < SHAPE_COUNT && cell.length > 0; i++)
            shown[i] += redaction_is_initials(piece_of(shapes[i].initials, cell))
                        && is_name(piece_of(shapes[i].name, cell));
    }
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        if (shown[i] >= SHOWN_MIN
            && (uint64_t)shown[i] * 100 >= (uint64_t)sample->columns[column].filled * SHOWN_PERCENT)
            return &shapes[i];
    }
    return NULL;
}

static int add_piece(struct derived_list *list, uint32_t source, struct cell_piece piece,
                     struct tq_error *err)
{
    struct derived_column column = {.source = source, .piece = piece};

    return derived_list_add(list, &column, err);
}

/* ---- labels within cells ---- */

/* Where a label may stand with its value: "born 12/03/1980, phone 06 12 34 56 78". */
static const struct cell_piece labelled[] = {
    {PIECE_WHOLE, PIECE_FROM_DIGIT},
    {1, PIECE_FROM_DIGIT},
    {2, PIECE_FROM_DIGIT},
    {PIECE_LAST_PART, PIECE_FROM_DIGIT},
};

/* Of a cell with several parts the whole is no value, and the last part is none if it is the
 * second. */
static bool is_part(struct cell_piece piece, struct slice part, struct slice cell)
{
    struct slice second = piece_of((struct cell_piece){2, PIECE_ALL}, cell);

    if (piece.part == PIECE_WHOLE)
        return second.length == 0;
    return piece.part != PIECE_LAST_PART || part.data != second.data;
}

/* The words before the value; empty if it is too short to tell of anybody. */
static struct slice label_of(struct cell_piece piece, struct slice cell)
{
    struct slice part = piece_of((struct cell_piece){piece.part, PIECE_ALL}, cell);
    struct slice value = piece_of(piece, cell);

    if (value.length < VALUE_BYTES_MIN || !is_part(piece, part, cell))
        return (struct slice){0};
    return slice_trim(slice_make(part.data, (size_t)(value.data - part.data)));
}

/* Whether one label stands there in most cells of the column: the first one that does. */
static bool is_labelled(const struct sample *sample, uint32_t column, struct cell_piece piece)
{
    struct slice label = {0};
    uint32_t shown = 0;

    for (uint32_t row = 0; row < sample->row_count; row++) {
        struct slice found = label_of(piece, row_sample_cell(sample, row, column));

        if (found.length == 0)
            continue;
        if (label.length == 0)
            label = found;
        shown += slice_equal(found, label);
    }
    return shown >= SHOWN_MIN
           && (uint64_t)shown * 100 >= (uint64_t)sample->columns[column].filled * LABEL_PERCENT;
}

/* A remark in brackets behind a name: "Dupont Marie (Mme)". */
static bool has_remark(const struct sample *sample, uint32_t column)
{
    uint32_t shown = 0;

    for (uint32_t row = 0; row < sample->row_count; row++) {
        struct slice cell = slice_trim(row_sample_cell(sample, row, column));
        struct slice last = piece_of((struct cell_piece){PIECE_WHOLE, PIECE_LAST_WORD}, cell);

        shown += last.length > 2 && last.length < cell.length && last.data[0] == '('
                 && last.data[last.length - 1] == ')';
    }
    return shown >= SHOWN_MIN
           && (uint64_t)shown * 100 >= (uint64_t)sample->columns[column].filled * LABEL_PERCENT;
}

static int add_labelled(const struct sample *sample, uint32_t column, struct derived_list *list,
                        struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; i < sizeof(labelled) / sizeof(labelled[0]) && r == TQ_OK; i++) {
        if (is_labelled(sample, column, labelled[i]))
            r = add_piece(list, column, labelled[i], err);
    }
    if (r == TQ_OK && has_remark(sample, column))
        r = add_piece(list, column, (struct cell_piece){PIECE_WHOLE, PIECE_BUT_LAST}, err);
    return r;
}

int splits_find(const struct sample *sample, struct derived_list *list, struct tq_error *err)
{
    for (uint32_t c = 0; c < sample->column_count; c++) {
        const struct shape *shape = find_shape(sample, c);
        int r = add_labelled(sample, c, list, err);

        if (r < 0)
            return r;
        if (!shape)
            continue;
        r = add_piece(list, c, shape->initials, err);
        if (r == TQ_OK)
            r = add_piece(list, c, shape->name, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}
