/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/fact_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "register/seal_layout.h"
#include "register/sealed.h"

#define COLUMN_COUNT STORED_FACTS_END /* the arrays of the facts, from STORED_START on */

/* The items of one array that are at hand: of a register in memory, all. */
struct column {
    bool there;
    bool held; /* what it is coded against */
    uint8_t size;
    const unsigned char *items;
    uint64_t first, end;
    unsigned char *piece; /* owned */
};

struct fact_stream {
    const struct reg *reg;
    uint16_t number;
    struct column columns[COLUMN_COUNT];
    unsigned char *scratch; /* owned */
    uint32_t subject;       /* of the facts before `end` */
    uint64_t next, end;
};

DEFINE_CLEANUP(struct fact_stream *, fact_stream_free)

struct fact_stream *fact_stream_free(struct fact_stream *stream)
{
    if (!stream)
        return NULL;
    for (unsigned which = 0; which < COLUMN_COUNT; which++) {
        if (stream->columns[which].held)
            sealed_let_go(stream->reg->sealed, stream->reg, stream->number, which);
        free(stream->columns[which].piece);
    }
    free(stream->scratch);
    free(stream);
    return NULL;
}

static uint8_t item_bytes(unsigned which)
{
    return which < SHARE_COUNT ? (uint8_t)share_item_bytes((enum share_array)which)
                               : (uint8_t)sizeof(uint32_t);
}

static int column_open(struct fact_stream *stream, unsigned which, struct tq_error *err)
{
    struct column *column = &stream->columns[which];
    struct stored_array array = {.number = stream->number, .which = (uint8_t)which};
    int r;

    column->size = item_bytes(which);
    if (!stream->reg->sealed) {
        column->items = stored_get(stream->reg, &array);
        column->end = UINT64_MAX;
        column->there = column->items != NULL;
        return TQ_OK;
    }
    column->there = sealed_has(stream->reg->sealed, stream->number, which);
    if (!column->there)
        return TQ_OK;
    column->piece = alloc_resize(NULL, SEAL_PIECE_BYTES, 1);
    column->items = column->piece;
    if (!column->piece)
        return tq_no_memory(err);
    r = sealed_hold(stream->reg->sealed, stream->reg, stream->number, which, err);
    column->held = r == TQ_OK;
    return r;
}

static int read_item(struct fact_stream *stream, unsigned which, uint64_t i, uint64_t *out_item,
                     struct tq_error *err)
{
    struct column *column = &stream->columns[which];

    if (i < column->first || i >= column->end) {
        uint64_t count = 0;
        int r = sealed_read_piece(stream->reg->sealed, stream->reg, stream->number, which, i,
                                  stream->scratch, column->piece, &column->first, &count, err);

        if (r < 0)
            return r;
        column->end = column->first + count;
    }
    *out_item = 0;
    memcpy(out_item, column->items + (i - column->first) * column->size, column->size);
    return TQ_OK;
}

int fact_stream_open(const struct reg *reg, uint16_t field, struct fact_stream **out_stream,
                     struct tq_error *err)
{
    CLEANUP(fact_stream_free_cleanup) struct fact_stream *stream = alloc_zeroed(1, sizeof(*stream));

    if (!stream)
        return tq_no_memory(err);
    stream->reg = reg;
    stream->number = field;
    stream->scratch = reg->sealed ? alloc_resize(NULL, SEALED_SCRATCH_BYTES, 1) : NULL;
    if (reg->sealed && !stream->scratch)
        return tq_no_memory(err);
    for (unsigned which = 0; which < COLUMN_COUNT; which++) {
        int r = column_open(stream, which, err);

        if (r < 0)
            return r;
    }
    stream->subject = SUBJECT_NONE; /* so that the first one is 0 */
    *out_stream = TAKE(stream);
    return TQ_OK;
}

/* Go to the next subject that holds something; false after the last. */
static int next_subject(struct fact_stream *stream, bool *out_any, struct tq_error *err)
{
    const struct field *field = &stream->reg->fields[stream->number];
    uint32_t subject_count = stream->reg->kinds[field->kind].subject_count;

    *out_any = false;
    while (stream->next == stream->end) {
        uint64_t end = 0;
        int r;

        if (stream->subject + 1 == subject_count)
            break;
        stream->subject++;
        r = read_item(stream, STORED_START, (uint64_t)stream->subject + 1, &end, err);
        if (r < 0)
            return r;
        if (end < stream->end || end > field->fact_count)
            return tq_fail(err, TQ_E_SYNTAX, "field '%s': facts out of order", field->name);
        stream->end = end;
    }
    *out_any = stream->next < stream->end;
    if (!*out_any && stream->end != field->fact_count)
        return tq_fail(err, TQ_E_SYNTAX, "field '%s': facts out of range", field->name);
    return TQ_OK;
}

/* An item of a column that the field may lack; then *out_item stays as it is. */
static int read_optional(struct fact_stream *stream, unsigned which, uint64_t i, int32_t *out_item,
                         struct tq_error *err)
{
    uint64_t item = 0;
    int r;

    if (!stream->columns[which].there)
        return TQ_OK;
    r = read_item(stream, which, i, &item, err);
    if (r == TQ_OK)
        *out_item = (int32_t)(uint32_t)item;
    return r;
}

static int read_fact(struct fact_stream *stream, uint64_t i, struct fact *out, struct tq_error *err)
{
    uint64_t value = 0;
    int32_t period = MONTH_NONE;
    int32_t *const times[COLUMN_COUNT] = {[SHARE_PERIOD] = &period,
                                          [SHARE_KNOWN_FROM] = &out->known_from,
                                          [SHARE_KNOWN_TO] = &out->known_to,
                                          [SHARE_VALID_FROM] = &out->valid_from,
                                          [SHARE_VALID_TO] = &out->valid_to};
    int r = read_item(stream, STORED_FACT_VALUE, i, &value, err);

    for (unsigned which = SHARE_PERIOD; which < SHARE_COUNT && r == TQ_OK; which++)
        r = read_optional(stream, which, i, times[which], err);
    if (r < 0)
        return r;
    out->value = (uint32_t)value;
    out->period = (uint16_t)period;
    return TQ_OK;
}

int fact_stream_next(struct fact_stream *stream, struct fact *out_fact, bool *out_any,
                     struct tq_error *err)
{
    const struct field *field = &stream->reg->fields[stream->number];
    struct fact fact = {.known_from = MOMENT_MIN,
                        .known_to = MOMENT_MAX,
                        .valid_from = MOMENT_MIN,
                        .valid_to = MOMENT_MAX};
    int r = next_subject(stream, out_any, err);

    if (r < 0 || !*out_any)
        return r;
    r = read_fact(stream, stream->next++, &fact, err);
    if (r < 0)
        return r;
    if (fact.value >= field->value_count)
        return tq_fail(err, TQ_E_SYNTAX, "field '%s': value out of range", field->name);
    fact.subject = stream->subject;
    *out_fact = fact;
    return TQ_OK;
}
