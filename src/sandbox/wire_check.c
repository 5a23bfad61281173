/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The checking end of the wire. The reader may have been taken over by what it read, so nothing it
 * says is believed: every count, offset and order is checked before a sink sees it.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "sandbox/wire.h"

/* A cursor over a payload. Taking past its end fails the whole message. */
struct payload {
    const char *at;
    size_t left;
    bool broken;
};

static const char *take(struct payload *payload, size_t length)
{
    const char *taken = payload->at;

    if (payload->broken || length > payload->left) {
        payload->broken = true;
        return NULL;
    }
    payload->at += length;
    payload->left -= length;
    return taken;
}

static uint32_t take_u32(struct payload *payload)
{
    const char *bytes = take(payload, sizeof(uint32_t));
    uint32_t value = 0;

    if (bytes)
        memcpy(&value, bytes, sizeof(value));
    return value;
}

static uint64_t take_u64(struct payload *payload)
{
    const char *bytes = take(payload, sizeof(uint64_t));
    uint64_t value = 0;

    if (bytes)
        memcpy(&value, bytes, sizeof(value));
    return value;
}

static float take_float(struct payload *payload)
{
    const char *bytes = take(payload, sizeof(float));
    float value = 0;

    if (bytes)
        memcpy(&value, bytes, sizeof(value));
    return value;
}

static struct slice take_text(struct payload *payload)
{
    uint32_t length = take_u32(payload);
    const char *bytes = take(payload, length);

    return bytes ? slice_make(bytes, length) : (struct slice){0};
}

static int nonsense(struct tq_error *err, const char *what)
{
    return tq_fail(err, TQ_E_PEER, "the reader spoke nonsense: %s", what);
}

static int deliver_table(struct wire_state *state, struct payload *payload, const struct sink *sink,
                         struct tq_error *err)
{
    CLEANUP(free_cleanup) struct slice *headers = NULL;
    uint32_t column_count = take_u32(payload);
    struct slice name = take_text(payload);

    if (column_count == 0 || column_count > TABLE_COLUMNS_MAX)
        return nonsense(err, "number of columns");
    headers = alloc_zeroed(column_count, sizeof(*headers));
    if (!headers)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < column_count; i++)
        headers[i] = take_text(payload);
    if (payload->broken || payload->left > 0)
        return nonsense(err, "length of a table head");
    state->has_table = true;
    state->column_count = column_count;
    return sink->table(sink->state, name, column_count, headers, err);
}

static bool offsets_are_sound(const uint32_t *offsets, size_t count, uint32_t text_length)
{
    if (offsets[0] != 0 || offsets[count] != text_length)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (offsets[i] > offsets[i + 1])
            return false;
    }
    return true;
}

static bool records_are_sound(struct wire_state *state, const struct batch *batch)
{
    for (uint32_t row = 0; row < batch->row_count; row++) {
        if (batch->record[row] == 0 || batch->record[row] < state->last_record)
            return false;
        state->last_record = batch->record[row];
    }
    return true;
}

/* The arrays of a message need not be aligned: those that are read as numbers are copied. */
static int deliver_rows(struct wire_state *state, struct payload *payload, const struct sink *sink,
                        struct tq_error *err)
{
    CLEANUP(free_cleanup) uint32_t *exhibit = NULL;
    CLEANUP(free_cleanup) uint32_t *numbers = NULL;
    struct batch batch = {.row_count = take_u32(payload), .column_count = take_u32(payload)};
    uint32_t text_length = take_u32(payload);
    const char *place, *cell, *record;
    size_t rows = batch.row_count, cells;

    (void)take_u32(payload);
    batch.first_row = take_u64(payload);
    if (batch.column_count != state->column_count || rows == 0 || rows > BATCH_ROWS_MAX)
        return nonsense(err, "number of rows or columns");
    cells = rows * batch.column_count;
    place = take(payload, rows * sizeof(*batch.place));
    cell = take(payload, (cells + 1) * sizeof(*batch.cell));
    record = take(payload, rows * sizeof(*batch.record));
    batch.flags = (const uint8_t *)take(payload, rows);
    batch.text = take(payload, text_length);
    if (payload->broken || payload->left > 0)
        return nonsense(err, "length of a batch");

