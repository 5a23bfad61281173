/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/fact_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "register/sealed.h"
#include "register/stored_windows.h"

#define COLUMN_COUNT STORED_FACTS_END /* the arrays of the facts, from STORED_START on */

/* Where the items of one array come from. */
struct column {
    bool there;
    size_t array;               /* in the windows of a sealed register */
    const unsigned char *items; /* of one in memory */
    uint8_t size;
};

struct fact_stream {
    const struct reg *reg;
    uint16_t number;
    struct column columns[COLUMN_COUNT];
    struct stored_windows *windows; /* owned; NULL: the register is in memory */
    uint32_t subject;               /* of the facts before `end` */
    uint64_t next, end;
};

DEFINE_CLEANUP(struct fact_stream *, fact_stream_free)

struct fact_stream *fact_stream_free(struct fact_stream *stream)
{
    if (!stream)
        return NULL;
    (void)stored_windows_free(stream->windows);
    free(stream);
    return NULL;
}

static void column_open(struct fact_stream *stream, unsigned which)
{
    struct column *column = &stream->columns[which];
    struct stored_array array = {.number = stream->number, .which = (uint8_t)which};

    if (stream->windows) {
        column->there = sealed_has(stream->reg->sealed, stream->number, which);
        column->array = stored_windows_add(stream->windows, stream->number, which);
        return;
    }
    column->items = stored_get(stream->reg, &array);
    column->there = column->items != NULL;
    column->size = stored_item_bytes(which);
}

static int read_item(struct fact_stream *stream, unsigned which, uint64_t i, uint64_t *out_item,
                     struct tq_error *err)
{
    const struct column *column = &stream->columns[which];

    if (stream->windows)
        return stored_windows_get(stream->windows, column->array, i, out_item, err);
    *out_item = 0;
    memcpy(out_item, column->items + i * column->size, column->size);
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
    if (reg->sealed) {
        int r = stored_windows_new(reg, &stream->windows, err);

        if (r < 0)
            return r;
    }
    for (unsigned which = 0; which < COLUMN_COUNT; which++)
        column_open(stream, which);
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
        if (stream->windows)
            stored_windows_go_on(stream->windows, stream->subject);
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
