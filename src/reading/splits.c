/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "reading/splits.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "normalise/redaction.h"

#define SHOWN_PERCENT 60u /* of the cells of a column: initials with a name */
#define SHOWN_MIN     10u

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

int splits_find(const struct sample *sample, struct derived_list *list, struct tq_error *err)
{
    for (uint32_t c = 0; c < sample->column_count; c++) {
        const struct shape *shape = find_shape(sample, c);
        int r;

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