    exhibit = alloc_zeroed(rows, sizeof(*exhibit));
    numbers = alloc_zeroed(cells + 1 + rows * 3 + 2, sizeof(*numbers));
    if (!exhibit || !numbers)
        return tq_no_memory(err);
    memcpy(numbers, place, rows * sizeof(*batch.place));
    memcpy(numbers + 2 * rows, record, rows * sizeof(*batch.record));
    memcpy(numbers + 3 * rows, cell, (cells + 1) * sizeof(*batch.cell));
    batch.place = (const uint64_t *)(const void *)numbers;
    batch.record = numbers + 2 * rows;
    batch.cell = numbers + 3 * rows;
    batch.exhibit = exhibit;
    if (!offsets_are_sound(batch.cell, cells, text_length) || !records_are_sound(state, &batch))
        return nonsense(err, "order of a batch");
    return sink->rows(sink->state, &batch, err);
}

static bool words_are_sound(const struct page *page)
{
    for (uint32_t i = 0; i < page->word_count; i++) {
        const struct page_word *word = &page->words[i];

        if (!isfinite(word->x0) || !isfinite(word->y0) || !isfinite(word->x1) || !isfinite(word->y1)
            || word->text_offset > page->text_length
            || word->text_length > page->text_length - word->text_offset)
            return false;
    }
    return true;
}

static int deliver_page(struct payload *payload, const struct sink *sink, struct tq_error *err)
{
    CLEANUP(free_cleanup) struct page_word *words = NULL;
    struct page page = {.number = take_u32(payload), .word_count = take_u32(payload)};
    const char *bytes;

    page.text_length = take_u32(payload);
    page.width = take_float(payload);
    page.height = take_float(payload);
    page.ocr_confidence = take_u32(payload);
    page.row_first = take_u64(payload);
    if (page.word_count > PAGE_WORDS_MAX || (page.number == 0 && !page_is_of_rows(&page))
        || page.number > DOCUMENT_PAGES_MAX || page.row_first > PAGE_ROW_MAX
        || !isfinite(page.width) || !isfinite(page.height) || page.ocr_confidence > 100)
        return nonsense(err, "head of a page");
    bytes = take(payload, page.word_count * sizeof(*words));
    page.text = take(payload, page.text_length);
    if (payload->broken || payload->left > 0)
        return nonsense(err, "length of a page");
    words = alloc_zeroed((size_t)page.word_count + 1, sizeof(*words));
    if (!words)
        return tq_no_memory(err);
    memcpy(words, bytes, page.word_count * sizeof(*words));
    page.words = words;
    if (!words_are_sound(&page))
        return nonsense(err, "words of a page");
    return sink->page(sink->state, &page, err);
}

static int deliver_fact(struct payload *payload, const struct sink *sink, struct tq_error *err)
{
    struct slice name = take_text(payload);

    if (payload->broken || name.length == 0)
        return nonsense(err, "length of a fact");
    return sink->fact(sink->state, name, slice_make(payload->at, payload->left), err);
}

static int deliver_note(struct payload *payload, const struct sink *sink, struct tq_error *err)
{
    uint64_t place = take_u64(payload);

    return sink->note(sink->state, place, slice_make(payload->at, payload->left), err);
}

int wire_deliver(struct wire_state *state, const struct wire_frame *frame, const char *bytes,
                 const struct sink *sink, struct tq_error *err)
{
    struct payload payload = {bytes, frame->length, false};
    struct slice whole = slice_make(bytes, frame->length);

    if (!wire_allows(state, frame))
        return nonsense(err, "a message out of turn");
    state->frames++;

    switch (frame->type) {
    case WIRE_TYPE:
        if (memchr(bytes, '\0', frame->length))
            return nonsense(err, "a type");
        state->has_type = true;
        return sink->type(sink->state, whole, err);
    case WIRE_TABLE:
        return deliver_table(state, &payload, sink, err);
    case WIRE_ROWS:
        return deliver_rows(state, &payload, sink, err);
    case WIRE_PAGE:
        return deliver_page(&payload, sink, err);
    case WIRE_MEMBER:
        if (memchr(bytes, '\0', frame->length))
            return nonsense(err, "the name of a member");
        state->in_member = true;
        return sink->member(sink->state, whole, err);
    case WIRE_MEMBER_BYTES:
        return sink->member_bytes(sink->state, whole, err);
    case WIRE_MEMBER_END:
        state->in_member = false;
        return sink->member_end(sink->state, bytes[0] != 0, err);
    case WIRE_FACT:
        return deliver_fact(&payload, sink, err);
    case WIRE_NOTE:
        return deliver_note(&payload, sink, err);
    case WIRE_WORKING:
        return TQ_OK; /* that it was heard is all */
    default:
        return nonsense(err, "a message that ends a job");
    }
}
